"""Clusters of many rows, as what their mean similarities are computed from: means of vectors, and sums by group."""

from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.vectors import DECIMALS, Vectors

Indices = NDArray[np.integer[Any]]
Floats = NDArray[np.float32]

BLOCK = 256
"""Clusters that are compared with others at a time; fewer make matrix products slower."""

_NONE = np.zeros(0, dtype=np.intp)


class Clusters:
    """Clusters by number, which `keep` changes: mean vectors, sizes, and sums of vectors by group.

    `rows` is the first row of each. `sums` has a row for each group of each cluster, in the order of `groups`; `owners`
    has the cluster, or -1 if the row was added to another, and `parts` the rows of each cluster, by group.
    """

    def __init__(self, vectors: Vectors, rows: Indices, codes: Indices, own_weight: float) -> None:
        """Make a cluster of each row, or of those that are equal, in the order of their groups."""
        order = np.argsort(codes[rows], kind="stable")
        numbers: dict[bytes, int] = {}
        labels = np.array([numbers.setdefault(_fingerprint(vectors[row]), len(numbers)) for row in rows[order]])
        firsts = np.unique(labels, return_index=True)[1]
        self.own_share = np.float32(1 - own_weight)
        self.rows = order[firsts]
        self.equal = [(int(self.rows[label]), int(row)) for label, row in zip(labels, order, strict=True)]
        self.sizes = np.bincount(labels).astype(np.float32)
        self.means = vectors[rows[self.rows]]
        keys, counts = np.unique(codes[rows[order]] * len(numbers) + labels, return_counts=True)
        self.groups, self.owners = np.divmod(keys, len(numbers))
        self.sums = self.means[self.owners]
        self.sums *= counts[:, None].astype(np.float32)
        self.parts = _places(self.owners, len(self.sizes))

    def only_groups(self) -> Indices:
        """Return the group of each cluster whose rows are all of one, and -1 for the others."""
        return np.array([self.groups[part[0]] if len(part) == 1 else -1 for part in self.parts])

    def similarities(self, left: Indices, right: Indices) -> Floats:
        """Return the mean similarity of each pair of clusters, rounded."""
        found = np.empty(len(left), dtype=np.float32)
        for start in range(0, len(left), BLOCK):
            pairs = slice(start, start + BLOCK)
            one, other = left[pairs], right[pairs]
            found[pairs] = np.einsum("ij,ij->i", self.means[one], self.means[other])
            found[pairs] -= self._own_parts(one, other) / (self.sizes[one] * self.sizes[other])
        return found.round(DECIMALS)

    def _own_parts(self, left: Indices, right: Indices) -> Floats:
        """Return by how much the sum of each pair's similarities is lower for those within a group."""
        which, one = self._parts_of(left)
        of, other = self._parts_of(right)
        n_groups = self.groups[-1] + 1
        keys = (which * n_groups + self.groups[one], of * n_groups + self.groups[other])
        _, here, there = np.intersect1d(*keys, assume_unique=True, return_indices=True)
        products = np.einsum("ij,ij->i", self.sums[one[here]], self.sums[other[there]])
        return self.own_share * np.bincount(which[here], products, len(left)).astype(np.float32)

    def compare(self, asked: Indices) -> Floats:
        """Return the mean similarities of the clusters `asked` to all."""
        found: Floats = self.means[asked] @ self.means.T
        which, parts = self._parts_of(asked)
        order = np.argsort(self.groups[parts], kind="stable")
        which, parts = which[order], parts[order]
        groups, starts = np.unique(self.groups[parts], return_index=True)
        firsts, lasts = (np.searchsorted(self.groups, groups, side) for side in ("left", "right"))
        for start, end, first, last in zip(starts, (*starts[1:], len(parts)), firsts, lasts, strict=True):
            asking, owners = which[start:end], self.owners[first:last]
            lower = self.sums[parts[start:end]] @ self.sums[first:last].T
            lower *= (self.own_share / self.sizes[asked[asking]])[:, None]
            lower /= self.sizes[owners]
            found[asking[:, None], owners[owners >= 0]] -= lower[:, owners >= 0]
        return found

    def merge(self, left: Indices, right: Indices) -> None:
        """Add the clusters `right` to `left`, pair by pair; `right` keep their means until `keep` leaves them out."""
        share = (self.sizes[right] / (self.sizes[left] + self.sizes[right]))[:, None]
        self.means[left] += share * (self.means[right] - self.means[left])
        self.sizes[left] += self.sizes[right]
        for one, other in zip(left.tolist(), right.tolist(), strict=True):
            parts, added = self.parts[one], self.parts[other]
            groups = self.groups[parts]
            places = np.searchsorted(groups, self.groups[added])
            shared = groups[np.minimum(places, len(groups) - 1)] == self.groups[added]
            self.sums[parts[places[shared]]] += self.sums[added[shared]]
            self.owners[added] = np.where(shared, -1, one)
            self.parts[one] = np.insert(parts, places[~shared], added[~shared])
            self.parts[other] = _NONE

    def keep(self, kept: Indices) -> Indices:
        """Keep the clusters `kept`, ascending, renumbered from 0; return the new number of each old one, or -1.

        The array returned has a -1 more at its end, so that -1 for no cluster remains -1.
        """
        numbers = np.full(len(self.sizes) + 1, -1, dtype=np.int32)
        numbers[kept] = np.arange(len(kept))
        self.rows, self.sizes = self.rows[kept], self.sizes[kept]
        self.means = _take_in_place(self.means, kept)
        owners = numbers[self.owners]
        used = np.flatnonzero(owners >= 0)
        self.owners, self.groups = owners[used], self.groups[used]
        self.sums = _take_in_place(self.sums, used)
        self.parts = _places(self.owners, len(kept))
        return numbers

    def _parts_of(self, clusters: Indices) -> tuple[Indices, Indices]:
        """Return the rows of `sums` of `clusters`, after which of `clusters` each belongs to."""
        found = [self.parts[cluster] for cluster in clusters.tolist()]
        return np.repeat(np.arange(len(found)), list(map(len, found))), np.concatenate([*found, _NONE])


def _places(labels: Indices, count: int) -> list[Indices]:
    """Return for each label from 0 to `count` where it stands in `labels`."""
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(-1, count), side="right").tolist()
    return [order[start:end] for start, end in pairwise(ends)]


def _take_in_place(array: Vectors, kept: Indices) -> Vectors:
    """Return the rows `kept`, ascending, moved to the start of `array`, so that it takes no more memory."""
    for start in range(0, len(kept), BLOCK):
        rows = kept[start : start + BLOCK]
        array[start : start + len(rows)] = array[rows]
    return array[: len(kept)]


def _fingerprint(vector: Vectors) -> bytes:
    """Return the same bytes for vectors that are equal but for rounding."""
    return blake2b((vector.round(DECIMALS) + 0).tobytes(), digest_size=16).digest()  # -0 + 0 is 0
