"""Find which concerns of different events are the same: what came back, and what was not found again.

concerns ──► centroids of their quotes ──► average linkage, never two of one event ──► sets ─┬─► came back
                                                                                            └─► not found again
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.across.across_records import Appearance, EventId, EventLine, LapsedConcern, RecurringConcern
from pipeline.across.event_series import EventSeries, segment_key
from pipeline.analysis_records import Concern, Origin
from pipeline.report.concern_views import front_ids
from pipeline.segment_records import Kind, SegmentId
from pipeline.vectors import DECIMALS, Vectors

SAME_CONCERN = 0.5
"""Least cosine of the centroids of two concerns' quotes to be the same: on series of training events 41 of 48 such
pairs were read as right, and 1 of the 10 below .5 (docs/experiments/across.md)."""

SIMILAR_LINE = 0.5
"""Least cosine of a line with a concern's centroid to be shown as similar, which half of such lines are."""

SHOWN = 3
"""Quotes of a concern that are shown of each event; the event's own report has all."""

_NEVER = 1e6
"""Distance of two concerns of one event, which the event's own analysis keeps apart."""

_ID_DIGITS = 12

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """A concern of event `number`, with its quotes that may be shown and the centroid of all of them."""

    number: int
    concern: Concern
    lines: tuple[SegmentId, ...]
    centroid: Vectors


def matched_concerns(series: EventSeries) -> tuple[tuple[RecurringConcern, ...], tuple[LapsedConcern, ...]]:
    """Return the concerns that several events have, those of most events and groups first, and those not found again.

    Of concerns that one event has, only those that its report shows first are said not to be found again, in order; and
    not one that a later event has together with another concern of its event.
    """
    found = list(_concerns(series))
    similarity = _similarities(found)
    sets = _joined(found, similarity)
    came_back = [_recurring(rows, found, similarity, series) for rows in sets if len(rows) > 1]
    once = [found[rows[0]] for rows in sets if len(rows) == 1 and not _has_later(rows[0], found, similarity)]
    front = [front_ids(analysis.concerns) for analysis in series.analyses]
    last = len(series.analyses) - 1
    not_again = [_lapsed(one, series) for one in once if one.number < last and one.concern.id in front[one.number]]
    return tuple(sorted(came_back, key=_rank)), tuple(not_again)


def _concerns(series: EventSeries) -> Iterator[_Found]:
    """Yield the concerns of all events that have a quote to show, in order."""
    for number, analysis in enumerate(series.analyses):
        shown = {one.id for one in analysis.segments if series.may_be_quoted(one)}
        for concern in analysis.concerns:
            best = dict.fromkeys((*concern.exemplar_ids, *concern.segment_ids))
            lines = tuple(segment_key(number, one) for one in best if one in shown)
            if lines:
                yield _Found(
                    number=number,
                    concern=concern,
                    lines=lines,
                    centroid=series.centroid(number, concern.segment_ids),
                )


def _similarities(found: Sequence[_Found]) -> Matrix:
    """Return how similar each two concerns are, an array of shape (n_concerns, n_concerns); 1 for those of one name."""
    centroids = np.array([one.centroid for one in found], dtype=np.float64)
    similarity = (centroids @ centroids.T).round(DECIMALS) if found else np.zeros((0, 0))
    named = [one.concern.label.casefold() if one.concern.origin is not Origin.CLUSTER else None for one in found]
    for row, name in enumerate(named):
        same = [other for other in range(len(named)) if name is not None and named[other] == name]
        similarity[row, same] = 1
    return similarity


def _joined(found: Sequence[_Found], similarity: Matrix) -> list[list[int]]:
    """Return the rows of the concerns that are the same, each set and the sets in order, single ones included."""
    if len(found) < 2:  # noqa: PLR2004 - nothing to join
        return [[row] for row in range(len(found))]
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - a third of a second
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - same

    numbers = np.array([one.number for one in found])
    distances = np.where(numbers[:, None] == numbers[None, :], _NEVER, np.maximum(1 - similarity, 0))
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), method="average")
    sets: dict[int, list[int]] = {}
    for row, label in enumerate(fcluster(tree, 1 - SAME_CONCERN, criterion="distance").tolist()):
        sets.setdefault(label, []).append(row)
    return list(sets.values())


