"""The forms that dates take in notes: data/date_forms.toml, filled with a language's words of data/dates.toml.

Date expressions in a line of notes; times of day, scores and the verb "may" are none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.text import data_table

_EDGE = r"(?<![\w#@$€£/.:\-])"
"""What may not stand before a date: it would be part of a tag, a handle, a sum, a path or a number."""

_NUMERAL = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|ª|°|\.)?"
_YEAR = r"(?:19|20)\d\d"
_PARTS = ("early", "start", "middle", "end", "late")
_OPTIONAL = ("the", "between", "from", "coming")
"""Words without which a form is still whole."""


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a date; `needs` is the hint without which it cannot match."""

    name: str
    needs: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class DateWords:
    """One language's words for dates; `months[0]` matches January, `weekdays[0]` Monday, `numbers[0]` one."""

    months: tuple[re.Pattern[str], ...]
    weekdays: tuple[re.Pattern[str], ...]
    numbers: tuple[re.Pattern[str], ...]
    ordinals: tuple[re.Pattern[str], ...]
    nth: tuple[re.Pattern[str], ...]
    units: dict[str, re.Pattern[str]]
    days: dict[int, re.Pattern[str]]
    end_of: dict[str, re.Pattern[str]]
    parts: tuple[tuple[str, re.Pattern[str]], ...]
    this: re.Pattern[str]
    next: re.Pattern[str]
    last: re.Pattern[str]
    coming: re.Pattern[str]
    counted: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    on: re.Pattern[str]
    plain: frozenset[str]
    capital: bool
    hints: dict[str, re.Pattern[str]]
    forms: tuple[Form, ...]
    through: re.Pattern[str]
    join: re.Pattern[str]
    between: re.Pattern[str]
    month_before: re.Pattern[str]
    starting: re.Pattern[str]
    periods: dict[str, re.Pattern[str]]
    deadline: re.Pattern[str]
    occasion: re.Pattern[str]


@cache
def words_of(language: str) -> DateWords:
    """ISO 639-1 code to the words of that language; English where dates.toml has none."""
    data = data_table("dates.toml")
    if language not in data:
        return words_of("en")
    raw = data[language]
    counted = rf"(?P<number>\d{{1,3}}|{_any(*raw['numbers'])})\s?(?P<unit>{_any(*raw['units'].values())})"
    return DateWords(
        months=_each(raw["months"]),
        weekdays=_each(raw["weekdays"]),
        numbers=_each(raw["numbers"]),
        ordinals=_each(raw.get("ordinals", [])),
        nth=_each(raw.get("nth", [])),
        units={name: _whole(words) for name, words in raw["units"].items()},
        days={int(offset): _whole(words) for offset, words in raw["days"].items()},
        end_of={name: _whole(words) for name, words in raw["end_of"].items()},
        parts=tuple((name, _whole(raw[name])) for name in _PARTS if name in raw),
        this=_whole(raw["this"]),
        next=_whole(_any(raw["next"], raw["after_next"])),
        last=_whole(_any(raw["last"], raw["after_last"])),
        coming=_whole(raw.get("coming", "")),
        counted=re.compile(rf"(?<![^\W\d]){counted}(?!\w)", re.IGNORECASE),
        before=_whole(raw["before"]),
        after=_leading(raw["after"], raw["since"]),
        on=_leading(raw["on"]),
        plain=frozenset(raw["plain"]),
        capital=raw["capital"],
        hints=_hints(raw),
        forms=tuple(_forms(raw)),
        through=re.compile(rf"\s?[-–—]\s?|\s(?:{raw.get('through') or '(?!)'})\s", re.IGNORECASE),
        join=re.compile(rf"\s(?:{raw['join']})\s", re.IGNORECASE),
        between=_leading(raw.get("between", "")),
        month_before=re.compile(rf"(?<!\w)(?:{_any(*raw['months'])})\.?\s$", re.IGNORECASE),
        starting=re.compile(rf"(?<!\w)(?P<count>{_count(raw)}){raw.get('starting', '(?!)')}\s$", re.IGNORECASE),
        periods={name: _leading(raw.get(f"{name}_of", "")) for name in ("week", "month")},
        deadline=_leading(raw["by"], raw["before"]),
        occasion=re.compile(rf"(?<!\w)(?:{raw['occasions']})(?!\w)", re.IGNORECASE),
    )


