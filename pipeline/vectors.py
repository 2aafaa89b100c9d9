"""Rows of unit length, and what all of them share taken out."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = TypeVar("Floats", np.float32, np.float64)

Vectors = NDArray[np.float32]
"""An array of shape (n_texts, n_dims), rows of unit length or zero."""

Embed = Callable[[Sequence[str]], Vectors]
"""A function that returns the vectors of lines, rows of unit length, such as the bundled sentence encoder."""

DECIMALS = 5
"""Similarities are rounded to this before they decide an order, so that it does not depend on the processor."""

MEAN_PRIOR = 20
"""Texts of nothing in particular that count towards the mean: of 2 texts, half of each is their mean."""

_NOTHING = 10
"""Machine epsilons of length under which a row is rounding noise, and left as it is, as scikit-learn does."""


def unit(rows: NDArray[Floats]) -> NDArray[Floats]:
    """`rows` of unit length, to the bit what scikit-learn's `normalize` makes of them, which is slow to import."""
    lengths: NDArray[Floats] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths < _NOTHING * np.finfo(rows.dtype).eps] = 1
    units: NDArray[Floats] = rows / lengths[:, None]
    return units


def centred(rows: NDArray[Floats], spoken: NDArray[np.bool_]) -> NDArray[np.float32]:
    """`rows` without what they all share, of unit length; those that are not `spoken` become zeros."""
    units = unit(rows)
    return unit((units - mean_of(units, spoken)) * spoken[:, None]).astype(np.float32)


def mean_of(units: NDArray[Floats], spoken: NDArray[np.bool_]) -> NDArray[Floats]:
    """The mean of those rows of unit length that are `spoken`, a little nearer to zero the fewer they are."""
    mean: NDArray[Floats] = (units * spoken[:, None]).sum(axis=0) / (spoken.sum() + MEAN_PRIOR)
    return mean
