"""report.wiki: no text of a pad does anything in MediaWiki, and quotes are read back with their lines."""

import re
from collections.abc import Iterator

import mwparserfromhell
import pytest
from hypothesis import example, given
from mwparserfromhell.nodes import Comment, ExternalLink, Heading, HTMLEntity, Tag, Template, Text, Wikilink

from pipeline.report.formats.output_format import ReadQuote
from pipeline.report.formats.wikitext import escape, escape_quote, read_back, record_places, unescape
from tests.support.hostile import ANY_TEXT, HOSTILE
from tests.support.report_events import REPORTS

ANYWHERE = re.compile(
    r"<(?!br />)|>(?<!<br />)|\[|\]|\{|\}|\||''|~~|__|!!|&(?!lt;|gt;|amp;|#\d+;)[\w#]|[A-Za-z]:\S|\n"
    r"|\b(?:RFC|PMID|ISBN)\s+\d|\A[*#:;=!+\s'~_-]|[\s'~_&]\Z"
)
BETWEEN_MARKS = re.compile(
    r"<(?=[A-Za-z/!?])(?!br />)|\[\[|\]\]|\[/|\{\{|\}\}|-\{|\||''|~~~|__[A-Za-z]|&(?!lt;|gt;|amp;|#\d+;)[\w#]"
    r"|[A-Za-z]:\S|\n|\b(?:RFC|PMID|ISBN)\s+\d|mailto:\Z"
)
TEMPLATES_TAGS = {"br", "span", "bdi", "b", "i", "li", "table", "tr", "th", "td", "pre", "code", "dd", "dt"}


@given(ANY_TEXT)
@example("mailto: ")
@example("mailto:\nana")
def test_escaped_text_holds_nothing_that_mediawiki_acts_on(text: str) -> None:
    for written, active in ((escape(text), ANYWHERE), (escape_quote(text), BETWEEN_MARKS)):
        found = active.search(written)
        assert not found, found


@given(ANY_TEXT)
def test_a_parser_of_wikitext_finds_nothing_but_text_in_it(text: str) -> None:
    for written in (escape(text), f"“{escape_quote(text)}”"):
        for node in mwparserfromhell.parse(written).ifilter():
            assert isinstance(node, Text | HTMLEntity) or str(node) == "<br />", node


def test_plain_prose_is_left_as_it_is() -> None:
    prose = "At 10:30 we didn't agree (note: \"no\" = 2 of 3), e.g. snake_case, 50% – see Ana's ~5 pages & more!"
    assert escape(prose) == prose


@pytest.mark.parametrize(
    "notes",
    (
        "* tap & pump",
        "\t* Who decides:",
        "[ ] Ana to ask",
        "[x] done -> Joe",
        "3 < 4 > 2",
        "Great!!",
        "; = # :",
        "'quoted'",
        "Name: ____",
        "ISBN of the book?",
        "a “quoted” word” — Water, line 3",
    ),
)
def test_what_is_harmless_between_quotation_marks_is_left_as_it_is(notes: str) -> None:
    assert escape_quote(notes) == notes


@pytest.mark.parametrize("name", REPORTS)
def test_no_text_of_a_pad_acts_in_the_page(name: str) -> None:
    for file, wikitext in REPORTS[name].items():
        if file.endswith(".wiki"):
            assert_inert(wikitext)


def assert_inert(wikitext: str) -> None:
    """Raise AssertionError if a page has markup that no template wrote."""
    assert not re.search(r"~~~|__[A-Z]+__|-\{|data-quote|<!--T:", wikitext)
    for node in mwparserfromhell.parse(wikitext).ifilter():
        assert not isinstance(node, Template), node
        if isinstance(node, Wikilink):
            assert re.fullmatch(r"#(?:concern|said-of|pad)-[\w-]+", str(node.title)), node
        elif isinstance(node, ExternalLink):
            assert node.brackets
            assert str(node.url).startswith("https://pads.example.org/p/"), node
        elif isinstance(node, Tag):
            assert str(node.tag) in TEMPLATES_TAGS, node
        else:
            assert isinstance(node, Text | HTMLEntity | Heading | Comment), node


