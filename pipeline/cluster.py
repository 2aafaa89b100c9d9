"""Average-linkage clustering (UPGMA; Sokal and Michener 1958) of segments, which leaves many of them unclustered.

    adapt the settings to answers ──► find clusters ──► find more in the rest ──► rank by strength

To find clusters, a tree is built by mean similarity, and cut. A large event's is built by `large_linkage`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.progress import available_cores
from pipeline.segment_records import Segment
from pipeline.settings import Settings
from pipeline.vectors import DECIMALS, Vectors

Rows = NDArray[np.intp]
"""Row numbers of an array of vectors, or a number for each row."""

Clusters = tuple[tuple[int, ...], ...]

MIN_ANSWERS = 20
"""Segments from which one line per group shows that all groups answered the same question."""

LINES_PER_GROUP = 2
"""Mean number of lines from which groups wrote notes, not answers: a labelled event has 16 to 78."""

OWN_GROUP_WEIGHTS = (0.9, 0.6)
"""Weights of a similarity within a group, in the first and the second pass: people of one group share the words of
their topic whatever they say. Segments that are in no recurring cluster after the first pass are compared once more,
with more weight on other groups. On the labelled events that finds .557 of the concerns instead of .541, with pairs and
cards as good (docs/experiments/encoder.md)."""

MOST_AT_ONCE = 4000
"""Rows of which all similarities are held at once: with 4000, a whole analysis takes less than 600 MB
(docs/performance.md). More are linked without, in no more time (docs/experiments/partition.md)."""

PAIR = 2

STEP = 0.02
"""By how much the threshold rises for a cluster with too many rows of the same groups."""

NEARLY_EQUAL = 0.8
"""Threshold from which a cluster is kept however many rows it has: all of them say the same."""


@dataclass(frozen=True, slots=True)
class AverageLinkage:
    """Clustering of an event's segments under `settings`, which have the thresholds and limits, on `jobs` cores."""

    settings: Settings
    jobs: int = field(default_factory=available_cores)

    def cluster(self, segments: Sequence[Segment], vectors: Vectors) -> Clusters:
        """Return clusters of segments as row numbers; see `cluster_vectors`."""
        return cluster_vectors(vectors, [segment.group for segment in segments], self.settings, self.jobs)


def cluster_vectors(vectors: Vectors, groups: Sequence[str], settings: Settings, jobs: int = 1) -> Clusters:
    """Return clusters as ascending row numbers, strongest first (see `_rank`); a row is in one cluster at most.

    `vectors` has shape (n_segments, n_dims), rows of unit length or zero (never clustered); `groups` has the group of
    each row. Clusters are joined while the mean similarity between them is at least `settings.similarity`; one with
    more than `settings.most_repeats` rows beyond the first of each group is cut at a higher threshold. A cluster of two
    needs `settings.pair_similarity`, because two lines are easily similar by chance. Recurring clusters
    beyond the `settings.most_concerns` strongest are dissolved. `jobs` cores change nothing in the clusters.
    """
    settings = settings_for(groups, settings)
    codes = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)[1]
    rows = np.flatnonzero(vectors.any(axis=1))
    first_weight, second_weight = OWN_GROUP_WEIGHTS
    find = partial(_find_clusters, vectors=vectors, codes=codes, settings=settings, jobs=jobs)
    first = find(rows, own_weight=first_weight)
    recurring = [members for members in first if _count_groups(members, codes) > 1]
    rest = np.setdiff1d(rows, [row for members in recurring for row in members])
    second = find(rest, own_weight=second_weight)
    ranked = sorted((_rank(members, vectors, codes), members) for members in (*recurring, *second))
    strongest = [members for rank, members in ranked if rank[0] < -1][: settings.most_concerns]
    return (*strongest, *(members for rank, members in ranked if rank[0] == -1))


