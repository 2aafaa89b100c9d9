"""From decisions to what they teach: the one place that knows both curation and suggest.

Decided ──► State ──► learn ──► further quotes of decided concerns, with reasons
└────────┴──────► the next question
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.active_learning.line_suggestions import Known, State, learn, suggestion
from pipeline.active_learning.next_question import Question, next_question
from pipeline.analysis_records import Concern, Reason, Segment, SegmentId
from pipeline.curation.decisions import Decided

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learner:
    """What learns from decisions about the lines of one event.

    `offered` are the segments that say something and `vectors` theirs, row by row; `name_vectors` gives those of names
    in the same space (`pipeline.encode.names_among`). Row numbers in questions and suggestions are those of `offered`.
    """

    offered: Sequence[Segment]
    vectors: Vectors
    name_vectors: Callable[[Sequence[str]], Vectors]

    def state(self, decided: Decided) -> State:
        """What is known: concerns in the order of `decided`; what is hidden says nothing."""
        row_of = {one.id: row for row, one in enumerate(self.offered)}
        vectors = self.vectors.copy()
        vectors[[row_of[one] for one in sorted(decided.hidden) if one in row_of]] = 0
        known = [
            Known(name=one.name, named=one.named, yes=_rows(one.yes, row_of), no=_rows(one.no, row_of))
            for one in decided.concerns
        ]
        names = self.name_vectors([one.name for one in known])
        names[[not one.named for one in known]] = 0
        return State(
            texts=[one.text for one in self.offered],
            groups=[one.group for one in self.offered],
            vectors=vectors,
            concerns=tuple(known),
            names=names,
            nowhere=_rows(decided.nowhere, row_of),
        )

    def further(self, decided: Decided) -> tuple[tuple[SegmentId, ...], ...]:
        """For each decided concern the quotes that nobody placed and that are surely enough like its own."""
        members = learn(self.state(decided)).members
        return tuple(tuple(self.offered[row].id for row in rows) for rows in members)

    def ask(self, decided: Decided) -> tuple[State, Question | None]:
        """What to ask next, and the state that its numbers are about; None when nothing is left to ask."""
        state = self.state(decided)
        return state, next_question(state, learn(state))

    def explain(self, concerns: Sequence[Concern], decided: Decided) -> tuple[Concern, ...]:
        """`concerns` with the nearest decided quote as the reason for each quote that is there by likeness."""
        if not any(concern.suggested_ids for concern in concerns):
            return tuple(concerns)
        state = self.state(decided)
        learned = learn(state)
        place_of = {row: place for place, rows in enumerate(learned.members) for row in rows}
        row_of = {one.id: row for row, one in enumerate(self.offered)}
        explained = []
        for concern in concerns:
            found = {
                one: suggestion(state, learned, row_of[one], place_of[row_of[one]]) for one in concern.suggested_ids
            }
            why = (
                Reason(segment_id=one, exemplar_id=self.offered[because.nearest].id, shared_words=because.shared)
                for one, because in found.items()
                if because.nearest is not None
            )
            reasons = (*(one for one in concern.reasons if one.segment_id not in found), *why)
            explained.append(replace(concern, reasons=reasons))
        return tuple(explained)


def _rows(quotes: frozenset[SegmentId], row_of: dict[SegmentId, int]) -> frozenset[int]:
    """Their rows; a quote that was not offered, such as a heading's, has none and teaches nothing."""
    return frozenset(row_of[one] for one in quotes if one in row_of)
