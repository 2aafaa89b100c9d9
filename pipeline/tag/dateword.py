"""The words in a date's places to numbers: which month, how many weeks, how many steps ahead."""

import re
from collections.abc import Mapping, Sequence

from pipeline.tag.dateforms import DateWords

Groups = Mapping[str, str]
"""The words in the places of a date's form."""

_PIVOT = 70
"""Two digits from here on are a year of the last century, as in POSIX's strptime (69 there)."""


def index(patterns: Sequence[re.Pattern[str]], word: str) -> int:
    """The place, from 1, of the month, weekday or number that a word is."""
    return next(place for place, pattern in enumerate(patterns, 1) if pattern.match(word.strip(" .")))


def number(words: DateWords, word: str) -> int:
    """A number or ordinal in figures or words: "3", "3rd", "third", "three"."""
    digits = "".join(sign for sign in word if sign.isdecimal())
    if digits:
        return int(digits)
    ordinal = any(pattern.match(word) for pattern in words.ordinals)
    return index(words.ordinals if ordinal else words.numbers, word)


def nth(words: DateWords, word: str) -> int:
    """First to fifth as 1 to 5, last as -1."""
    place = index(words.nth, word)
    return place if place < len(words.nth) else -1


def unit_name(words: DateWords, word: str) -> str:
    """The name of a unit: day week weekend month quarter year business."""
    return next(name for name, pattern in words.units.items() if pattern.match(word))


def count_of(words: DateWords, said: str) -> dict[str, int]:
    """A counted time to its units: "1 month and 21 days" is {"month": 1, "day": 21}."""
    count: dict[str, int] = {}
    for pair in words.counted.finditer(said):
        unit = unit_name(words, pair["unit"])
        count[unit] = count.get(unit, 0) + number(words, pair["number"])
    return count


def offset(words: DateWords, relative: str) -> int:
    """Days from today to tomorrow, yesterday, and so on."""
    return next(days for days, pattern in words.days.items() if pattern.match(relative))


def steps_of(words: DateWords, said: str) -> int:
    """How many periods ahead "this" (0), "next" and "coming" (1) or "last" (-1) are."""
    if words.this.match(said):
        return 0
    return -1 if words.last.match(said) and not words.next.match(said) else 1


def part_of(words: DateWords, word: str) -> str:
    """The name of a part: start early middle end late."""
    said = (word.strip(), f"{word.strip()} ")  # "mid of" is "mid", a space, "of" and a space
    return next(name for name, pattern in words.parts if any(pattern.match(way) for way in said))


def year_of(groups: Groups) -> int | None:
    """The year that was said, if any."""
    said = groups.get("year") or groups.get("year2")
    if not said:
        return None
    year = int(said)
    if year >= 100:  # noqa: PLR2004 (written in full)
        return year
    return year + (1900 if year >= _PIVOT else 2000)
