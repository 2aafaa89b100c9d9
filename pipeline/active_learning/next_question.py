"""What to ask the facilitator next: the question whose answer is worth most."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.active_learning.line_suggestions import DECIMALS, WORTH_OFFERING, Learned, Scores, Suggestion, quote_table
from pipeline.curation.concern_editor import ConcernExamples
from pipeline.segment_records import Segment

CERTAIN = 0.5
"""Fit from which a question is whether a line belongs to one concern; readers said yes to 9 of 10
(docs/experiments/learning.md)."""

EXPLORATION = 60
"""Answers after which lines are no longer preferred because many undecided lines are similar to them."""

EXPLORATION_WEIGHT = 2.0
"""Weight of exploration against settling pairs, at the first answer; it falls to 0 at `EXPLORATION`."""

SAMPLE = 2000
"""Lines, evenly spaced, that stand for all when similar lines are counted: .2 s for 5,000 lines."""

ALIKE = 0.34
"""Similarity from which two lines count as similar: what two need to be a cluster (Settings.pair_similarity)."""

MOST_OPTIONS = 5

NAME_FROM = 2
"""Quotes from which the name of a concern with a working title is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, to be answered by one decision: about a `segment`, or about a `concern`.

    To which of the concerns in `options` does `segment` belong? These are the likeliest, best first, and there are none
    at first; if the only one is `certain`, the question is whether it belongs there. `alike` are segments without a
    decision that are similar to `segment`, the most similar first: the answer helps to place them. Or else: what is
    `concern` called?
    """

    segment: Segment | None = None
    options: tuple[Suggestion, ...] = ()
    certain: bool = False
    alike: tuple[Segment, ...] = ()
    concern: ConcernExamples | None = None


def next_question(learned: Learned) -> Question | None:
    """Return the question whose answer is worth most now, None if every line is placed and every concern named.

    At first that is about a line to which many lines are similar that no decided line is similar to (facility location;
    Krause and Golovin 2014), then about one whose answer settles most pairs of lines of different groups: it probably
    belongs where there are many quotes, and is not certain already (expected model change; Settles 2009, 3.3).
    """
    for number, concern in enumerate(learned.examples.concerns):
        if not concern.named and np.count_nonzero(learned.belongs[:, number]) >= NAME_FROM:
            return Question(concern=concern)
    free = ~learned.placed & learned.vectors.any(axis=1)
    if not free.any():
        return None
    row = int(np.where(free, _worth(learned), -1).round(DECIMALS).argmax())
    options = _options(learned, row)
    certain = bool(options) and options[0].fit >= CERTAIN
    return Question(
        segment=learned.segments[row],
        options=options[:1] if certain else options,
        certain=certain,
        alike=_alike(learned, row, free),
    )


def _options(learned: Learned, row: int) -> tuple[Suggestion, ...]:
    fits = learned.fits[row]
    best_first = np.argsort(-fits, kind="stable")[:MOST_OPTIONS]
    return tuple(learned.suggestion(row, int(number)) for number in best_first if fits[number] >= WORTH_OFFERING)


def _worth(learned: Learned) -> Scores:
    examples = learned.examples
    decisions = [quotes for concern in examples.concerns for quotes in (concern.positive, concern.negative)]
    answers = np.count_nonzero(quote_table(learned.segments, [examples.in_none, *decisions]))
    exploration = EXPLORATION_WEIGHT * max(0.0, 1 - answers / EXPLORATION)
    worth = _to_largest(_pairs_settled(learned))
    return worth + exploration * _to_largest(_coverage_gain(learned)) if exploration else worth


def _pairs_settled(learned: Learned) -> Scores:
    """Return for each row about how many pairs with quotes of other groups an answer would settle."""
    codes = np.unique([segment.group for segment in learned.segments], return_inverse=True)[1]
    of_group = np.eye(codes.max() + 1)[codes]
    known = learned.belongs.astype(np.float64)
    elsewhere = known.sum(axis=0) - of_group @ (of_group.T @ known)
    fits = np.clip(learned.fits, 0, 1)
    return np.asarray((np.minimum(fits, 1 - fits) * elsewhere).sum(axis=1))


def _coverage_gain(learned: Learned) -> Scores:
    """Return for each row how much more similar the lines would be to the nearest placed line if it were placed too."""
    sample = learned.vectors[:: max(1, -(-len(learned.vectors) // SAMPLE))]
    similarity = np.maximum(learned.vectors @ sample.T, 0)
    if learned.placed.any():
        similarity = np.maximum(similarity - similarity[learned.placed].max(axis=0), 0)
    return np.asarray(similarity.sum(axis=1, dtype=np.float64))


def _to_largest(worth: Scores) -> Scores:
    largest = worth.max(initial=0.0)
    return worth / largest if largest > 0 else worth


def _alike(learned: Learned, row: int, free: NDArray[np.bool_]) -> tuple[Segment, ...]:
    similarity = (learned.vectors @ learned.vectors[row]).round(DECIMALS)
    others = [other for other in np.flatnonzero(free & (similarity >= ALIKE)).tolist() if other != row]
    return tuple(learned.segments[other] for other in sorted(others, key=lambda other: -similarity[other]))
