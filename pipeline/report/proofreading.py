"""From a finished file back to the quotes in it: what readers will see, and where it claims to stand.

Each reader yields pairs of a place (`2:120-180`: pad, and characters of its text) and the words at it.

Proofreading: every quote in every finished file, read back and held against the pads; none may be missing.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html.parser import HTMLParser

from fetch.corpus_records import Pad, PadId
from pipeline.analysis_records import Analysis, LineRole
from pipeline.report.escapes import ATTRIBUTE, uncell, unmarkdown, unwiki
from pipeline.report.quote_sources import Spans, hidden_spans, parts
from pipeline.verbatim import VerbatimError

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


def proofread(outputs: Mapping[str, str], analysis: Analysis, pads: Sequence[Pad]) -> None:
    """Passes rendered `outputs` (by file name) that quote `pads` to the character and leave nothing out.

    report.html must hold every line of every pad; report.wiki and report.md every segment that was not set aside;
    quotes.csv every segment; entities.csv every mention. What the facilitator hid must be in none of them. Raises
    VerbatimError otherwise.
    """
    texts = {pad.pad_id: pad.text for pad in pads}
    numbers = {info.pad_id: number for number, info in enumerate(analysis.pads, start=1)}
    by_number = {str(number): texts[pad_id] for pad_id, number in numbers.items()}
    hidden = {str(numbers[pad_id]): spans for pad_id, spans in hidden_spans(analysis).items()}
    readers: Mapping[str, tuple[Callable[[str], Read], set[str]]] = {
        "report.html": (read_html, set(_lines(by_number, hidden))),
        "report.wiki": (read_wiki, set(_segments(analysis, numbers, content_only=True))),
        "report.md": (read_markdown, set(_segments(analysis, numbers, content_only=True))),
        "quotes.csv": (lambda table: read_table(table, numbers), set(_segments(analysis, numbers))),
        "entities.csv": (lambda table: read_table(table, numbers), set(_mentions(analysis, numbers))),
    }
    for name, (read, wanted) in readers.items():
        found = list(read(outputs[name]))
        for at, words in found:
            if words != _said(at, by_number):
                raise VerbatimError(f"{name}: the quote at {at} is not what the pad says; nothing was written.")
        told = sorted(_overlapping([at for at, _ in found], hidden))
        if told:
            raise VerbatimError(f"{name}: the words at {told[0]} are hidden and must not be told; nothing was written.")
        missing = sorted(wanted - {at for at, _ in found})
        if missing:
            raise VerbatimError(f"{name}: the words at {missing[0]} are missing; nothing was written.")


def _overlapping(places: Sequence[str], hidden: Mapping[str, Spans]) -> Iterator[str]:
    """The places that any hidden words are at."""
    for at in places if hidden else ():
        number, _, span = at.partition(":")
        start, _, end = span.partition("-")
        if any(int(start) < last and first < int(end) for first, last in hidden.get(number, ())):
            yield at


def _said(at: str, by_number: Mapping[str, str]) -> str | None:
    """What the pad says at a place; None where there is no such place."""
    number, _, span = at.partition(":")
    start, _, end = span.partition("-")
    return by_number[number][int(start) : int(end)] if number in by_number else None


def _lines(by_number: Mapping[str, str], hidden: Mapping[str, Spans]) -> Iterator[str]:
    """Every line, or what is shown of it."""
    for number, text in by_number.items():
        start = 0
        for line in text.split("\n"):
            found = list(parts(start, start + len(line), hidden.get(number, ())))
            whole = not any(is_hidden for *_, is_hidden in found)
            shown = [(start, start + len(line), False)] if whole else found
            yield from (f"{number}:{first}-{last}" for first, last, is_hidden in shown if not is_hidden)
            start += len(line) + 1


def _segments(analysis: Analysis, numbers: Mapping[PadId, int], *, content_only: bool = False) -> Iterator[str]:
    for one in analysis.segments:
        if one.role is LineRole.CONTENT or not (content_only or one.role is LineRole.HIDDEN):
            yield f"{numbers[one.pad_id]}:{one.start}-{one.end}"


def _mentions(analysis: Analysis, numbers: Mapping[PadId, int]) -> Iterator[str]:
    segments = {segment.id: segment for segment in analysis.segments}
    for entity in analysis.entities:
        for mention in entity.mentions:
            one = segments[mention.segment_id]
            yield f"{numbers[one.pad_id]}:{one.start + mention.start}-{one.start + mention.end}"