def _has_later(row: int, found: Sequence[_Found], similarity: Matrix) -> bool:
    """Return whether a later event has a concern that is the same as one, whatever else that is the same as."""
    number = found[row].number
    return any(one.number > number and similarity[row, other] >= SAME_CONCERN for other, one in enumerate(found))


def _rank(concern: RecurringConcern) -> tuple[int, int, float]:
    groups = sum(len(one.groups) for one in concern.appearances)
    return -len(concern.appearances), -groups, -concern.similarity


def _recurring(
    rows: Sequence[int], found: Sequence[_Found], similarity: Matrix, series: EventSeries
) -> RecurringConcern:
    own = [found[row] for row in rows]
    pairs = similarity[np.ix_(rows, rows)][np.triu_indices(len(rows), k=1)]
    first, best = own[0], max(own, key=_title_rank)
    numbers = {one.number for one in own}
    own_decisions = [line for one in own[1:] for line in one.lines if series.line(line).kind is Kind.DECISION]
    similar = _similar_lines(_mean([one.centroid for one in own]), first.number + 1, series)
    decisions = [line for line in similar if series.line(line).kind is Kind.DECISION]
    name = f"{series.analyses[first.number].event.id}\n{first.concern.id}"
    return RecurringConcern(
        id=hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_DIGITS],
        label=series.without_secrets(best.concern.label),
        similarity=round(float(pairs.mean()), DECIMALS),
        appearances=tuple(_appearance(one, series) for one in own),
        absent_from=_events(series, (n for n in range(first.number, len(series.analyses)) if n not in numbers)),
        decisions=_lines(series, dict.fromkeys((*own_decisions, *decisions))),
    )


def _title_rank(one: _Found) -> tuple[bool, int, int]:
    """Return how good a title for the whole set is: one that was given by a reader, then that of most groups."""
    return one.concern.origin is not Origin.CLUSTER, len(one.concern.groups), one.number


def _lapsed(one: _Found, series: EventSeries) -> LapsedConcern:
    similar = _similar_lines(one.centroid, one.number + 1, series)
    best: dict[int, SegmentId] = {}
    for line in similar:
        best.setdefault(series.number_of(line), line)
    return LapsedConcern(
        appearance=_appearance(one, series),
        absent_from=_events(series, range(one.number + 1, len(series.analyses))),
        similar=_lines(series, (best[number] for number in sorted(best))),
        decisions=_lines(series, (line for line in similar if series.line(line).kind is Kind.DECISION)),
    )


def _mean(centroids: Sequence[Vectors]) -> Vectors:
    mean = np.mean(centroids, axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, dtype=np.float32)


def _similar_lines(centroid: Vectors, first: int, series: EventSeries) -> list[SegmentId]:
    """Return the lines from event number `first` on that are like a concern, the most similar first."""
    encoded = series.encoded
    scores = (encoded.vectors @ centroid).astype(np.float64).round(DECIMALS)
    rows = np.flatnonzero(scores >= SIMILAR_LINE).tolist()
    keys = [(-scores[row], row) for row in rows if series.number_of(encoded.segments[row].id) >= first]
    return [encoded.segments[row].id for _, row in sorted(keys)]


def _appearance(one: _Found, series: EventSeries) -> Appearance:
    concern = one.concern
    return Appearance(
        event=EventId(series.analyses[one.number].event.id),
        concern_id=concern.id,
        label=series.without_secrets(concern.label),
        groups=concern.groups,
        quotes=len(one.lines),
        lines=_lines(series, one.lines[:SHOWN]),
    )


def _lines(series: EventSeries, keys: Iterable[SegmentId]) -> tuple[EventLine, ...]:
    return tuple(series.line(key) for key in keys)


def _events(series: EventSeries, numbers: Iterable[int]) -> tuple[EventId, ...]:
    return tuple(EventId(series.analyses[number].event.id) for number in numbers)
