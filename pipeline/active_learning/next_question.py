"""What to ask the facilitator next: the line whose answer is worth most."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipeline.active_learning.line_suggestions import DECIMALS, WORTH_OFFERING, Learned, State, Suggestion, suggestion

Worth = NDArray[np.float64]

CERTAIN = 0.5
"""Fit from which a line is offered to one concern for yes or no; readers said yes to 9 of 10 (docs/experiments/learning.md)."""

LOOKING_ROUND = 60
"""Answers after which lines are no longer asked about because much is like them that nothing is known of."""

ROUND_WEIGHT = 2.0
"""Of looking round against settling pairs, at the first answer; it falls to 0 at `LOOKING_ROUND`."""

SAMPLE = 2000
"""Lines, evenly spaced, that stand for all when it is counted how many are like one: of 5,000 lines in .2 s."""

ALIKE = 0.34
"""Similarity from which two lines count as alike: what two need to be a cluster (Settings.pair_similarity)."""

MOST_OPTIONS = 5

NAME_FROM = 2
"""Quotes from which a concern with a working title is worth a name."""


class Ask(StrEnum):
    """What kind of answer a question wants."""

    BELONGS = "belongs"
    WHICH = "which"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, to be answered by one decision.

    BELONGS: does line `row` belong to the one concern in `options`? WHICH: to which concern does it belong, `options`
    being the likeliest, best first (none at first: it names a new one, or belongs to none). NAME: what is concern
    number `concern` called? `alike` are lines nobody has placed that are like `row`, most alike first: about what the
    answer settles besides.
    """

    ask: Ask
    row: int | None = None
    concern: int | None = None
    options: tuple[Suggestion, ...] = ()
    alike: tuple[int, ...] = ()


def next_question(state: State, learned: Learned) -> Question | None:
    """The question whose answer is worth most now; None where every line is placed and every concern named.

    At first that is a line with many unlike lines that are known (facility location; Krause and Golovin 2014), then
    one whose answer settles most pairs of lines of different groups: it probably belongs where there are many quotes,
    and it is not certain already (expected model change; Settles 2009, 3.3).
    """
    for concern, one in enumerate(state.concerns):
        if not one.named and len(one.yes) >= NAME_FROM:
            return Question(ask=Ask.NAME, concern=concern)
    free = ~state.placed() & state.vectors.any(axis=1)
    if not free.any():
        return None
    row = int(np.where(free, _worth(state, learned), -1).round(DECIMALS).argmax())
    options = _options(state, learned, row)
    certain = bool(options) and options[0].fit >= CERTAIN
    return Question(
        ask=Ask.BELONGS if certain else Ask.WHICH,
        row=row,
        options=options[:1] if certain else options,
        alike=_alike(state, row, free),
    )


def _options(state: State, learned: Learned, row: int) -> tuple[Suggestion, ...]:
    fits = learned.fits[row]
    possible = [number for number in range(len(fits)) if fits[number] >= WORTH_OFFERING]
    best_first = sorted(possible, key=lambda number: (-fits[number], number))[:MOST_OPTIONS]
    return tuple(suggestion(state, learned, row, number) for number in best_first)


def _worth(state: State, learned: Learned) -> Worth:
    looking = ROUND_WEIGHT * max(0.0, 1 - state.answers() / LOOKING_ROUND)
    worth = _to_largest(_pairs_settled(state, learned))
    return worth + looking * _to_largest(_unlike_known(state)) if looking else worth


def _pairs_settled(state: State, learned: Learned) -> Worth:
    """For each row about how many pairs with quotes of other groups an answer would settle."""
    codes = np.unique(np.asarray(state.groups, dtype=np.str_), return_inverse=True)[1]
    of_group = np.eye(codes.max() + 1)[codes]
    known = state.belongs().astype(np.float64)
    elsewhere = known.sum(axis=0) - of_group @ (of_group.T @ known)
    fits = np.clip(learned.fits, 0, 1)
    settled: Worth = (np.minimum(fits, 1 - fits) * elsewhere).sum(axis=1)
    return settled


def _unlike_known(state: State) -> Worth:
    """For each row how much more alike the lines would be to the nearest placed one, were it placed too."""
    sample = state.vectors[:: max(1, -(-len(state.vectors) // SAMPLE))]
    likeness = np.maximum(state.vectors @ sample.T, 0)
    placed = state.placed()
    if placed.any():
        likeness = np.maximum(likeness - likeness[placed].max(axis=0), 0)
    gain: Worth = likeness.sum(axis=1, dtype=np.float64)
    return gain


def _to_largest(worth: Worth) -> Worth:
    largest = worth.max(initial=0.0)
    return worth / largest if largest > 0 else worth


def _alike(state: State, row: int, free: NDArray[np.bool_]) -> tuple[int, ...]:
    likeness = (state.vectors @ state.vectors[row]).round(DECIMALS)
    others = [int(one) for one in np.flatnonzero(free & (likeness >= ALIKE)) if one != row]
    return tuple(sorted(others, key=lambda one: (-likeness[one], one)))
