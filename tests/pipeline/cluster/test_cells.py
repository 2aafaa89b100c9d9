"""Cells: what is too much to compare all with all is divided first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cluster import cells


@given(st.integers(0, 60), st.integers(1, 20), st.integers(0, 3))
def test_every_row_is_in_exactly_one_cell_of_no_more_than_the_size(count: int, size: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).integers(-1, 2, (count, 3)).astype(np.float32)
    found = list(cells(vectors, np.arange(count), size))
    assert sorted(row for cell in found for row in cell) == list(range(count))
    assert all(len(cell) <= size for cell in found)


def test_what_is_alike_stays_together() -> None:
    here, there = [1.0, 0.0], [0.0, 1.0]
    vectors = np.array([here, there] * 10, dtype=np.float32)
    assert [cell.tolist() for cell in cells(vectors, np.arange(20), 10)] in (
        [list(range(0, 20, 2)), list(range(1, 20, 2))],
        [list(range(1, 20, 2)), list(range(0, 20, 2))],
    )


def test_rows_that_are_all_the_same_are_divided_too() -> None:
    assert [len(cell) for cell in cells(np.ones((9, 2), dtype=np.float32), np.arange(9), 4)] == [3, 2, 4]
