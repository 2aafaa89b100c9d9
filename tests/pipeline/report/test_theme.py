"""The theme of an event: what it changes, that it can do nothing else, and how a mistake in it is told."""

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.errors import PadharvestError, UserMistake
from pipeline.publishing import publish
from pipeline.report import check_outputs, read_theme
from pipeline.report.formats.html import _style
from pipeline.report.theme import TEMPLATES, environment, template_names
from tests.support.annotated import ALLOTMENTS, read
from tests.support.damaged import WRITABLE, assert_plain, damaged_text
from tests.support.hostile import HOSTILE, event_of
from tests.support.html_page import Page
from tests.support.reports import checked_report, encoded

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "theming.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)```$", GUIDE, re.MULTILINE | re.DOTALL)
ANALYSIS, CORPUS = read(ALLOTMENTS)
PLAIN = checked_report(ANALYSIS, CORPUS)
A_GROUP = next(name for name in PLAIN if name.startswith("groups/") and name.endswith(".html"))

COVER = "templates/html/cover.html"


def themed(event: Path, *files: tuple[str, str]) -> dict[str, str]:
    """Return what is written for the allotments with a theme of these files, each a path in the event and its text."""
    for name, text in files:
        path = event / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    build = event / "build"
    publish(ANALYSIS, CORPUS, build, theme=read_theme(event))
    return {name: (build / name).read_bytes().decode() for name in PLAIN}


def refusal(event: Path, *files: tuple[str, str]) -> str:
    """Return the sentence about a theme that is refused, without the path of the event; nothing may be written."""
    with pytest.raises(UserMistake) as raised:
        themed(event, *files)
    assert not (event / "build").exists()
    assert "\n" not in str(raised.value)
    return str(raised.value).replace(f"{event}/", "")


def changed(outputs: dict[str, str]) -> set[str]:
    return {name for name, text in outputs.items() if text != PLAIN[name]}


def sections(page: str) -> list[str]:
    return re.findall(r'<h2 id="([\w-]+)-h">', page.split("<main")[1])


def contents(page: str) -> list[str]:
    return re.findall(r'<li><a href="#([\w-]+)">', page.split('<ol class="contents">')[1].split("</ol>", maxsplit=1)[0])


def test_without_a_theme_the_report_is_the_projects_own(tmp_path: Path) -> None:
    assert not changed(themed(tmp_path))


def test_the_guides_colours_and_type_are_in_every_page(tmp_path: Path) -> None:
    example = EXAMPLES[0]
    assert example[0] == "style.css"
    outputs = themed(tmp_path, example)
    assert changed(outputs) == {name for name in PLAIN if name.endswith(".html")}
    for name in ("report.html", A_GROUP):
        style = Page(outputs[name]).text_of("style")
        assert style == (TEMPLATES / "style.css").read_text(encoding="utf-8") + "\n" + example[1]


def test_the_guides_logo_and_footer_are_in_every_page(tmp_path: Path) -> None:
    outputs = themed(tmp_path, *EXAMPLES[1:4])
    for name in ("report.html", A_GROUP):
        assert outputs[name].split('<header class="cover">\n')[1].startswith('<p class="logo">')
        assert "published under CC0" in outputs[name].split("<footer")[1]
    assert changed(outputs) == {name for name in PLAIN if name.endswith(".html")}


def test_the_guides_order_is_that_of_sections_and_contents(tmp_path: Path) -> None:
    outputs = themed(tmp_path, *EXAMPLES[4:])
    page = outputs["report.html"]
    order = re.findall(r"self\.(\w+)\(\)", EXAMPLES[4][1])
    assert sections(page) == contents(page) == [name.replace("_", "-") for name in order]
    ids = set(Page(page).values("id"))
    assert all(href[1:] in ids for href in Page(page).values("href") if href.startswith("#"))
    assert "== Names and dates ==" in PLAIN["report.wiki"]
    assert "== Names and dates ==" not in outputs["report.wiki"]
    assert "Made by Padharvest" in page


def test_the_guides_examples_go_together(tmp_path: Path) -> None:
    templates = {f"templates/{name}" for name in ("html/logo.html", "html/footer.html", "report.html", "report.wiki")}
    assert {name for name, _ in EXAMPLES} == {"style.css", *templates}
    pages = {name for name in PLAIN if name.endswith(".html")}
    assert changed(themed(tmp_path, *EXAMPLES)) == pages | {"report.wiki"}


