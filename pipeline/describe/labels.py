"""Labels: from a cluster's phrases to two to six words that its members used."""

import math
from collections.abc import Iterator, Sequence

from pipeline.describe.phrases import Phrase, Shared

LEAST, MOST = 2, 6
"""Words of a label."""

SECOND = 0.7
"""Of the first phrase's weight per word: a second phrase that weighs less adds more words than sense."""

TOGETHER = 1.5
"""How much more a phrase weighs that two voices use as a whole: its words belong together."""

BETWEEN = ", "


def labels(phrases: Sequence[Phrase]) -> Iterator[str]:
    """Labels for a cluster with these phrases, best first; the caller takes the first that is still free.

    First those of words that two voices of the cluster use in the same form, then in any form. Where they share too
    few words for that, a shared word with its neighbours or another phrase, all of words that two groups of the event
    use; then a shared word by itself, and last what one voice said.
    """
    for level in (Shared.AS_IT_IS, Shared.BY_STEM):
        yield from _of_shared_words([phrase for phrase in phrases if phrase.shared <= level])
    known = [phrase for phrase in phrases if phrase.shared <= Shared.IN_THE_EVENT]
    around = sorted((phrase for phrase in known if phrase.common), key=_by_shared_words)
    yield from (phrase.text for phrase in around if phrase.size >= LEAST)
    yield from (BETWEEN.join((one.text, other.text)) for one in around for other in known if _apart(one, other))
    yield from (phrase.text for phrase in around)
    yield from (phrase.text for phrase in sorted(phrases, key=lambda phrase: (phrase.shared, -phrase.size)))


def _of_shared_words(phrases: Sequence[Phrase]) -> Iterator[str]:
    """The best phrase with the next best that says something else; then the same without the best, and so on."""
    best = sorted(phrases, key=lambda phrase: -_strength(phrase))
    for place, first in enumerate(best):
        second = next((other for other in best[place + 1 :] if _apart(first, other)), None)
        if second and (first.size < LEAST or _per_stem(second) >= SECOND * _per_stem(first)):
            yield BETWEEN.join((first.text, second.text))
        elif first.size >= LEAST:
            yield first.text


def _strength(phrase: Phrase) -> float:
    """Weight per square root of content words, so that a longer phrase must earn its length."""
    together = TOGETHER if phrase.voices > 1 and phrase.size > 1 else 1
    return together * phrase.weight / math.sqrt(len(phrase.stems))


def _per_stem(phrase: Phrase) -> float:
    return phrase.weight / len(phrase.stems)


def _by_shared_words(phrase: Phrase) -> tuple[int, float, int]:
    """Few words of one voice only, heavy shared ones, short."""
    return len(phrase.stems - phrase.common), -phrase.weight, phrase.size


def _apart(one: Phrase, other: Phrase) -> bool:
    return not one.stems & other.stems and one.size + other.size <= MOST
