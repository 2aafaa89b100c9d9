"""The forms that dates take in notes, compiled per language from the words of data/dates.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_WORDS = Path(__file__).parent / "data" / "dates.toml"
_EDGE = r"(?<![\w#@$€£/.:\-])"
"""What may not stand before a date: it would be part of a tag, a handle, a sum, a path or a number."""

_NEVER = "(?!.?)"
"""Stands for words that a language does not have."""


@dataclass(frozen=True, slots=True)
class DateWords:
    """One language's words for dates; `months[0]` matches January, `weekdays[0]` Monday, `numbers[0]` one."""

    months: tuple[re.Pattern[str], ...]
    weekdays: tuple[re.Pattern[str], ...]
    numbers: tuple[re.Pattern[str], ...]
    units: dict[str, re.Pattern[str]]
    days: dict[int, re.Pattern[str]]
    end_of: dict[str, re.Pattern[str]]
    parts: tuple[tuple[str, re.Pattern[str]], ...]
    this: re.Pattern[str]
    next: re.Pattern[str]
    last: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    on: re.Pattern[str]
    plain: frozenset[str]
    capital: bool
    hint: re.Pattern[str]
    forms: tuple[tuple[str, re.Pattern[str]], ...]
    deadline: re.Pattern[str]
    occasion: re.Pattern[str]


@cache
def words_of(language: str) -> DateWords:
    """ISO 639-1 code to the words of that language; English where dates.toml has none."""
    data = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    raw = data.get(language) or data["en"]
    return DateWords(
        months=_each(raw["months"]),
        weekdays=_each(raw["weekdays"]),
        numbers=_each(raw["numbers"]),
        units={name: _whole(words) for name, words in raw["units"].items()},
        days={int(offset): _whole(words) for offset, words in raw["days"].items()},
        end_of={name: _whole(words) for name, words in raw["end_of"].items()},
        parts=tuple((name, _whole(raw[name])) for name in ("early", "middle", "late")),
        this=_whole(raw["this"]),
        next=_whole(_any(raw["next"], raw["after_next"])),
        last=_whole(_any(raw["last"], raw["after_last"])),
        before=_whole(raw["before"]),
        after=_leading(raw["after"], raw["since"]),
        on=_leading(raw["on"]),
        plain=frozenset(raw["plain"]),
        capital=raw["capital"],
        hint=_hint(raw),
        forms=tuple((name, re.compile(_EDGE + form + r"(?!\w)", re.IGNORECASE)) for name, form in _forms(raw)),
        deadline=_leading(raw["by"], raw["before"]),
        occasion=re.compile(rf"(?<!\w)(?:{raw['occasions']})(?!\w)", re.IGNORECASE),
    )


def _hint(raw: dict[str, Any]) -> re.Pattern[str]:
    """A digit or a word without which no form can match: most lines have none, and are left alone."""
    tables = (raw["units"], raw["days"], raw["end_of"])
    words = [
        *raw["months"],
        *raw["weekdays"],
        raw["seasons"],
        raw["holidays"],
        *(w for t in tables for w in t.values()),
    ]
    return re.compile(rf"\d|(?<!\w)(?:{_any(*words)})s?(?!\w)", re.IGNORECASE)


