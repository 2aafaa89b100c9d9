"""How well every line fits every concern, learned from decided lines and concerns' names, and why a line is suggested.

LearningState ──► learn ──► fits, members ──► suggestion: the most similar decided quote, the words of both
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge

from pipeline.curation.concern_editor import ConcernExamples
from pipeline.text import is_stop_word, stem, words

Vectors = NDArray[np.float32]
Fits = NDArray[np.float64]
Rows = NDArray[np.intp]

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LearningState:
    """What is known when something is learned; decisions have no order in it, so their order changes nothing.

    `texts` and `groups` have one entry for each segment that is offered, `vectors` a row: shape (n_segments, n_dims),
    rows of unit length or zero. The examples of `concerns` and the rows `in_none`, which belong to no concern, are row
    numbers. `names` has a row for each concern: its name's vector in the same space, zeros if the name teaches nothing.
    """

    texts: Sequence[str]
    groups: Sequence[str]
    vectors: Vectors
    concerns: tuple[ConcernExamples[int], ...] = ()
    names: Vectors
    in_none: frozenset[int] = frozenset()

    def placed(self) -> NDArray[np.bool_]:
        """Return which rows the facilitator placed: in a concern, or in none; shape (n_segments,)."""
        rows = self.in_none.union(*(concern.positive for concern in self.concerns))
        return _table(len(self.texts), [rows])[:, 0]

    def belongs(self) -> NDArray[np.bool_]:
        """Return which rows belong to which concern by decision; shape (n_segments, n_concerns)."""
        return _table(len(self.texts), [concern.positive for concern in self.concerns])

    def refused(self) -> NDArray[np.bool_]:
        """Return which rows do not belong to which concern by decision; shape (n_segments, n_concerns).

        A row of `in_none` belongs to none, except to those that it was put in by another decision.
        """
        refused = _table(len(self.texts), [concern.negative for concern in self.concerns])
        refused[sorted(self.in_none)] = True
        return refused & ~self.belongs()

    def answers(self) -> int:
        """Return how many answers the facilitator gave about lines."""
        return len(self.in_none) + sum(len(one.positive) + len(one.negative) for one in self.concerns)


def _table(n_rows: int, columns: Sequence[frozenset[int]]) -> NDArray[np.bool_]:
    table = np.zeros((n_rows, len(columns)), dtype=np.bool_)
    for column, rows in enumerate(columns):
        table[sorted(rows), column] = True
    return table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """`fits`, of shape (n_segments, n_concerns): about 0 for a line unlike a concern, about 1 for one like its quotes.

    `members` has for each concern, in the state's order, the rows that are put there because they are similar: in
    ascending order, none that the facilitator placed, and none where they said that it does not belong.
    """

    fits: Fits
    members: tuple[tuple[int, ...], ...]


def learn(state: LearningState) -> Learned:
    """Return what the decisions in `state` say about all lines: one regression for each concern, on the lines' vectors.

    An answer that names one concern for a line makes it a counterexample of the others, until it is put in them too.
    The same decisions give the same fits, in whatever order they were made.
    """
    if not state.concerns or not state.texts:
        return Learned(fits=np.zeros((len(state.texts), len(state.concerns))), members=((),) * len(state.concerns))
    fits = np.where(state.refused(), 0.0, _fits(state))
    free = ~state.placed() & (fits.max(axis=1) >= CONFIDENT)
    best = np.where(free, fits.argmax(axis=1), -1)
    members = (np.flatnonzero(best == concern) for concern in range(len(state.concerns)))
    return Learned(fits=fits, members=tuple(tuple(map(int, rows)) for rows in members))


def _fits(state: LearningState) -> Fits:
    """Fit concerns with the same training rows together: most of them differ in their targets only."""
    belongs, refused, placed = state.belongs(), state.refused(), state.placed()
    decided = np.flatnonzero(placed | refused.any(axis=1))
    examples = np.vstack([state.vectors[decided], state.names]).astype(np.float64)
    among, to_all = examples @ examples.T, state.vectors.astype(np.float64) @ examples.T
    targets = np.vstack([belongs[decided], np.eye(len(state.concerns))]).astype(np.float64)
    weights = np.r_[np.ones(len(decided)), np.full(len(state.concerns), NAME_WEIGHT)]
    fits = np.zeros(belongs.shape)
    for chosen, concerns in _by_training_rows(placed[decided], refused[decided]):
        model = KernelRidge(alpha=PENALTY, kernel="precomputed")
        model.fit(among[np.ix_(chosen, chosen)], targets[np.ix_(chosen, concerns)], weights[chosen])
        fits[:, concerns] = model.predict(to_all[:, chosen])
    return fits.round(DECIMALS)


def _by_training_rows(placed: NDArray[np.bool_], refused: NDArray[np.bool_]) -> Iterator[tuple[Rows, Rows]]:
    """Yield the training rows of concerns, and the concerns: rows placed anywhere or refused there, and all names."""
    count = refused.shape[1]
    by_examples: defaultdict[bytes, list[int]] = defaultdict(list)
    used = np.vstack([placed[:, None] | refused, np.ones((count, count), dtype=np.bool_)])
    for concern in range(count):
        by_examples[used[:, concern].tobytes()].append(concern)
    for concerns in by_examples.values():
        yield np.flatnonzero(used[:, concerns[0]]), np.array(concerns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Row `row` may belong to concern number `concern`, with a fit of about 0 to 1.

    `nearest` is the decided quote of that concern that is most similar, None if it has none. `shared` are words of
    `row`, as written there, that the quote, or else the concern's name, has in some form as well.
    """

    row: int
    concern: int
    fit: float
    nearest: int | None
    shared: tuple[str, ...]


def suggestion(state: LearningState, learned: Learned, row: int, concern: int) -> Suggestion:
    """Return the suggestion of a row for a concern, with the reason."""
    quotes = sorted(state.concerns[concern].positive - {row})
    nearest = None
    if quotes:
        similarity = (state.vectors[quotes] @ state.vectors[row]).round(DECIMALS)
        nearest = quotes[int(similarity.argmax())]
    other = state.concerns[concern].name if nearest is None else state.texts[nearest]
    fit = float(learned.fits[row, concern])
    return Suggestion(row=row, concern=concern, fit=fit, nearest=nearest, shared=_shared(state.texts[row], other))


def _shared(text: str, other: str) -> tuple[str, ...]:
    """Return the content words of `text` that `other` has too in some form, in reading order, each once."""
    other_stems = {stem(word.text) for word in words(other) if not is_stop_word(word.text)}
    by_stem = {stem(word.text): word.text for word in reversed(words(text)) if not is_stop_word(word.text)}
    return tuple(word for key, word in reversed(by_stem.items()) if key in other_stems)[:MOST_WORDS]