def test_the_names_that_the_guide_promises_are_there() -> None:
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    properties = re.findall(r"`(--[\w-]+)`", GUIDE)
    assert len(properties) > 10
    assert [name for name in properties if f"{name}:" not in style] == []
    promised = GUIDE.split("These blocks are promised to stay:")[1].split("\n\n")[1]
    blocks = {name: set(re.findall(r"{% block (\w+) %}", (TEMPLATES / name).read_text())) for name in template_names()}
    assert set(re.findall(r"`(\w+)`", promised.split("- in `report.md`")[0])) == blocks["report.html"]
    assert blocks["report.md"] == blocks["report.html"] - {"cover", "by_group", "footer"} | {"other_notes"}
    assert blocks["report.wiki"] == blocks["report.md"] - {"questions", "next_steps", "decisions"} | {"facts"}
    assert blocks["group.html"] == {"cover", "footer"}


def test_a_style_cannot_end_its_element(tmp_path: Path) -> None:
    page = themed(tmp_path, ("style.css", "/* </style><script>alert(1)</script> */"))["report.html"]
    assert page.count("</style>") == 1
    assert Page(page).text_of("script") == Page(PLAIN["report.html"]).text_of("script")


def test_a_font_in_the_style_is_allowed_by_the_policy(tmp_path: Path) -> None:
    font = "@font-face { font-family: House; src: url(data:font/woff2;base64,AAAA); }"
    assert "font-src data:; " in themed(tmp_path, ("style.css", font))["report.html"]
    assert "font-src" not in PLAIN["report.html"]


def test_compiled_templates_that_were_kept_give_the_same_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for _ in range(2):
        environment.cache_clear()
        assert checked_report(ANALYSIS, CORPUS) == PLAIN


@pytest.mark.parametrize(
    ("style", "told"),
    (
        ("p {}\nq { src: url( 'https://x.example/a.woff' ) }", "line 2: url(https://x.example/a.woff) would load"),
        ("p { background: URL(//x.example/a.png) }", "line 1: url(//x.example/a.png) would load"),
        ('/* one\ntwo */ @import "https://x.example/a.css";', "line 2: @import would load another style; copy"),
        ('@\\69mport "https://x.example/a.css";', "line 1: @import would load another style; copy"),
        ("p { background: u\\52 l(//x.example/a.png) }", "line 1: url(//x.example/a.png) would load"),
        ("p { background: image-set('//x.example/a.png' 1x) }", "line 1: url(//x.example/a.png) would load"),
        ('q { content: "/*" } p { fill: url(//x.example/a) } q { content: "*/" }', "line 1: url(//x.example/a) would"),
    ),
)
def test_a_style_that_would_load_something_is_refused(tmp_path: Path, style: str, told: str) -> None:
    assert refusal(tmp_path, ("style.css", style)).startswith(f"style.css, {told}")


def test_a_comment_and_a_picture_in_the_style_load_nothing(tmp_path: Path) -> None:
    style = "/* as in url(https://x.example) */ p { background: url(data:image/gif;base64,AA) } q { fill: url(#a) }"
    assert style in themed(tmp_path, ("style.css", style))["report.html"]


@pytest.mark.parametrize(
    ("text", "told"),
    (
        ("<p>\n{% if view.title %}", "line 2: Unexpected end of template."),
        ("<p>\n{{ view.titel }}", "line 2: there is no 'titel' here; did you mean title? See docs/theming.md"),
        ("{{ veiw.title }}", "line 1: 'veiw' is undefined. See docs/theming.md"),
        ("{{ view.title | shout }}", "line 1: No filter named 'shout'."),
        ("{{ view.title | random }}", "line 1: No filter named 'random'."),
        (
            '\n{% include "html/covr.html" %}',
            "line 2: there is no template html/covr.html; did you mean html/cover.html?",
        ),
        ('{% include "html/cover.html" %}', 'line 1: a template includes or extends itself; write "!" before'),
        ("{{ 1 / 0 }}", "line 1: division by zero."),
        ("{{ m.voice() }}", "line 1: fails in the project's html/macros.html, line "),
        ("{{ m.voic(1) }}", "line 1: html/macros.html has no 'voic'."),
        ("{% autoescape false %}{% endautoescape %}", "line 1: what groups wrote is always escaped; take"),
        ("{{ view.__class__ }}", "line 1: access to attribute '__class__'"),
        ("{{ gettext.__globals__ }}", "line 1: access to attribute '__globals__'"),
        ("{{ view.tables.clear() }}", "line 1: access to attribute 'clear'"),
        ("{% for _ in range(1000000) %}{% endfor %}", "line 1: Range too big."),
    ),
)
def test_a_mistake_in_a_template_is_told_with_its_place_and_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    sentence = refusal(tmp_path, (COVER, text))
    assert sentence.startswith(f"{COVER}, {told}")
    assert "docs/theming.md" in sentence