def _hints(raw: dict[str, Any]) -> dict[str, re.Pattern[str]]:
    """What a line must hold for a form to be tried: most lines hold nothing of it, and are left alone."""
    words = {
        "month": _any(*raw["months"]),
        "weekday": _any(*raw["weekdays"]),
        "unit": _any(*raw["units"].values()),
        "relative": _any(*raw["days"].values()),
        "season": _any(raw["seasons"], raw["holidays"]),
        "end_of": _any(*raw["end_of"].values()),
        "now": raw.get("now", ""),
    }
    hints = {
        name: re.compile(rf"(?<![^\W\d])(?:{some})s?(?![^\W\d])", re.IGNORECASE) for name, some in words.items() if some
    }
    return {"digit": re.compile(r"\d"), **hints}


def _forms(raw: dict[str, Any]) -> Iterator[Form]:
    """The forms that a language has all the words for."""
    words = _placeholders(raw)
    for form in data_table("date_forms.toml")["form"]:
        used = re.findall(r"%([a-z_]+)", form["pattern"])
        if all(words[name] or name in _OPTIONAL for name in used):
            filled = re.sub(r"%([a-z_]+)", lambda use: words[use[1]] or "(?!)", form["pattern"])
            yield Form(form["name"], form["needs"], re.compile(rf"{_EDGE}{filled}(?!\w)", re.IGNORECASE))


_SINGLE = (
    "the",
    "now",
    "from",
    "between",
    "in",
    "next",
    "last",
    "coming",
    "earlier",
    "rest",
    "more_than",
    "after_the_next",
    "before",
    "after",
    "on",
    "within",
    "from_now",
)
"""Words of a language that stand in a pattern by themselves."""


def _placeholders(raw: dict[str, Any]) -> dict[str, str]:
    """What `%name` stands for in date_forms.toml; empty where the language has no words for it."""
    weekday, of = _any(*raw["weekdays"]), rf"(?:\s(?:{raw['of']}))?"
    part = _any(*(raw.get(name, "") for name in _PARTS))
    words = {
        **{name: raw.get(name, "") for name in _SINGLE},
        **{name: raw[name] for name in ("ago", "ago_before", "seasons", "holidays")},
        **{f"u_{unit}": some for unit, some in raw["units"].items()},
        "month": _any(*raw["months"]),
        "weekday": weekday,
        "day": _any(_NUMERAL, *raw.get("ordinals", [])),
        "year": _YEAR,
        "nth": _any(*raw.get("nth", [])),
        "number": _any(r"\d{1,3}", *raw["numbers"]),
        "unit": _any(*raw["units"].values()),
        "days": _any(*raw["days"].values()),
        "end_of": _any(*raw["end_of"].values()),
        "which": _any(raw["this"], raw["next"], raw["last"], raw.get("coming", "")),
        "later": _any(raw["after_next"], raw["after_last"]) or "(?!)",
    }
    return {
        **{name: f"(?:{some})" if some else "" for name, some in words.items()},
        "of": of,
        "named": rf"(?:(?:{weekday})\.?,?\s)",
        "through": rf"(?:\s?[-–/]\s?|\s(?:{_any(raw['join'], raw.get('through', ''))})\s)",
        "part": rf"(?:(?P<first>{part})(?:\s?(?:{raw['join']}|[-–/])\s?(?P<second>{part}))?[\s-]{{0,2}})",
        "count": _count(raw),
    }


def _count(raw: dict[str, Any]) -> str:
    """3 weeks, "1 month and 21 days": up to three pairs of a number and a unit."""
    number, unit = _any(r"\d{1,3}", *raw["numbers"]), _any(*raw["units"].values())
    pair = rf"(?:{number})\s?(?:{unit})"
    return rf"{pair}(?:(?:,|\s(?:{raw['join']}))?\s{pair}){{0,2}}"


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
    return re.compile(rf"(?<!\w)({_any(*words) or '(?!)'})\s{{0,2}}(?:the\s{{1,2}})?$", re.IGNORECASE)


