"""Phrases that members of a cluster really use: from its segments to what a label can be made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from pipeline.describe.usage import Usage, Voices, content_stems, spread
from pipeline.records import Segment
from pipeline.words import Word, is_stop_word, stem

LONGEST = 4
"""Words of a phrase; two phrases then still make a label that is read at a glance."""

_GAPS = (" ", "-")


class Shared(IntEnum):
    """Who uses a word, best first. The last is for words that one group alone uses, or that the template gave."""

    AS_IT_IS = 0  # two voices of the cluster, in this form
    BY_STEM = 1  # two voices of the cluster, in some form
    IN_THE_EVENT = 2  # two groups of the event
    NOT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words of a segment that follow each other, verbatim, with content words at both ends.

    `voices` is how many use it as a whole, `shared` what its least shared word is, `common` has the content stems
    that two voices of the cluster use, and `weight` is theirs.
    """

    text: str
    size: int
    voices: int
    stems: frozenset[str]
    common: frozenset[str]
    weight: float
    shared: Shared


def phrases_of(rows: Sequence[int], segments: Sequence[Segment], usage: Usage, voices: Voices) -> list[Phrase]:
    """Every phrase of the cluster of `rows` once, in reading order."""
    runs = [(row, list(_runs(segments[row].text, usage.words[row]))) for row in rows]
    said_by = spread(
        (speaker, map(_key, its_runs)) for speaker, (_, its_runs) in zip(voices.speakers, runs, strict=True)
    )
    found: dict[str, Phrase] = {}
    for row, its_runs in runs:
        for run in its_runs:
            text = segments[row].text[run[0].start : run[-1].end]
            found.setdefault(text.casefold(), _phrase(text, run, said_by[_key(run)], usage, voices))
    return list(found.values())


def _runs(text: str, its_words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    for first, word in enumerate(its_words):
        if is_stop_word(word.text):
            continue
        for last in range(first, min(first + LONGEST, len(its_words))):
            if last > first and text[its_words[last - 1].end : its_words[last].start] not in _GAPS:
                break
            if not is_stop_word(its_words[last].text):
                yield its_words[first : last + 1]


def _key(run: Sequence[Word]) -> tuple[str, ...]:
    return tuple(stem(word.text) for word in run)


def _phrase(text: str, run: Sequence[Word], said_by: int, usage: Usage, voices: Voices) -> Phrase:
    stems = content_stems(run)
    common = frozenset(key for key in stems if voices.stems[key] > 1)
    return Phrase(
        text=text,
        size=len(run),
        voices=said_by,
        stems=stems,
        common=common,
        weight=sum(sorted(voices.weights[key] for key in common)),
        shared=max(_shared(word.text, usage, voices) for word in run),
    )


def _shared(word: str, usage: Usage, voices: Voices) -> Shared:
    key = stem(word)
    if key in usage.template:
        return Shared.NOT
    if voices.forms[word.casefold()] > 1:
        return Shared.AS_IT_IS
    if voices.stems.get(key, 0) > 1:
        return Shared.BY_STEM
    return Shared.IN_THE_EVENT if is_stop_word(word) or usage.groups[key] > 1 else Shared.NOT
