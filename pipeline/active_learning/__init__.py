"""Active learning: from the facilitator's decisions to further quotes of their concerns, and to the next question.

Examples ──► LearningState ──► learn ──► further quotes of decided concerns, with reasons
                   └─────────────┴─────► the next question
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.active_learning.line_suggestions import LearningState, learn, suggestion
from pipeline.active_learning.next_question import Question, next_question
from pipeline.analysis_records import Concern, Reason, Segment, SegmentId
from pipeline.curation.concern_editor import ConcernExamples, Examples

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learner:
    """Learns from decisions about the segments of one event.

    `offered` are the segments that can be in a concern and `vectors` theirs, row by row; `name_vectors` gives those of
    names in the same space (`pipeline.encode.names_among`). Row numbers in questions and suggestions are those of
    `offered`.
    """

    offered: Sequence[Segment]
    vectors: Vectors
    name_vectors: Callable[[Sequence[str]], Vectors]

    def state(self, examples: Examples) -> LearningState:
        """Return what is known, with concerns in the order of `examples`; hidden quotes teach nothing."""
        row_of = {segment.id: row for row, segment in enumerate(self.offered)}

        def rows(quotes: frozenset[SegmentId]) -> frozenset[int]:
            return frozenset(row_of[quote] for quote in quotes if quote in row_of)

        vectors = self.vectors.copy()
        vectors[sorted(rows(examples.hidden))] = 0
        concerns = tuple(
            ConcernExamples(name=one.name, named=one.named, positive=rows(one.positive), negative=rows(one.negative))
            for one in examples.concerns
        )
        names = self.name_vectors([concern.name for concern in concerns])
        names[[not concern.named for concern in concerns]] = 0
        return LearningState(
            texts=[segment.text for segment in self.offered],
            groups=[segment.group for segment in self.offered],
            vectors=vectors,
            concerns=concerns,
            names=names,
            in_none=rows(examples.in_none),
        )

    def find_similar(self, examples: Examples) -> tuple[tuple[SegmentId, ...], ...]:
        """Return for each decided concern the quotes without a decision that are similar enough to its own."""
        members = learn(self.state(examples)).members
        return tuple(tuple(self.offered[row].id for row in rows) for rows in members)

    def next_question(self, examples: Examples) -> tuple[LearningState, Question | None]:
        """Return what to ask next, None when nothing is left to ask, and the state that its numbers refer to."""
        state = self.state(examples)
        return state, next_question(state, learn(state))

    def with_reasons(self, concerns: Sequence[Concern], examples: Examples) -> tuple[Concern, ...]:
        """Return `concerns` with the most similar decided quote as the reason for each suggested quote."""
        if not any(concern.suggested_ids for concern in concerns):
            return tuple(concerns)
        state = self.state(examples)
        learned = learn(state)
        concern_of = {self.offered[row].id: (row, n) for n, rows in enumerate(learned.members) for row in rows}
        explained = []
        for concern in concerns:
            reasons = [reason for reason in concern.reasons if reason.segment_id not in concern.suggested_ids]
            for quote in concern.suggested_ids:
                because = suggestion(state, learned, *concern_of[quote])
                if because.nearest is not None:
                    exemplar = self.offered[because.nearest].id
                    reasons.append(Reason(segment_id=quote, exemplar_id=exemplar, shared_words=because.shared))
            explained.append(replace(concern, reasons=tuple(reasons)))
        return tuple(explained)
