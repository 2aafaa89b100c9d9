"""Cluster: from vectors and groups to the rows that say the same thing.

Answers: from the group of each segment to settings that suit what was asked of the groups.

Divide what is too much to compare all with all: principal direction divisive partitioning (Boley 1998).

Which clusters say most about an event: from clusters to the same in order of strength, not too many to read.

Average linkage (UPGMA; Sokal and Michener 1958) under a threshold, with a rest that belongs nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.analysis_records import Segment
from pipeline.settings import Settings

FEWEST = 20
"""Segments from which it can be told that groups wrote a line each because one thing was asked of them."""

LINES = 2
"""Lines per group, in the mean, from which groups wrote notes: a labelled event has 16 to 78."""


def suited(groups: Sequence[str], settings: Settings) -> Settings:
    """The settings for an event whose segments are of `groups`: where each wrote a line, all answered one question.

    Answers to one question are about a few things: every third pair of them belongs together, where of the lines of
    an event one pair in seventy does, so they are joined from `settings.answer_similarity`.
    """
    if len(groups) < FEWEST or len(groups) >= LINES * len(set(groups)):
        return settings
    return replace(settings, similarity=settings.answer_similarity)


TURNS = 20
"""Of the power iteration; a direction that parts unlike rows will do, it need not be exact."""


def cells(vectors: NDArray[np.float32], rows: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    """`rows` of `vectors` in cells of at most `size` ascending rows, parted along their main direction until they fit.

    They are parted at the widest gap of the middle half, so that what is alike mostly stays together and each part is
    three quarters of the whole at most.
    """
    if len(rows) <= size:
        yield rows
        return
    along = _along_main_direction(vectors[rows])
    order = np.argsort(along, kind="stable")
    margin = len(rows) // 4
    gaps = np.diff(along[order])[margin : len(rows) - 1 - margin]
    cut = margin + 1 + int(np.argmax(gaps))
    yield from cells(vectors, np.sort(rows[order[:cut]]), size)
    yield from cells(vectors, np.sort(rows[order[cut:]]), size)


def _along_main_direction(part: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each row of `part` lies along the direction in which its rows differ most."""
    away = part - part.mean(axis=0)
    direction = away[np.argmax(np.einsum("ij,ij->i", away, away))]
    for _ in range(TURNS):
        direction = away.T @ (away @ direction)
        direction /= max(float(np.linalg.norm(direction)), np.finfo(np.float32).tiny)
    along: NDArray[np.float32] = np.round(away @ direction, 5)
    return along


DECIMALS = 5
"""Similarities are rounded to these before they decide an order, so that a machine's last bits do not."""


def strongest(
    clusters: Iterable[tuple[int, ...]], vectors: NDArray[np.float32], codes: NDArray[np.intp], most: int
) -> tuple[tuple[int, ...], ...]:
    """The `most` strongest clusters of several groups, then all clusters of one group; `codes` has each row's group.

    The strongest has most groups, among equals the highest mean similarity of its pairs, then most rows, then the
    first row. Strength is never counted in rows first, so that a wordy group cannot make its own concern the event's.
    """
    ordered = sorted((_rank(rows, vectors, codes), rows) for rows in clusters)
    recurring = [rows for rank, rows in ordered if -rank[0] > 1]
    return (*recurring[:most], *(rows for rank, rows in ordered if -rank[0] == 1))


def _rank(rows: tuple[int, ...], vectors: NDArray[np.float32], codes: NDArray[np.intp]) -> tuple[int, float, int]:
    total = vectors[list(rows)].astype(np.float64).sum(axis=0)
    cohesion = (total @ total - len(rows)) / (len(rows) * (len(rows) - 1))
    return -len(np.unique(codes[list(rows)])), -round(float(cohesion), DECIMALS), -len(rows)


Rows = NDArray[np.intp]
Vectors = NDArray[np.float32]

FIRST_LOOK, SECOND_LOOK = 0.9, 0.6
"""How much a similarity counts within a group: people of one group share their topic's words whatever they say. What
recurs nowhere at first is looked at once more with other groups before its own: on the labelled events that finds
.557 of the concerns instead of .541, pairs and cards as good (docs/experiments/encoder.md)."""

CELL_SIZE = 4000
"""Rows that are compared all with all: at 4000 a whole analysis takes less than 600 MB (docs/cost.md)."""

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
    tree = _tree(_distances(vectors, codes, own))
    for places in _parts(tree, codes, settings.similarity, settings.most_repeats):
        alike = round(float(vectors[places[0]] @ vectors[places[-1]]), DECIMALS)
        if len(places) > PAIR or (len(places) == PAIR and alike >= settings.pair_similarity):
            yield places


def _distances(vectors: Vectors, codes: Rows, own: float) -> NDArray[np.float64]:
    """1 - similarity of all pairs in the order of scipy's `pdist`, worked out in place: it is most of our memory."""
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - a third of a second

    similarity = vectors @ vectors.T
    for row, code in zip(similarity, codes, strict=True):
        row[codes == code] *= np.float32(own)
    condensed: NDArray[np.float32] = squareform(similarity, checks=False)
    del similarity
    np.subtract(1, condensed, out=condensed)
    condensed.round(DECIMALS, out=condensed)
    return np.maximum(condensed, 0, out=condensed).astype(np.float64)


def _tree(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Which clusters are joined, at which mean distance."""
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415 - a third of a second

    tree: NDArray[np.float64] = linkage(distances, method="average")
    return tree


def _parts(tree: NDArray[np.float64], codes: Rows, threshold: float, most: int) -> Iterator[Rows]:
    """The places of each cluster; one with more than `most` repeats of a group is cut again, a step closer."""
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415 - a third of a second

    whole = np.arange(len(codes))
    while len(whole):
        by_number = defaultdict(list)
        for place, number in zip(whole, fcluster(tree, 1 - threshold, criterion="distance")[whole], strict=True):
            by_number[number].append(place)
        wordy = []
        for members in by_number.values():
            if threshold < SAME and len(members) - len(np.unique(codes[members])) > most:
                wordy += members
            else:
                yield np.array(members)
        whole = np.array(wordy, dtype=np.intp)
        threshold += STEP


@dataclass(frozen=True, slots=True)
class AverageLinkage:
    """Clusters an event's segments as `settings` say."""

    settings: Settings

    def cluster(self, segments: Sequence[Segment], vectors: Vectors) -> tuple[tuple[int, ...], ...]:
        """Return clusters of rows, strongest first."""
        groups = [segment.group for segment in segments]
        return cluster(vectors, groups, suited(groups, self.settings))
