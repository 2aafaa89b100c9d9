"""The page on which introduction, groups and prompts are edited, over plain HTTP: what is written and undone."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from fetch.corpus import read_corpus
from fetch.event_file import parse_event
from pipeline.curation.decision_file import add, read_curation
from pipeline.curation.redaction import redact_words
from pipeline.report.formats.introduction import introduction_html
from pipeline.web.event_editing import MOST_INTRODUCTION, MOST_PROMPTS
from tests.support.plots import HOSTILE_LINE
from tests.support.site import HOME, Site

HOSTILE_MARKDOWN = "# <script>alert(1)</script>\n\n![x](https://evil.example/x.png) [a](javascript:alert(1)) *so*\u202e"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def of_file(site: Site, name: str) -> Path:
    return site.folder / name


def edit(site: Site, name: str, /, **fields: str) -> TestResponse:
    """Send a form of the page as it is now."""
    return site.post("/edit", version=site.session.files.version(name), page="event", **fields)


def write_introduction(site: Site, text: str) -> TestResponse:
    return edit(site, "introduction.md", do="introduction", introduction=text, at="1")


def rename(site: Site, old: str, new: str) -> TestResponse:
    return edit(site, "event.toml", do="group", group=old, name=new, at="11")


def shown_preview(page: str) -> str:
    return page.split('id="preview">\n')[1].split("</div>", maxsplit=1)[0]


def undo(site: Site) -> TestResponse:
    """Press the button with the fields of its form."""
    form = re.search(r'<form class="undo".*?</form>', site.get("/event"), re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    return site.browser.post("/take-back", base_url=HOME, data=fields)


def test_an_introduction_is_written_and_shown_as_the_report_shows_it(site: Site) -> None:
    answer = write_introduction(site, "## Hello\r\n\r\n*All* of it.\r\n\r\n")
    assert answer.headers["Location"] == "/event?at=1&done=saved"
    assert of_file(site, "introduction.md").read_bytes() == b"## Hello\n\n*All* of it.\n"
    page = site.get(answer.headers["Location"])
    assert "Saved: Change the introduction" in page
    assert shown_preview(page) == introduction_html("## Hello\n\n*All* of it.\n")


def test_a_preview_changes_nothing_and_keeps_what_was_typed(site: Site) -> None:
    fields = {"introduction": HOSTILE_MARKDOWN, "page": "event"}
    for page in (site.post("/preview", **fields).text, site.post("/preview", alone="on", **fields).text):
        assert shown_preview(page) == introduction_html(HOSTILE_MARKDOWN)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page
        assert "\u202e" not in page
    assert f"{html.escape('# <script>alert(1)</script>', quote=False)}" in site.post("/preview", **fields).text
    assert not of_file(site, "introduction.md").exists()


def test_what_the_page_shows_can_be_saved_as_it_is(site: Site) -> None:
    texts = {"introduction.md": "a\u2028b ⟦c⟧ <&>\n\n\n  d\n", "event.toml": 'title = "a\u202eb"\n' + "# é\r\n"}
    texts["event.toml"] += of_file(site, "event.toml").read_text(encoding="utf-8").partition("\n")[2]
    for name, text in texts.items():
        of_file(site, name).write_bytes(text.encode())
    page = html.unescape(site.get("/event"))
    shown = page.split('data-preview="/preview">\n')[1].split("</textarea>")[0].replace("\n", "\r\n")
    title = page.split('id="title" name="title" value="')[1].split('" maxlength')[0]
    assert "\u202e" not in page
    write_introduction(site, shown)
    edit(site, "event.toml", do="title", title=title)
    assert {name: of_file(site, name).read_bytes().decode() for name in texts} == texts
    assert 'class="undo"' not in site.get("/event")


def test_a_group_is_renamed_on_every_page_and_in_the_file_and_keeps_its_decisions(site: Site) -> None:
    site.post(do="rename", concern=site.concern("a rota for the gate, please").id, name="Gate")
    before = of_file(site, "event.toml").read_text(encoding="utf-8")
    answer = rename(site, "Water", " Wells \t& taps")
    assert answer.status_code == 303
    after = before.replace('group = "Water"\n', 'group = "Wells & taps"\nformerly = ["Water"]\n')
    assert of_file(site, "event.toml").read_text(encoding="utf-8") == after
    assert "Saved: Rename the group “Water” to “Wells &amp; taps”" in site.get(answer.headers["Location"])
    pages = [
        site.get(path) for path in ("/rest", "/lines/1", f"/concern/{site.concern('a rota for the gate, please').id}")
    ]
    assert all("<bdi>Wells &amp; taps</bdi>" in page and "<bdi>Water</bdi>" not in page for page in pages)
    assert site.concern("a rota for the gate, please").label == "Gate"


def test_prompts_title_date_place_and_contact_are_written_to_event_toml(site: Site) -> None:
    edit(site, "event.toml", do="prompts", prompts=" What  hurts? \r\n\r\nWho helps?\r\nWho helps?")
    edit(site, "event.toml", do="title", title="Beds", date="2026-05-16", place="Port", contact="wren@example.org")
    event = read_corpus(site.folder).event
    assert event.prompts == ("What hurts?", "Who helps?")
    assert (event.title, str(event.date), event.place, event.contact) == (
        "Beds",
        "2026-05-16",
        "Port",
        "wren@example.org",
    )
    assert '<p class="kicker">Beds</p>' in site.get("/")
    edit(site, "event.toml", do="title", title="Beds", date="", place="", contact="")
    event = read_corpus(site.folder).event
    assert (event.date, event.place, event.contact) == (None, None, None)


def test_a_new_prompt_is_a_prompt_on_this_page_at_once(site: Site) -> None:
    assert site.quote("worms are wonderful")
    edit(site, "event.toml", do="prompts", prompts="worms are wonderful")
    assert "worms are wonderful" not in site.get("/rest")
    assert "Prompt of the shared template" in site.get("/lines/2")


def test_undo_goes_back_through_edits_and_decisions_in_the_order_in_which_they_were_made(site: Site) -> None:
    files = [of_file(site, "event.toml"), of_file(site, "introduction.md"), site.file]
    steps: tuple[Callable[[], TestResponse], ...] = (
        lambda: rename(site, "Water", "Wells"),
        lambda: site.post(do="new", name="One"),
        lambda: write_introduction(site, "Hello"),
        lambda: rename(site, "Soil", "Earth"),
        lambda: site.post(do="new", name="Two"),
        lambda: write_introduction(site, "Hello again"),
    )
    states = []
    for step in steps:
        states.append([path.read_bytes() if path.exists() else None for path in files])
        assert step().status_code == 303
    for state in reversed(states):
        assert undo(site).status_code == 303
        now = [path.read_bytes() if path.exists() else None for path in files]
        assert now[:2] == state[:2]
        assert len(read_curation(site.file).decisions) == sum(
            b"[[decision]]" in line for line in (state[2] or b"").split(b"\n")
        )
    assert 'class="undo"' not in site.get("/")


def test_a_decision_that_is_taken_back_from_the_list_does_not_mix_up_the_steps(site: Site) -> None:
    site.post(do="new", name="One")
    rename(site, "Water", "Wells")
    site.post("/take-back", decision="1")
    site.post(do="new", name="Two")
    undo(site)
    assert read_curation(site.file).decisions == ()
    undo(site)
    assert "formerly" not in of_file(site, "event.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ("event.toml", "introduction.md"))
def test_a_file_that_was_changed_meanwhile_is_not_overwritten_and_what_was_typed_stays(site: Site, name: str) -> None:
    path = of_file(site, name)
    version = site.session.files.version(name)
    by_hand = (path.read_text(encoding="utf-8") if path.exists() else "") + "\n# by hand\n"
    path.write_text(by_hand, encoding="utf-8")
    forms = {
        "event.toml": {"do": "group", "group": "Water", "name": "Typed"},
        "introduction.md": {"do": "introduction", "introduction": "Typed"},
    }
    answer = site.post("/edit", version=version, page="event", **forms[name])
    assert answer.status_code == 409
    assert "so your last step was not saved" in answer.text
    assert "Typed" in answer.text
    assert name == "event.toml" or "# by hand" in answer.text.split('class="on-disk"')[1]
    assert path.read_text(encoding="utf-8") == by_hand


def test_a_step_is_not_taken_back_if_the_file_was_changed_since(site: Site) -> None:
    write_introduction(site, "Hello")
    of_file(site, "introduction.md").write_text("By hand", encoding="utf-8")
    answer = undo(site)
    assert answer.status_code == 409
    assert "cannot be taken back here" in answer.text
    assert of_file(site, "introduction.md").read_text(encoding="utf-8") == "By hand"


def test_the_same_step_is_not_taken_back_twice(site: Site) -> None:
    write_introduction(site, "Hello")
    write_introduction(site, "Hello again")
    fields = {"page": "event", "edit": "2"}
    assert site.post("/take-back", **fields).status_code == 303
    assert site.post("/take-back", **fields).status_code == 409
    assert of_file(site, "introduction.md").read_text(encoding="utf-8") == "Hello\n"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    (
        ({"do": "group", "group": "Water", "name": " "}, "Please type a name first."),
        ({"do": "group", "group": "Water", "name": "Soil"}, "Another group has this name."),
        ({"do": "group", "group": "Fire", "name": "Air"}, "There is no group of this name any more."),
        ({"do": "group", "group": "Water", "name": "x" * 201}, "at most 200"),
        ({"do": "prompts", "prompts": "x" * 201}, "at most 200"),
        ({"do": "prompts", "prompts": "\n".join(map(str, range(MOST_PROMPTS + 1)))}, f"at most {MOST_PROMPTS}"),
        ({"do": "title", "title": ""}, "Please type a title first."),
        ({"do": "title", "title": "x", "date": "16 May"}, "Please write the date as year, month and day"),
        ({"do": "title", "title": "x", "contact": "nobody"}, "expected an e-mail address"),
        ({"do": "introduction", "introduction": "x" * (MOST_INTRODUCTION + 1)}, f"at most {MOST_INTRODUCTION:,}"),
        ({"do": "format the disk"}, "please load it again"),
    ),
)
def test_what_cannot_be_written_is_refused_in_a_sentence(site: Site, fields: dict[str, str], sentence: str) -> None:
    before = of_file(site, "event.toml").read_bytes()
    name = "introduction.md" if fields["do"] == "introduction" else "event.toml"
    answer = edit(site, name, **fields)
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert of_file(site, "event.toml").read_bytes() == before
    assert not of_file(site, "introduction.md").exists()


def test_redacted_words_come_into_neither_introduction_nor_names(site: Site) -> None:
    add(site.file, redact_words("Zelda"))
    before = of_file(site, "event.toml").read_bytes()
    for answer in (write_introduction(site, "Ask Zelda"), rename(site, "Water", "Zelda’s table")):
        assert answer.status_code == 422
        assert "redacts words" in answer.text
    assert of_file(site, "event.toml").read_bytes() == before
    assert not of_file(site, "introduction.md").exists()


def test_a_page_elsewhere_edits_nothing(site: Site) -> None:
    fields = {
        **site.fields(do="introduction", introduction="Intruders"),
        "version": site.session.files.version("introduction.md"),
    }
    for path in ("/edit", "/preview"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert site.browser.post(path, base_url=HOME, data=fields, headers=headers).status_code == 403
        assert site.browser.post(path, base_url=HOME, data={**fields, "token": ""}).status_code == 403
        assert site.browser.get(path, base_url=HOME).status_code == 405
        assert site.app.test_client().post(path, base_url=HOME, data=fields).status_code == 403
    assert site.browser.post("/edit", base_url=HOME, data={**fields, "introduction": "x" * 300_000}).status_code == 413
    assert not of_file(site, "introduction.md").exists()


def test_a_mistake_in_event_toml_is_told_and_nothing_is_changed(site: Site) -> None:
    of_file(site, "event.toml").write_text('titel = "Beds"\n', encoding="utf-8")
    answer = site.browser.get("/event", base_url=HOME)
    assert answer.status_code == 409
    assert "did you mean title?" in answer.text


def test_the_lines_of_a_group_lead_to_concerns_and_quotes_lead_to_lines(site: Site) -> None:
    page = site.get("/lines/3")
    assert 'href="/concern/c-' in page
    assert html.escape(HOSTILE_LINE.split("\u202e", maxsplit=1)[0], quote=False).split("=")[0] in page
    assert "<script>document" not in page
    for link in re.findall(r'href="(/lines/\d+)#([^"]+)"', site.get("/rest") + site.get("/ask")):
        assert f'id="{link[1]}"' in site.get(link[0])
    assert site.browser.get("/lines/99", base_url=HOME).headers["Location"] == "/"


def test_event_toml_is_still_read_as_the_fetch_reads_it(site: Site) -> None:
    rename(site, "Water", "Wells")
    path = of_file(site, "event.toml")
    assert [ref.group for ref in parse_event(path.read_text(encoding="utf-8"), path).pads] == ["Wells", "Soil", "Kids"]
