"""The finished files: complete, sound, inert, and asking nothing of anyone."""

import base64
import csv
import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from fetch.corpus_records import ProblemKind
from pipeline.analysis_records import PadProblem, Spelling, SpellingReason
from pipeline.report import render_report
from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.hostile import HOSTILE, event_of

OUTPUTS = render_report(*read(ALLOTMENTS))
HOSTILE_OUTPUTS = render_report(*event_of(HOSTILE))
NOTHING_OUTPUTS = render_report(*build({}))
ALL = {"allotments": OUTPUTS, "hostile": HOSTILE_OUTPUTS, "no pads": NOTHING_OUTPUTS}

OWN_TAGS = """
html head meta title link style body a header p h1 h2 h3 h4 time strong div nav ol ul li form label select option input
main section article span b bdi i blockquote details summary table caption thead tbody tfoot tr th td svg rect dl dt dd
code footer script
"""
OWN_ATTRIBUTES = """
lang charset content http-equiv name rel href class id aria-label aria-labelledby aria-describedby aria-hidden role
tabindex for type value autocomplete hidden datetime dir data-quote data-g data-cp data-text scope viewbox
preserveaspectratio focusable x y width height
"""
MARKDOWN_TAGS = "h1 h2 h3 h4 p em strong ul li a table thead tbody tr th td code br"