def settings_for(groups: Sequence[str], settings: Settings) -> Settings:
    """Return `settings`, with `answer_similarity` as threshold where the groups answered one question, a line each.

    Answers to one question are about few things: every third pair of them belongs together, where one pair in seventy
    of an event's lines does. `groups` has the group of each segment.
    """
    if len(groups) < MIN_ANSWERS or len(groups) >= LINES_PER_GROUP * len(set(groups)):
        return settings
    return replace(settings, similarity=settings.answer_similarity)


def _find_clusters(  # noqa: PLR0913 - as `link`
    rows: Rows, *, vectors: Vectors, codes: Rows, own_weight: float, settings: Settings, jobs: int
) -> list[tuple[int, ...]]:
    """Return the clusters of `rows`, where similarities within a group are multiplied by `own_weight`."""
    if len(rows) < PAIR:
        return []
    clusters = []
    if len(rows) > MOST_AT_ONCE:
        from pipeline.large_linkage import link  # noqa: PLC0415 - only large events need it

        tree = link(vectors, rows, codes, own_weight=own_weight, least=settings.similarity, jobs=jobs)
    else:
        tree = _link(vectors[rows], codes[rows], own_weight)
    for members in _cut(tree, codes[rows], settings):
        pair_similarity = round(float(vectors[rows[members[0]]] @ vectors[rows[members[-1]]]), DECIMALS)
        if len(members) > PAIR or (len(members) == PAIR and pair_similarity >= settings.pair_similarity):
            clusters.append(tuple(rows[members].tolist()))
    return clusters


def _link(vectors: Vectors, codes: Rows, own_weight: float) -> NDArray[np.float64]:
    """Return the tree of `vectors` in scipy's form."""
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415 - a third of a second

    tree: NDArray[np.float64] = linkage(_distances(vectors, codes, own_weight), method="average")
    return tree


def _cut(tree: NDArray[np.float64], codes: Rows, settings: Settings) -> Iterator[Rows]:
    """Yield each cluster of a `tree` as ascending row numbers, single rows included.

    One with more than `settings.most_repeats` repeats of a group is cut again at a threshold that is a step higher.
    """
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415 - a third of a second

    threshold, rest = settings.similarity, np.arange(len(codes))
    while len(rest):
        by_label = defaultdict(list)
        labels = fcluster(tree, 1 - threshold, criterion="distance")[rest]
        for row, label in zip(rest.tolist(), labels, strict=True):
            by_label[label].append(row)
        too_large = []
        for members in by_label.values():
            if threshold < NEARLY_EQUAL and len(members) - _count_groups(members, codes) > settings.most_repeats:
                too_large += members
            else:
                yield np.array(members)
        rest = np.array(too_large, dtype=np.intp)
        threshold += STEP


def _distances(vectors: Vectors, codes: Rows, own_weight: float) -> NDArray[np.float64]:
    """Return 1 - similarity of all pairs in the order of scipy's `pdist`, computed in place to save memory."""
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - a third of a second

    similarity = vectors @ vectors.T
    for row, code in zip(similarity, codes, strict=True):
        row[codes == code] *= np.float32(own_weight)
    condensed: NDArray[np.float32] = squareform(similarity, checks=False)
    del similarity
    np.subtract(1, condensed, out=condensed)
    condensed.round(DECIMALS, out=condensed)
    return np.maximum(condensed, 0, out=condensed).astype(np.float64)


def _rank(members: tuple[int, ...], vectors: Vectors, codes: Rows) -> tuple[int, float, int]:
    """Return a sort key: most groups first, then the highest mean similarity of pairs, then most rows.

    Rows count last, so that a wordy group cannot make its own concern the event's.
    """
    total = vectors[list(members)].astype(np.float64).sum(axis=0)
    cohesion = (total @ total - len(members)) / (len(members) * (len(members) - 1))
    return -_count_groups(members, codes), -round(float(cohesion), DECIMALS), -len(members)


def _count_groups(members: Sequence[int], codes: Rows) -> int:
    return len(np.unique(codes[list(members)]))
