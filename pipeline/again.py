"""Again: from other groups of an event's segments to the concerns that they are, each told but once.

The page of decisions asks for all decided concerns at every step, and a step touches one or two. What a concern is told
as depends on its quotes and on the event, so it is remembered by these; with or without memory, the answer is the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.describe import Means, Usage, describe, usage_of
from pipeline.records import Concern, ConcernId, Segment, SegmentId
from pipeline.words import first_free

Quotes = tuple[SegmentId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Among:
    """The segments that concerns are told apart from, their vectors and the row of each."""

    segments: Sequence[Segment]
    vectors: NDArray[np.float32]
    row_of: dict[SegmentId, int]
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Again:
    """Describes groups of `segments` of an event, of which `offered` have `vectors`, row by row.

    What was told is remembered as long as concerns are told apart from the same segments: the vectors of others are
    not kept.
    """

    segments: Sequence[Segment]
    offered: Sequence[Segment]
    vectors: NDArray[np.float32]
    means: Means
    _among: dict[frozenset[SegmentId], _Among] = field(default_factory=dict)
    _told: dict[Quotes, Concern] = field(default_factory=dict)

    def __call__(self, groups: Sequence[Sequence[SegmentId]]) -> tuple[Concern, ...]:
        """The concern of each group, in their order; no two have the same id."""
        placed = {member for group in groups for member in group}
        others = frozenset(placed.difference(one.id for one in self.offered))
        if others not in self._among:
            self._among.clear()
            self._told.clear()
            self._among[others] = self._with(others)
        return tuple(_apart([self._concern(self._among[others], tuple(group)) for group in groups]))

    def _concern(self, among: _Among, group: Quotes) -> Concern:
        if group not in self._told:
            rows = [among.row_of[member] for member in group]
            (self._told[group],) = describe([rows], among.segments, among.vectors, self.means, among.usage)
        return self._told[group]

    def _with(self, others: frozenset[SegmentId]) -> _Among:
        """What was offered to the clustering and `others`, which was not and has no vector, in event order."""
        row_of = {one.id: row for row, one in enumerate(self.offered)}
        among = [one for one in self.segments if one.id in row_of or one.id in others]
        vectors = np.zeros((len(among), self.vectors.shape[1]), dtype=np.float32)
        for place, one in enumerate(among):
            if one.id in row_of:
                vectors[place] = self.vectors[row_of[one.id]]
        places = {one.id: place for place, one in enumerate(among)}
        return _Among(segments=among, vectors=vectors, row_of=places, usage=usage_of(among, self.means.people))


def _apart(concerns: Sequence[Concern]) -> Iterator[Concern]:
    """`concerns`; of several with the same texts, which are the id, the second is numbered 2, and so on."""
    given: set[str] = set()
    for one in concerns:
        yield replace(one, id=ConcernId(first_free([one.id], given)))