@pytest.mark.parametrize("name", REPORTS)
def test_every_line_begins_as_a_template_begins_it(name: str) -> None:
    for file, wikitext in REPORTS[name].items():
        if file.endswith(".wiki"):
            for line in lines_of(wikitext):
                assert re.match(
                    r"[*#]+ |=+ .* =+$|''|\{\| |\|-$|\| |\|\}$|! scope|[A-Z]|$|·|\[https://pads\.example\.org/p/", line
                ), line


def lines_of(wikitext: str) -> Iterator[str]:
    """Yield the lines of a page without the text to answer with, which is indented, and the comment."""
    lines = re.sub(r"<!--.*?-->", "", wikitext, flags=re.DOTALL).split("\n")
    return (line for line in lines if not line.startswith(" "))


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_can_be_marked_for_translation(name: str) -> None:
    """Extension:Translate cuts a page into units at its empty lines; each must be whole and hold none of its marks."""
    for file, wikitext in REPORTS[name].items():
        if file.endswith(".wiki"):
            assert not re.search(r"</?translate\b|<tvar\b|<!--T:|<languages", wikitext)
            for unit in re.split(r"\n\n+", wikitext):
                for opening, closing in (
                    (r"^\{\|", r"^\|\}$"),
                    (r"^<!--", r"^-->$"),
                    (r"<(?:span|bdi|code)\b", r"</(?:span|bdi|code)>"),
                ):
                    found = [len(re.findall(pattern, unit, re.MULTILINE)) for pattern in (opening, closing)]
                    assert found[0] == found[1], unit


def test_quotes_are_read_back_with_the_text_of_their_link_or_the_rest_of_the_line() -> None:
    page = record_places(
        '* “<bdi data-quote="1:2-7" lang="de">a &lt; b</bdi>” — Water, [https://pads.example.org/p/w line 3]; by: May\n'
        '* “Beds”: “<bdi data-quote="2:0-1">c</bdi>” — Beds 4&amp; more, line 5: In [[#concern-c-1|who pays]]\n'
        '* “<bdi data-quote="2:1-2">d</bdi>” — [[#pad-2|line 6]]\n'
    )
    assert page.split("\n")[:3] == [
        '* “<bdi lang="de">a &lt; b</bdi>” — Water, [https://pads.example.org/p/w line 3]; by: May',
        "* “Beds”: “c” — Beds 4&amp; more, line 5: In [[#concern-c-1|who pays]]",
        "* “d” — [[#pad-2|line 6]]",
    ]
    assert list(read_back(page)) == [
        ReadQuote(1, 2, 7, "a < b", "line 3"),
        ReadQuote(2, 0, 1, "c", "Beds 4& more, line 5: In [[#concern-c-1|who pays]]"),
        ReadQuote(2, 1, 2, "d", "line 6"),
    ]


@given(ANY_TEXT)
def test_a_quote_of_any_text_is_read_back_exactly(text: str) -> None:
    page = record_places(f'* {escape(text)}: “<bdi data-quote="1:0-1">{escape_quote(text)}</bdi>” — line 3\n')
    assert list(read_back(page)) == [ReadQuote(1, 0, 1, text, "line 3")]


@pytest.mark.parametrize("forged", ("<!-- Quotes:\n1:0-1=1:0-1\n-->\n", "\n<!-- Quotes of mine:\n9:0-1=1:0-1\n-->\n"))
def test_a_pad_cannot_forge_the_record_of_places(forged: str) -> None:
    assert list(read_back(f"* “{escape_quote(forged)}” — line 1\n")) == []
    assert list(read_back(f"{escape(forged)}\n")) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_unescaping_inverts_both_escapes(text: str) -> None:
    assert unescape(escape(text)) == unescape(escape_quote(text)) == text
