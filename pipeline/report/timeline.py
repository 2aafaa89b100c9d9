"""The timeline: next steps with a date, and milestones, in one list by date.

    Analysis ─ dated_segments ─> segments with their days ─ timeline + Sources ─> entries of the pages and calendar.ics

What has no date is not in it. Entries are in the order of their last day, which is the one that counts for a deadline.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.analysis_records import Analysis
from pipeline.report.formats.output_format import spell_out_controls
from pipeline.report.line_search import KINDS
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import TimelineEntry
from pipeline.segment_records import Kind, LineRole, Precision, Segment
from pipeline.translation import N_, Translation

_NAMESPACE = uuid.UUID("f1ac79ff-6aa1-4383-acce-baaae3cf6e9a")
"""Of the UUIDs (version 5 of RFC 9562) that are made of an event, a pad and words; drawn at random in 2026."""

_OTHER_KIND = N_("Dated note")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedSegment:
    """A segment with the first and the last of its days."""

    segment: Segment
    first: dt.date
    last: dt.date
    precision: Precision


def dated_segments(analysis: Analysis) -> Iterator[DatedSegment]:
    """Yield the next steps with a due date and the milestones that were not set aside, in event order."""
    milestones = {milestone.segment_id: milestone for milestone in analysis.milestones}
    for segment in analysis.segments:
        milestone = milestones.get(segment.id)
        if segment.role is not LineRole.CONTENT:
            continue
        if segment.kind is Kind.ACTION and segment.due_date:
            yield DatedSegment(
                segment=segment,
                first=segment.due_from or segment.due_date,
                last=segment.due_date,
                precision=segment.due_precision or Precision.DAY,
            )
        elif milestone:
            yield DatedSegment(
                segment=segment, first=milestone.first, last=milestone.last, precision=milestone.precision
            )


def deadline(step: Segment, translation: Translation) -> str | None:
    """Return by when a next step is due, in words, or None if it has no date."""
    if step.due_date is None:
        return None
    return translation.deadline(step.due_from or step.due_date, step.due_date, step.due_precision or Precision.DAY)


def timeline(analysis: Analysis, sources: Sources) -> tuple[TimelineEntry, ...]:
    """Return the entries by their last day, then by their first, then in event order."""
    seen: Counter[tuple[str, str]] = Counter()
    entries = []
    for dated in dated_segments(analysis):
        segment, translation = dated.segment, sources.translation
        words = (segment.pad_id, segment.text)
        seen[words] += 1
        entries.append(
            TimelineEntry(
                quote=sources.quote(segment),
                pad=segment.pad_id,
                kind=translation.gettext(KINDS.get(segment.kind, _OTHER_KIND)),
                owner=segment.owner,
                first=dated.first,
                last=dated.last,
                date=translation.known_days(dated.first, dated.last, dated.precision),
                uid=_uid(analysis.event.id, *words, str(seen[words])),
            )
        )
    return tuple(sorted(entries, key=lambda entry: (entry.last, entry.first)))


def _uid(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, spell_out_controls("\0".join(parts))))
