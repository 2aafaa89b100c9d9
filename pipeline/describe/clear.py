"""Clear: from a cluster to the groups that clearly share it, by which concerns are put in order."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CLEAR = 0.27
"""Mean similarity with the other groups' quotes from which a group's best quote is clearly about the same thing.
Counting such groups first puts purer and truly wider concerns first: on eleven labelled events, read by encoders that
had not seen them, the first 15 cards' quotes are about one concern in .61 instead of .59, and more of the concerns that
most groups raised are among them; .33 makes purer cards still, of concerns that fewer groups raised (docs/adr/0016)."""

DECIMALS = 5
"""Similarities are rounded to these before they decide an order, so that a machine's last bits do not."""


def clear_groups(rows: Sequence[int], groups: Sequence[str], vectors: NDArray[np.float32]) -> tuple[str, ...]:
    """The groups of `rows`, in their order, that have a quote clearly like those of the others.

    `groups` has the group of each row of `vectors`, an array of shape (n_rows, n_dims) with rows of unit length or
    zeros; each other group counts once, however many quotes it has. A group without others is clear.
    """
    own = np.asarray([groups[row] for row in rows])
    several = tuple(dict.fromkeys(own.tolist()))
    if len(several) == 1:
        return several
    member_of = np.array([[group == one for one in several] for group in own], dtype=np.float32)
    alike = vectors[list(rows)] @ vectors[list(rows)].T @ (member_of / member_of.sum(axis=0))
    others = ((alike * (1 - member_of)).sum(axis=1) / (len(several) - 1)).round(DECIMALS)
    return tuple(group for group in several if others[own == group].max() >= CLEAR)