@pytest.mark.parametrize(
    ("text", "told"),
    (
        ('<img src="https://x.example/a.png" alt="">', 'src="https://x.example/a.png" of <img> would load something'),
        ('<meta name="a" http-equiv="refresh" content="0;url=https://x.example">', "<meta> may load something"),
        ('<link rel="preconnect" href="https://x.example">', 'href="https://x.example" of <link> would load'),
        ('<base href="https://x.example/">', "<base> may load something"),
        ('<p onclick="x()">', "the attribute onclick of <p> has no effect"),
        ('<p STYLE="color: red">', "the attribute style of <p> has no effect"),
        ("<script>alert(1)</script>", "a style or script of its own has no effect"),
        ('<p id="main"></p>', "the part with the id main stands there twice"),
        ("<iframe></iframe>", "its quotes cannot be read back (<iframe> must not stand here)"),
        ("<p><b></p></b>", "its quotes cannot be read back (</p> closes <b>)"),
        ("<p class=a></p>", "its quotes cannot be read back ('<p class=a>"),
        ("<blockquote>We all agree</blockquote>", "its quotes cannot be read back (a blockquote does not say"),
    ),
)
def test_a_page_that_loads_something_or_can_be_read_in_two_ways_is_refused(
    tmp_path: Path, text: str, told: str
) -> None:
    sentence = refusal(tmp_path, (COVER, text))
    assert sentence.startswith(f"report.html: {told}")
    assert "templates" in sentence


@pytest.mark.parametrize(
    ("name", "text", "told"),
    (
        ("report.html", "<!doctype html><html><head></head></html>", "report.html: its head must begin as in the"),
        ("html/by_group.html", "", "report.html: the words on line 1 of pad bees are missing"),
        ("report.md", "{{ view.title }}", "report.md: the words on line "),
        (
            "html/macros.html",
            (TEMPLATES / "html" / "macros.html")
            .read_text()
            .replace("{{ quote.text | quote }}", "{{ quote.text | upper }}"),
            "report.html: the quote on line 6 of pad water is not what the pad says",
        ),
        ("shared_text.html", "{% set title = {} %}", "templates: fails in the project's "),
    ),
)
def test_a_page_without_what_it_must_have_is_refused(tmp_path: Path, name: str, text: str, told: str) -> None:
    sentence = refusal(tmp_path, (f"templates/{name}", text))
    assert sentence.startswith(told), sentence
    assert "docs/theming.md" in sentence or "change the templates" in sentence


def test_text_of_pads_that_a_theme_does_not_escape_does_nothing(tmp_path: Path) -> None:
    hostile, corpus = event_of(HOSTILE)
    (tmp_path / "templates" / "html").mkdir(parents=True)
    line = "{{ own.pads[0].lines[0].parts | map(attribute='text') | join | safe }}"
    (tmp_path / COVER).write_text(f"{{% for own in view.by_group %}}{line}{{% endfor %}}")
    with pytest.raises(UserMistake, match=r"^(report|groups/.*)\.html: "):
        publish(hostile, corpus, tmp_path / "build", theme=read_theme(tmp_path))


def test_what_is_refused_leaves_the_last_report_in_place(tmp_path: Path) -> None:
    before = themed(tmp_path, EXAMPLES[0])
    with pytest.raises(UserMistake):
        themed(tmp_path, (COVER, "{{ nowhere }}"))
    assert {name: (tmp_path / "build" / name).read_bytes().decode() for name in PLAIN} == before


