"""How sure a concern is: what it rests on, and what chance would do."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.cluster import cluster
from pipeline.describe.certainty import certainties
from pipeline.records import Certainty, Grade
from pipeline.settings import Settings

Vectors = NDArray[np.float32]
REGROUP = partial(cluster, settings=Settings())


def around(*topics: int, noise: float = 0.4, size: int = 12) -> Vectors:
    """A vector for each topic: near its axis, and a little its own; rows of unit length."""
    dice = np.random.default_rng(7)
    vectors = np.eye(size)[list(topics)] + noise * dice.standard_normal((len(topics), size)) / np.sqrt(size)
    units: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


def sure(clusters: Sequence[Sequence[int]], groups: Sequence[str], vectors: Vectors, seed: int = 0) -> list[Certainty]:
    return certainties(clusters, groups, vectors, REGROUP, seed)


def test_a_concern_of_three_groups_that_say_the_same_is_firm() -> None:
    [found] = sure([(0, 1, 2, 3)], ("Water", "Water", "Soil", "Bees"), around(0, 0, 0, 0))
    assert (found.grade, found.loudest, found.holds, found.close) == (Grade.FIRM, "Water", True, True)


def test_a_concern_that_one_group_holds_together_is_not_firm() -> None:
    apart = np.eye(4, dtype=np.float32)[[0, 0, 1, 2]] + np.array([[0.8, 0.8, 0.8, 0]], dtype=np.float32)
    apart[2:, :3] -= np.array([[0.9, 0, 0.9], [0.9, 0.9, 0]], dtype=np.float32)
    apart /= np.linalg.norm(apart, axis=1, keepdims=True)
    [found] = sure([(0, 1, 2, 3)], ("Water", "Water", "Soil", "Bees"), apart)
    assert (found.loudest, found.holds) == ("Water", False)
    assert found.grade is not Grade.FIRM


def test_two_groups_never_hold_without_the_louder_one() -> None:
    [found] = sure([(0, 1, 2)], ("Water", "Soil", "Soil"), around(0, 0, 0))
    assert (found.grade, found.loudest, found.holds, found.close) == (Grade.FAIR, "Soil", False, True)


def test_where_all_are_equally_loud_it_holds_only_if_it_does_without_any() -> None:
    [found] = sure([(0, 1, 2)], ("Water", "Soil", "Bees"), around(0, 0, 0))
    assert (found.holds, found.loudest) == (True, "Water")
    hub = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0]], dtype=np.float32)
    hub /= np.linalg.norm(hub, axis=1, keepdims=True)
    [found] = sure([(0, 1, 2)], ("Water", "Soil", "Bees"), hub)
    assert (found.holds, found.loudest) == (False, "Water")


def test_a_concern_of_one_group_is_never_firm() -> None:
    [close] = sure([(0, 1)], ("Water", "Water"), around(0, 0))
    [far] = sure([(0, 1)], ("Water", "Water"), around(0, 1, noise=0.1))
    assert (close.grade, far.grade) == (Grade.FAIR, Grade.LOOSE)
    assert (close.alike, close.by_chance) == (0, 0.0)


def test_what_unrelated_groups_would_share_by_chance_is_little_where_they_share_much() -> None:
    topics = [topic for topic in range(8) for _ in range(5)]
    groups = ("Water", "Soil", "Bees", "Paths", "Gate") * 8
    clusters = [tuple(range(5 * topic, 5 * topic + 5)) for topic in range(8)]
    found = sure(clusters, groups, around(*topics, size=24))
    assert {one.alike for one in found} <= set(range(1, 9))
    assert max(one.by_chance for one in found) < 1


def test_groups_that_share_nothing_have_about_as_much_by_chance() -> None:
    dice = np.random.default_rng(3)
    vectors = dice.standard_normal((60, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = ("Water", "Soil", "Bees", "Paths") * 15
    clusters = REGROUP(vectors, groups)
    weakest = max(sure(clusters, groups, vectors), key=lambda one: one.alike)
    assert weakest.by_chance == pytest.approx(weakest.alike, rel=0.5)


def test_the_same_seed_gives_the_same_and_clusters_do_not_depend_on_each_other() -> None:
    groups = ("Water", "Soil", "Bees") * 3
    vectors = around(0, 0, 0, 1, 1, 1, 2, 2, 2)
    clusters = [(0, 1, 2), (3, 4, 5), (6, 7, 8)]
    assert sure(clusters, groups, vectors, 5) == sure(clusters, groups, vectors, 5)
    assert [one.holds for one in sure(clusters[:1], groups, vectors)] == [sure(clusters, groups, vectors)[0].holds]


def test_no_clusters_no_certainty() -> None:
    assert sure([], [], np.zeros((0, 1), dtype=np.float32)) == []
