"""The report across events as files, and the gate that compares their quotes with the analyses before they are written.

    AcrossView ──► report.html, report.md, report.wiki ─┐
    AcrossEvents ──► concerns.csv, quotes.csv, across.json ─┴──► quotes read back ──► check_across

There is no calendar.ics: the calendars of the events have every dated step already, and one that was ticked later would
only be there twice.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from pydantic import TypeAdapter

from fetch.corpus_records import PadId
from pipeline.across.across_pages import AcrossView
from pipeline.across.across_records import AcrossEvents, Appearance, EventId, EventLine
from pipeline.across.across_view import pad_numbers
from pipeline.analysis_records import Analysis, PadInfo
from pipeline.anchors import text_sha
from pipeline.report.formats import html, markdown, wikitext
from pipeline.report.formats.csv import table_text, unescape
from pipeline.report.formats.output_format import ReadQuote
from pipeline.report.quote_sources import REPORT_PAGE, anchor
from pipeline.report.report_records import Row
from pipeline.report.theme import PLAIN, Escapes, environment
from pipeline.report.verbatim_gate import VerbatimError, names_line
from pipeline.segment_records import LineRole, Segment
from pipeline.serialization import json_text
from pipeline.translation import Translation

ACROSS_FILE = "across.json"

CONCERNS = (
    *("rank", "concern_id", "label", "came_back", "event", "event_date", "label_there", "group_count", "groups"),
    *("quote_count", "similarity", "page"),
)
QUOTES = (*("part", "number", "event", "group", "pad_id", "line", "start", "end", "text", "kind", "ticked", "page"),)

_ACROSS = TypeAdapter(AcrossEvents)
_JOIN = "; "

Place = tuple[EventId, PadId, int, int]
"""An event, a pad of it, and where a quote starts and ends there."""


def across_schema() -> str:
    """Return the text of docs/across.schema.json."""
    return json_text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **_ACROSS.json_schema(mode="serialization"),
            "title": "Padharvest report across events, schema 1",
        }
    )


def render_across(across: AcrossEvents, view: AcrossView, translation: Translation) -> dict[str, str]:
    """Return the text of each file of the report by name; pass them to `check_across` before they are written."""
    return {
        "report.html": html.render_across(view, translation),
        "report.md": _rendered("report.md", view, translation, Escapes(inert=markdown.escape, quote=markdown.escape)),
        "report.wiki": wikitext.record_places(
            _rendered("report.wiki", view, translation, Escapes(inert=wikitext.escape, quote=wikitext.escape_quote))
        ),
        "concerns.csv": table_text((CONCERNS, *_concern_rows(across)), translation),
        "quotes.csv": table_text((QUOTES, *_quote_rows(across)), translation),
        ACROSS_FILE: json_text(_ACROSS.dump_python(across, mode="json")),
    }


def _rendered(name: str, view: AcrossView, translation: Translation, escapes: Escapes) -> str:
    template = environment(translation, PLAIN, escapes, autoescape=False).get_template(f"across/{name}")
    return re.sub(r"\n{3,}", "\n\n", template.render(view=view))


def _concern_rows(across: AcrossEvents) -> Iterator[Row]:
    dates = {event.id: event.date for event in across.events}
    found = [(one.id, one.label, True, one.appearances, one.similarity) for one in across.came_back]
    for rank, (concern_id, label, came_back, appearances, similarity) in enumerate(found, start=1):
        for one in appearances:
            yield rank, concern_id, label, came_back, *_appearance_cells(one, dates), str(similarity), _page(one)
    for lapsed in across.not_again:
        one = lapsed.appearance
        yield None, None, one.label, False, *_appearance_cells(one, dates), None, _page(one)


def _appearance_cells(one: Appearance, dates: Mapping[EventId, object]) -> Row:
    date = dates[one.event]
    return one.event, str(date) if date else None, one.label, len(one.groups), _JOIN.join(one.groups), one.quotes


def _page(one: Appearance) -> str:
    return f"../{one.event}/{REPORT_PAGE}#{anchor('concern', one.concern_id)}"


def _quote_rows(across: AcrossEvents) -> Iterator[Row]:
    """Yield every quote, by the part of the report and the number of the concern, step or question there."""
    for part, number, line, ticked in _quotes(across):
        yield (
            *(part, number, line.event, line.group, line.pad_id, line.line, line.start, line.end, line.text),
            *(line.kind, ticked, line.href),
        )


def _quotes(across: AcrossEvents) -> Iterator[tuple[str, int, EventLine, bool | None]]:
    """Yield every quote with the part of the report that it is in, its number there, and whether a step is ticked."""
    for part, number, lines, ticked in _quoted_parts(across):
        yield from ((part, number, line, ticked) for line in lines)


def _quoted_parts(across: AcrossEvents) -> Iterator[tuple[str, int, Iterable[EventLine], bool | None]]:
    for number, concern in enumerate(across.came_back, start=1):
        yield "came_back", number, chain.from_iterable(one.lines for one in concern.appearances), None
        yield "decision", number, concern.decisions, None
    for number, step in enumerate(across.steps, start=1):
        yield "step", number, (step.step, *step.later), step.ticked
    for number, question in enumerate(across.questions, start=1):
        yield "question", number, question.asked, None
        yield "answer", number, question.answers, None
    for number, lapsed in enumerate(across.not_again, start=1):
        yield "not_again", number, lapsed.appearance.lines, None
        yield "similar", number, dict.fromkeys((*lapsed.similar, *lapsed.decisions)), None


def check_across(outputs: Mapping[str, str], across: AcrossEvents, analyses: Sequence[Analysis]) -> None:
    """Raise VerbatimError unless each of `outputs` quotes what the analyses say, and all that `across` has.

    Each quote must be a segment that its analysis shows, at its place and to the character, attributed to its line;
    nothing that any of the analyses hides may be quoted. concerns.csv has no quotes.
    """
    segments = {
        (EventId(analysis.event.id), segment.pad_id, segment.start, segment.end): segment
        for analysis in analyses
        for segment in analysis.segments
    }
    hidden = {text_sha(one.text) for one in segments.values() if one.role is LineRole.HIDDEN}
    numbered = pad_numbers(analyses)
    pads = {(event, info.pad_id): info for event, info in numbered.values()}
    for name, read_back in _READ_BACK.items():
        found: set[Place] = set()
        for place, text, where in _placed(read_back(outputs[name]), numbered):
            segment = segments.get(place)
            fault = _fault(segment, text, where, pads.get(place[:2]), hidden)
            if fault:
                raise VerbatimError(f"{name}: a quote of {place[0]}, pad {place[1]}, {fault}; nothing was written.")
            found.add(place)
        missing = _required(name, across) - found
        if missing:
            event, pad, *_ = min(missing)
            raise VerbatimError(f"{name}: a quote of {event}, pad {pad}, is missing; nothing was written.")


def _fault(segment: Segment | None, text: str, where: str, info: PadInfo | None, hidden: set[str]) -> str | None:
    if segment is None or info is None or segment.text != text:
        return "is not what its analysis says"
    if segment.role is not LineRole.CONTENT or text_sha(text) in hidden:
        return "is hidden or set aside and must not be quoted"
    if not names_line(where, segment.line, info):
        return f"is attributed to {where!r}"
    return None


_FIRST_ONLY = frozenset({"report.html", "report.md", "report.wiki"})
"""Files for people, which show one quote of a concern that was not found again."""


def _required(name: str, across: AcrossEvents) -> set[Place]:
    lines = {_place(line) for _, _, line, _ in _quotes(across)}
    if name in _FIRST_ONLY:
        shown = {_place(line) for part, _, line, _ in _quotes(across) if part != "not_again"}
        return shown | {_place(lapsed.appearance.lines[0]) for lapsed in across.not_again}
    return lines


def _place(line: EventLine) -> Place:
    return line.event, line.pad_id, line.start, line.end


Read = tuple[int | tuple[EventId, PadId], int, int, str, str]
"""A quote in a file: its pad, by number or by event and id, its start and end, its text and what names its line."""


def _placed(
    quotes: Iterable[Read], numbered: Mapping[int, tuple[EventId, PadInfo]]
) -> Iterator[tuple[Place, str, str]]:
    for pad, start, end, text, where in quotes:
        if isinstance(pad, int):
            event, info = numbered[pad]
            yield (event, info.pad_id, start, end), text, where
        else:
            yield (*pad, start, end), text, where


def _numbered(quotes: Iterable[ReadQuote]) -> Iterator[Read]:
    return ((int(one.pad), one.start, one.end, one.text, one.where) for one in quotes)


def _read_html(page: str) -> Iterator[Read]:
    return _numbered(html.read_back(page))


def _read_wikitext(page: str) -> Iterator[Read]:
    return _numbered(wikitext.read_back(page))


_MARKDOWN_QUOTE = re.compile(r'^[^“\n]*“(.*)” — \[(.*)\]\(\.\./[^()\s]*#[\w-]+ "([^"]*)"\)', re.MULTILINE)
"""As in report.md; in a quote `[` always has a backslash before it."""


def _read_markdown(page: str) -> Iterator[Read]:
    for text, link, place in _MARKDOWN_QUOTE.findall(page):
        quote = ReadQuote.at(place, markdown.unescape(text), markdown.unescape(link))
        yield int(quote.pad), quote.start, quote.end, quote.text, quote.where


def _read_csv(table: str) -> Iterator[Read]:
    limit = csv.field_size_limit(max(len(table), 1))
    try:
        for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline=""), restval=""):
            pad = EventId(row["event"]), PadId(unescape(row["pad_id"]))
            yield pad, int(row["start"]), int(row["end"]), unescape(row["text"]), row["line"]
    finally:
        csv.field_size_limit(limit)


def _read_json(text: str) -> Iterator[Read]:
    for _, _, line, _ in _quotes(_ACROSS.validate_python(json.loads(text))):
        yield (line.event, line.pad_id), line.start, line.end, line.text, str(line.line)


_READ_BACK = {
    "report.html": _read_html,
    "report.md": _read_markdown,
    "report.wiki": _read_wikitext,
    "quotes.csv": _read_csv,
    ACROSS_FILE: _read_json,
}
