"""Certainty: from clusters to how sure it is that each is about one thing that its groups share.

Measured on eleven labelled events with an encoder that had not seen them: of pairs of quotes of different groups, a
reader puts .54 together where both signs are there, .28 where one is and .19 where none is (docs/adr/0013, 0016).
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Certainty, Grade

CLOSE = 0.27
"""Mean similarity of different groups' quotes from which readers agree clearly more often."""

MOST_LEFT = 0.5
"""Of the other groups' quotes, what has to stay together for the concern to hold without its loudest group."""

TURNS = 10
"""Events without shared concerns that are made up to compare with."""

WORK = 20_000_000
"""Comparisons that may be spent on them: from about 1,400 segments on there are fewer turns, and always one."""

DECIMALS = 2

Vectors = NDArray[np.float32]
Clusters = Sequence[Sequence[int]]
Regroup = Callable[[Vectors, Sequence[str]], Clusters]
"""Clusters the rows of vectors, given the group of each, as they were clustered in the first place."""

_Strength = tuple[int, float]


def certainties(
    clusters: Clusters, groups: Sequence[str], vectors: Vectors, regroup: Regroup, seed: int
) -> list[Certainty]:
    """The certainty of each cluster of rows of `vectors`, of shape (n_rows, n_dims); `groups` has each row's."""
    strengths = [_strength(rows, groups, vectors) for rows in clusters]
    recurring = [one for one in strengths if one[0] > 1]
    turns = max(1, min(TURNS, WORK // max(len(vectors), 1) ** 2)) if recurring else 0
    chance = [
        _strength(rows, groups, made_up)
        for made_up in _unrelated(vectors, groups, turns, seed)
        for rows in regroup(made_up, groups)
    ]
    found = []
    for rows, (raised, closeness) in zip(clusters, strengths, strict=True):
        loudest, holds = _without_loudest(rows, groups, vectors, regroup)
        found.append(
            Certainty(
                grade=_grade(holds=holds, close=closeness >= CLOSE, recurring=raised > 1),
                loudest=loudest,
                holds=holds,
                close=closeness >= CLOSE,
                closeness=closeness,
                alike=_as_strong(recurring, raised, closeness),
                by_chance=round(_as_strong(chance, raised, closeness) / max(turns, 1), 1) if raised > 1 else 0.0,
            )
        )
    return found


def _grade(*, holds: bool, close: bool, recurring: bool) -> Grade:
    if holds and close and recurring:
        return Grade.FIRM
    return Grade.FAIR if holds or close else Grade.LOOSE


def _as_strong(strengths: Sequence[_Strength], raised: int, closeness: float) -> int:
    return sum(one[0] >= raised and one[1] >= closeness for one in strengths)


def _strength(rows: Sequence[int], groups: Sequence[str], vectors: Vectors) -> _Strength:
    """How many groups there are, and the mean similarity of rows of different ones (of one group, of its rows)."""
    own = np.asarray([groups[row] for row in rows])
    several = len(set(own.tolist()))
    pairs = own[:, None] != own[None, :] if several > 1 else ~np.eye(len(rows), dtype=np.bool_)
    alike = (vectors[list(rows)] @ vectors[list(rows)].T)[pairs]
    return several, round(float(alike.mean()), DECIMALS) if alike.size else 0.0


def _without_loudest(
    rows: Sequence[int], groups: Sequence[str], vectors: Vectors, regroup: Regroup
) -> tuple[str, bool]:
    """The loudest group, and whether two of the others still come together without it; of equals, the worst case."""
    quotes = Counter(groups[row] for row in rows)
    most = max(quotes.values())
    loudest = [group for group, count in quotes.items() if count == most]
    for group in loudest:
        rest = [row for row in rows if groups[row] != group]
        if not _still_together(rest, groups, vectors, regroup):
            return group, False
    return loudest[0], True


def _still_together(rest: Sequence[int], groups: Sequence[str], vectors: Vectors, regroup: Regroup) -> bool:
    own = [groups[row] for row in rest]
    if len(set(own)) < 2:  # noqa: PLR2004 - a concern of several groups needs two
        return False
    parts = [part for part in regroup(vectors[list(rest)], own) if len({own[place] for place in part}) > 1]
    return any(len(part) >= MOST_LEFT * len(rest) for part in parts)


def _unrelated(vectors: Vectors, groups: Sequence[str], turns: int, seed: int) -> list[Vectors]:
    """Made-up events in which each group's lines are as like each other as they are, and like no other group's.

    Along the main directions in which lines differ, each group is mirrored at random: that leaves similarities within
    a group and the spread of all lines as they are, and makes similarities between groups a matter of chance. Dealing
    lines to groups at random would not do: people of a group write about one topic, so it makes concerns of several
    groups more frequent, not less.
    """
    if not turns:
        return []
    codes = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)[1]
    along = _along_main_directions(vectors)
    dice = np.random.default_rng(seed)
    mirrors = dice.choice(np.array([-1, 1], dtype=np.float32), size=(turns, codes.max() + 1, along.shape[1]))
    return [along * mirror[codes] for mirror in mirrors]


def _along_main_directions(vectors: Vectors) -> Vectors:
    """`vectors` turned so that their columns are the directions in which they differ, whichever side is shorter."""
    rows, columns = vectors.shape
    exact = vectors.astype(np.float64)
    if rows < columns:
        lengths, directions = np.linalg.eigh(exact @ exact.T)
        along = directions * np.sqrt(np.maximum(lengths, 0))
    else:
        along = exact @ np.linalg.eigh(exact.T @ exact)[1]
    peaks = along[np.abs(along).round(DECIMALS).argmax(axis=0), np.arange(along.shape[1])]
    turned: Vectors = np.where(peaks < 0, -along, along).astype(np.float32)
    return turned
