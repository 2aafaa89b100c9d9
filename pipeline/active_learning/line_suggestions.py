"""How well every line fits every concern, learned from decided lines and concerns' names, and why a line is suggested.

EncodedSegments, Examples ──► learn ──► Learned ──► similar quotes, with reasons
                                               └──► suggestion: the most similar decided quote, the words of both
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge

from pipeline.analysis_records import Concern, Reason
from pipeline.curation.concern_editor import ConcernExamples, Examples
from pipeline.encode import EncodedSegments
from pipeline.segment_records import Segment, SegmentId
from pipeline.text import is_stop_word, stem, words
from pipeline.vectors import Vectors

Scores = NDArray[np.float64]
Table = NDArray[np.bool_]

PENALTY = 0.5
"""Of the ridge regression (Hoerl and Kennard 1970), on rows of unit length: of .1 to 1 best on the training events
from 60 answers on, by little (docs/experiments/learning.md)."""

NAME_WEIGHT = 2.0
"""Of a concern's name as an example of it, against 1 for a line: 30 answers reach .30 with it, .24 without."""

CONFIDENT = 0.25
"""Fit from which a line without a decision is put in a concern. It gives the best pair_f after 120 and 240 answers;
readers accepted 6 of 10 lines with a fit of .3 to .4, and 9 of 10 from .5 on (docs/experiments/learning.md)."""

WORTH_OFFERING = 0.1
"""Fit below which a line is not offered to a concern: on the training events 1 in 10 of such lines belongs there."""

MOST_WORDS = 5
"""Shared words that are shown; more are not read."""

