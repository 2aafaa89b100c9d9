"""Phrases that members of a cluster really use: from its segments to what a label can be made of."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.describe.usage import Usage, Voices, content_stems, is_light
from pipeline.records import Segment
from pipeline.words import Word, is_stop_word, stem

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