def test_a_template_that_no_page_uses_is_told_and_one_that_is_included_is_not(tmp_path: Path) -> None:
    themed(tmp_path, ("templates/html/covr.html", "x"), ("templates/.hidden.html", "{%"))
    (note,) = read_theme(tmp_path).notes
    assert "html/covr.html: no page uses a template of this name; did you mean html/cover.html?" in note
    themed(tmp_path, (COVER, '{% include "html/covr.html" %}'))
    assert read_theme(tmp_path).notes == ()


def test_a_link_out_of_the_event_is_refused(tmp_path: Path) -> None:
    event, other = tmp_path / "event", tmp_path / "other.css"
    other.write_text("p {}")
    (event / "templates").mkdir(parents=True)
    for link, target in (
        (event / "style.css", other),
        (event / "templates" / "report.md", other),
        (event / "templates" / "html", tmp_path),
    ):
        link.symlink_to(target)
        assert refusal(event) == f"{link.relative_to(event)}: it is a link; put the file itself there."
        link.unlink()


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_bytes(b"\xff\xfe\x00")
    assert refusal(tmp_path) == "style.css: is not UTF-8; save it as UTF-8."


FRAGMENTS = """
{{ }} {% %} {# #} view .title .groups ['__class__'] .__init__ |safe |quote |e |upper |attr('x') |map(attribute='text')
for own in view.by_group endfor if 1 endif else include 'html/logo.html' extends '!report.html' import
'html/macros.html' as m set x = 1 block x endblock raw endraw m.voice(1) self loop range(9) () [0] ~ " ' -
< </ > /> <p <p> </p> <img <a <b <svg <style> </style> <script> <meta <!-- --> <![CDATA[ <template> <form <input
<iframe <link <base <object &lt; &# src= href= style= onload= srcset= http-equiv= id= x //x.example/
"""
"""What Jinja and browsers act on."""

PIECES = st.lists(st.sampled_from([*FRAGMENTS.split(), " ", "\n"]) | WRITABLE, max_size=12).map("".join)


def project_text(name: str) -> str:
    """The text of a template of the project."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


COVER_NAME = COVER.removeprefix("templates/")
ANY_TEMPLATE = st.one_of(
    st.tuples(st.just(COVER_NAME), PIECES),
    st.tuples(st.just(COVER_NAME), st.tuples(st.just(project_text(COVER_NAME)), PIECES).map("".join)),
    st.sampled_from(template_names()).flatmap(
        lambda name: st.tuples(st.just(name), damaged_text(project_text(name), FRAGMENTS.split()))
    ),
)
"""The name and the text of a template."""

LOADING = ("src", "srcset", "data", "poster", "ping", "background")


@given(ANY_TEMPLATE)
@settings(max_examples=settings().max_examples // 20)  # each renders a report
def test_whatever_a_template_says_the_pages_load_nothing_and_misquote_nobody_or_it_is_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, template: tuple[str, str]
) -> None:
    event, (name, text) = tmp_path_factory.mktemp("themes") / "spring", template
    try:
        outputs = themed(event, (f"templates/{name}", text))
    except PadharvestError as mistake:
        assert_plain(mistake)
        assert not (event / "build").exists()
        return
    check_outputs(encoded(outputs), ANALYSIS, CORPUS)
    page, plain = Page(outputs["report.html"]), Page(PLAIN["report.html"])
    assert [one.get("content") for one in page.named("meta")][:2] == [
        one.get("content") for one in plain.named("meta")
    ][:2]
    assert page.named("script", "base", "object", "embed", "iframe") == plain.named("script")
    assert not [value for name in LOADING for value in page.values(name) if not value.startswith("data:")]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


STYLE_FRAGMENTS = """
@ import url URL ( ) ' " //x.example/a data: #a /* */ \\ \\75 image-set src { } : ; p background </style> <script> <!--
"""
STYLES = st.sampled_from([*STYLE_FRAGMENTS.split(), " ", "\n"])


@given(st.lists(STYLES | WRITABLE, max_size=10).map("".join))
def test_whatever_a_style_says_it_stays_in_its_element_or_it_is_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, style: str
) -> None:
    event = tmp_path_factory.mktemp("styles")
    (event / "style.css").write_text(style, encoding="utf-8")
    try:
        theme = read_theme(event)
    except UserMistake as mistake:
        assert_plain(mistake)
        return
    assert "</" not in theme.style
    _style(theme).encode()
