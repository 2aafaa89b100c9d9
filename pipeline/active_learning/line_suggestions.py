"""Suggest: from the facilitator's decisions to where other lines belong, and what to ask next.

What is known when a question is chosen: the lines, and what the facilitator decided about them.

How well every line fits every concern, learned from decided lines and from the concerns' names.

Why a line is offered to a concern: the decided quote nearest to it, and the words that both use.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge

from pipeline.text import is_stop_word, stem, words

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A concern as the facilitator left it: rows said to belong and rows said not to.

    `named` means that its name is the facilitator's, not a working title.
    """

    name: str
    yes: frozenset[int] = frozenset()
    no: frozenset[int] = frozenset()
    named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """Everything that learning goes by; decisions have no order in it, so their order changes nothing.

    `texts` and `groups` have one entry for each segment that is offered, `vectors` a row: shape (n_segments, n_dims),
    rows of unit length or zero. `nowhere` are rows said to belong to no concern. `names` has a row for each of
    `concerns`: its name's vector in the same space, zeros where the name is to teach nothing.
    """

    texts: Sequence[str]
    groups: Sequence[str]
    vectors: Vectors
    concerns: tuple[Known, ...] = ()
    names: Vectors
    nowhere: frozenset[int] = frozenset()

    def placed(self) -> NDArray[np.bool_]:
        """Which rows the facilitator has placed: in a concern, or in none at all; shape (n_segments,)."""
        rows = self.nowhere.union(*(one.yes for one in self.concerns))
        placed = np.zeros(len(self.texts), dtype=np.bool_)
        placed[sorted(rows)] = True
        return placed

    def belongs(self) -> NDArray[np.bool_]:
        """Which rows were said to belong to which concern; shape (n_segments, n_concerns)."""
        return _table(len(self.texts), [one.yes for one in self.concerns])

    def refused(self) -> NDArray[np.bool_]:
        """Which rows were said not to belong to which concern; shape (n_segments, n_concerns).

        A row in `nowhere` belongs to none, unless it was said to belong to one all the same.
        """
        refused = _table(len(self.texts), [one.no for one in self.concerns])
        refused[sorted(self.nowhere)] = True
        return refused & ~self.belongs()

    def answers(self) -> int:
        """How many answers the facilitator gave about lines."""
        return len(self.nowhere) + sum(len(one.yes) + len(one.no) for one in self.concerns)


def _table(n_rows: int, columns: Sequence[frozenset[int]]) -> NDArray[np.bool_]:
    table = np.zeros((n_rows, len(columns)), dtype=np.bool_)
    for column, rows in enumerate(columns):
        table[sorted(rows), column] = True
    return table


Fits = NDArray[np.float64]
Rows = NDArray[np.intp]

PENALTY = 0.5
"""Of the ridge regression (Hoerl and Kennard 1970), on rows of unit length: of .1 to 1 best on the training events
from 60 answers on, by little (docs/experiments/learning.md)."""

NAME_WEIGHT = 2.0
"""Of a concern's name as an example of it, against a line's 1: 30 answers reach .30 with it, .24 without."""

CONFIDENT = 0.25
"""Fit from which a line that nobody placed is put with a concern. The best pair_f after 120 and 240 answers; of lines
shown with a fit of .3 to .4 readers accepted 6 of 10, from .5 on 9 of 10 (docs/experiments/learning.md)."""

