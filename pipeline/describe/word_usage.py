"""Count who uses which words: in the whole event, and in one cluster, where each speaker counts once."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

from pipeline.segment_records import Segment
from pipeline.text import (
    Word,
    data_lines,
    data_table,
    is_stop_word,
    line_languages,
    stem,
    without_gender,
    word_list,
    words,
)

Key = TypeVar("Key", bound=Hashable)

EVENT_SIZE = 512
"""Segments of an event in the formula of a word's weight: the true number would rename concerns with each new line."""

SINGLE_SPEAKER = 0.7
"""Factor for a word that one speaker alone uses: it may name the concern, but words of several name it better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordUsage:
    """The words of an event: `words[row]` are those of a segment, in order, and `languages[row]` is its language.

    `segments` counts the segments that use a stem, stop words apart. `template` has the stems of the prompts, and
    `people` those of people's names, which name no concern.
    """

    words: tuple[tuple[Word, ...], ...]
    languages: tuple[str, ...]
    segments: Mapping[str, int]
    template: frozenset[str]
    people: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerCounts:
    """How many speakers of a cluster use a form of a word (casefolded) and a stem, and the weight of each stem.

    The speakers of a recurring cluster are its groups, so that a wordy group counts once; those of a cluster of one
    group are its segments. `speakers` has the speaker of each row.
    """

    speakers: tuple[str, ...]
    forms: Mapping[str, int]
    stems: Mapping[str, int]
    weights: Mapping[str, float]


def count_event_words(segments: Sequence[Segment], people: Iterable[str] = ()) -> WordUsage:
    """Return the words of all segments of an event; `people` are the names of persons in it."""
    words_of = tuple(tuple(words(segment.text)) for segment in segments)
    prompts = {segment.prompt for segment in segments if segment.prompt}
    return WordUsage(
        words=words_of,
        languages=tuple(line_languages(segments)),
        segments=Counter(key for its_words in words_of for key in content_stems(its_words)),
        template=frozenset(stem(word.text) for prompt in prompts for word in words(prompt)),
        people=_name_stems(people, zip((segment.text for segment in segments), words_of, strict=True)),
    )


def count_speakers(rows: Sequence[int], segments: Sequence[Segment], usage: WordUsage) -> SpeakerCounts:
    """Return the counts of the cluster of `rows`, with c-TF-IDF weights (Grootendorst 2022) that count speakers.

    Among stems that as many speakers use, the one that more segments use weighs more.
    """
    recurring = len({segments[row].group for row in rows}) > 1
    speakers = [segments[row].group if recurring else segments[row].id for row in rows]
    keys = [content_stems(usage.words[row]) for row in rows]
    forms = [{word.text.casefold() for word in usage.words[row]} for row in rows]
    stems = _count_users(zip(speakers, keys, strict=True))
    lines = Counter(key for its_keys in keys for key in its_keys)
    return SpeakerCounts(
        speakers=tuple(speakers),
        forms=_count_users(zip(speakers, forms, strict=True)),
        stems=stems,
        weights={
            key: (count + lines[key] / len(rows))
            * math.log(1 + EVENT_SIZE / usage.segments[key])
            * (1 if count > 1 else SINGLE_SPEAKER)
            for key, count in stems.items()
        },
    )


def content_stems(its_words: Iterable[Word]) -> frozenset[str]:
    """Return the stems of `its_words` without stop words."""
    return frozenset(stem(word.text) for word in its_words if not is_stop_word(word.text))


def is_light(word: str, language: str) -> bool:
    """Return whether a label may neither begin nor end with `word` (data/light_words.txt says why), in any case.

    English words are light in every language (ISO 639-1), others only in their own.
    """
    folded = without_gender(word.casefold())
    return folded in _light_words() or folded in _light_words_of(language)


def is_empty(word: str, language: str) -> bool:
    """Return whether `word` is a stop word or a light word in a language (ISO 639-1)."""
    return is_stop_word(word) or is_light(word, language)


def name_lacks(its_words: Sequence[Word], language: str) -> list[bool]:
    """Return for each word of a line whether it is the noun of a lack ("falta de tiempo"), as data/lacks.toml says."""
    lacks = data_table("lacks.toml").get(language, ())
    return [*(f"{one.text} {two.text}".casefold() in lacks for one, two in pairwise(its_words)), False][
        : len(its_words)
    ]


def noun_marks(its_words: Sequence[Word], language: str) -> list[bool | None]:
    """Return for each word of a line whether it is marked as a noun: by its capital, or by the word before it.

    In a language that data/noun_marks.toml does not have, nothing is known (None). A capital within the line is a name.
    """
    marks = data_table("noun_marks.toml")
    if language in marks["capitals"]:
        return [word.text[0].isupper() for word in its_words]
    if language not in marks["before"]:
        return [None] * len(its_words)
    before = ["", *(word.text.casefold() for word in its_words)]
    infinitive = tuple(marks["infinitive"][language])
    return [
        mark in marks["before"][language]
        or (mark != "" and word.text[0].isupper())
        or (mark in marks["before_verbs_too"][language] and not word.text.casefold().endswith(infinitive))
        for mark, word in zip(before, its_words, strict=False)
    ]


def opens_clause(word: Word, before: Word | None, language: str) -> bool:
    """Return whether a clause in a language other than English begins with `word`, or goes on after its subject.

    "Fehlt an Leuten", "Hay que traducir" and "perd les informations" (of "on perd") are no titles. `before` is the word
    before it, if joined; for English, data/light_words.txt is enough.
    """
    if language != "en" and word.text.casefold() in data_table("statement_words.toml").get(language, ()):
        return True
    return before is not None and word.text.islower() and is_marked(before, "before_verbs", language)


def is_marked(word: Word, table: str, language: str) -> bool:
    """Return whether a word is in a table of data/noun_marks.toml for its language."""
    return word.text.casefold() in data_table("noun_marks.toml")[table].get(language, ())


def is_negation(word: str, language: str) -> bool:
    """Return whether `word` denies what follows it, in a language (ISO 639-1); an unknown one is read as English."""
    negations = data_table("negations.toml")
    return word.casefold().replace("’", "'") in negations.get(language, negations["en"])


def is_lead_in(its_words: Sequence[Word], language: str) -> bool:
    """Return whether words only lead in to what follows ("the following ways") or say when ("Tuesday")."""
    said = [
        word.text.casefold()
        for word, is_lack in zip(its_words, name_lacks(its_words, language), strict=True)
        if is_lack or not is_empty(word.text, language)
    ]
    return _lead_ins(language).issuperset(said)


@cache
def _lead_ins(language: str) -> frozenset[str]:
    """Return the lead-ins of a language and English ones; those of all languages for one that has none."""
    known = data_table("lead_ins.toml")
    tables = ("en", language) if language in known else tuple(known)
    return frozenset(word for table in tables for word in known[table]) | word_list("calendar.toml", "names")


@cache
def _light_words() -> frozenset[str]:
    return frozenset(word for line in data_lines("light_words.txt") for word in line.split())


@cache
def _light_words_of(language: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in data_table("light_words.toml").get(language, ()))


def _name_stems(people: Iterable[str], lines: Iterable[tuple[str, Iterable[Word]]]) -> frozenset[str]:
    """Return the stems of people's names, except words that somebody writes in lower case: a grant is also money.

    Lower case in brackets does not count: "book the hall (hans)" names who does it.
    """
    lower = {stem(word.text) for text, its_words in lines for word in its_words if _is_lower(word, text)}
    names = {
        word.text for name in people for word in words(name) if word.text[0].isupper() and not is_stop_word(word.text)
    }
    return frozenset(stem(name + ending) for name in names if stem(name) not in lower for ending in ("", "'s", "’s"))


def _is_lower(word: Word, text: str) -> bool:
    is_bracketed = text.rfind("(", 0, word.start) > text.rfind(")", 0, word.start)
    return word.text.islower() and not is_bracketed


def _count_users(used: Iterable[tuple[str, Iterable[Key]]]) -> dict[Key, int]:
    """Return how many different speakers use each key."""
    speakers: defaultdict[Key, set[str]] = defaultdict(set)
    for speaker, keys in used:
        for key in keys:
            speakers[key].add(speaker)
    return {key: len(users) for key, users in speakers.items()}
