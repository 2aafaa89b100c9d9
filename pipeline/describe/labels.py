"""Label a cluster with words that its members use.

    segments ──► phrases, by c-TF-IDF ──► the best one or two, by likeness to the cluster ──► as a member put them

A label is a working title: "speak for the Federation" where somebody wrote so, else two phrases side by side.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.analysis_records import Segment
from pipeline.describe.word_usage import SpeakerCounts, WordUsage, content_stems, is_light
from pipeline.text import Word, is_stop_word, stem

PHRASE_WORDS = 4
"""Most words of a phrase; two phrases then still make a label that is read at a glance."""

SHORTLIST = 24
"""Phrases of a cluster whose meaning is compared: twice as many make no better label, half as many a worse one."""

WHOLE_PHRASE = 1.5
"""Factor for a phrase that two speakers use as a whole: its words belong together."""

CUT_AFTER, CUT_BEFORE, EMPTY_WORD = 0.6, 0.8, 0.8
"""Factors for a phrase that goes on after its end ("joint insurance" of "joint insurance policy"), that began before
its start, and for each stop word or light word inside."""

LENGTH_POWER = 0.7
"""Power of its number of stems by which a phrase's weight is divided, so that a longer one must earn its length."""

LABEL_WORDS = 6
"""Most words of a label."""

FEW = 2
"""A phrase of fewer words, or of fewer speakers, does not make a label by itself where there is a second phrase."""

LIKENESS_POWER = 6
"""Power of a phrase's likeness to its cluster in its weight. On eleven labelled events, labels of clusters that are
mostly one of the reader's concerns share a word with the reader's name for it in 64 %; before, 56 % did
(docs/experiments/concern-names.md)."""

LEAST_LIKENESS = 0.05
"""Likeness below which phrases are weighed as if they had this one."""

SECOND, SECOND_SINGLE = 0.2, 0.75
"""Least weight of a second phrase, as a share of the first's: of several speakers, and of a single one."""

OTHER_SPEAKER = 1.5
"""Factor for a second phrase that somebody uses who does not use the first."""

