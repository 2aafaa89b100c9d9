"""report.md: text of a pad is text wherever it stands in CommonMark, and quotes are read back with their lines."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from pipeline.report.formats.markdown import escape, read_back
from pipeline.report.formats.output_format import ReadQuote, restore_controls
from tests.support.hostile import ANY_TEXT
from tests.support.html_page import Page
from tests.support.report_events import REPORTS

COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TAGS = "h1 h2 h3 h4 p em strong ul li a table thead tbody tr th td code br"


@pytest.mark.parametrize("context", ("{}\n", "> {}\n", "- {}\n", "1. “{}” x\n", "a\n{}\n---\n"))
@given(text=ANY_TEXT)
def test_escaped_text_is_one_paragraph_wherever_it_stands(context: str, text: str) -> None:
    plain = Page(COMMONMARK.render(context.format("plain")))
    for words in (f"a{text}", f"{text}a"):
        page = Page(COMMONMARK.render(context.format(escape(words))))
        assert [tag for tag in page.tags() if tag != "br"] == plain.tags()
        assert restore_controls(page.text) == plain.text.replace("plain", words)


def test_plain_prose_is_left_as_it_is() -> None:
    prose = "At 10:30 we didn't agree (note: \"no\" = 2 of 3), e.g. 50% – see Ana's 5 pages!"
    assert escape(prose) == prose


@pytest.mark.parametrize("name", REPORTS)
def test_no_text_of_a_pad_acts_in_the_report(name: str) -> None:
    page = Page(COMMONMARK.render(REPORTS[name]["report.md"]))
    assert set(page.tags()) <= set(TAGS.split())
    for href in page.values("href"):
        to_line = re.match(r"(report|groups/[^/#]+)\.html#pad-", href)
        assert to_line or href.startswith("https://pads.example.org/p/") or unquote(href) in REPORTS[name]


def test_quotes_are_read_back_with_the_text_of_their_link() -> None:
    text = '- **8 May:** “a \\[b\\]” — [Soil, line 4](report.html#pad-soil-l4 "2:0-5") ([pad](https://pads.example.org/p/soil))\n'
    assert list(read_back(f"# “Title”\n{text}")) == [ReadQuote(2, 0, 5, "a [b]", "Soil, line 4")]
