"""calendar.ics: the timeline for calendar programs, in iCalendar (RFC 5545) by the library `icalendar`.

Each entry is an event of whole days whose summary is the quote, to the character. Its description begins with where the
quote stands, and `X-PADHARVEST-QUOTE` holds the place by which it is checked. It takes no time in anybody's calendar,
and is the same event (`UID`) whenever the same words of the same pad are rendered again.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fetch.corpus_records import PadId
from pipeline.analysis_records import Analysis
from pipeline.report.formats.output_format import Format, ReadQuote, Span, restore_controls, spell_out_controls
from pipeline.report.report_records import TimelineEntry
from pipeline.report.theme import Theme
from pipeline.report.timeline import dated_segments
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

if TYPE_CHECKING:  # slow to import, and one of two processes renders and proofreads the file
    import icalendar

_PLACE = "X-PADHARVEST-QUOTE"
_BACKSLASH_N = "\\N"
_SPELLED_N = f"⟦U+{ord(_BACKSLASH_N[0]):04X}⟧{_BACKSLASH_N[1]}"
"""icalendar takes these two characters for a line break that was escaped already (RFC 5545, 3.3.11)."""


def render(view: ReportView, translation: Translation, _theme: Theme) -> dict[str, str]:
    """Render the file; without any entry it is a calendar without events, so that no older one stays in its place."""
    import icalendar  # noqa: PLC0415 - see above

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Padharvest//Padharvest//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", icalendar.vText(" ".join(escape(view.title).split())))
    for entry in view.timeline:
        event = icalendar.Event()
        _fill(event, entry, view.generated_iso, translation)
        calendar.add_component(event)
    return {"calendar.ics": calendar.to_ical().decode()}


def _fill(event: "icalendar.Event", entry: TimelineEntry, generated: str, translation: Translation) -> None:
    event.add("uid", entry.uid)
    event.add("dtstamp", _in_utc(dt.datetime.fromisoformat(generated)))
    event.add("dtstart", entry.first)
    event.add("dtend", entry.last + dt.timedelta(days=1))  # exclusive (RFC 5545, 3.6.1)
    event.add("summary", escape(entry.quote.text))
    event.add("description", escape("\n".join(_description(entry, translation))))
    event.add("transp", "TRANSPARENT")
    event.add(_PLACE, entry.quote.at)
    if entry.quote.url:
        event.add("url", entry.quote.url)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """Return a time in UTC, as one without a zone is already."""
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _description(entry: TimelineEntry, translation: Translation) -> Iterator[str]:
    """Yield the lines of a description; the first says where the quote stands."""
    group, pad = (" ".join(name.split()) for name in (entry.quote.group.name, entry.pad))
    place = translation.gettext("line %(line)s of %(pad)s", line=str(entry.quote.line), pad=pad)
    yield f"{group}, {place}"
    yield f"{entry.kind}, {entry.date}"
    if entry.owner:
        yield translation.gettext("who: %(owner)s", owner=entry.owner)


def escape(text: str) -> str:
    """Return `text` as a value of iCalendar may hold it (escaping its punctuation is the library's work)."""
    return spell_out_controls(text).replace(_BACKSLASH_N, _SPELLED_N)


def unescape(value: str) -> str:
    """Invert `escape`."""
    return restore_controls(value)


def read_back(file: str) -> Iterator[ReadQuote]:
    """Return the summary of each event, with the first line of its description; raise ValueError for other content."""
    import icalendar  # noqa: PLC0415 - see above

    for event in icalendar.Calendar.from_ical(file).walk("VEVENT"):
        where, _, _ = unescape(str(event["description"])).partition("\n")
        yield ReadQuote.at(str(event[_PLACE]), unescape(str(event["summary"])), where)


def _dated(analysis: Analysis, _texts: Mapping[PadId, str]) -> Iterator[Span]:
    for dated in dated_segments(analysis):
        yield dated.segment.pad_id, dated.segment.start, dated.segment.end


FORMAT = Format(render=render, read_back=read_back, quotes={"calendar.ics": _dated})
