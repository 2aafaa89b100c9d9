"""Clusters: rows that say the same thing, with a rest that belongs nowhere."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline import cluster as average
from pipeline.cluster import cluster
from pipeline.settings import Settings

SETTINGS = Settings()
ANY_VECTORS = st.integers(0, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=n, max_size=n),
        st.lists(st.sampled_from("ABC"), min_size=n, max_size=n),
    )
)


def unit(rows: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    """Rows of unit length, zeros apart."""
    vectors = np.array(rows, dtype=np.float32).reshape(len(rows), -1 if rows else 3)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows_of_unit_length: NDArray[np.float32] = np.divide(
        vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0
    )
    return rows_of_unit_length


def test_what_is_alike_comes_together_and_the_rest_stays_alone() -> None:
    vectors = unit([[1, 0.1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0.1], [1, 0.2, 0]])
    assert cluster(vectors, list("ABCABC"), SETTINGS) == ((0, 2, 5), (1, 4))


def test_all_the_same_is_one_cluster() -> None:
    assert cluster(unit([[1, 2]] * 5), list("ABABC"), SETTINGS) == ((0, 1, 2, 3, 4),)


def test_one_group_has_clusters_too() -> None:
    assert cluster(unit([[1, 0], [1, 0.1], [0, 1]]), ["Water"] * 3, SETTINGS) == ((0, 1),)


@pytest.mark.parametrize("rows", ([], [[1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]))
def test_too_little_to_compare_has_no_clusters(rows: list[list[float]]) -> None:
    assert cluster(unit(rows), ["Water"] * len(rows), SETTINGS) == ()


def test_a_row_of_zeros_is_in_no_cluster() -> None:
    assert cluster(unit([[1, 0], [0, 0], [1, 0], [0, 0]]), list("ABAB"), SETTINGS) == ((0, 2),)


def test_two_rows_need_more_in_common_than_three() -> None:
    loose = [[1, 0, 0, 2.2], [0, 1, 0, 2.2], [0, 0, 1, 2.2]]
    at_least = Settings(similarity=0.5, pair_similarity=0.9)
    assert cluster(unit(loose), list("ABC"), at_least) == ((0, 1, 2),)
    assert cluster(unit(loose[:2]), list("AB"), at_least) == ()


def test_another_group_is_preferred_to_ones_own_where_both_are_as_near() -> None:
    vectors = unit([[1, 0.5, 0], [1, 0, 0], [1, 0, 0.5]])
    strict = Settings(similarity=0.85, pair_similarity=0.85)
    assert cluster(vectors, ["Water", "Soil", "Soil"], strict) == ((0, 1),)
    assert cluster(vectors, ["Soil", "Soil", "Water"], strict) == ((1, 2),)


def test_the_strongest_come_first_groups_before_likeness_before_rows() -> None:
    wordy = [[1.0, 0.0, 0.0]] * 5
    three_groups = [[0.0, 1.0, 0.3], [0.0, 1.0, -0.3], [0.0, 1.0, 0.0]]
    two_groups = [[0.0, 0.0, 1.0]] * 2
    vectors = unit([*wordy, *two_groups, *three_groups])
    groups = [*"AAAAA", *"AB", *"ABC"]
    assert cluster(vectors, groups, SETTINGS) == ((7, 8, 9), (5, 6), (0, 1, 2, 3, 4))


def test_no_more_recurring_clusters_than_can_be_read() -> None:
    vectors = unit([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0.1], [0, 0, 1], [0, 0, 1]])
    assert cluster(vectors, list("ABABCC"), Settings(most_concerns=1)) == ((0, 1), (4, 5))


def test_more_rows_than_fit_a_cell_are_divided_and_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(average, "CELL_SIZE", 8)
    vectors = unit([[math.cos(turn / 3), math.sin(turn / 3)] for turn in range(10)] * 3)
    groups = ["A"] * 10 + ["B"] * 10 + ["C"] * 10
    assert cluster(vectors, groups, Settings(similarity=0.99)) == tuple((row, row + 10, row + 20) for row in range(10))


@given(ANY_VECTORS)
def test_a_row_is_in_one_cluster_at_most_and_groups_count_first(case: tuple[list[list[int]], list[str]]) -> None:
    rows, groups = case
    found = cluster(unit(rows), groups, SETTINGS)
    members = [row for one in found for row in one]
    assert len(members) == len(set(members))
    assert all(len(one) > 1 and list(one) == sorted(one) for one in found)
    strength = [len({groups[row] for row in one}) for one in found]
    assert strength == sorted(strength, reverse=True)


@given(ANY_VECTORS)
def test_the_names_of_groups_do_not_matter(case: tuple[list[list[int]], list[str]]) -> None:
    rows, groups = case
    vectors = unit(rows)
    renamed = [{"A": "Zebra", "B": "", "C": "Äpfel"}[group] for group in groups]
    assert cluster(vectors, groups, SETTINGS) == cluster(vectors, renamed, SETTINGS)


def test_what_recurs_nowhere_is_looked_at_again_with_other_groups_first() -> None:
    """A's two lines are closest to each other, but each is near enough to what B or C said to recur with it."""
    vectors = unit([[1, 0.25], [1, -0.25], [0.5, 1], [0.5, -1]])
    assert cluster(vectors, list("AABC"), Settings(similarity=0.5)) == ((0, 2), (1, 3))
    assert cluster(vectors[:2], list("AA"), Settings(similarity=0.5)) == ((0, 1),)


def test_a_cluster_in_which_groups_repeat_themselves_is_cut_closer() -> None:
    vectors = unit([[3, 1, 0]] * 4 + [[3, -1, 0]] * 4)
    halves = ((0, 1, 2, 3), (4, 5, 6, 7))
    assert cluster(vectors, list("ABCDABCD"), Settings(similarity=0.5, most_repeats=4)) == (tuple(range(8)),)
    assert cluster(vectors, list("ABCDABCD"), Settings(similarity=0.5, most_repeats=3)) == halves


def test_what_every_group_says_once_is_not_cut_however_many_they_are() -> None:
    vectors = unit([[3, 1, 0]] * 4 + [[3, -1, 0]] * 4)
    assert cluster(vectors, list("ABCDEFGH"), Settings(similarity=0.5, most_repeats=0)) == (tuple(range(8)),)


def test_those_who_say_the_same_again_and_again_are_not_cut_apart() -> None:
    vectors = unit([[1, 2]] * 9)
    assert cluster(vectors, list("ABABABABA"), Settings(most_repeats=3)) == (tuple(range(9)),)
