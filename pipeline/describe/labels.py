"""Labels: from a cluster's phrases to the one or two that name it best."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.describe.phrases import Phrase

LEAST, MOST = 2, 6
"""Words of a label."""

CLOSENESS = 6
"""The power of a phrase's likeness to what its cluster says. On eleven labelled events, labels of clusters that are
mostly one of the reader's concerns share a word with the reader's name for it in 64 %; before, 56 % did
(docs/adr/0013)."""

LEAST_LIKE = 0.05
"""A phrase this unlike its cluster, or less alike, is weighed as if it were this much alike."""

SECOND, SECOND_ALONE = 0.2, 0.75
"""Of the first phrase's weight: a second phrase that weighs less adds more words than sense, one voice's the more."""

OTHER_VOICE = 1.5
"""How much more a second phrase weighs that somebody says who does not say the first."""


def labels(phrases: Sequence[Phrase], likeness: Mapping[str, float]) -> Iterator[tuple[Phrase, ...]]:
    """What labels a cluster with these phrases, best first; the caller takes the first that is still free.

    `likeness` says how like the cluster each phrase's text is, from -1 to 1. A label is the best phrase, and a second
    where the first is one word or one voice's alone, or the second is strong too; then the same without the best, and
    so on. Last come single words.
    """
    weighed = sorted(((_weight(phrase, likeness), phrase) for phrase in phrases), key=lambda pair: -pair[0])
    for place, (weight, first) in enumerate(weighed):
        second = _second(first, weighed[place + 1 :])
        if second and (first.size < LEAST or len(first.voices) < LEAST or _adds(second, weight)):
            yield first, second[1]
        elif first.size >= LEAST:
            yield (first,)
    yield from ((phrase,) for _, phrase in weighed)


def _weight(phrase: Phrase, likeness: Mapping[str, float]) -> float:
    return round(phrase.weight * max(likeness[phrase.text], LEAST_LIKE) ** CLOSENESS, 9)


def _adds(second: tuple[float, Phrase], weight: float) -> bool:
    return second[0] >= (SECOND if len(second[1].voices) >= LEAST else SECOND_ALONE) * weight


def _second(first: Phrase, others: Sequence[tuple[float, Phrase]]) -> tuple[float, Phrase] | None:
    """The best phrase that says something else, so that both voices of a pair are heard."""
    apart = [
        (weight * (OTHER_VOICE if phrase.voices - first.voices else 1), phrase)
        for weight, phrase in others
        if not phrase.stems & first.stems and phrase.size + first.size <= MOST
    ]
    if len(first.voices) < LEAST:
        apart = [pair for pair in apart if pair[1].voices - first.voices] or apart
    return max(apart, key=lambda pair: pair[0], default=None)
