"""Average linkage of more rows than can be compared all at once: the same tree, without an array of all similarities.

    list the most similar of each row ──► merge all pairs that are most similar to each other ──► tree
                                             ▲                          │
                                             └── look up those whose ◄──┘
                                                 list is not enough

The similarity of two clusters is the mean over their pairs of rows, so it is the product of their mean vectors, and no
similarities need to be kept. A merged cluster is never more similar to a third one than the more similar of its parts
was (average linkage is reducible; Bruynooghe 1977). So two clusters that are most similar to each other can be merged
at once, whatever else will be, and what is known of a cluster's similarities to others remains true, as bounds, while
these are merged. The tree is therefore that of `scipy.cluster.hierarchy.linkage` down to the least similarity asked
for; only where similarities are equal to `DECIMALS` places may pairs be merged in another order
(docs/experiments/partition.md).
"""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.cluster_means import BLOCK, Clusters, Floats, Indices
from pipeline.vectors import DECIMALS, Vectors

Flags = NDArray[np.bool_]

LISTED = 32
"""Clusters in the list of each; with 16, twice as many are looked up, and with 8, four times."""

_STRIPE = 4096
"""Clusters that a block is compared with at a time, so that the similarities take 4 MB."""

_SAMPLE = 2048
"""Clusters by which it is estimated how similar the `LISTED` most similar are."""

_SORTED = 4096
"""Clusters whose first lists are sorted at a time, to save memory."""

_MARGIN = 1.5
"""How many times `LISTED` similarities to expect above that estimate, which depends on the sample's luck."""

_FOLDS = 32
"""Similarities of which only the highest is looked at first."""

_WAITING = 256
"""Clusters that wait to be looked up together, as long as others can be merged meanwhile."""

_MOST_KEPT = 0.9
"""Share of the clusters that is left when arrays are made smaller."""

_NEVER = np.float32(-np.inf)


def link(  # noqa: PLR0913 - which vectors, how they are compared, and on how many cores
    vectors: Vectors, rows: Indices, codes: Indices, *, own_weight: float, least: float, jobs: int
) -> NDArray[np.float64]:
    """Return the tree of `rows` of `vectors` by average linkage, in the form of scipy's: an array of shape (n - 1, 4).

    `vectors` has shape (n_vectors, n_dims), the `rows` of unit length; `codes` has the group of each vector, from 0.
    Similarities within a group are multiplied by `own_weight`. Clusters are merged while the mean similarity between
    them is at least `least`; what is left is joined at a distance of 2. Equal rows are merged first, whatever their
    groups. `jobs` blocks of similarities are computed at the same time, and change nothing in the tree.
    """
    # numpy releases Python's lock; the last bits of a product would depend on how many threads share it
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(jobs) as pool:
        forest = _Forest(Clusters(vectors, rows, codes, own_weight), np.float32(least), pool)
        while forest.alive.any():
            forest.look_up()
            forest.merge_mutual()
    return _linkage_matrix(forest.merges, len(rows))


