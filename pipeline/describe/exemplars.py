"""Clear: from a cluster to the groups that clearly share it, by which concerns are put in order.

Exemplars: from a cluster's rows to the quotes that stand for it, and to why each of the others is with them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.analysis_records import Reason, Segment
from pipeline.describe.word_usage import Usage, content_stems
from pipeline.text import is_stop_word, stem

CLEAR = 0.27
"""Mean similarity with the other groups' quotes from which a group's best quote is clearly about the same thing.
Counting such groups first puts purer and truly wider concerns first: on eleven labelled events, read by encoders that
had not seen them, the first 15 cards' quotes are about one concern in .61 instead of .59, and more of the concerns that
most groups raised are among them; .33 makes purer cards still, of concerns that fewer groups raised (docs/experiments/concern-order.md)."""

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


SHORTEST, LONGEST = 6, 40
"""Words of an exemplar, where there is a choice: shorter ones say too little alone, longer ones are not read."""

VARIETY = 0.3
"""How much an exemplar loses for being like those before it, against what it gains by being like the whole cluster."""

SHARED = 6
"""Shared words that are named: as many as are read."""

Vectors = NDArray[np.float32]


def exemplars_of(rows: Sequence[int], segments: Sequence[Segment], vectors: Vectors) -> list[int]:
    """One row for each group, best first: the medoid, then what is both like the cluster and unlike those before.

    Rows of a good length come before all others (maximal marginal relevance; Carbonell and Goldstein 1998).
    """
    alike = vectors[rows] @ vectors[rows].T
    worth = alike.mean(axis=1)
    unfit = [not SHORTEST <= len(segments[row].text.split()) <= LONGEST for row in rows]
    left = list(range(len(rows)))
    chosen: list[int] = []
    while left:
        said = alike[:, chosen].max(axis=1) if chosen else np.zeros(len(rows))
        gain = (worth - VARIETY * said).round(DECIMALS)
        best = min(left, key=lambda place: (unfit[place], -gain[place], rows[place]))
        chosen.append(best)
        left = [place for place in left if segments[rows[place]].group != segments[rows[best]].group]
    return [rows[place] for place in chosen]


def reasons_of(
    rows: Sequence[int], exemplars: Sequence[int], segments: Sequence[Segment], vectors: Vectors, usage: Usage
) -> tuple[Reason, ...]:
    """A reason for each row that has another row's exemplar to be like."""
    found = []
    for row in rows:
        others = [one for one in exemplars if one != row]
        elsewhere = [one for one in others if segments[one].group != segments[row].group] or others
        if elsewhere:
            nearness = (vectors[elsewhere] @ vectors[row]).round(DECIMALS)
            nearest = elsewhere[int(np.argmax(nearness))]
            shared = _shared_words(row, nearest, usage)
            found.append(
                Reason(segment_id=segments[row].id, exemplar_id=segments[nearest].id, shared_words=shared[:SHARED])
            )
    return tuple(found)


def _shared_words(row: int, other: int, usage: Usage) -> tuple[str, ...]:
    """The content words of `row` that `other` uses in some form, each stem once, as they stand in `row`."""
    common = content_stems(usage.words[other])
    forms: dict[str, str] = {}
    for word in usage.words[row]:
        if stem(word.text) in common and not is_stop_word(word.text):
            forms.setdefault(stem(word.text), word.text)
    return tuple(forms.values())
