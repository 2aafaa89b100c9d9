"""Average linkage of more rows than can be compared all at once: the same tree, from few similarities at a time.

    list the most similar of each row ──► merge all pairs that are most similar to each other ──► tree
                                            ▲                          │
                                            └─ look up where the list ─┘
                                               is not enough

The similarity of two clusters is the mean over their pairs of rows, so it is the product of their mean vectors, and no
similarities need to be kept. A merged cluster is never more similar to a third one than the more similar of its parts
was. So two clusters that are most similar to each other can be merged at once, whatever else will be (Bruynooghe 1977),
and what is known of a cluster's similarities to others stays true, as bounds, while these are merged. The tree is
therefore that of `scipy.cluster.hierarchy.linkage` down to the least similarity asked for; where similarities are equal
to `DECIMALS` places, pairs may be merged in another order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.vectors import DECIMALS, Vectors

Indices = NDArray[np.intp]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

LISTED = 16
"""Clusters in the list of each: with 8 more is looked up, with 32 lists take longer to keep."""

_BLOCK = 512
"""Clusters that are compared with others at a time; matrix products of 256 are a fifth slower."""

_STRIPE = 8192
"""Clusters that a block is compared with at a time, so that the similarities take 16 MB."""

_SAMPLE = 2048
"""Clusters by which to estimate how similar the `LISTED` most similar are."""

_MARGIN = 1.5
"""How many times `LISTED` similarities to expect over that estimate, which is one of luck."""

_FOLDS = 32
"""Columns of which only the maximum is compared first."""

_WAITING = 64
"""Clusters to look up at once rather than one by one, as long as others can be merged without."""

_NONE = np.zeros(0, dtype=np.intp)

_NEVER = np.float32(-np.inf)


def link(vectors: Vectors, codes: Indices, own_weight: float, least: float) -> NDArray[np.float64]:
    """Return the tree of `vectors` by average linkage, in the form of scipy's `linkage`: an array of shape (n - 1, 4).

    `vectors` are rows of unit length and `codes` the group of each, from 0; similarities within a group are multiplied
    by `own_weight`. Clusters are merged while the mean similarity between them is at least `least`; those that are left
    are joined at a distance of 2. Equal rows are merged first, whatever their groups.
    """
    with threadpool_limits(1, "blas"):  # the last bits of a product depend on how many threads share it
        forest = _Forest(_Clusters(vectors, codes, own_weight), np.float32(least))
        while forest.alive.any():
            forest.look_up()
            forest.merge_mutual()
    return _linkage_matrix(forest.merges, len(vectors))


class _Clusters:
    """Clusters by number: mean vectors, sizes, and the sums of each cluster's vectors by group, `codes`.

    Numbers are those of rows of `means`, and change with `keep`. `sums` has a row for each cluster and group; `owners`
    and `groups` say which, and an owner of -1 that it was added to another.
    """

    def __init__(self, vectors: Vectors, codes: Indices, own_weight: float) -> None:
        """Make a cluster of each row, or of rows that are equal, in the order of their groups."""
        order = np.argsort(codes, kind="stable")
        first: dict[bytes, int] = {}
        labels = np.array([first.setdefault(_fingerprint(vectors[row]), len(first)) for row in order], dtype=np.intp)
        firsts = np.unique(labels, return_index=True)[1]
        self.own_share = np.float32(1 - own_weight)
        self.n_groups = int(codes.max()) + 1
        self.rows = order[firsts]
        self.equal = [(int(self.rows[label]), int(row)) for label, row in zip(labels, order, strict=True)]
        self.sizes = np.bincount(labels).astype(np.float32)
        self.means = vectors[self.rows]
        keys, counts = np.unique(labels * self.n_groups + codes[order], return_counts=True)
        self.owners, self.groups = np.divmod(keys, self.n_groups)
        self.sums = self.means[self.owners]
        self.sums *= counts[:, None].astype(np.float32)
        self.parts = self._index()
        self.only = self.only_groups()

    def __len__(self) -> int:
        return len(self.sizes)

    def only_groups(self) -> Indices:
        """Return the group of each cluster whose rows are all of one, and -1 for the others."""
        only = np.full(len(self), -1)
        only[self.owners] = self.groups
        only[np.array([len(part) for part in self.parts]) > 1] = -1
        return only

    def similarities(self, left: Indices, right: Indices) -> Floats:
        """Return the mean similarity of each pair of clusters, rounded."""
        found = np.empty(len(left), dtype=np.float32)
        for start in range(0, len(left), _BLOCK):
            pairs = slice(start, start + _BLOCK)
            one, other = left[pairs], right[pairs]
            found[pairs] = np.einsum("ij,ij->i", self.means[one], self.means[other])
            found[pairs] -= self._own_parts(one, other) / (self.sizes[one] * self.sizes[other])
        return found.round(DECIMALS)

    def _own_parts(self, left: Indices, right: Indices) -> Floats:
        """Return for each pair what its sum of similarities has too much, for those within groups."""
        which, one = self._sums_of(left)
        of, other = self._sums_of(right)
        shared = np.intersect1d(
            which * self.n_groups + self.groups[one],
            of * self.n_groups + self.groups[other],
            assume_unique=True,
            return_indices=True,
        )
        products = np.einsum("ij,ij->i", self.sums[one[shared[1]]], self.sums[other[shared[2]]])
        return self.own_share * np.bincount(which[shared[1]], products, len(left)).astype(np.float32)

    def compare_first(self, rows: Indices, columns: Indices) -> Floats:
        """Return the similarities of clusters, as bounds where one is of several groups."""
        found: Floats = self.means[rows] @ self.means[columns].T
        same = self.only[rows][:, None] == self.only[columns]
        np.multiply(found, 1 - self.own_share, out=found, where=same & (self.only[rows] >= 0)[:, None])
        return found

    def compare(self, asked: Indices) -> Floats:
        """Return the mean similarities of the clusters `asked`, at most `_BLOCK`, to all."""
        found: Floats = self.means[asked] @ self.means.T
        by_group = np.argsort(self.groups, kind="stable")
        by_group = by_group[self.owners[by_group] >= 0]
        group_starts = np.searchsorted(self.groups[by_group], np.arange(self.n_groups + 1))
        which, one = self._sums_of(asked)
        by_group_ = np.argsort(self.groups[one], kind="stable")
        which, one = which[by_group_], one[by_group_]
        groups, starts = np.unique(self.groups[one], return_index=True)
        for group, start, end in zip(groups, starts, (*starts[1:], len(one)), strict=True):
            others = by_group[group_starts[group] : group_starts[group + 1]]
            part = self.sums[one[start:end]] @ self.sums[others].T
            part *= (self.own_share / self.sizes[asked[which[start:end]]])[:, None]
            part /= self.sizes[self.owners[others]]
            found[which[start:end, None], self.owners[others]] -= part
        return found

    def merge(self, left: Indices, right: Indices) -> None:
        """Add the clusters `right` to `left`, pair by pair; `right` stay as they are until `keep`."""
        share = (self.sizes[right] / (self.sizes[left] + self.sizes[right]))[:, None]
        self.means[left] += share * (self.means[right] - self.means[left])
        self.sizes[left] += self.sizes[right]
        for one, other in zip(left.tolist(), right.tolist(), strict=True):
            self._merge_sums(one, other)

    def _merge_sums(self, one: int, other: int) -> None:
        parts, added = self.parts[one], self.parts[other]
        groups = self.groups[parts]
        places = np.searchsorted(groups, self.groups[added])
        shared = groups[np.minimum(places, len(groups) - 1)] == self.groups[added]
        self.sums[parts[places[shared]]] += self.sums[added[shared]]
        self.owners[added] = np.where(shared, -1, one)
        self.parts[one] = np.insert(parts, places[~shared], added[~shared])
        self.parts[other] = _NONE

    def keep(self, kept: Indices) -> Indices:
        """Keep the clusters `kept`, ascending, renumbered from 0; return the new number of each old one, or -1."""
        numbers = np.full(len(self) + 1, -1, dtype=np.int32)  # the last is that of owner -1
        numbers[kept] = np.arange(len(kept))
        self.rows, self.sizes = self.rows[kept], self.sizes[kept]
        self.means = _take_in_place(self.means, kept)
        owners = numbers[self.owners]
        used = np.flatnonzero(owners >= 0)
        self.owners, self.groups = owners[used], self.groups[used]
        self.sums = _take_in_place(self.sums, used)
        self.parts = self._index()
        return numbers

    def _index(self) -> list[Indices]:
        """Return the rows of `sums` of each cluster, in the order of their groups."""
        order = np.lexsort((self.groups, self.owners))
        order = order[np.count_nonzero(self.owners < 0) :]
        return np.split(order, np.searchsorted(self.owners[order], np.arange(1, len(self))))

    def _sums_of(self, clusters: Indices) -> tuple[Indices, Indices]:
        """Return the rows of `sums` of `clusters`: which of `clusters` each belongs to, and its number."""
        found = [self.parts[cluster] for cluster in clusters.tolist()]
        return np.repeat(np.arange(len(found)), list(map(len, found))), np.concatenate([*found, _NONE])


class _Forest:
    """Clusters that may still be merged, and for each a list of others: the most similar are among them, or unknown.

    `similar`, `bounds` and `exact` are arrays of shape (n_clusters, `LISTED`): which clusters are listed, the highest
    that their similarity can be, and whether it is exactly that. `unlisted` is the highest that it can be for all that
    are not listed. `nearest` is the most similar cluster, or -1 as long as that is not known.
    """

    def __init__(self, clusters: _Clusters, least: np.float32) -> None:
        """List the most similar of each cluster."""
        self.clusters, self.least = clusters, least
        self.merges = [(one, other, 1.0) for one, other in clusters.equal if one != other]
        self.heights = np.ones(len(clusters), dtype=np.float32)
        self.alive = np.ones(len(clusters), dtype=np.bool_)
        self.nearest = np.full(len(clusters), -1)
        self.similar, self.bounds, self.unlisted = _first_lists(clusters, least)
        one_group = clusters.only_groups() >= 0
        self.exact = one_group[:, None] & one_group[self.similar]
        self._settle()

    def look_up(self) -> None:
        """Compare the clusters whose nearest is unknown with all, unless more can be merged without."""
        self._drop_finished()
        asked = np.flatnonzero(self.alive & (self.nearest < 0))
        if len(asked) < _WAITING and len(self._mutual()):
            return
        for start in range(0, len(asked), _BLOCK):
            self._list(asked[start : start + _BLOCK])
        self._settle()

    def merge_mutual(self) -> None:
        """Merge all pairs of clusters that are most similar to each other, as far as known.

        If there are none, the most similar of all are: equal similarities, or rounding, kept the others apart.
        """
        left = self._mutual()
        if len(left):
            self._merge(left, self.nearest[left])
        elif (self.nearest >= 0).any():
            one = int(np.where(self.nearest >= 0, self.bounds.max(axis=1), _NEVER).argmax())
            pair = np.sort([one, self.nearest[one]])
            self._merge(pair[:1], pair[1:])
        self._settle()

    def _mutual(self) -> Indices:
        """Return the clusters that are the nearest of their nearest, which has a higher number."""
        known = np.flatnonzero(self.nearest >= 0)
        return known[(self.nearest[self.nearest[known]] == known) & (known < self.nearest[known])]

    def _settle(self) -> None:
        """Find the nearest of each cluster where its list has it, with as few similarities as that takes."""
        asked = np.flatnonzero(self.alive & (self.nearest < 0))
        while len(asked):
            bounds, similar = self.bounds[asked], self.similar[asked]
            best = bounds.max(axis=1)
            place = np.where(bounds == best[:, None], similar, len(self.alive)).argmin(axis=1)
            worth = best >= np.maximum(self.least, self.unlisted[asked])
            known = worth & self.exact[asked, place]
            self.nearest[asked[known]] = similar[known, place[known]]
            unknown = worth & ~known
            asked, place = asked[unknown], place[unknown]
            others = self.similar[asked, place]
            self.bounds[asked] = np.where(self.similar[asked] == others[:, None], _NEVER, self.bounds[asked])
            self.bounds[asked, place] = self.clusters.similarities(asked, others)
            self.exact[asked, place] = True

    def _merge(self, left: Indices, right: Indices) -> None:
        """Merge pairs of clusters; all that was known of them remains as bounds."""
        self.heights[left] = np.minimum(
            self.bounds[left].max(axis=1), np.minimum(self.heights[left], self.heights[right])
        )
        rows = self.clusters.rows
        self.merges += zip(rows[left].tolist(), rows[right].tolist(), self.heights[left].tolist(), strict=True)
        self._merge_lists(left, right)
        self.clusters.merge(left, right)
        self.alive[right] = False
        changed = np.zeros(len(self.alive), dtype=np.bool_)
        changed[left] = changed[right] = True
        self.nearest[changed | changed[self.nearest]] = -1
        numbers = np.arange(len(self.alive), dtype=np.int32)
        numbers[right] = left
        self.exact &= ~changed[self.similar]
        self.similar = numbers[self.similar]
        self.bounds[self.similar == np.arange(len(self.alive))[:, None]] = _NEVER

    def _merge_lists(self, left: Indices, right: Indices) -> None:
        """Make the lists of `left` those of the merged clusters: a bound is the mean of the parts', by their sizes."""
        sizes = self.clusters.sizes
        share = (sizes[left] / (sizes[left] + sizes[right]))[:, None]
        same = (self.similar[left][:, :, None] == self.similar[right][:, None, :])
        pairs, places = np.arange(len(left))[:, None], same.argmax(axis=2)
        in_right = same.any(axis=2)
        of_right = np.where(in_right, self.bounds[right][pairs, places], self.unlisted[right][:, None])
        bounds = np.hstack([
            share * self.bounds[left] + (1 - share) * of_right,
            np.where(same.any(axis=1), _NEVER, share * self.unlisted[left][:, None] + (1 - share) * self.bounds[right]),
        ])
        exact = np.hstack([self.exact[left] & in_right & self.exact[right][pairs, places], np.zeros_like(in_right)])
        similar = np.hstack([self.similar[left], self.similar[right]])
        bounds[(similar == left[:, None]) | (similar == right[:, None])] = _NEVER
        order = np.argsort(-bounds, axis=1, kind="stable")
        unlisted = share[:, 0] * self.unlisted[left] + (1 - share[:, 0]) * self.unlisted[right]
        self.unlisted[left] = np.maximum(unlisted, bounds[pairs[:, 0], order[:, LISTED]])
        order = order[:, :LISTED]
        self.similar[left], self.bounds[left], self.exact[left] = similar[pairs, order], bounds[pairs, order], exact[pairs, order]

    def _drop_finished(self) -> None:
        """Keep the clusters that may be similar enough to another, and renumber them once they are fewer by a tenth."""
        highest = np.maximum(self.bounds.max(axis=1, initial=_NEVER), self.unlisted)
        self.alive &= highest >= self.least
        kept = np.flatnonzero(self.alive)
        if len(kept) > 0.9 * len(self.alive):
            return
        numbers = self.clusters.keep(kept)
        self.alive, self.heights, self.unlisted = self.alive[kept], self.heights[kept], self.unlisted[kept]
        self.nearest = numbers[self.nearest[kept]]
        self.similar, self.bounds, self.exact = numbers[self.similar[kept]], self.bounds[kept], self.exact[kept]
        self.bounds[self.similar < 0] = _NEVER
        self.similar[self.similar < 0] = 0

    def _list(self, asked: Indices) -> None:
        """List the clusters that are most similar to those `asked`, of all."""
        found = self.clusters.compare(asked)
        found[:, ~self.alive] = _NEVER
        found[np.arange(len(asked)), asked] = _NEVER
        columns = _highest(found, LISTED)
        count = columns.shape[1]
        bounds = np.take_along_axis(found, columns, axis=1).round(DECIMALS)
        self.similar[asked], self.bounds[asked], self.exact[asked] = 0, _NEVER, True
        self.similar[asked, :count], self.bounds[asked, :count] = columns, bounds
        self.unlisted[asked] = bounds.min(axis=1) if count < found.shape[1] else _NEVER