class Page(HTMLParser):
    """Every element of a page with its attributes, and the text that it begins with."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._inside = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")
        self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag == "br"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data

    def all(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def tags(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in names]

    def text_of(self, name: str) -> str:
        [found] = [text for (tag, _), text in zip(self.elements, self.texts, strict=True) if tag == name]
        return found


PAGES = {name: Page(outputs["report.html"]) for name, outputs in ALL.items()}


@pytest.fixture(params=ALL)
def page(request: pytest.FixtureRequest) -> Page:
    return PAGES[request.param]


def test_the_page_holds_only_our_own_elements_and_attributes(page: Page) -> None:
    assert {tag for tag, _ in page.elements} <= set(OWN_TAGS.split())
    assert {name for _, attributes in page.elements for name in attributes} <= set(OWN_ATTRIBUTES.split())
    assert len(page.tags("script")) == len(page.tags("style")) == 1


def test_the_page_leads_only_into_itself_and_to_the_pads_server(page: Page) -> None:
    for href in page.all("href"):
        assert href.startswith(("#", "https://pads.example.org/p/")) or href == "data:,"
    for link in page.tags("a"):
        assert link["href"].startswith("#") or link["rel"] == "noreferrer"


def test_every_link_within_the_page_has_its_target_and_every_id_is_one_of_a_kind(page: Page) -> None:
    ids = page.all("id")
    assert len(set(ids)) == len(ids)
    targets = {href[1:] for href in page.all("href") if href.startswith("#")}
    targets |= {one for name in ("aria-labelledby", "aria-describedby", "for") for one in page.all(name)}
    assert targets <= set(ids)


def test_the_policy_allows_this_style_and_script_and_nothing_else(page: Page) -> None:
    [policy] = [meta["content"] for meta in page.tags("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    hashes = {}
    for name in ("style", "script"):
        digest = hashlib.sha256(page.text_of(name).encode()).digest()
        hashes[name] = f"'sha256-{base64.b64encode(digest).decode()}'"
    assert policy == (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_style_and_script_load_nothing_and_write_no_markup() -> None:
    for name in ("style", "script"):
        assert not re.search(r"url\(|@import|@font-face|https?:|fetch\(|innerHTML", PAGES["allotments"].text_of(name))


def test_headings_leave_out_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_header_cells_say_what_they_head(page: Page) -> None:
    assert len(page.tags("caption")) == len(page.tags("table"))
    assert {cell["scope"] for cell in page.tags("th")} <= {"row", "col"}


def test_the_page_says_its_language_and_has_landmarks_and_a_skip_link(page: Page) -> None:
    assert page.tags("html") == [{"lang": "en", "dir": "ltr"}]
    for landmark in ("header", "nav", "main", "footer"):
        assert page.tags(landmark)
    assert page.tags("a")[0]["href"] == "#main"


def test_every_part_is_there_even_if_only_to_say_that_there_is_nothing(page: Page) -> None:
    ids = page.all("id")
    for part in (
        *("about", "glance", "matrix", "recurring", "one-group", "questions", "next-steps", "decisions"),
        *("by-group", "names", "ledger", "made"),
    ):
        assert part in ids


def test_strength_is_never_a_percentage() -> None:
    before_the_ledger = OUTPUTS["report.html"].split("<body>")[1].split('id="ledger"')[0]
    assert "%" not in re.sub(r'"https:[^"]*"', "", before_the_ledger)


@pytest.mark.parametrize("name", ALL)
def test_no_quote_acts_in_the_wiki(name: str) -> None:
    wikitext = ALL[name]["report.wiki"]
    assert not re.search(r"\{\{|~~~|__[A-Z]+__|-\{|\[\[(?!#concern-[\w-]+\|)|<(?!/?(?:bdi|span|code|br)\b)", wikitext)
    for line in wikitext.split("\n"):
        assert re.match(r"(?:\*+ |=+ .* =+$|''|\{\| |\|-$|\| |\|\}$|! scope|[A-Z]|$|'''|·)", line), line
        links = re.findall(r"\[(?!\[)([^ ]*) ", line.replace("[[#", ""))
        assert all(link.startswith("https://pads.example.org/p/") for link in links)


@pytest.mark.parametrize("name", ALL)
def test_no_quote_acts_in_markdown(name: str) -> None:
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(ALL[name]["report.md"])
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= set(MARKDOWN_TAGS.split())
    for href in page.all("href"):
        assert href.startswith(("report.html#pad-", "https://pads.example.org/p/"))


@pytest.mark.parametrize("name", ALL)
def test_no_cell_is_a_formula_and_every_row_has_every_column(name: str) -> None:
    for table in ("concerns.csv", "quotes.csv", "entities.csv"):
        text = ALL[name][table]
        assert text.startswith("\ufeff")
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell for row in rows for cell in row if re.match(r"[\s=+\-@＝＋－＠]", cell)]


def test_every_format_names_every_concern_and_says_what_became_of_empty_pads() -> None:
    for name in ("report.html", "report.wiki", "report.md"):
        for words in ("who pays for repairs", "wheelbarrows", "This pad was empty.", "held the template only"):
            assert words in OUTPUTS[name], (name, words)


def test_every_format_says_why_two_ways_to_write_a_name_are_one() -> None:
    analysis, corpus = build({"1 Water": "* ask Ana Lund ‖ PERSON=Ana_Lund\n* ask Ana ‖ PERSON=Ana"})
    full, short = analysis.entities
    also = (Spelling(written="Ana", like="Ana Lund", why=SpellingReason.FIRST_NAME),)
    one = replace(full, mentions=full.mentions + short.mentions, also=also)
    outputs = render_report(replace(analysis, entities=(one,)), corpus)
    said = "“Ana” is taken for “Ana Lund”: one is the first name in the other and in no other full name here."
    assert said in outputs["report.wiki"]
    assert said in outputs["report.md"]
    assert said in re.sub(r"</?bdi>", "", outputs["report.html"])


def test_the_same_analysis_gives_the_same_bytes_whatever_the_hash_seed_and_working_directory(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.support.annotated import ALLOTMENTS, read\n"
        "from pipeline.report import render_report\n"
        "sys.stdout.buffer.write(''.join(render_report(*read(ALLOTMENTS)).values()).encode())\n"
    )
    root = str(Path(__file__).parents[3])
    for seed in ("1", "2"):
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program, root],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert done.stdout == "".join(OUTPUTS.values()).encode()


def test_what_could_not_be_read_is_said_at_the_top_and_in_full_in_every_format() -> None:
    analysis, corpus = read(ALLOTMENTS)
    problem = PadProblem(kind=ProblemKind.UNREADABLE, name="pad weeds", group="Weeds")
    outputs = render_report(replace(analysis, problems=(problem,)), corpus)
    assert 'href="#problems"' in outputs["report.html"].split("</header>")[0]
    for name in ("report.html", "report.wiki", "report.md"):
        assert "pad weeds (Weeds) could not be read." in outputs[name], name
        assert "pad weeds" not in OUTPUTS[name]
