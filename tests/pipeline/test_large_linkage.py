"""Linking many rows: the tree is scipy's, however little is looked at."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, is_valid_linkage, linkage
from scipy.spatial.distance import squareform
from threadpoolctl import threadpool_limits

from pipeline import large_linkage
from pipeline.large_linkage import link
from pipeline.vectors import Vectors, normalize_rows

Tree = NDArray[np.float64]
Table = NDArray[np.float64]

LEAST = 0.2
OWN_WEIGHT = 0.7
APART = 2.0
"""The distance at which what is not similar enough is joined."""

ROUNDING = 5e-5


def made_up_rows(count: int, seed: int, n_groups: int = 4) -> tuple[Vectors, NDArray[np.intp]]:
    """Rows about some topics, none as similar to another as to a third, and the group of each."""
    rng = np.random.default_rng(seed)
    topics = rng.standard_normal((1 + count // 10, 12))
    rows = topics[rng.integers(0, len(topics), count)] + 0.7 * rng.standard_normal((count, 12))
    return normalize_rows(rows).astype(np.float32), rng.integers(0, n_groups, count)


def tree_of(vectors: Vectors, codes: NDArray[np.intp], jobs: int = 1) -> Tree:
    return link(vectors, np.arange(len(vectors)), codes, own_weight=OWN_WEIGHT, least=LEAST, jobs=jobs)


def similarities_of(vectors: Vectors, codes: NDArray[np.intp]) -> Table:
    similarities: Table = (vectors @ vectors.T).astype(np.float64)
    similarities[codes[:, None] == codes] *= OWN_WEIGHT
    return similarities


def tree_of_all_similarities(vectors: Vectors, codes: NDArray[np.intp]) -> Tree:
    tree: Tree = linkage(squareform(1 - similarities_of(vectors, codes), checks=False), method="average")
    return tree


def clusters_at(tree: Tree, similarity: float) -> set[frozenset[int]]:
    labels = fcluster(tree, 1 - similarity, criterion="distance")
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@given(st.integers(2, 80), st.integers(0, 10_000), st.integers(1, 5), st.sampled_from((1, 3, 16)))
def test_of_all_pairs_the_most_similar_is_merged_next_however_short_the_lists(
    count: int, seed: int, n_groups: int, listed: int
) -> None:
    vectors, codes = made_up_rows(count, seed, n_groups)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"LISTED": listed, "BLOCK": 7, "_STRIPE": 20, "_SAMPLE": 10, "_WAITING": 2}.items():
            patch.setattr(large_linkage, name, value)
        tree = tree_of(vectors, codes)
    assert is_valid_linkage(tree)
    means = np.full((2 * count, 2 * count), -np.inf)  # of all clusters there will be, as the tree numbers them
    means[:count, :count] = similarities_of(vectors, codes)
    np.fill_diagonal(means, -np.inf)
    sizes = [1] * count
    for one, other, distance, size in tree.tolist():
        if distance == APART:
            break
        pair = [int(one), int(other)]
        assert means[pair[0], pair[1]] == pytest.approx(1 - distance, abs=ROUNDING)
        assert means[pair[0], pair[1]] > means.max() - ROUNDING
        merged = np.average(means[pair], axis=0, weights=[sizes[member] for member in pair])
        means[len(sizes)], means[:, len(sizes)] = merged, merged
        means[pair], means[:, pair] = -np.inf, -np.inf
        sizes.append(int(size))
    assert means.max() < LEAST + ROUNDING


def test_the_clusters_are_those_of_scipys_tree() -> None:
    vectors, codes = made_up_rows(300, 0)
    tree, expected = tree_of(vectors, codes), tree_of_all_similarities(vectors, codes)
    for similarity in (LEAST, 0.3, 0.4, 0.6, 0.8):
        assert clusters_at(tree, similarity) == clusters_at(expected, similarity)


def test_merged_clusters_have_the_mean_similarity_of_their_pairs() -> None:
    vectors, codes = made_up_rows(60, 1)
    merged = tree_of(vectors, codes)[:, 2]
    expected = tree_of_all_similarities(vectors, codes)[:, 2]
    similar = expected <= 1 - LEAST
    assert merged[similar] == pytest.approx(expected[similar], abs=ROUNDING)
    assert set(merged[~similar].tolist()) == {APART}


def test_the_order_of_rows_makes_no_difference() -> None:
    vectors, codes = made_up_rows(200, 2)
    order = np.random.default_rng(3).permutation(200)
    shuffled = clusters_at(tree_of(vectors[order], codes[order]), 0.3)
    assert {frozenset(order[list(members)].tolist()) for members in shuffled} == clusters_at(
        tree_of(vectors, codes), 0.3
    )


def test_the_tree_has_the_same_bytes_with_any_number_of_threads_and_jobs() -> None:
    vectors, codes = made_up_rows(800, 4)
    trees = []
    for threads in (1, 2, 3):
        with threadpool_limits(threads):
            trees += [tree_of(vectors, codes, jobs).tobytes() for jobs in (1, 3)]
    assert len(set(trees)) == 1


def test_only_the_rows_asked_for_are_linked_and_named_by_their_place() -> None:
    vectors, codes = made_up_rows(40, 5)
    rows = np.arange(1, 40, 3)
    linked = link(vectors, rows, codes, own_weight=OWN_WEIGHT, least=LEAST, jobs=2)
    assert np.array_equal(linked, tree_of(vectors[rows], codes[rows]))


@pytest.mark.parametrize("codes", ([0] * 9, [0, 1] * 4 + [0], list(range(9))))
def test_equal_rows_are_merged_first_whatever_their_groups(codes: Sequence[int]) -> None:
    vectors = np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (9, 1))
    assert tree_of(vectors, np.array(codes))[:, 2].tolist() == [0.0] * 8


def test_rows_that_are_all_equally_similar_are_merged_too() -> None:
    """Each has the same nearest one, so that hardly two are most similar to each other."""
    vectors = normalize_rows(np.hstack([np.ones((30, 1)), np.eye(30)])).astype(np.float32)
    assert clusters_at(tree_of(vectors, np.arange(30)), LEAST) == {frozenset(range(30))}


def test_rows_that_are_not_similar_enough_stay_apart() -> None:
    vectors = np.eye(5, dtype=np.float32)
    assert clusters_at(tree_of(vectors, np.zeros(5, dtype=np.intp)), LEAST) == {frozenset([row]) for row in range(5)}


def test_the_vectors_are_left_as_they_were() -> None:
    vectors, codes = made_up_rows(50, 6)
    before = vectors.copy()
    tree_of(vectors, codes)
    assert np.array_equal(vectors, before)
