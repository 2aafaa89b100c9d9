"""Choose the quotes that stand for a cluster, say why each other quote is with them, and which groups clearly agree."""

from collections.abc import Sequence

import numpy as np

from pipeline.analysis_records import Reason, Segment
from pipeline.describe.word_usage import WordUsage, content_stems
from pipeline.text import is_stop_word, stem
from pipeline.vectors import DECIMALS, Vectors

AGREEMENT = 0.27
"""Mean similarity with the other groups' quotes from which a group's best quote is clearly about the same thing.
Counting such groups first puts purer and truly wider concerns first: on eleven labelled events, read by encoders that
had not seen them, the first 15 cards' quotes are about one concern in .61 instead of .59, and more of the concerns that
most groups raised are among them; .33 makes purer cards still, of concerns that fewer groups raised
(docs/experiments/concern-order.md)."""

SHORTEST, LONGEST = 6, 40
"""Words of an exemplar, where there is a choice: shorter ones say too little alone, longer ones are not read."""

VARIETY = 0.3
"""Weight of an exemplar's likeness to those chosen before, against its likeness to the whole cluster."""

SHARED_WORDS = 6
"""Most words of a reason: as many as are read."""


def agreeing_groups(rows: Sequence[int], groups: Sequence[str], vectors: Vectors) -> tuple[str, ...]:
    """Return the groups of `rows`, in their order, that have a quote clearly like those of the other groups.

    `groups` has the group of each row of `vectors`, an array of shape (n_rows, n_dims) with rows of unit length or
    zeros; each other group counts once, however many quotes it has. A group without others agrees with itself.
    """
    own = np.asarray([groups[row] for row in rows])
    names = tuple(dict.fromkeys(own.tolist()))
    if len(names) == 1:
        return names
    member_of = np.array([[group == name for name in names] for group in own], dtype=np.float32)
    similarity = vectors[list(rows)] @ vectors[list(rows)].T @ (member_of / member_of.sum(axis=0))
    to_others = ((similarity * (1 - member_of)).sum(axis=1) / (len(names) - 1)).round(DECIMALS)
    return tuple(name for name in names if to_others[own == name].max() >= AGREEMENT)


def choose_exemplars(rows: Sequence[int], segments: Sequence[Segment], vectors: Vectors) -> list[int]:
    """Return one row of each group, best first: the medoid, then what is like the cluster and unlike those before.

    Rows of a good length come before all others (maximal marginal relevance; Carbonell and Goldstein 1998).
    """
    similarity = vectors[rows] @ vectors[rows].T
    worth = similarity.mean(axis=1)
    unfit = [not SHORTEST <= len(segments[row].text.split()) <= LONGEST for row in rows]
    left = list(range(len(rows)))
    chosen: list[int] = []
    while left:
        repeated = similarity[:, chosen].max(axis=1) if chosen else np.zeros(len(rows))
        gain = (worth - VARIETY * repeated).round(DECIMALS)
        best = min(left, key=lambda place: (unfit[place], -gain[place], rows[place]))
        chosen.append(best)
        left = [place for place in left if segments[rows[place]].group != segments[rows[best]].group]
    return [rows[place] for place in chosen]


def find_reasons(
    rows: Sequence[int], exemplars: Sequence[int], segments: Sequence[Segment], vectors: Vectors, usage: WordUsage
) -> tuple[Reason, ...]:
    """Return why each row is in its cluster: its nearest exemplar, of another group if there is one."""
    reasons = []
    for row in rows:
        others = [exemplar for exemplar in exemplars if exemplar != row]
        candidates = [exemplar for exemplar in others if segments[exemplar].group != segments[row].group] or others
        if candidates:
            nearest = candidates[int(np.argmax((vectors[candidates] @ vectors[row]).round(DECIMALS)))]
            shared = _shared_words(row, nearest, usage)[:SHARED_WORDS]
            reasons.append(Reason(segment_id=segments[row].id, exemplar_id=segments[nearest].id, shared_words=shared))
    return tuple(reasons)


def _shared_words(row: int, other: int, usage: WordUsage) -> tuple[str, ...]:
    """Return the content words of `row` that `other` uses in some form, each stem once, as written in `row`."""
    common = content_stems(usage.words[other])
    forms: dict[str, str] = {}
    for word in usage.words[row]:
        if stem(word.text) in common and not is_stop_word(word.text):
            forms.setdefault(stem(word.text), word.text)
    return tuple(forms.values())