def _each(words: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(_whole(word) for word in words)


_LOOK_BACK = 60
"""Code points before a date in which "between" or "for 3 days from" stands."""


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date expression `text[start:end]`: its form, and the words in the form's places.

    `past` where it can only look back ("last week", "3 days ago"). `parts` are the dates that it is made of: the two
    ends of a range, or the day that "the week of" or "3 days from" counts from.
    """

    start: int
    end: int
    form: str
    groups: Mapping[str, str]
    past: bool
    parts: tuple["DateSpan", ...] = ()


def find_dates(text: str, language: str) -> list[DateSpan]:
    """A line to its date expressions in reading order, longest where they overlap; times of day are none."""
    words = words_of(language)
    held = {name for name, pattern in words.hints.items() if pattern.search(text)}
    found = [
        DateSpan(match.start(), match.start() + len(match[0].rstrip(" .,")), form.name, groups, _is_past(groups, words))
        for form in words.forms
        if form.needs in held
        for match in form.pattern.finditer(text)
        if _is_date(text, form.name, match, words)
        for groups in [{"form": form.name, **{name: said.strip() for name, said in match.groupdict().items() if said}}]
    ]
    return _joined(text, _longest(found), words)


def _longest(found: list[DateSpan]) -> list[DateSpan]:
    kept: list[DateSpan] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept


def _joined(text: str, spans: Sequence[DateSpan], words: DateWords) -> list[DateSpan]:
    """The dates with those joined that make one: "1 May to 3 June", "the week of 1 May", "3 days from Monday"."""
    joined: list[DateSpan] = []
    for span in spans:
        start = joined[-1].end if joined else 0
        date = _led(text, max(start, span.start - _LOOK_BACK), span, words)
        if joined and date is span and _is_range(text, joined[-1], span, words):
            first = joined.pop()
            ends = first.parts if first.form == "range" else (first,)
            date = DateSpan(first.start, span.end, "range", {}, first.past and span.past, (ends[0], span))
        joined.append(date)
    return joined


def _led(text: str, start: int, span: DateSpan, words: DateWords) -> DateSpan:
    """What stands before a date and makes it another: "the week of", "for 3 days from"."""
    before = text[start : span.start]
    for unit, pattern in words.periods.items():
        lead = pattern.search(before)
        if lead:
            return DateSpan(start + lead.start(), span.end, "period", {"unit": unit}, span.past, (span,))
    lead = words.starting.search(before)
    if lead:
        return DateSpan(start + lead.start(), span.end, "lasting", {"count": lead["count"]}, span.past, (span,))
    return span


def _is_range(text: str, first: DateSpan, second: DateSpan, words: DateWords) -> bool:
    """Whether two dates are the ends of a range; joined by "and" they are only after "between"."""
    gap = text[first.end : second.start]
    if words.through.fullmatch(gap):
        return True
    return (
        bool(words.join.fullmatch(gap))
        and words.between.search(text[max(0, first.start - _LOOK_BACK) : first.start]) is not None
    )


def _is_date(text: str, form: str, match: re.Match[str], words: DateWords) -> bool:
    """Whether a match is a date rather than a verb, a number or a score."""
    groups = match.groupdict()
    if form == "numeric":
        return _is_numeric_date(text, match)
    if form == "month_number":
        return int(match["number"]) != (int(match["year"]) + 1) % 100  # "2011/12" is a school year
    if form == "year":
        return 1990 <= int(match["year"]) <= 2060  # noqa: PLR2004 (what a meeting of today speaks of)
    if form == "day_span" and words.month_before.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
        return False  # in "Nov 3 to Feb 6", "3 to Feb 6" is none
    named = (groups.get("month") or groups.get("weekday") or "").strip(" .")
    exact = any(sign.isdecimal() for sign in (groups.get("day") or "") + (groups.get("year") or ""))
    if named.casefold() not in words.plain or exact or form in _SURE:
        return True
    start = match.start("month" if groups.get("month") else "weekday")
    before = text[max(0, start - _LOOK_BACK) : start]
    both = (groups.get("month2") or " ")[0].isupper()  # "March to May", but not "may or may not"
    led = both or bool(groups.get("first") or groups.get("day")) or _DATE_WORD.search(before) is not None
    return led and (named[0].isupper() or not words.capital)


_SURE = ("nth_weekday", "weekday_in", "weekday_day", "nth_week")
"""Forms that say enough besides their month or weekday."""


def _is_numeric_date(text: str, match: re.Match[str]) -> bool:
    """Day and month in figures; with dots or hyphens they need a year, or "on" before them and a 13 or more."""
    a, b = int(match["a"]), int(match["b"])
    if not (1 <= min(a, b) <= 12 and max(a, b) <= 31):  # noqa: PLR2004 (months, days)
        return False
    if match["sep"] == "/" or match["year"]:
        return True
    return text.endswith("on ", 0, match.start()) and max(a, b) > 12  # noqa: PLR2004 (certainly a day)


_DATE_WORD = re.compile(
    r"(?:\b(?:in|by|of|until|since|from|before|after|for|on|and|to|or|this|next|last|late|early|mid|end|every|each)|[,(/–-])\s?$",
    re.IGNORECASE,
)


def _is_past(groups: Mapping[str, str], words: DateWords) -> bool:
    relative = groups.get("relative")
    if groups["form"] in ("ago", "past", "so_far") or "before" in groups or "earlier" in groups:
        return True
    if relative and "count" not in groups:
        return any(pattern.match(relative) for offset, pattern in words.days.items() if offset < 0)
    said = groups.get("which") or groups.get("later") or ""
    return bool(said and words.last.match(said))
