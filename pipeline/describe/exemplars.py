"""Exemplars: from a cluster's rows to the quotes that stand for it, and to why each of the others is with them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.describe.usage import Usage, content_stems
from pipeline.records import Reason, Segment
from pipeline.words import is_stop_word, stem

SHORTEST, LONGEST = 6, 40
"""Words of an exemplar, where there is a choice: shorter ones say too little alone, longer ones are not read."""

VARIETY = 0.3
"""How much an exemplar loses for being like those before it, against what it gains by being like the whole cluster."""

SHARED = 6
"""Shared words that are named: as many as are read."""

DECIMALS = 5
"""Similarities are rounded to these before they decide an order, so that a machine's last bits do not."""

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
