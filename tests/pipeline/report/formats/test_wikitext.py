"""report.wiki: no text of a pad does anything in MediaWiki, and quotes are read back with their lines."""

import re

import pytest
from hypothesis import given

from pipeline.report.formats.output_format import ReadQuote
from pipeline.report.formats.wikitext import escape, read_back
from tests.support.hostile import ANY_TEXT
from tests.support.report_events import REPORTS

ACTIVE = re.compile(
    r"<(?!br />)|>(?<!<br />)|\[|\]|\{|\}|\||''|~~|__|!!|&(?!lt;|gt;|amp;|#\d+;)|[A-Za-z]:\S|\n|\t"
    r"|\b(?:RFC|PMID|ISBN)\s|\A[*#:;=!+\s'~_-]|[\s'~_]\Z"
)


@given(ANY_TEXT)
def test_escaped_text_holds_nothing_that_mediawiki_acts_on(text: str) -> None:
    found = ACTIVE.search(escape(text))
    assert not found, found


def test_plain_prose_is_left_as_it_is() -> None:
    prose = "At 10:30 we didn't agree (note: \"no\" = 2 of 3), e.g. snake_case, 50% – see Ana's ~5 pages!"
    assert escape(prose) == prose


@pytest.mark.parametrize("name", REPORTS)
def test_no_text_of_a_pad_acts_in_the_page(name: str) -> None:
    for file, wikitext in REPORTS[name].items():
        if file.endswith(".wiki"):
            assert_inert(wikitext)


def assert_inert(wikitext: str) -> None:
    """Raise AssertionError if a page has markup that no template wrote."""
    wikitext, _, reply = wikitext.partition("\n<pre>\n")
    assert not re.search("[<\\[{|]|~~~", reply.removesuffix("</pre>\n"))
    assert not re.search(
        r"\{\{|~~~|__[A-Z]+__|-\{|\[\[(?!#(?:concern|said-of)-[\w-]+\|)|<(?!/?(?:bdi|span|code|br)\b)", wikitext
    )
    for line in wikitext.split("\n"):
        assert re.match(
            r"(?:[*#]+ |=+ .* =+$|''|\{\| |\|-$|\| |\|\}$|! scope|[A-Z]|$|'''|·|\[https://pads\.example\.org/p/)", line
        ), line
        links = re.findall(r"\[(?!\[)([^ ]*) ", line.replace("[[#", ""))
        assert all(link.startswith("https://pads.example.org/p/") for link in links)


def test_quotes_are_read_back_with_the_text_of_their_link_or_the_rest_of_the_line() -> None:
    linked = (
        '* “<bdi data-quote="1:2-7" lang="de">a &lt; b</bdi>” — Water, [https://pads.example.org/p/w line 3]; by: 8 May'
    )
    plain = '* “<bdi data-quote="2:0-1">c</bdi>” — Beds 4&amp; more, line 5'
    assert list(read_back(f"{linked}\n{plain}\n")) == [
        ReadQuote(1, 2, 7, "a < b", "line 3"),
        ReadQuote(2, 0, 1, "c", "Beds 4& more, line 5"),
    ]
