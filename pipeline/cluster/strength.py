"""Which clusters say most about an event: from clusters to the same in order of strength, not too many to read."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

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
