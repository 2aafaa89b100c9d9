"""Clear groups: who shares a concern beyond doubt is counted before who may only share it."""

import numpy as np
import pytest

from pipeline.describe.exemplars import CLEAR, clear_groups


def at(*cosines: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Rows of unit length in a plane, each with this cosine to the first axis."""
    return np.array([[one, np.sqrt(1 - one * one)] for one in cosines], dtype=np.float32)


def test_a_group_far_from_all_others_is_not_clear() -> None:
    vectors = at(1, 0.9, 0.8, -0.4)
    assert clear_groups(range(4), ["Water", "Soil", "Bees", "Paths"], vectors) == ("Water", "Soil", "Bees")


def test_one_good_quote_is_enough_however_many_others_a_group_has() -> None:
    vectors = at(1, 0.9, 0.95, -0.4, -0.5)
    assert clear_groups(range(5), ["Water", "Soil", "Bees", "Bees", "Bees"], vectors) == ("Water", "Soil", "Bees")


def test_quotes_of_ones_own_group_do_not_make_it_clear() -> None:
    vectors = at(1, 0.99, 0.98, 0.0)
    assert clear_groups(range(4), ["Water", "Water", "Water", "Soil"], vectors) == ()


def test_a_quote_exactly_at_the_bound_is_clear_and_one_below_it_is_not() -> None:
    assert clear_groups(range(2), ["Water", "Soil"], at(1, CLEAR)) == ("Water", "Soil")
    assert clear_groups(range(2), ["Water", "Soil"], at(1, CLEAR - 0.001)) == ()


def test_who_is_alone_is_clear_about_it() -> None:
    assert clear_groups((1, 2), ["Soil", "Water", "Water"], at(1, 0.1, -1)) == ("Water",)


@pytest.mark.parametrize("rows", ((0, 1), (1, 0)))
def test_lines_without_a_vector_are_never_clear(rows: tuple[int, int]) -> None:
    vectors = np.zeros((2, 3), dtype=np.float32)
    assert clear_groups(rows, ["Water", "Soil"], vectors) == ()