@dataclass(slots=True, eq=False)
class _Lists:
    """What is known of the similarity of clusters to others: exact for some, and bounds for all.

    `similar`, `bounds` and `exact` have shape (n_clusters, `LISTED`): the others listed for each cluster, the highest
    that the similarity can be, and whether it is exactly that; no other is listed where the bound is minus infinity.
    `unlisted` has the highest that the similarity to any other can be.
    """

    similar: Indices
    bounds: Floats
    exact: Flags
    unlisted: Floats

    def take(self, rows: Indices) -> "_Lists":
        """Return the lists of some clusters, where no bound of a similarity is lower than it can be."""
        bounds, exact, unlisted = self.bounds[rows], self.exact[rows], self.unlisted[rows]
        bounds = np.where(exact | (bounds == _NEVER), bounds, np.maximum(bounds, unlisted[:, None]))
        return _Lists(self.similar[rows], bounds, exact, unlisted)

    def put(self, rows: Indices, lists: "_Lists") -> None:
        """Replace the lists of some clusters."""
        self.similar[rows], self.bounds[rows] = lists.similar, lists.bounds
        self.exact[rows], self.unlisted[rows] = lists.exact, lists.unlisted

    def renumber(self, numbers: Indices) -> None:
        """Give the clusters listed their new `numbers`; those with -1 are listed no more."""
        self.similar = numbers[self.similar]
        self.bounds[self.similar < 0] = _NEVER
        self.similar[self.similar < 0] = 0

    def highest(self) -> tuple[Floats, Indices]:
        """Return the highest bound of each list and its place, of equal ones that with the lowest number."""
        best = self.bounds.max(axis=1, initial=_NEVER)
        numbers = np.where(self.bounds == best[:, None], self.similar, np.iinfo(np.int32).max)
        return best, numbers.argmin(axis=1)

    def merged(self, other: "_Lists", share: Floats) -> "_Lists":
        """Return the lists of clusters that are merged with those of `other`: means of bounds, by their sizes.

        `share` is that of these clusters' sizes. The same cluster may be in a list twice, for parts of it that were
        merged: its bound is the higher one.
        """
        mine, yours = share[:, None], (1 - share)[:, None]
        same = self.similar[:, :, None] == other.similar[:, None, :]
        same &= (self.bounds > _NEVER)[:, :, None] & (other.bounds > _NEVER)[:, None, :]
        theirs = np.where(same, other.bounds[:, None, :], _NEVER).max(axis=2)
        theirs = np.where(same.any(axis=2), theirs, other.unlisted[:, None])
        only_theirs = np.where(same.any(axis=1), _NEVER, mine * self.unlisted[:, None] + yours * other.bounds)
        bounds = np.hstack([mine * self.bounds + yours * theirs, only_theirs])
        exact = np.hstack([self.exact & (same & other.exact[:, None, :]).any(axis=2), np.zeros_like(other.exact)])
        order = np.argsort(-bounds, axis=1, kind="stable")
        similar, bounds, exact = (
            np.take_along_axis(array, order, axis=1)
            for array in (np.hstack([self.similar, other.similar]), bounds, exact)
        )
        unlisted = np.maximum(share * self.unlisted + (1 - share) * other.unlisted, bounds[:, LISTED])
        return _Lists(similar[:, :LISTED], bounds[:, :LISTED], exact[:, :LISTED], unlisted)