def _forms(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """One language's words to its forms, each with the named groups that `pipeline.tag.days` resolves."""
    return [*_calendar_forms(raw), *_relative_forms(raw)]


def _calendar_forms(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """Dates that name a day, month, quarter or year."""
    month, weekday, parts = _any(*raw["months"]), _any(*raw["weekdays"]), _parts(raw)
    which, later = _which(raw), _later(raw)
    of, join = rf"(?:\s(?:{raw['of']}))?", rf"(?:\s?[-–/]\s?|\s(?:{raw['join']})\s)"
    day = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|ª|°|\.)?"
    year, named = r"(?P<year>(?:19|20)\d\d)", rf"(?:(?:{weekday})\.?,?\s)?"
    return [
        ("iso", r"(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"),
        ("numeric", r"(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?:(?P=sep)(?P<year>(?:19|20)?\d\d))?(?!\.?\d|[/:%])"),
        ("day_span", rf"(?P<day>{day}){join}(?P<day2>{day}){of}\s(?P<month>{month})\.?(?:{of},?\s{year})?"),
        ("day_span", rf"(?P<month>{month})\.?\s(?P<day>{day}){join}(?P<day2>{day})(?:,?\s{year})?"),
        ("day", rf"{named}(?P<day>{day}){of}\s?(?P<month>{month})\.?(?:{of},?\s{year})?"),
        ("day", rf"{named}(?P<month>{month})\.?\s(?P<day>{day})(?!\d|:\d)(?:,?\s{year})?"),
        ("months", rf"{parts}?(?P<month>{month})\.?{join}(?P<month2>{month})\.?(?:{of},?\s{year})?"),
        ("month", rf"{parts}?(?:{which}\s)?(?P<month>{month})\.?(?:{of},?\s{year}|\s{later})?"),
        ("quarter", rf"{parts}?Q(?P<quarter>[1-4])(?:\s?{of}\s?{year})?"),
        ("half", rf"H(?P<half>[12])(?:\s?{of}\s?{year})?"),
        ("season", rf"(?:{parts}|{which}\s)(?:{raw['seasons']})(?:{of}\s{year})?"),
        ("season", rf"(?:{raw['seasons']}){of}\s{year}"),
        ("holiday", rf"(?:{raw['holidays']})(?:{of}\s{year})?"),
        ("year", rf"{parts}?{year}(?![-/]\w)"),
    ]


def _relative_forms(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """Dates that count from the day on which they are said."""
    unit, number = _any(*raw["units"].values()), _any(r"\d{1,3}", *raw["numbers"])
    which, later = _which(raw), _later(raw)
    counted = rf"(?P<number>{number})\s(?P<unit>{unit})"
    forms = [
        ("weekday", rf"(?:{which}\s)?(?P<weekday>{_any(*raw['weekdays'])})(?:(?<=day)s)?(?:\s{later})?"),
        ("relative", rf"(?P<relative>{_any(*raw['days'].values())})"),
        ("unit", rf"{_parts(raw)}?{which}\s(?P<unit>{unit})"),
        ("unit", rf"(?:\w{{1,2}}\s)?(?P<unit>{unit})\s{later}"),
        ("in", rf"(?:{raw['within']})\s{counted}"),
        ("past", rf"(?:{raw['last']})\s{counted}"),
        ("end_of", rf"(?P<end_of>{_any(*raw['end_of'].values()) or _NEVER})"),
        ("in", rf"{counted}\s(?:{raw['from_now'] or _NEVER})"),
        ("past", rf"{counted}\s(?:{raw['ago'] or _NEVER})"),
        ("past", rf"(?:{raw['ago_before'] or _NEVER})\s{counted}"),
    ]
    return [(name, form) for name, form in forms if _NEVER not in form]


def _parts(raw: dict[str, Any]) -> str:
    """Early, mid, "mid to end of": the parts of a month or year."""
    part = _any(raw["early"], raw["middle"], raw["late"])
    return rf"(?:(?P<first>{part})(?:\s?(?:{raw['join']}|[-–/])\s?(?P<second>{part}))?[\s-]{{0,2}})"


def _which(raw: dict[str, Any]) -> str:
    return rf"(?P<which>{_any(raw['this'], raw['next'], raw['last'])})"


def _later(raw: dict[str, Any]) -> str:
    """What stands after its noun ("la semana que viene"); where a language has no such words, it never matches."""
    return rf"(?P<later>{_any(raw['after_next'], raw['after_last']) or '(?!)'})"


def _any(*words: str) -> str:
    """Alternatives, longest first, so that "end of the" is read before "end"."""
    return "|".join(sorted((part for word in words if word for part in _split(word)), key=lambda w: (-len(w), w)))


def _split(words: str) -> list[str]:
    """A fragment at its top-level bars."""
    parts, depth = [""], 0
    for sign in words:
        depth += (sign in "([") - (sign in ")]")
        if sign == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words or '(?!)'})$", re.IGNORECASE)


def _leading(*words: str) -> re.Pattern[str]:
    """Words at the end of what stands before a date, an article between them and the date included."""
    return re.compile(rf"(?<!\w)({_any(*words)})\s{{0,2}}(?:the\s{{1,2}})?$", re.IGNORECASE)


def _each(words: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(_whole(word) for word in words)
