"""Divide what is too much to compare all with all: principal direction divisive partitioning (Boley 1998)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

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
