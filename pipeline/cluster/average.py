"""Average linkage (UPGMA; Sokal and Michener 1958) under a threshold, with a rest that belongs nowhere."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from pipeline.cluster.cells import cells
from pipeline.cluster.strength import DECIMALS, strongest
from pipeline.settings import Settings

Rows = NDArray[np.intp]
Vectors = NDArray[np.float32]

OWN_GROUP_WEIGHT = 0.9
"""How much a similarity counts within a group: people of one group share their topic's words whatever they say."""

CELL_SIZE = 6000
"""Rows that are compared all with all: at 6000 that takes about 700 MB and a few seconds."""

PAIR = 2


def cluster(vectors: Vectors, groups: Sequence[str], settings: Settings) -> tuple[tuple[int, ...], ...]:
    """Clusters as ascending row numbers, strongest first (see `strongest`); a row is in one cluster or in none.

    `vectors` has shape (n_segments, n_dims), rows of unit length or zero (never clustered); `groups` has the group of
    each row. Clusters are joined as long as the mean similarity between them is at least `settings.similarity`. A
    cluster of two needs `settings.pair_similarity`: two lines are easily alike by chance. More than `CELL_SIZE` rows
    are first divided into cells, and clusters do not reach from one cell into another. Recurring clusters beyond the
    `settings.most_concerns` strongest are dissolved.
    """
    codes = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)[1]
    spoken = np.flatnonzero(vectors.any(axis=1))
    found = (
        members
        for cell in cells(vectors, spoken, CELL_SIZE)
        for members in _clusters_in(cell, vectors, codes, settings)
    )
    return strongest(found, vectors, codes, settings.most_concerns)


def _clusters_in(cell: Rows, vectors: Vectors, codes: Rows, settings: Settings) -> Iterator[tuple[int, ...]]:
    if len(cell) < PAIR:
        return
    similarity = vectors[cell] @ vectors[cell].T
    by_number = defaultdict(list)
    for place, number in enumerate(_cut(similarity, codes[cell], 1 - settings.similarity)):
        by_number[number].append(place)
    for places in by_number.values():
        alike = similarity[places[0], places[-1]]
        if len(places) > PAIR or (len(places) == PAIR and alike >= settings.pair_similarity):
            yield tuple(int(row) for row in cell[places])


def _cut(similarity: NDArray[np.float32], codes: Rows, distance: float) -> NDArray[np.int32]:
    """The cluster number of each row of `similarity`, an array of shape (n, n)."""
    weighted = np.where(codes[:, None] == codes[None, :], similarity * np.float32(OWN_GROUP_WEIGHT), similarity)
    condensed = squareform(1 - weighted, checks=False)
    tree = linkage(np.maximum(condensed.round(DECIMALS), 0), method="average")
    numbers: NDArray[np.int32] = fcluster(tree, distance, criterion="distance")
    return numbers
