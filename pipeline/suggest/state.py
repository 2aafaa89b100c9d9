"""What is known when a question is chosen: the lines, and what the facilitator decided about them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A concern as the facilitator left it: rows said to belong and rows said not to.

    `named` means that its name is the facilitator's, not a working title.
    """

    name: str
    yes: frozenset[int] = frozenset()
    no: frozenset[int] = frozenset()
    named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """Everything that learning goes by; decisions have no order in it, so their order changes nothing.

    `texts` and `groups` have one entry for each segment that is offered, `vectors` a row: shape (n_segments, n_dims),
    rows of unit length or zero. `nowhere` are rows said to belong to no concern. `names` has a row for each of
    `concerns`: its name's vector in the same space, zeros where the name is to teach nothing.
    """

    texts: Sequence[str]
    groups: Sequence[str]
    vectors: Vectors
    concerns: tuple[Known, ...] = ()
    names: Vectors
    nowhere: frozenset[int] = frozenset()

    def placed(self) -> NDArray[np.bool_]:
        """Which rows the facilitator has placed: in a concern, or in none at all; shape (n_segments,)."""
        rows = self.nowhere.union(*(one.yes for one in self.concerns))
        placed = np.zeros(len(self.texts), dtype=np.bool_)
        placed[sorted(rows)] = True
        return placed

    def belongs(self) -> NDArray[np.bool_]:
        """Which rows were said to belong to which concern; shape (n_segments, n_concerns)."""
        return _table(len(self.texts), [one.yes for one in self.concerns])

    def refused(self) -> NDArray[np.bool_]:
        """Which rows were said not to belong to which concern; shape (n_segments, n_concerns).

        A row in `nowhere` belongs to none, unless it was said to belong to one all the same.
        """
        refused = _table(len(self.texts), [one.no for one in self.concerns])
        refused[sorted(self.nowhere)] = True
        return refused & ~self.belongs()

    def answers(self) -> int:
        """How many answers the facilitator gave about lines."""
        return len(self.nowhere) + sum(len(one.yes) + len(one.no) for one in self.concerns)


def _table(n_rows: int, columns: Sequence[frozenset[int]]) -> NDArray[np.bool_]:
    table = np.zeros((n_rows, len(columns)), dtype=np.bool_)
    for column, rows in enumerate(columns):
        table[sorted(rows), column] = True
    return table
