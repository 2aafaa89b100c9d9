"""The analyses of several events in order, with all their segments and vectors as those of one large event.

Ids of segments, pads and groups are only unique within an event, so the series gives each its event's number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from fetch.corpus_records import PadId, permanent_names
from pipeline.across.across_records import EventId, EventLine
from pipeline.analysis_records import Analysis
from pipeline.anchors import text_sha
from pipeline.curation.redaction import Secrets, secret_spans, without_secrets
from pipeline.encode import EncodedSegments, encode_segments
from pipeline.report.quote_sources import MOST_SEGMENTS, REPORT_PAGE, line_anchor, page_path
from pipeline.segment_records import Kind, LineRole, Segment, SegmentId
from pipeline.settings import languages_compared_by_wording
from pipeline.vectors import Embed, Vectors


def in_order(analyses: Sequence[Analysis]) -> tuple[Analysis, ...]:
    """Return analyses in the order of their events' dates; an event without a date keeps the place that it was given.

    Events of one date stay as given.
    """
    dated = iter(sorted((one for one in analyses if one.event.date), key=_date))
    return tuple(next(dated) if one.event.date else one for one in analyses)


def _date(analysis: Analysis) -> str:
    return analysis.event.date.isoformat() if analysis.event.date else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class EventSeries:
    """Events in order. `secrets` are the words that any of them redacts, which are shown of none of them."""

    analyses: tuple[Analysis, ...]
    secrets: Secrets = ()
    embed: Embed = field(repr=False)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The segments of all events that may be quoted, as those of one event, in order."""
        return tuple(
            _numbered(segment, number)
            for number, analysis in enumerate(self.analyses)
            for segment in analysis.segments
            if self.may_be_quoted(segment)
        )

    @cached_property
    def encoded(self) -> EncodedSegments:
        """Those segments that say something, with their vectors."""
        offered = [one for one in self.segments if one.kind is not Kind.OTHER]
        return encode_segments(offered, self.embed, languages_compared_by_wording(self.segments, ""))

    def centroid(self, number: int, segment_ids: Sequence[SegmentId]) -> Vectors:
        """Return the mean of the vectors of some segments of event `number`, of unit length; zeros for none."""
        rows = [self._rows[key] for one in segment_ids if (key := segment_key(number, one)) in self._rows]
        vectors = self.encoded.vectors
        mean = vectors[rows].mean(axis=0) if rows else np.zeros(vectors.shape[1], dtype=np.float32)
        length = float(np.linalg.norm(mean))
        return mean / np.float32(length) if length else mean

    def may_be_quoted(self, segment: Segment) -> bool:
        """Return whether a segment is shown in its event, and its words are hidden or redacted in no other."""
        return segment.role is LineRole.CONTENT and not self.is_secret(segment)

    def is_secret(self, segment: Segment) -> bool:
        """Return whether the words of a segment are hidden in one of the events, or hold words that one redacts."""
        if self._hidden and text_sha(segment.text) in self._hidden:
            return True
        return bool(self.secrets and secret_spans(segment.text, self.secrets))

    def without_secrets(self, name: str) -> str:
        """Return a title or a name without words that one of the events redacts."""
        return without_secrets(name, self.secrets)

    def line(self, key: SegmentId) -> EventLine:
        """Return the quote of a segment by its id in the series."""
        return self._lines[key]

    def number_of(self, key: SegmentId) -> int:
        """Return the number of the event, from 0, that a segment of the series is of."""
        return int(key.partition(":")[0])

    @cached_property
    def _hidden(self) -> frozenset[str]:
        hidden = (one for analysis in self.analyses for one in analysis.segments if one.role is LineRole.HIDDEN)
        return frozenset(text_sha(one.text) for one in hidden)

    @cached_property
    def _rows(self) -> dict[SegmentId, int]:
        return {segment.id: row for row, segment in enumerate(self.encoded.segments)}

    @cached_property
    def _lines(self) -> dict[SegmentId, EventLine]:
        return dict(self._all_lines())

    def _all_lines(self) -> Iterator[tuple[SegmentId, EventLine]]:
        for number, analysis in enumerate(self.analyses):
            pages = _pages(analysis)
            for segment in filter(self.may_be_quoted, analysis.segments):
                yield segment_key(number, segment.id), _line(analysis, segment, pages[segment.group])


def _pages(analysis: Analysis) -> dict[str, str]:
    """Return the page, in its event's folder, that has the lines of each group."""
    names = permanent_names(analysis.pads)
    is_large = len(analysis.segments) > MOST_SEGMENTS
    return {group: f"{page_path(name)}.html" if is_large else REPORT_PAGE for group, name in names.items()}


def _line(analysis: Analysis, segment: Segment, page: str) -> EventLine:
    return EventLine(
        event=EventId(analysis.event.id),
        segment_id=segment.id,
        pad_id=segment.pad_id,
        group=segment.group,
        line=segment.line,
        start=segment.start,
        end=segment.end,
        text=segment.text,
        kind=segment.kind,
        language=segment.language,
        href=f"../{analysis.event.id}/{page}#{line_anchor(segment.pad_id, segment.line)}",
    )


def segment_key(number: int, segment_id: SegmentId) -> SegmentId:
    """Return the id in the series of a segment of event `number`."""
    return SegmentId(f"{number}:{segment_id}")


def _numbered(segment: Segment, number: int) -> Segment:
    return replace(
        segment,
        id=segment_key(number, segment.id),
        pad_id=PadId(f"{number}:{segment.pad_id}"),
        group=f"{number}:{segment.group}",
        parent=segment_key(number, segment.parent) if segment.parent else None,
        answer=segment_key(number, segment.answer) if segment.answer else None,
    )
