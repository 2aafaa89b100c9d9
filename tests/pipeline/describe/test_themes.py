"""Themes: a level above concerns, where there are too many of them."""

import numpy as np
from numpy.typing import NDArray

from pipeline.describe.themes import MOST_WITHOUT, themes_of


def topics(*near: int, size: int = 40) -> NDArray[np.float32]:
    """A unit row for each number: those of one number are alike, and each is also something of its own."""
    vectors = np.zeros((len(near), size + len(near)))
    for row, topic in enumerate(near):
        vectors[row, topic] = 1
        vectors[row, size + row] = 1
    units: NDArray[np.float32] = (vectors / np.sqrt(2)).astype(np.float32)
    return units


def test_few_concerns_need_no_themes() -> None:
    vectors = topics(*[0] * MOST_WITHOUT)
    assert themes_of([(row,) for row in range(MOST_WITHOUT)], vectors) == ()


def test_concerns_that_are_alike_are_a_theme_and_what_is_like_none_is_in_none() -> None:
    vectors = topics(*range(12), 0, 0, 1, 1, 2)
    found = themes_of([(row,) for row in range(17)], vectors)
    assert sorted(found) == [(0, 12, 13), (1, 14, 15), (2, 16)]


def test_a_concern_is_in_one_theme_at_most() -> None:
    dice = np.random.default_rng(1)
    vectors = dice.standard_normal((90, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = [
        number for theme in themes_of([(row, row + 30, row + 60) for row in range(30)], vectors) for number in theme
    ]
    assert len(found) == len(set(found))
