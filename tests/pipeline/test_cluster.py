"""Clustering: rows that say the same thing form clusters, and the other rows stay alone."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import PadId
from pipeline import cluster as cluster_module
from pipeline.cluster import AverageLinkage, Clusters, cluster_vectors, settings_for
from pipeline.segment_records import LineNo, Segment, SegmentId
from pipeline.settings import Settings
from pipeline.vectors import Vectors, normalize_rows

SETTINGS = Settings()
ROWS_AND_GROUPS = st.integers(0, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=n, max_size=n),
        st.lists(st.sampled_from("ABC"), min_size=n, max_size=n),
    )
)


Table = Sequence[Sequence[float]]


def unit_vectors(rows: Table) -> Vectors:
    """Rows of unit length, except zeros."""
    return normalize_rows(np.array(rows, dtype=np.float32).reshape(len(rows), -1 if rows else 3))


def cluster(rows: Table, groups: Sequence[str], settings: Settings = SETTINGS) -> Clusters:
    return cluster_vectors(unit_vectors(rows), list(groups), settings)


def test_similar_rows_form_clusters_and_the_rest_stays_alone() -> None:
    rows: Table = [[1, 0.1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0.1], [1, 0.2, 0]]
    assert cluster(rows, "ABCABC") == ((0, 2, 5), (1, 4))


def test_segments_are_clustered_by_their_vectors_and_groups() -> None:
    segments = [
        Segment(id=SegmentId(group), pad_id=PadId(group), group=group, line=LineNo(1), start=0, end=1, text=group)
        for group in ("Water", "Soil", "Bees")
    ]
    vectors = unit_vectors([[1, 0], [0, 1], [1, 0.1]])
    assert AverageLinkage(SETTINGS).cluster(segments, vectors) == ((0, 2),)


def test_equal_rows_are_one_cluster() -> None:
    assert cluster([[1, 2]] * 5, "ABABC") == ((0, 1, 2, 3, 4),)


def test_a_single_group_has_clusters_too() -> None:
    assert cluster([[1, 0], [1, 0.1], [0, 1]], ["Water"] * 3) == ((0, 1),)


@pytest.mark.parametrize("rows", ([], [[1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]))
def test_too_few_or_dissimilar_rows_have_no_clusters(rows: list[list[float]]) -> None:
    assert cluster(rows, ["Water"] * len(rows)) == ()


def test_a_row_of_zeros_is_in_no_cluster() -> None:
    assert cluster([[1, 0], [0, 0], [1, 0], [0, 0]], "ABAB") == ((0, 2),)


def test_a_cluster_of_two_needs_a_higher_similarity_than_one_of_three() -> None:
    rows = [[1, 0, 0, 2.2], [0, 1, 0, 2.2], [0, 0, 1, 2.2]]
    settings = Settings(similarity=0.5, pair_similarity=0.9)
    assert cluster(rows, "ABC", settings) == ((0, 1, 2),)
    assert cluster(rows[:2], "AB", settings) == ()


def test_a_row_joins_another_group_rather_than_its_own_where_both_are_as_similar() -> None:
    rows: Table = [[1, 0.5, 0], [1, 0, 0], [1, 0, 0.5]]
    settings = Settings(similarity=0.85, pair_similarity=0.85)
    assert cluster(rows, ["Water", "Soil", "Soil"], settings) == ((0, 1),)
    assert cluster(rows, ["Soil", "Soil", "Water"], settings) == ((1, 2),)


def test_clusters_are_ordered_by_groups_then_similarity_then_rows() -> None:
    one_group = [[1.0, 0.0, 0.0]] * 5
    three_groups = [[0.0, 1.0, 0.3], [0.0, 1.0, -0.3], [0.0, 1.0, 0.0]]
    two_groups = [[0.0, 0.0, 1.0]] * 2
    groups = [*"AAAAA", *"AB", *"ABC"]
    assert cluster([*one_group, *two_groups, *three_groups], groups) == ((7, 8, 9), (5, 6), (0, 1, 2, 3, 4))


def test_recurring_clusters_beyond_the_limit_are_dissolved() -> None:
    rows: Table = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0.1], [0, 0, 1], [0, 0, 1]]
    assert cluster(rows, "ABABCC", Settings(most_concerns=1)) == ((0, 1), (4, 5))


@given(ROWS_AND_GROUPS, st.sampled_from((1, cluster_module.MOST_AT_ONCE)))
def test_a_row_is_in_one_cluster_at_most_and_clusters_of_most_groups_come_first(
    case: tuple[list[list[int]], list[str]], most_at_once: int
) -> None:
    rows, groups = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster_module, "MOST_AT_ONCE", most_at_once)
        clusters = cluster(rows, groups)
    members = [row for cluster_rows in clusters for row in cluster_rows]
    assert len(members) == len(set(members))
    assert all(len(cluster_rows) > 1 and list(cluster_rows) == sorted(cluster_rows) for cluster_rows in clusters)
    group_counts = [len({groups[row] for row in cluster_rows}) for cluster_rows in clusters]
    assert group_counts == sorted(group_counts, reverse=True)


@given(ROWS_AND_GROUPS)
def test_the_names_of_groups_make_no_difference(case: tuple[list[list[int]], list[str]]) -> None:
    rows, groups = case
    renamed = [{"A": "Zebra", "B": "", "C": "Äpfel"}[group] for group in groups]
    assert cluster(rows, groups) == cluster(rows, renamed)


def test_rows_of_no_recurring_cluster_are_compared_again_with_more_weight_on_other_groups() -> None:
    """Both lines of A are closest to each other, but each is similar enough to a line of B or C to recur with it."""
    rows = [[1, 0.25], [1, -0.25], [0.5, 1], [0.5, -1]]
    assert cluster(rows, "AABC", Settings(similarity=0.5)) == ((0, 2), (1, 3))
    assert cluster(rows[:2], "AA", Settings(similarity=0.5)) == ((0, 1),)


def test_a_cluster_in_which_groups_repeat_themselves_is_cut_at_a_higher_threshold() -> None:
    rows = [[3, 1, 0]] * 4 + [[3, -1, 0]] * 4
    halves = ((0, 1, 2, 3), (4, 5, 6, 7))
    assert cluster(rows, "ABCDABCD", Settings(similarity=0.5, most_repeats=4)) == (tuple(range(8)),)
    assert cluster(rows, "ABCDABCD", Settings(similarity=0.5, most_repeats=3)) == halves


def test_one_row_of_each_of_many_groups_is_not_cut() -> None:
    rows = [[3, 1, 0]] * 4 + [[3, -1, 0]] * 4
    assert cluster(rows, "ABCDEFGH", Settings(similarity=0.5, most_repeats=0)) == (tuple(range(8)),)


def test_nearly_equal_rows_are_not_cut_however_often_a_group_repeats_itself() -> None:
    assert cluster([[1, 2]] * 9, "ABABABABA", Settings(most_repeats=3)) == (tuple(range(9)),)


ANSWER_SETTINGS = Settings(similarity=0.2, answer_similarity=0.05)


def test_one_line_of_each_of_many_groups_is_an_answer() -> None:
    groups = [f"Member {number}" for number in range(30)]
    assert settings_for(groups, ANSWER_SETTINGS) == replace(ANSWER_SETTINGS, similarity=0.05)


def test_groups_with_two_lines_and_more_wrote_notes() -> None:
    assert settings_for([f"Group {number % 15}" for number in range(30)], ANSWER_SETTINGS) == ANSWER_SETTINGS


def test_a_few_lines_are_not_taken_for_answers() -> None:
    assert settings_for(["Water", "Soil", "Bees"], ANSWER_SETTINGS) == ANSWER_SETTINGS


def test_answers_are_clustered_at_their_own_threshold() -> None:
    rows = [[1, 0, 0, 1.1], [0, 1, 0, 1.1], [0, 0, 1, 1.1]] * 7
    settings = Settings(similarity=0.9, answer_similarity=0.5)
    assert cluster(rows, [str(row) for row in range(21)], settings) == (tuple(range(21)),)
    assert len(cluster(rows, [str(row % 7) for row in range(21)], settings)) == 3


def test_clusters_are_found_across_the_whole_of_a_large_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "MOST_AT_ONCE", 8)
    rows = [[math.cos(turn / 3), math.sin(turn / 3)] for turn in range(10)] * 3
    groups = ["A"] * 10 + ["B"] * 10 + ["C"] * 10
    assert cluster(rows, groups, Settings(similarity=0.99)) == tuple((row, row + 10, row + 20) for row in range(10))


def test_a_large_event_has_the_clusters_that_comparing_all_at_once_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    topics = rng.standard_normal((12, 20))
    rows = (topics[rng.integers(0, 12, 300)] + 0.8 * rng.standard_normal((300, 20))).tolist()
    groups = [f"Group {number}" for number in rng.integers(0, 6, 300)]
    at_once = cluster(rows, groups)
    monkeypatch.setattr(cluster_module, "MOST_AT_ONCE", 100)
    assert cluster(rows, groups) == at_once
    assert len(at_once) > 10
