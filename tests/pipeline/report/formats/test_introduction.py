"""The facilitator's introduction in each format: what Markdown marks up is kept, and nothing in it acts."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given

from pipeline.report.formats import markdown, wikitext
from pipeline.report.formats.introduction import introduction_html, introduction_text
from tests.support.hostile import ANY_TEXT

TEXT = """\
# Who met

Eight groups met in **May**, and the *plan* is on
[our page](https://example.org/a_b?c=[1]).

1. read `this`
2. answer
   - by mail
   - or here

---
"""
HOSTILE = """\
<script>alert(1)</script> ![a picture](https://example.org/x.png) {{Template}} [[Page]]

> looks like a quote

[press me](javascript:alert(1))
"""


def test_a_page_has_the_introduction_as_html_with_its_headings_below_those_of_the_report() -> None:
    page = introduction_html(TEXT)
    assert "<h2>Who met</h2>" in page
    assert '<a href="https://example.org/a_b?c=%5B1%5D" rel="noreferrer">our page</a>' in page
    assert "<li>answer\n<ul>\n<li>by mail</li>" in page


def test_a_wiki_page_has_it_in_the_markup_of_wikis() -> None:
    assert introduction_text(TEXT, wikitext.DIALECT).split("\n") == [
        "== Who met ==",
        "",
        "Eight groups met in '''May''', and the ''plan'' is on [https://example.org/a_b?c=%5B1%5D our page].",
        "",
        "# read <code>this</code>",
        "# answer",
        "#* by mail",
        "#* or here",
        "",
        "----",
    ]


def test_markdown_stays_as_it_was_written() -> None:
    assert introduction_text(TEXT, markdown.DIALECT).split("\n") == [
        "## Who met",
        "",
        "Eight groups met in **May**, and the *plan* is on [our page](<https://example.org/a_b?c=%5B1%5D>).",
        "",
        "1. read <code>this</code>",
        "2. answer",
        "   - by mail",
        "   - or here",
        "",
        "----",
    ]


def test_nothing_in_it_acts_or_looks_like_a_quote_of_a_pad() -> None:
    page = introduction_html(HOSTILE)
    assert not re.search("<(script|img|blockquote)|href=.javascript", page)
    wiki = introduction_text(HOSTILE, wikitext.DIALECT)
    assert not re.search(r"<script|\{\{|\[\[|\[javascript", wiki)
    again = introduction_html(introduction_text(HOSTILE, markdown.DIALECT))
    assert not re.search("<(script|img|blockquote)|href=.javascript", again)


ALLOWED = {"p", "a", "em", "strong", "code", "pre", "ul", "ol", "li", "hr", "br", "h2", "h3", "h4", "h5", "h6"}


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attrs)}


@given(ANY_TEXT)
def test_whatever_is_written_gives_only_plain_markup(text: str) -> None:
    attributes = {"a href", "a rel", "a title", "ol start", "code class"}
    assert _Tags(introduction_html(text)).found <= ALLOWED | attributes


@pytest.mark.parametrize("text", ("", " \n\n"))
def test_no_introduction_is_nothing_in_any_format(text: str) -> None:
    assert introduction_html(text) == introduction_text(text, wikitext.DIALECT) == ""
