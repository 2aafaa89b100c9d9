"""Vectors of texts: rows of unit length whose dot product is the cosine, and what all of them share taken out."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""An array of shape (n_texts, n_dims): rows of unit length, or zeros for a text without words."""

Embed = Callable[[Sequence[str]], Vectors]
"""Returns the vectors of lines, rows of unit length: a sentence encoder."""

Floats = TypeVar("Floats", np.float32, np.float64)

DECIMALS = 5
"""Similarities are rounded to these before they decide an order, so that a machine's last bits do not."""

MEAN_PRIOR = 20
"""Texts of no particular meaning that count towards the mean: of 2 texts, a tenth of their mean is subtracted."""

_ROUNDING_NOISE = 10
"""Machine epsilons of length under which a row is rounding noise, and left as it is, as scikit-learn does."""


def normalize_rows(rows: NDArray[Floats]) -> NDArray[Floats]:
    """Return `rows` of unit length, bit for bit as scikit-learn's `normalize`, which is slow to import."""
    units = rows.copy()
    _normalize_in_place(units)
    return units


def _normalize_in_place(rows: NDArray[Floats]) -> None:
    lengths: NDArray[Floats] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths < _ROUNDING_NOISE * np.finfo(rows.dtype).eps] = 1
    rows /= lengths[:, None]


def center_rows(rows: NDArray[Floats], has_words: NDArray[np.bool_]) -> Vectors:
    """Return `rows` without their mean, of unit length; those of texts without words become zeros."""
    units = normalize_rows(rows)
    units -= mean_row(units, has_words)
    units *= has_words[:, None]
    _normalize_in_place(units)  # of a large event each copy takes as much memory as a model
    return units.astype(np.float32, copy=False)


def mean_row(units: NDArray[Floats], has_words: NDArray[np.bool_]) -> NDArray[Floats]:
    """Return the mean of the rows of texts with words, nearer to zero the fewer they are (`MEAN_PRIOR`)."""
    mean: NDArray[Floats] = (units * has_words[:, None]).sum(axis=0) / (has_words.sum() + MEAN_PRIOR)
    return mean
