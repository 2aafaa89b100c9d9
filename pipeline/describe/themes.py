"""Themes: from clusters that are too many to take in at once to which of them belong together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_WITHOUT = 15
"""Concerns of a report that are read without a level above them."""

LIKENESS = 0.1
"""Mean similarity of concerns from which they are a theme. On eleven labelled events, events of 40 concerns get 8 to
13 themes then, of 2 to 9 concerns each, and 3 to 10 concerns are in none."""

DECIMALS = 4
"""Similarities are rounded to these before they decide anything, so that a machine's last bits do not."""


def themes_of(clusters: Sequence[Sequence[int]], vectors: NDArray[np.float32]) -> tuple[tuple[int, ...], ...]:
    """The numbers of the clusters that belong together, two or more each; a cluster is in one theme or in none.

    `clusters` are rows of `vectors`, of shape (n_rows, n_dims). Their centroids, without what all of them share, are
    joined by average linkage. Up to `MOST_WITHOUT` clusters have no themes.
    """
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - a third of a second
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - same

    if len(clusters) <= MOST_WITHOUT:
        return ()
    centroids = _units(np.array([vectors[list(rows)].sum(axis=0) for rows in clusters], dtype=np.float64))
    centroids = _units(centroids - centroids.mean(axis=0))
    distance = np.maximum((1 - centroids @ centroids.T).round(DECIMALS), 0)
    np.fill_diagonal(distance, 0)
    numbers = fcluster(linkage(squareform(distance, checks=False), method="average"), 1 - LIKENESS, "distance")
    parts: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        parts.setdefault(int(number), []).append(place)
    return tuple(tuple(part) for part in parts.values() if len(part) > 1)


def _units(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)
