"""Wording: from the phrases of a label to how a member put them, if somebody said both in one breath."""

from collections.abc import Iterator, Sequence

from pipeline.describe.phrases import Phrase, follows
from pipeline.words import Word, stem

MOST = 6
"""Words of a label."""

BETWEEN = ", "


def worded(
    chosen: Sequence[Phrase], texts: Sequence[str], words_of: Sequence[Sequence[Word]], people: frozenset[str]
) -> str:
    """`speak for the Federation` where a member wrote so, not `Federation, speak`; else the phrases beside each other.

    `texts` are what the members wrote and `words_of` has the words of each. The shortest wording is taken, of equally
    short ones the first; one with a stem of `people` in it is not.
    """
    wanted = frozenset[str]().union(*(phrase.stems for phrase in chosen))
    apart = BETWEEN.join(phrase.text for phrase in chosen)
    if len(chosen) == 1:
        return apart
    pairs = zip(texts, words_of, strict=True)
    spans = (span for text, its_words in pairs for span in _spans(text, its_words, wanted, people))
    return min(spans, key=lambda span: span[0], default=(0, apart))[1]


def _spans(
    text: str, its_words: Sequence[Word], wanted: frozenset[str], people: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Runs of words without a mark or a name between them that begin and end with a wanted stem and have all."""
    stems = [stem(word.text) for word in its_words]
    for first in (place for place, key in enumerate(stems) if key in wanted):
        missing = wanted - {stems[first]}
        for last in range(first + 1, min(first + MOST, len(its_words))):
            if not follows(text, its_words, last) or stems[last] in people:
                break
            missing -= {stems[last]}
            if not missing:
                yield last - first + 1, text[its_words[first].start : its_words[last].end]
                break