DECIMALS = 5
"""Fits are rounded to these before they decide anything, so that the last bits of a machine do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A segment may belong to `concern`, with a fit of about 0 to 1.

    `nearest` is the decided quote of that concern that is most similar, None if it has none. `shared` are words of the
    segment, as written there, that the quote, or else the concern's name, has in some form as well.
    """

    concern: ConcernExamples
    fit: float
    nearest: Segment | None
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What the decisions in `examples` say about `segments`, those that can be in a concern.

    `vectors` has shape (n_segments, n_dims), rows of unit length or, for hidden segments, zero. `placed`, of shape
    (n_segments,), says which segments the facilitator put in a concern or in none. `belongs` and `fits` have shape
    (n_segments, n_concerns): what belongs to a concern by decision, and fits of about 0 for a line that is unlike a
    concern, or does not belong to it by decision, to about 1 for one like its quotes.
    """

    segments: Sequence[Segment]
    examples: Examples
    vectors: Vectors
    placed: NDArray[np.bool_]
    belongs: Table
    fits: Scores

    def members(self) -> list[list[int]]:
        """Return for each concern the rows that are put there because they are similar, in ascending order.

        None is a row that the facilitator placed, or said not to belong there.
        """
        best = self.fits.argmax(axis=1) if self.fits.size else np.zeros(len(self.segments))
        similar = ~self.placed & (self.fits.max(axis=1, initial=0) >= CONFIDENT)
        return [np.flatnonzero(similar & (best == number)).tolist() for number in range(len(self.examples.concerns))]

    def similar_quotes(self) -> list[list[SegmentId]]:
        """Return for each concern of the examples the quotes without a decision that are similar enough to its own."""
        return [[self.segments[row].id for row in rows] for rows in self.members()]

    def with_reasons(self, concerns: Sequence[Concern]) -> tuple[Concern, ...]:
        """Return `concerns` with the most similar decided quote as the reason for each suggested quote."""
        reasons: dict[SegmentId, Reason] = {}
        for number, rows in enumerate(self.members()):
            for row in rows:
                quote, because = self.segments[row].id, self.suggestion(row, number)
                if because.nearest is not None:
                    exemplar = because.nearest.id
                    reasons[quote] = Reason(segment_id=quote, exemplar_id=exemplar, shared_words=because.shared)
        return tuple(
            replace(
                concern,
                reasons=(
                    *(reason for reason in concern.reasons if reason.segment_id not in concern.suggested_ids),
                    *(reasons[quote] for quote in concern.suggested_ids if quote in reasons),
                ),
            )
            for concern in concerns
        )

    def suggestion(self, row: int, number: int) -> Suggestion:
        """Return the suggestion of a row for the concern with this number, with the reason."""
        concern = self.examples.concerns[number]
        quotes = [quote for quote in np.flatnonzero(self.belongs[:, number]).tolist() if quote != row]
        nearest = None
        if quotes:
            similarity = (self.vectors[quotes] @ self.vectors[row]).round(DECIMALS)
            nearest = self.segments[quotes[int(similarity.argmax())]]
        shared = _shared(self.segments[row].text, nearest.text if nearest else concern.name)
        return Suggestion(concern=concern, fit=float(self.fits[row, number]), nearest=nearest, shared=shared)


def learn(encoded: EncodedSegments, examples: Examples) -> Learned:
    """Return what the decisions in `examples` say about all lines: one regression per concern, on the lines' vectors.

    An answer that names one concern for a line makes it a counterexample of the others, until it is put in them too.
    Hidden quotes teach nothing. The same decisions give the same fits, in whatever order they were made.
    """
    concerns = examples.concerns
    belongs = quote_table(encoded.segments, [concern.positive for concern in concerns])
    in_none, decided, hidden = quote_table(encoded.segments, [examples.in_none, examples.decided, examples.hidden]).T
    refused = quote_table(encoded.segments, [concern.negative for concern in concerns]) | in_none[:, None]
    refused &= ~belongs  # a quote in none may be put in a concern by another decision
    vectors = np.where(hidden[:, None], np.float32(0), encoded.vectors)
    names = encoded.encode_names([concern.name for concern in concerns])
    names[[not concern.named for concern in concerns]] = 0
    fits = _fits(vectors, names, belongs, refused, decided) if belongs.size else np.zeros(belongs.shape)
    return Learned(
        segments=encoded.segments,
        examples=examples,
        vectors=vectors,
        placed=decided,
        belongs=belongs,
        fits=np.where(refused, 0.0, fits),
    )


def quote_table(segments: Sequence[Segment], columns: Sequence[AbstractSet[SegmentId]]) -> Table:
    """Return which segments are in which set of quotes; shape (n_segments, n_sets)."""
    rows = {segment.id: row for row, segment in enumerate(segments)}
    table = np.zeros((len(segments), len(columns)), dtype=np.bool_)
    for column, quotes in enumerate(columns):
        table[[rows[quote] for quote in quotes if quote in rows], column] = True
    return table


def _fits(vectors: Vectors, names: Vectors, belongs: Table, refused: Table, placed: NDArray[np.bool_]) -> Scores:
    """Fit concerns with the same training rows together: most of them differ in their targets only.

    A concern's training rows are those that are placed anywhere or refused there, and the names of all concerns.
    """
    decided = np.flatnonzero(placed | refused.any(axis=1))
    examples = np.vstack([vectors[decided], names]).astype(np.float64)
    kernel, kernel_of_all = examples @ examples.T, vectors.astype(np.float64) @ examples.T
    targets = np.vstack([belongs[decided], np.eye(len(names))]).astype(np.float64)
    weights = np.r_[np.ones(len(decided)), np.full(len(names), NAME_WEIGHT)]
    used = np.vstack([placed[decided, None] | refused[decided], np.ones((len(names), len(names)), dtype=np.bool_)])
    selections, selection_of = np.unique(used, axis=1, return_inverse=True)
    fits = np.zeros(belongs.shape)
    for number, selection in enumerate(selections.T):
        rows, concerns = np.flatnonzero(selection), np.flatnonzero(selection_of.ravel() == number)
        model = KernelRidge(alpha=PENALTY, kernel="precomputed")
        model.fit(kernel[np.ix_(rows, rows)], targets[np.ix_(rows, concerns)], weights[rows])
        fits[:, concerns] = model.predict(kernel_of_all[:, rows])
    return fits.round(DECIMALS)


def _shared(text: str, other: str) -> tuple[str, ...]:
    """Return the content words of `text` that `other` has too in some form, in reading order, each once."""
    other_stems = {stem(word.text) for word in words(other) if not is_stop_word(word.text)}
    by_stem = {stem(word.text): word.text for word in reversed(words(text)) if not is_stop_word(word.text)}
    return tuple(word for key, word in reversed(by_stem.items()) if key in other_stems)[:MOST_WORDS]