class _Forest:
    """Trees in the making: clusters that may still be merged (`alive`), and the `nearest` of each, -1 if unknown."""

    def __init__(self, clusters: Clusters, least: np.float32, pool: Executor) -> None:
        """List the most similar of each cluster."""
        count = len(clusters.sizes)
        self.clusters, self.least, self.pool = clusters, least, pool
        self.merges = [(one, other, 1.0) for one, other in clusters.equal if one != other]
        self.heights = np.ones(count, dtype=np.float32)
        self.alive = np.ones(count, dtype=np.bool_)
        self.nearest: Indices = np.full(count, -1, dtype=np.int32)
        self.lists = _first_lists(clusters, least, pool)
        self._settle()

    def merge_mutual(self) -> None:
        """Merge all pairs of clusters that are most similar to each other, as far as known.

        If there are none, the most similar of all are merged: equal similarities, or rounding, kept the others apart.
        """
        left = self._mutual()
        right = self.nearest[left]
        if not len(left) and (self.nearest >= 0).any():
            best, _ = self.lists.highest()
            one = int(np.where(self.nearest >= 0, best, _NEVER).argmax())
            left, right = np.sort([one, self.nearest[one]]).reshape(2, 1)
        self._merge(left, right)
        self._settle()

    def look_up(self) -> None:
        """Compare the clusters whose nearest is unknown with all, unless they are few and others can be merged."""
        self._drop_finished()
        asked = np.flatnonzero(self.alive & (self.nearest < 0))
        if len(asked) < _WAITING and len(self._mutual()):
            return
        parts = [asked[start : start + BLOCK] for start in range(0, len(asked), BLOCK)]
        for part, lists in zip(parts, self.pool.map(self._most_similar, parts), strict=True):
            self.lists.put(part, lists)
        self._settle()

    def _mutual(self) -> Indices:
        """Return the clusters that are the nearest of their nearest, which has a higher number."""
        known = np.flatnonzero(self.nearest >= 0)
        mutual: Flags = (self.nearest[self.nearest[known]] == known) & (known < self.nearest[known])
        return known[mutual]

    def _settle(self) -> None:
        """Find the nearest of each cluster where its list has it, with as few similarities as that takes."""
        asked = np.flatnonzero(self.alive & (self.nearest < 0))
        while len(asked):
            lists = self.lists
            best, places = lists.take(asked).highest()
            worth = best >= np.maximum(self.least, lists.unlisted[asked])
            asked, places = asked[worth], places[worth]
            others, known = lists.similar[asked, places], lists.exact[asked, places]
            self.nearest[asked[known]] = others[known]
            asked, places, others = asked[~known], places[~known], others[~known]
            lists.bounds[asked] = np.where(lists.similar[asked] == others[:, None], _NEVER, lists.bounds[asked])
            lists.bounds[asked, places] = self.clusters.similarities(asked, others)
            lists.exact[asked, places] = True

    def _merge(self, left: Indices, right: Indices) -> None:
        """Merge pairs of clusters; what was known of them remains as bounds."""
        sizes, rows, lists = self.clusters.sizes, self.clusters.rows, self.lists
        parts = np.minimum(self.heights[left], self.heights[right])
        self.heights[left] = np.minimum(lists.bounds[left].max(axis=1, initial=_NEVER), parts)
        self.merges += zip(rows[left].tolist(), rows[right].tolist(), self.heights[left].tolist(), strict=True)
        share = sizes[left] / (sizes[left] + sizes[right])
        merged = lists.take(left).merged(lists.take(right), share)
        merged.bounds[(merged.similar == left[:, None]) | (merged.similar == right[:, None])] = _NEVER
        lists.put(left, merged)
        self.clusters.merge(left, right)
        self.alive[right] = False
        changed = np.zeros(len(self.alive), dtype=np.bool_)
        changed[left] = changed[right] = True
        self.nearest[changed | changed[self.nearest]] = -1
        lists.exact &= ~changed[lists.similar]
        numbers = np.arange(len(self.alive), dtype=np.int32)
        numbers[right] = left
        lists.renumber(numbers)

    def _drop_finished(self) -> None:
        """Set aside the clusters that are similar enough to no other, and renumber the others once they are fewer."""
        highest = np.maximum(self.lists.bounds.max(axis=1, initial=_NEVER), self.lists.unlisted)
        self.alive &= highest >= self.least
        kept = np.flatnonzero(self.alive)
        if len(kept) > _MOST_KEPT * len(self.alive):
            return
        numbers = self.clusters.keep(kept)
        self.alive, self.heights = self.alive[kept], self.heights[kept]
        self.nearest = numbers[self.nearest[kept]]
        lists = self.lists
        self.lists = _Lists(lists.similar[kept], lists.bounds[kept], lists.exact[kept], lists.unlisted[kept])
        self.lists.renumber(numbers)

    def _most_similar(self, asked: Indices) -> _Lists:
        """Return lists of the clusters that are most similar to those `asked`, of all."""
        found = self.clusters.compare(asked)
        found[:, ~self.alive] = _NEVER
        found[np.arange(len(asked)), asked] = _NEVER
        columns = _highest(found, LISTED)
        count = columns.shape[1]
        lists = _empty_lists(len(asked))
        lists.similar[:, :count] = columns
        lists.bounds[:, :count] = np.take_along_axis(found, columns, axis=1).round(DECIMALS)
        lists.exact[:] = True
        if count < found.shape[1]:
            lists.unlisted[:] = lists.bounds.min(axis=1)
        return lists


def _empty_lists(count: int) -> _Lists:
    """Return lists of `count` clusters that are similar to no other."""
    shape = (count, LISTED)
    similar, bounds = np.zeros(shape, dtype=np.int32), np.full(shape, _NEVER)
    return _Lists(similar, bounds, np.zeros(shape, dtype=np.bool_), np.full(count, _NEVER))


def _first_lists(clusters: Clusters, least: np.float32, pool: Executor) -> _Lists:
    """Return lists of the most similar of each cluster.

    Each similarity is computed once for both clusters, and forgotten unless it is more than the estimate of one.
    """
    only = clusters.only_groups()
    lists = _empty_lists(len(only))
    starts = range(0, len(only), BLOCK)
    estimates = np.concatenate(list(pool.map(partial(_estimate, clusters, only), starts)))
    lists.unlisted = np.maximum(estimates, least)
    found = pool.map(partial(_pairs_above, clusters, only, lists.unlisted), starts)
    lefts, rights, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    for start in range(0, len(only), _SORTED):
        of_lefts, of_rights = ((ends >= start) & (ends < start + _SORTED) for ends in (lefts, rights))
        ones = np.append(lefts[of_lefts], rights[of_rights])
        others = np.append(rights[of_lefts], lefts[of_rights])
        _fill(lists, ones, others, np.append(values[of_lefts], values[of_rights]).round(DECIMALS))
    lists.exact = (only >= 0)[:, None] & (only >= 0)[lists.similar]
    return lists