_GAPS = (" ", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Consecutive words of a segment, verbatim, with content words at both ends.

    `speakers` are those who use each of its content words, `weight` is by c-TF-IDF alone.
    """

    text: str
    size: int
    stems: frozenset[str]
    speakers: frozenset[str]
    weight: float


def extract_phrases(
    rows: Sequence[int], segments: Sequence[Segment], usage: WordUsage, counts: SpeakerCounts
) -> list[Phrase]:
    """Return the `SHORTLIST` heaviest phrases of the cluster of `rows`, heaviest first, equal ones in reading order.

    Phrases with a word of the template or a person's name are left out.
    """
    users: defaultdict[str, set[str]] = defaultdict(set)
    wholes: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    runs = [(row, run) for row in rows for run in _runs(segments[row].text, usage.words[row])]
    speaker_of = dict(zip(rows, counts.speakers, strict=True))
    for row, run in runs:
        wholes[_key(run)].add(speaker_of[row])
        for part in content_stems(run):
            users[part].add(speaker_of[row])
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    phrases: dict[tuple[str, ...], Phrase] = {}
    for row, run in runs:
        key, stems = _key(run), content_stems(run)
        text = segments[row].text[run[0].start : run[-1].end]
        spellings[text.casefold()][text] += 1
        speakers = frozenset.intersection(*(frozenset(users[part]) for part in stems))
        weight = _weight(run, segments[row].text, usage.words[row], counts)
        weight *= WHOLE_PHRASE if len(run) > 1 and len(wholes[key]) > 1 else 1
        if not stems & (usage.template | usage.people) and (key not in phrases or phrases[key].weight < weight):
            phrases[key] = Phrase(text=text, size=len(run), stems=stems, speakers=speakers, weight=weight)
    heaviest = sorted(phrases.values(), key=lambda phrase: -phrase.weight)[:SHORTLIST]
    return [replace(phrase, text=spellings[phrase.text.casefold()].most_common(1)[0][0]) for phrase in heaviest]


def rank_labels(phrases: Sequence[Phrase], likeness: Mapping[str, float]) -> Iterator[tuple[Phrase, ...]]:
    """Yield one or two phrases that label a cluster, best first; the caller takes the first label that is free.

    `likeness` is the cosine of each phrase's text with the cluster's mean. A label is the best phrase, with a second
    where the first is a single word or a single speaker's, or the second is strong too; then the same without the
    best, and so on. Single phrases come last.
    """
    weighed = [
        (round(phrase.weight * max(likeness[phrase.text], LEAST_LIKENESS) ** LIKENESS_POWER, 9), phrase)
        for phrase in phrases
    ]
    weighed.sort(key=lambda pair: -pair[0])
    for place, (weight, first) in enumerate(weighed):
        second = _second(first, weighed[place + 1 :])
        if second and (first.size < FEW or len(first.speakers) < FEW or _is_strong(second, weight)):
            yield first, second[1]
        elif first.size >= FEW:
            yield (first,)
    yield from ((phrase,) for _, phrase in weighed)


def word_label(
    phrases: Sequence[Phrase], texts: Sequence[str], words_of: Sequence[Sequence[Word]], people: frozenset[str]
) -> str:
    """Return the shortest wording of a member that has the stems of all `phrases`, else the phrases with a comma.

    `texts` are the members' texts and `words_of` their words. Of equally short wordings the first is taken; one with a
    stem of `people` in it is not.
    """
    wanted = frozenset[str]().union(*(phrase.stems for phrase in phrases))
    apart = ", ".join(phrase.text for phrase in phrases)
    if len(phrases) == 1:
        return apart
    pairs = zip(texts, words_of, strict=True)
    spans = (span for text, its_words in pairs for span in _wordings(text, its_words, wanted, people))
    return min(spans, key=lambda span: span[0], default=(0, apart))[1]


def _runs(text: str, its_words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Yield the runs of up to `PHRASE_WORDS` consecutive words with content words at both ends."""
    for first, word in enumerate(its_words):
        if not _is_content(word):
            continue
        for last in range(first, min(first + PHRASE_WORDS, len(its_words))):
            if last > first and not _follows(text, its_words, last):
                break
            if _is_content(its_words[last]):
                yield its_words[first : last + 1]


def _weight(run: Sequence[Word], text: str, its_words: Sequence[Word], counts: SpeakerCounts) -> float:
    first = next(place for place, word in enumerate(its_words) if word.start == run[0].start)
    last = first + len(run) - 1
    stems = content_stems(run)
    weight = sum(sorted(counts.weights[key] for key in stems)) / math.pow(len(stems), LENGTH_POWER)
    if last + 1 < len(its_words) and _follows(text, its_words, last + 1) and _is_content(its_words[last + 1]):
        weight *= CUT_AFTER
    if first and _follows(text, its_words, first) and _is_content(its_words[first - 1]):
        weight *= CUT_BEFORE
    weight *= math.sqrt(min(_share_of_form(word.text, counts) for word in run))
    return weight * math.pow(EMPTY_WORD, sum(not _is_content(word) for word in run))


def _share_of_form(word: str, counts: SpeakerCounts) -> float:
    """Return the share of a stem's speakers who use this form of it, so that no typing mistake becomes a label."""
    return counts.forms[word.casefold()] / counts.stems.get(stem(word), counts.forms[word.casefold()])


def _is_content(word: Word) -> bool:
    return not is_stop_word(word.text) and not is_light(word.text)


def _follows(text: str, its_words: Sequence[Word], place: int) -> bool:
    """Return whether nothing but a space or a hyphen stands before the word at `place`."""
    return text[its_words[place - 1].end : its_words[place].start] in _GAPS


def _key(run: Sequence[Word]) -> tuple[str, ...]:
    return tuple(stem(word.text) for word in run)


def _is_strong(second: tuple[float, Phrase], weight: float) -> bool:
    return second[0] >= (SECOND if len(second[1].speakers) >= FEW else SECOND_SINGLE) * weight


def _second(first: Phrase, others: Sequence[tuple[float, Phrase]]) -> tuple[float, Phrase] | None:
    """Return the best of `others` that shares no stem with `first`, of another speaker if `first` is a single one's."""
    candidates = [
        (weight * (OTHER_SPEAKER if phrase.speakers - first.speakers else 1), phrase)
        for weight, phrase in others
        if not phrase.stems & first.stems and phrase.size + first.size <= LABEL_WORDS
    ]
    if len(first.speakers) < FEW:
        candidates = [pair for pair in candidates if pair[1].speakers - first.speakers] or candidates
    return max(candidates, key=lambda pair: pair[0], default=None)


def _wordings(
    text: str, its_words: Sequence[Word], wanted: frozenset[str], people: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Yield the length and the text of each run without a mark or a name that begins and ends with a wanted stem."""
    stems = [stem(word.text) for word in its_words]
    for first in (place for place, key in enumerate(stems) if key in wanted):
        missing = wanted - {stems[first]}
        for last in range(first + 1, min(first + LABEL_WORDS, len(its_words))):
            if not _follows(text, its_words, last) or stems[last] in people:
                break
            missing -= {stems[last]}
            if not missing:
                yield last - first + 1, text[its_words[first].start : its_words[last].end]
                break