DECIMALS = 5
"""Fits are rounded to these before they decide anything, so that a machine's last bits do not."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """`fits`, of shape (n_segments, n_concerns): about 0 for a line unlike a concern, about 1 for one like its quotes.

    `members` has for each concern, in the order of the state's, the rows that are put there by likeness, ascending:
    never a row that the facilitator placed, and never where they said that it does not belong.
    """

    fits: Fits
    members: tuple[tuple[int, ...], ...]


def learn(state: State) -> Learned:
    """What the decisions in `state` say about all lines: one regression for each concern, on the lines' vectors.

    An answer that names one concern for a line says that it is no example of the others, until it is said to belong
    to them too. The same decisions give the same fits, in whatever order they were made.
    """
    if not state.concerns or not state.texts:
        return Learned(fits=np.zeros((len(state.texts), len(state.concerns))), members=((),) * len(state.concerns))
    fits = np.where(state.refused(), 0.0, _fits(state))
    free = ~state.placed() & (fits.max(axis=1) >= CONFIDENT)
    best = np.where(free, fits.argmax(axis=1), -1)
    members = (np.flatnonzero(best == concern) for concern in range(len(state.concerns)))
    return Learned(fits=fits, members=tuple(tuple(map(int, rows)) for rows in members))


def _fits(state: State) -> Fits:
    """Concerns with the same examples are learned together: most differ in nothing but what is true of each."""
    belongs, refused, placed = state.belongs(), state.refused(), state.placed()
    decided = np.flatnonzero(placed | refused.any(axis=1))
    examples = np.vstack([state.vectors[decided], state.names]).astype(np.float64)
    among, to_all = examples @ examples.T, state.vectors.astype(np.float64) @ examples.T
    targets = np.vstack([belongs[decided], np.eye(len(state.concerns))]).astype(np.float64)
    weights = np.r_[np.ones(len(decided)), np.full(len(state.concerns), NAME_WEIGHT)]
    fits = np.zeros(belongs.shape)
    for chosen, concerns in _together(placed[decided], refused[decided]):
        model = KernelRidge(alpha=PENALTY, kernel="precomputed")
        model.fit(among[np.ix_(chosen, chosen)], targets[np.ix_(chosen, concerns)], weights[chosen])
        fits[:, concerns] = model.predict(to_all[:, chosen])
    return fits.round(DECIMALS)


def _together(placed: NDArray[np.bool_], refused: NDArray[np.bool_]) -> Iterator[tuple[Rows, Rows]]:
    """The examples that concerns are learned from, and these: lines placed at all or refused there, and all names."""
    count = refused.shape[1]
    by_examples: defaultdict[bytes, list[int]] = defaultdict(list)
    used = np.vstack([placed[:, None] | refused, np.ones((count, count), dtype=np.bool_)])
    for concern in range(count):
        by_examples[used[:, concern].tobytes()].append(concern)
    for concerns in by_examples.values():
        yield np.flatnonzero(used[:, concerns[0]]), np.array(concerns)


WORTH_OFFERING = 0.1
"""Fit below which a line is not offered to a concern: on the training events 1 in 10 of such lines belongs there."""

MOST_WORDS = 5
"""Shared words that are told; more are not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Row `row` may belong to concern number `concern`, with a fit of about 0 to 1.

    `nearest` is the decided quote of that concern most like it, None where there is none yet. `shared` are words of
    `row`, as written there, that the quote, or else the concern's name, uses in some form too.
    """

    row: int
    concern: int
    fit: float
    nearest: int | None
    shared: tuple[str, ...]


def suggestions(state: State, learned: Learned, concern: int) -> tuple[Suggestion, ...]:
    """The lines that nobody has placed and that may belong to `concern`, best first."""
    fits = learned.fits[:, concern]
    offered = np.flatnonzero(~state.placed() & ~state.refused()[:, concern] & (fits >= WORTH_OFFERING))
    best_first = sorted((int(row) for row in offered), key=lambda row: (-fits[row], row))
    return tuple(suggestion(state, learned, row, concern) for row in best_first)


def suggestion(state: State, learned: Learned, row: int, concern: int) -> Suggestion:
    """`row` offered to `concern`, with the reason."""
    quotes = sorted(state.concerns[concern].yes - {row})
    nearest = None
    if quotes:
        likeness = (state.vectors[quotes] @ state.vectors[row]).round(DECIMALS)
        nearest = quotes[int(likeness.argmax())]
    other = state.concerns[concern].name if nearest is None else state.texts[nearest]
    fit = float(learned.fits[row, concern])
    return Suggestion(row=row, concern=concern, fit=fit, nearest=nearest, shared=_shared(state.texts[row], other))


def _shared(text: str, other: str) -> tuple[str, ...]:
    """The content words of `text` that `other` has too in some form, in reading order, each once."""
    theirs = set(_stems(word.text for word in words(other)))
    ours = {stem(word.text): word.text for word in reversed(words(text)) if not is_stop_word(word.text)}
    return tuple(word for key, word in reversed(ours.items()) if key in theirs)[:MOST_WORDS]


def _stems(some: Iterable[str]) -> Iterable[str]:
    return (stem(word) for word in some if not is_stop_word(word))
