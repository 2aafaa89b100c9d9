"""Who uses which words: from segments to what concerns are named and weighed with."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from pipeline.analysis_records import Segment
from pipeline.text import Word, data_lines, is_stop_word, stem, words

Key = TypeVar("Key", bound=Hashable)

EVENT = 512
"""Segments of an event, when words are weighed: the true number would let a line more change other concerns' names."""

ALONE = 0.7
"""What a word weighs that one voice alone uses: it may name the concern, but words of several do so better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The words of an event: `words[row]` are those of a segment, in order; `template` has the stems of its prompts.

    `segments` and `groups` say how many segments and how many groups use a stem; stop words are not counted. `people`
    has the stems that name somebody, by which no concern is called.
    """

    words: tuple[tuple[Word, ...], ...]
    segments: Mapping[str, int]
    groups: Mapping[str, int]
    template: frozenset[str]
    people: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """How many voices of a cluster use a form of a word (case apart) and a stem, and how heavy a stem weighs.

    The voices of a recurring cluster are its groups, so that a wordy one counts once; those of a cluster of one group
    are its segments. `speakers` has the voice of each segment.
    """

    speakers: tuple[str, ...]
    forms: Mapping[str, int]
    stems: Mapping[str, int]
    weights: Mapping[str, float]


def usage_of(segments: Sequence[Segment], people: Iterable[str] = ()) -> Usage:
    """The usage of words in all segments of an event, of whose words some are names of `people`."""
    found = tuple(tuple(words(segment.text)) for segment in segments)
    stems = [content_stems(its_words) for its_words in found]
    prompts = {segment.prompt for segment in segments if segment.prompt}
    return Usage(
        words=found,
        segments=Counter(key for keys in stems for key in keys),
        groups=spread((segment.group, keys) for segment, keys in zip(segments, stems, strict=True)),
        template=frozenset(stem(word.text) for prompt in prompts for word in words(prompt)),
        people=_only_names(people, found),
    )


def voices_of(rows: Sequence[int], segments: Sequence[Segment], usage: Usage) -> Voices:
    """The voices of the cluster of `rows`, with c-TF-IDF weights (Grootendorst 2022) that count voices, not words.

    Among stems that as many voices use, the one that more of the segments use weighs more.
    """
    recurring = len({segments[row].group for row in rows}) > 1
    speakers = [segments[row].group if recurring else segments[row].id for row in rows]
    keys = [content_stems(usage.words[row]) for row in rows]
    forms = [{word.text.casefold() for word in usage.words[row]} for row in rows]
    stems = spread(zip(speakers, keys, strict=True))
    lines = Counter(key for its_keys in keys for key in its_keys)
    return Voices(
        speakers=tuple(speakers),
        forms=spread(zip(speakers, forms, strict=True)),
        stems=stems,
        weights={
            key: (count + lines[key] / len(rows))
            * math.log(1 + EVENT / usage.segments[key])
            * (1 if count > 1 else ALONE)
            for key, count in stems.items()
        },
    )


def _only_names(people: Iterable[str], found: Iterable[Iterable[Word]]) -> frozenset[str]:
    """The stems of people's names but of such as somebody writes small: a grant is money, whoever is called Grant."""
    small = {stem(word.text) for its_words in found for word in its_words if word.text.islower()}
    named = {
        word.text for name in people for word in words(name) if word.text[0].isupper() and not is_stop_word(word.text)
    }
    return frozenset(stem(name + owned) for name in named if stem(name) not in small for owned in ("", "'s", "’s"))


def content_stems(its_words: Iterable[Word]) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(stem(word.text) for word in its_words if not is_stop_word(word.text))


def is_light(word: str) -> bool:
    """Whether a label may neither begin nor end with `word`: light_words.txt says why."""
    return word.casefold() in _light_words()


@cache
def _light_words() -> frozenset[str]:
    return frozenset(word for line in data_lines("light_words.txt") for word in line.split())


def spread(used: Iterable[tuple[str, Iterable[Key]]]) -> dict[Key, int]:
    """How many different speakers use each key."""
    speakers: defaultdict[Key, set[str]] = defaultdict(set)
    for speaker, keys in used:
        for key in keys:
            speakers[key].add(speaker)
    return {key: len(who) for key, who in speakers.items()}
