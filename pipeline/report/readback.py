"""From a finished file back to the quotes in it: what readers will see, and where it claims to stand.

Each reader yields pairs of a place (`2:120-180`: pad, and characters of its text) and the words at it.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from fetch.records import PadId
from pipeline.report.escape.cells import uncell
from pipeline.report.escape.html import ATTRIBUTE
from pipeline.report.escape.markdown import unmarkdown
from pipeline.report.escape.wiki import unwiki

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_WIKI = re.compile(r'<bdi data-quote="([0-9]+:[0-9]+-[0-9]+)"[^>]*>(.*?)</bdi>')
_MARKDOWN = re.compile(r'^[^“\n]*“(.*)” — \[.*\]\(report\.html#[\w-]+ "([0-9]+:[0-9]+-[0-9]+)"\)', re.MULTILINE)

Read = Iterator[tuple[str, str]]


def read_html(page: str) -> Read:
    """The text of every element that is marked `data-quote`."""
    parser = _Quotes()
    parser.feed(page)
    parser.close()
    yield from parser.found


def read_wiki(page: str) -> Read:
    """The text of every `<bdi data-quote>`; in a quote `<` is never written as itself."""
    for match in _WIKI.finditer(page):
        yield match[1], unwiki(match[2])


def read_markdown(page: str) -> Read:
    """The words in every line that ends in a link to where they stand; in a quote `[` is never without backslash."""
    for match in _MARKDOWN.finditer(page):
        yield match[2], unmarkdown(match[1])


def read_table(table: str, numbers: Mapping[PadId, int]) -> Read:
    """The cells `text` of a CSV file with the columns `pad_id`, `start`, `end`; `numbers` are the pads'."""
    limit = csv.field_size_limit(max(len(table), 1))
    try:
        for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")):
            yield f"{numbers[PadId(uncell(row['pad_id']))]}:{row['start']}-{row['end']}", uncell(row["text"])
    finally:
        csv.field_size_limit(limit)


class _Quotes(HTMLParser):
    """Collects the text of marked elements; they may stand in each other."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[str, int, list[str]]] = []
        self._depth = 0
        self._boxed: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        self._depth += 1
        attributes = dict(attrs)
        code, at = attributes.get(ATTRIBUTE), attributes.get("data-quote")
        if code is not None:
            self._say(chr(int(code, 16)))
            self._boxed = self._depth
        if at is not None:
            self._open.append((at, self._depth, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements of SVG that close themselves hold no text."""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser's signature
        if self._open and self._open[-1][1] == self._depth:
            at, _, words = self._open.pop()
            self.found.append((at, "".join(words)))
        if self._boxed == self._depth:
            self._boxed = None
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._boxed is None:
            self._say(data)

    def _say(self, words: str) -> None:
        for _, _, said in self._open:
            said.append(words)
