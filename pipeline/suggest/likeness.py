"""How well every line fits every concern, learned from decided lines and from the concerns' names."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge

from pipeline.suggest.state import State

Fits = NDArray[np.float64]
Rows = NDArray[np.intp]

PENALTY = 0.5
"""Of the ridge regression (Hoerl and Kennard 1970), on rows of unit length: of .1 to 1 best on the training events
from 60 answers on, by little (docs/adr/0011)."""

NAME_WEIGHT = 2.0
"""Of a concern's name as an example of it, against a line's 1: 30 answers reach .30 with it, .24 without."""

CONFIDENT = 0.25
"""Fit from which a line that nobody placed is put with a concern. The best pair_f after 120 and 240 answers; of lines
shown with a fit of .3 to .4 readers accepted 6 of 10, from .5 on 9 of 10 (docs/adr/0011)."""

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