def _fill(lists: _Lists, ones: Indices, others: Indices, values: Floats) -> None:
    """List the most similar `others` of `ones`, all of whose pairs above their estimates are given."""
    order = np.lexsort((others, -values, ones))
    ones, others, values = ones[order], others[order], values[order]
    places = np.arange(len(ones)) - np.searchsorted(ones, ones)
    listed, next_one = places < LISTED, places == LISTED
    lists.similar[ones[listed], places[listed]] = others[listed]
    lists.bounds[ones[listed], places[listed]] = values[listed]
    lists.unlisted[ones[next_one]] = np.maximum(lists.unlisted[ones[next_one]], values[next_one])


def _estimate(clusters: Clusters, only: Indices, start: int) -> Floats:
    """Return for a block of clusters a similarity that some more than `LISTED` others should have, from a sample."""
    count = len(only)
    found = _compare_first(clusters, only, slice(start, start + BLOCK), slice(0, count, max(1, count // _SAMPLE)))
    sampled = found.shape[1]
    rank = min(sampled, 1 + round(_MARGIN * LISTED * sampled / count))  # one more for the cluster itself
    return np.partition(found, sampled - rank, axis=1)[:, sampled - rank].copy()  # not a view, which keeps all


def _pairs_above(clusters: Clusters, only: Indices, estimates: Floats, start: int) -> tuple[Indices, Indices, Floats]:
    """Return pairs of a block of clusters and later ones that are more similar than the estimate of one of them."""
    rows, pairs = slice(start, start + BLOCK), []
    for stripe in range(start, len(only), _STRIPE):
        columns = slice(stripe, stripe + _STRIPE)
        found = _compare_first(clusters, only, rows, columns)
        if stripe == start:
            found[np.tril_indices(len(found), m=found.shape[1])] = _NEVER
        above = np.flatnonzero((found > estimates[rows, None]) | (found > estimates[columns]))
        row, column = np.divmod(above, found.shape[1])
        pairs.append(((row + start).astype(np.int32), (column + stripe).astype(np.int32), found.ravel()[above]))
    lefts, rights, values = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return lefts, rights, values


def _compare_first(clusters: Clusters, only: Indices, rows: slice, columns: slice) -> Floats:
    """Return the similarities of clusters; between two that are not of `only` one group each they are bounds."""
    found: Floats = clusters.means[rows] @ clusters.means[columns].T
    one, others = only[rows], only[columns]
    if (one >= 0).any():  # clusters are in the order of their groups, so only a few columns have the same ones
        near = np.flatnonzero((others >= one[one >= 0].min()) & (others <= one.max()))
        part = slice(near[0], near[-1] + 1) if len(near) else slice(0)
        same = (one[:, None] == others[part]) & (one >= 0)[:, None]
        np.multiply(found[:, part], 1 - clusters.own_share, out=found[:, part], where=same)
    return found


def _highest(found: Floats, count: int) -> Indices:
    """Return the columns of the `count` highest of each row, or of all if there are fewer, in any order.

    Columns are folded first, and only those under the highest maxima are looked at: a row of 50,000 takes a twentieth
    of the time.
    """
    width = found.shape[1]
    folded = width // _FOLDS
    if folded <= count:
        return np.argpartition(found, max(width - count, 0), axis=1)[:, max(width - count, 0) :]
    maxima = found[:, : _FOLDS * folded].reshape(len(found), _FOLDS, folded).max(axis=1)
    best = np.argpartition(maxima, folded - count, axis=1)[:, None, folded - count :]
    under = (best + np.arange(_FOLDS)[:, None] * folded).reshape(len(found), -1)
    rest = np.arange(_FOLDS * folded, width)
    columns = np.hstack([under, np.broadcast_to(rest, (len(found), len(rest)))])
    chosen = _highest(np.take_along_axis(found, columns, axis=1), count)
    return np.take_along_axis(columns, chosen, axis=1)


def _linkage_matrix(merges: Sequence[tuple[int, int, float]], count: int) -> NDArray[np.float64]:
    """Return the tree of `count` rows in scipy's form from merges of clusters, each named by its first row."""
    absorbed = {other for _, other, _ in merges}
    first, *others = (row for row in range(count) if row not in absorbed)
    joins = [(first, other, -1.0) for other in others]
    labels, sizes = list(range(count)), [1] * count
    tree = np.empty((count - 1, 4))
    for number, (one, other, height) in enumerate([*sorted(merges, key=lambda merge: -merge[2]), *joins]):
        sizes[one] += sizes[other]
        tree[number] = labels[one], labels[other], 1 - height, sizes[one]
        labels[one] = count + number
    return tree
