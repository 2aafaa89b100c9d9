"""Average linkage (UPGMA; Sokal and Michener 1958) under a threshold, with a rest that belongs nowhere."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.cells import cells
from pipeline.cluster.strength import DECIMALS, strongest
from pipeline.settings import Settings

Rows = NDArray[np.intp]
Vectors = NDArray[np.float32]

FIRST_LOOK, SECOND_LOOK = 0.9, 0.6
"""How much a similarity counts within a group: people of one group share their topic's words whatever they say. What
recurs nowhere at first is looked at once more with other groups before its own: on the labelled events that finds
.557 of the concerns instead of .541, pairs and cards as good (docs/adr/0006)."""

CELL_SIZE = 6000
"""Rows that are compared all with all: at 6000 that takes about 700 MB and a few seconds."""

PAIR = 2

STEP = 0.02
"""How much closer a cluster is cut that has too many rows of the same groups."""

SAME = 0.8
"""Rows this similar say the same, however many they are: they are not cut any closer."""


def cluster(vectors: Vectors, groups: Sequence[str], settings: Settings) -> tuple[tuple[int, ...], ...]:
    """Clusters as ascending row numbers, strongest first (see `strongest`); a row is in one cluster or in none.

    `vectors` has shape (n_segments, n_dims), rows of unit length or zero (never clustered); `groups` has the group of
    each row. Clusters are joined as long as the mean similarity between them is at least `settings.similarity`; one of
    more than `settings.most_repeats` rows beyond the first of each group is cut closer. A cluster of two needs
    `settings.pair_similarity`: two lines are easily alike by chance. More than `CELL_SIZE` rows are first divided into
    cells, and clusters do not reach from one cell into another. Recurring clusters beyond the `settings.most_concerns`
    strongest are dissolved.
    """
    codes = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)[1]
    spoken = np.flatnonzero(vectors.any(axis=1))
    first = _look(spoken, vectors, codes, FIRST_LOOK, settings)
    recurring = [rows for rows in first if len(np.unique(codes[list(rows)])) > 1]
    rest = np.setdiff1d(spoken, [row for rows in recurring for row in rows])
    second = _look(rest, vectors, codes, SECOND_LOOK, settings)
    return strongest([*recurring, *second], vectors, codes, settings.most_concerns)


def _look(rows: Rows, vectors: Vectors, codes: Rows, own: float, settings: Settings) -> list[tuple[int, ...]]:
    """The clusters among `rows`, where a similarity within a group counts `own`."""
    return [
        tuple(int(row) for row in cell[places])
        for cell in cells(vectors, rows, CELL_SIZE)
        for places in _clusters_in(vectors[cell], codes[cell], own, settings)
    ]


def _clusters_in(vectors: Vectors, codes: Rows, own: float, settings: Settings) -> Iterator[Rows]:
    """The places of each cluster in a cell."""
    if len(vectors) < PAIR:
        return
    similarity = vectors @ vectors.T
    weighted = np.where(codes[:, None] == codes[None, :], similarity * np.float32(own), similarity)
    for places in _parts(weighted, codes, settings.similarity, settings.most_repeats):
        alike = similarity[places[0], places[-1]]
        if len(places) > PAIR or (len(places) == PAIR and alike >= settings.pair_similarity):
            yield places


def _parts(similarity: NDArray[np.float32], codes: Rows, threshold: float, most: int) -> Iterator[Rows]:
    """The places of each cluster; one with more than `most` repeats of a group is cut again, a step closer."""
    by_number = defaultdict(list)
    for place, number in enumerate(_cut(similarity, 1 - threshold)):
        by_number[number].append(place)
    for members in by_number.values():
        places = np.array(members)
        if len(places) - len(np.unique(codes[places])) <= most or threshold >= SAME:
            yield places
            continue
        again = _parts(similarity[np.ix_(places, places)], codes[places], threshold + STEP, most)
        yield from (places[part] for part in again)


def _cut(similarity: NDArray[np.float32], distance: float) -> NDArray[np.int32]:
    """The cluster number of each row of `similarity`, an array of shape (n, n)."""
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - a third of a second
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - same

    condensed = squareform(1 - similarity, checks=False)
    tree = linkage(np.maximum(condensed.round(DECIMALS), 0), method="average")
    numbers: NDArray[np.int32] = fcluster(tree, distance, criterion="distance")
    return numbers
