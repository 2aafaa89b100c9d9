"""Pad text in each format does nothing, shows as it was written, and comes back to the character."""

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from pipeline.report.escapes import ATTRIBUTE, cell, html, markdown, restored, uncell, unmarkdown, unwiki, visible, wiki
from tests.support.hostile import ANY_TEXT, HOSTILE

PAIRS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "visible": (visible, restored),
    "wiki": (wiki, unwiki),
    "markdown": (markdown, unmarkdown),
    "cell": (cell, uncell),
}


class Page(HTMLParser):
    """The tags of some HTML, and the text that a reader sees."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self._boxed = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        code = dict(attrs).get(ATTRIBUTE)
        self._boxed = code is not None
        self.tags.append(tag)
        self.text += "\n" if tag == "br" else chr(int(code, 16)) if code else ""

    def handle_endtag(self, tag: str) -> None:
        self._boxed = self._boxed and tag != "span"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._boxed else data


@pytest.mark.parametrize("name", PAIRS)
@given(text=ANY_TEXT)
def test_text_comes_back_to_the_character(name: str, text: str) -> None:
    there, back = PAIRS[name]
    assert back(there(text)) == text


@pytest.mark.parametrize("name", PAIRS)
@given(text=ANY_TEXT)
def test_what_is_written_can_be_encoded_and_turns_no_text_around(name: str, text: str) -> None:
    written = PAIRS[name][0](text)
    written.encode()
    assert not re.search("[\0\r\u2028\u2029\u202a-\u202e\u2066-\u2069]", written)


@given(ANY_TEXT)
def test_html_holds_no_markup_but_our_boxes_and_reads_back(text: str) -> None:
    page = Page(str(html(text)))
    assert page.text == text
    assert set(page.tags) <= {"span"}
    html(text).encode()


WIKI_ACTS = re.compile(
    r"<(?!br />)|>(?<!<br />)|\[|\]|\{|\}|\||''|~~|__|!!|&(?!lt;|gt;|amp;|#\d+;)|[A-Za-z]:\S|\n|\t"
    r"|\b(?:RFC|PMID|ISBN)\s|\A[*#:;=!+\s'~_-]|[\s'~_]\Z"
)


@given(ANY_TEXT)
def test_wikitext_holds_nothing_that_mediawiki_acts_on(text: str) -> None:
    found = WIKI_ACTS.search(wiki(text))
    assert not found, found


def test_wikitext_of_plain_prose_is_left_as_it_is() -> None:
    prose = "At 10:30 we didn't agree (note: \"no\" = 2 of 3), e.g. snake_case, 50% – see Ana's ~5 pages!"
    assert wiki(prose) == prose


COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.mark.parametrize("context", ("{}\n", "> {}\n", "- {}\n", "1. “{}” x\n", "a\n{}\n---\n"))
@given(text=ANY_TEXT)
def test_markdown_is_one_paragraph_of_text_wherever_it_stands(context: str, text: str) -> None:
    plain = Page(COMMONMARK.render(context.format("plain")))
    page = Page(COMMONMARK.render(context.format(markdown(f"a{text}"))))
    at_the_start = Page(COMMONMARK.render(context.format(markdown(f"{text}a"))))
    for one in (page, at_the_start):
        assert [tag for tag in one.tags if tag != "br"] == plain.tags
    assert restored(page.text) == plain.text.replace("plain", f"a{text}")
    assert restored(at_the_start.text) == plain.text.replace("plain", f"{text}a")


def test_markdown_of_plain_prose_is_left_as_it_is() -> None:
    prose = "At 10:30 we didn't agree (note: \"no\" = 2 of 3), e.g. 50% – see Ana's 5 pages!"
    assert markdown(prose) == prose


@pytest.mark.parametrize("text", ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\n=1", " =1", "＝1", "'=1", "\u3000=1"))
def test_a_cell_that_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ("tap", "1+1", "a = b", "“=1”", "⟦", ""))
def test_other_cells_do_not(text: str) -> None:
    assert not cell(text).startswith("'")


@given(ANY_TEXT)
def test_a_cell_survives_the_csv_writer_and_reader(text: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow([cell(text), "next"])
    assert [uncell(found) for found in next(csv.reader(io.StringIO(written.getvalue(), newline="")))] == [text, "next"]


def test_control_characters_are_spelled_out_and_the_spelling_itself_too() -> None:
    assert visible("a\0b") == "a⟦U+0000⟧b"
    assert visible("\U0001fffe") == "⟦U+1FFFE⟧"
    assert visible("⟦U+0000⟧") == "⟦U+27E6⟧U+0000⟧"
    assert visible("tab\tnewline\nzero width \u200b, joined 👩🏽‍🌾") == "tab\tnewline\nzero width \u200b, joined 👩🏽‍🌾"


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("unit", (" ", "a ", "'", "1", "[", "RFC ", "⟦", "\t\n", "&", "\\", "http:"))
def test_100_kb_of_anything_is_written_at_once(name: str, unit: str) -> None:
    text = "x" + unit * (100_000 // len(unit)) + "x"
    there, back = PAIRS[name]
    assert back(there(text)) == text


def test_the_cases_are_read_as_their_file_says() -> None:
    assert len(HOSTILE) > 80
    assert "trailing  \nspaces  " in HOSTILE
    assert "back\\slash \\* \\<b>" in HOSTILE
    assert "# heading" in HOSTILE
