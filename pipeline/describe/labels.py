"""Phrases that members of a cluster really use: from its segments to what a label can be made of.

Wording: from the phrases of a label to how a member put them, if somebody said both in one breath.

Labels: from a cluster's phrases to the one or two that name it best.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.analysis_records import Segment
from pipeline.describe.word_usage import Usage, Voices, content_stems, is_light
from pipeline.text import Word, is_stop_word, stem

LONGEST = 4
"""Words of a phrase; two phrases then still make a label that is read at a glance."""

SHORTLIST = 24
"""Phrases of a cluster whose meaning is looked at: twice as many make no better label, half as many a worse one."""

TOGETHER = 1.5
"""How much more a phrase weighs that two voices use as a whole: its words belong together."""

CUT_OFF, CUT_IN, INSIDE = 0.6, 0.8, 0.8
"""What a phrase keeps of its weight when the text goes on after it ("joint insurance" of "joint insurance policy"),
when it began before it, and for each stop word or light word inside."""

LENGTH = 0.7
"""The power of its content words by which a phrase's weight is divided, so that a longer one must earn its length."""

_GAPS = (" ", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words of a segment that follow each other, verbatim, with content words at both ends.

    `voices` are those who use the phrase or each of its content words, `weight` is by c-TF-IDF alone.
    """

    text: str
    size: int
    stems: frozenset[str]
    voices: frozenset[str]
    weight: float


def phrases_of(rows: Sequence[int], segments: Sequence[Segment], usage: Usage, voices: Voices) -> list[Phrase]:
    """The `SHORTLIST` heaviest phrases of the cluster of `rows`, heaviest first; of equal ones that said first.

    Phrases with a word of the template or somebody's name in them are left out.
    """
    users: defaultdict[str, set[str]] = defaultdict(set)
    wholes: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    runs = [(row, run) for row in rows for run in _runs(segments[row].text, usage.words[row])]
    speaker = dict(zip(rows, voices.speakers, strict=True))
    for row, run in runs:
        wholes[_key(run)].add(speaker[row])
        for part in content_stems(run):
            users[part].add(speaker[row])
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    found: dict[tuple[str, ...], Phrase] = {}
    for row, run in runs:
        key, stems = _key(run), content_stems(run)
        text = segments[row].text[run[0].start : run[-1].end]
        spellings[text.casefold()][text] += 1
        by_all = frozenset.intersection(*(frozenset(users[part]) for part in stems))
        weight = _weight(run, segments[row].text, usage.words[row], voices)
        weight *= TOGETHER if len(run) > 1 and len(wholes[key]) > 1 else 1
        if not stems & (usage.template | usage.people) and (key not in found or found[key].weight < weight):
            found[key] = Phrase(text=text, size=len(run), stems=stems, voices=by_all, weight=weight)
    heaviest = sorted(found.values(), key=lambda phrase: -phrase.weight)[:SHORTLIST]
    return [replace(one, text=spellings[one.text.casefold()].most_common(1)[0][0]) for one in heaviest]


def _runs(text: str, its_words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    for first, word in enumerate(its_words):
        if not _names(word):
            continue
        for last in range(first, min(first + LONGEST, len(its_words))):
            if last > first and not follows(text, its_words, last):
                break
            if _names(its_words[last]):
                yield its_words[first : last + 1]


def _weight(run: Sequence[Word], text: str, its_words: Sequence[Word], voices: Voices) -> float:
    first = next(place for place, word in enumerate(its_words) if word.start == run[0].start)
    last = first + len(run) - 1
    stems = content_stems(run)
    weight = sum(sorted(voices.weights[key] for key in stems)) / math.pow(len(stems), LENGTH)
    if last + 1 < len(its_words) and follows(text, its_words, last + 1) and _names(its_words[last + 1]):
        weight *= CUT_OFF
    if first and follows(text, its_words, first) and _names(its_words[first - 1]):
        weight *= CUT_IN
    weight *= math.sqrt(min(_usual(word.text, voices) for word in run))
    return weight * math.pow(INSIDE, sum(not _names(word) for word in run))


def _usual(word: str, voices: Voices) -> float:
    """The share of those who use a word in any form that use it in this one, so that no slip of a finger is a name."""
    return voices.forms[word.casefold()] / voices.stems.get(stem(word), voices.forms[word.casefold()])


def _names(word: Word) -> bool:
    return not is_stop_word(word.text) and not is_light(word.text)


def follows(text: str, its_words: Sequence[Word], place: int) -> bool:
    """Whether nothing but a space or a hyphen stands before the word at `place`."""
    return text[its_words[place - 1].end : its_words[place].start] in _GAPS


def _key(run: Sequence[Word]) -> tuple[str, ...]:
    return tuple(stem(word.text) for word in run)


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


LEAST, MOST_labels = 2, 6
"""Words of a label."""

CLOSENESS = 6
"""The power of a phrase's likeness to what its cluster says. On eleven labelled events, labels of clusters that are
mostly one of the reader's concerns share a word with the reader's name for it in 64 %; before, 56 % did
(docs/experiments/concern-names.md)."""

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
    weighed = sorted(((_weight_labels(phrase, likeness), phrase) for phrase in phrases), key=lambda pair: -pair[0])
    for place, (weight, first) in enumerate(weighed):
        second = _second(first, weighed[place + 1 :])
        if second and (first.size < LEAST or len(first.voices) < LEAST or _adds(second, weight)):
            yield first, second[1]
        elif first.size >= LEAST:
            yield (first,)
    yield from ((phrase,) for _, phrase in weighed)


def _weight_labels(phrase: Phrase, likeness: Mapping[str, float]) -> float:
    return round(phrase.weight * max(likeness[phrase.text], LEAST_LIKE) ** CLOSENESS, 9)


def _adds(second: tuple[float, Phrase], weight: float) -> bool:
    return second[0] >= (SECOND if len(second[1].voices) >= LEAST else SECOND_ALONE) * weight


def _second(first: Phrase, others: Sequence[tuple[float, Phrase]]) -> tuple[float, Phrase] | None:
    """The best phrase that says something else, so that both voices of a pair are heard."""
    apart = [
        (weight * (OTHER_VOICE if phrase.voices - first.voices else 1), phrase)
        for weight, phrase in others
        if not phrase.stems & first.stems and phrase.size + first.size <= MOST_labels
    ]
    if len(first.voices) < LEAST:
        apart = [pair for pair in apart if pair[1].voices - first.voices] or apart
    return max(apart, key=lambda pair: pair[0], default=None)