def _first_lists(clusters: _Clusters, least: np.float32) -> tuple[Indices, Floats, Floats]:
    """Return for each cluster the most similar others, their similarities, and a bound for the rest, as `_Forest` has.

    Each similarity is computed once for both, and forgotten unless it is more than the estimate of either.
    """
    estimates = _estimate(clusters, least)
    pairs = list(_pairs_above(clusters, estimates))
    one, other = (np.concatenate([pair[side] for pair in pairs] + [pair[1 - side] for pair in pairs]) for side in (0, 1))
    values = np.concatenate([pair[2] for pair in pairs] * 2).round(DECIMALS)
    order = np.lexsort((other, -values, one))
    one, other, values = one[order], other[order], values[order]
    places = np.arange(len(one)) - np.searchsorted(one, one)
    listed = places < LISTED
    similar = np.zeros((len(clusters), LISTED), dtype=np.int32)
    bounds = np.full((len(clusters), LISTED), _NEVER)
    similar[one[listed], places[listed]] = other[listed]
    bounds[one[listed], places[listed]] = values[listed]
    unlisted = estimates
    next_ones = places == LISTED
    unlisted[one[next_ones]] = values[next_ones]
    return similar, bounds, unlisted


def _estimate(clusters: _Clusters, least: np.float32) -> Floats:
    """Return for each cluster a similarity that some more than `LISTED` others should have, by a sample of them."""
    count = len(clusters)
    sample = np.arange(0, count, max(1, count // _SAMPLE))
    rank = min(len(sample), 1 + round(_MARGIN * LISTED * len(sample) / count))
    estimates = np.empty(count, dtype=np.float32)
    for start in range(0, count, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, count))
        found = clusters.compare_first(rows, sample)
        estimates[rows] = np.partition(found, len(sample) - rank, axis=1)[:, len(sample) - rank]
    return np.maximum(estimates, least)


def _pairs_above(clusters: _Clusters, estimates: Floats) -> Iterator[tuple[Indices, Indices, Floats]]:
    """Yield pairs of clusters, the lower number first, that are more similar than the estimate of either."""
    count = len(clusters)
    for start in range(0, count, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, count))
        for stripe in range(start, count, _STRIPE):
            columns = np.arange(stripe, min(stripe + _STRIPE, count))
            found = clusters.compare_first(rows, columns)
            if stripe == start:
                found[np.tril_indices(len(rows), m=len(columns))] = _NEVER
            above = np.flatnonzero((found > estimates[rows][:, None]) | (found > estimates[columns]))
            yield rows[above // len(columns)], columns[above % len(columns)], found.ravel()[above]


def _highest(found: Floats, count: int) -> Indices:
    """Return the columns of the `count` highest of each row, or of all if there are fewer, in any order.

    Columns are folded first, and only those under the highest maxima are compared: many times faster than a partition.
    """
    width = found.shape[1]
    folded = width // _FOLDS
    if folded <= count:
        return np.argpartition(found, max(width - count, 0), axis=1)[:, max(width - count, 0) :]
    maxima = found[:, : _FOLDS * folded].reshape(len(found), _FOLDS, folded).max(axis=1)
    best = np.argpartition(maxima, folded - count, axis=1)[:, folded - count :]
    columns = (best[:, None, :] + np.arange(_FOLDS)[:, None] * folded).reshape(len(found), -1)
    rest = np.broadcast_to(np.arange(_FOLDS * folded, width), (len(found), width - _FOLDS * folded))
    columns = np.hstack([columns, rest])
    chosen = np.argpartition(np.take_along_axis(found, columns, axis=1), columns.shape[1] - count, axis=1)
    return np.take_along_axis(columns, chosen[:, columns.shape[1] - count :], axis=1)


def _linkage_matrix(merges: list[tuple[int, int, float]], count: int) -> NDArray[np.float64]:
    """Return the tree of `count` rows in scipy's form from merges of clusters, each known by its first row."""
    merges = sorted(merges, key=lambda merge: -merge[2])
    absorbed = {other for _, other, _ in merges}
    roots = [row for row in range(count) if row not in absorbed]
    merges += [(roots[0], root, -1.0) for root in roots[1:]]
    labels, sizes = list(range(count)), [1] * count
    tree = np.empty((len(merges), 4))
    for number, (one, other, height) in enumerate(merges):
        sizes[one] += sizes[other]
        tree[number] = labels[one], labels[other], 1 - height, sizes[one]
        labels[one] = count + number
    return tree


def _take_in_place(array: Vectors, kept: Indices) -> Vectors:
    """Return the rows `kept`, ascending, moved to the start of `array`, so that it takes no more memory."""
    for start in range(0, len(kept), _BLOCK):
        rows = kept[start : start + _BLOCK]
        array[start : start + len(rows)] = array[rows]
    return array[: len(kept)]


def _fingerprint(vector: Vectors) -> bytes:
    """Return the same bytes for vectors that are equal but for rounding."""
    return blake2b((vector.round(DECIMALS) + 0).tobytes(), digest_size=16).digest()  # + 0: -0 becomes 0
