"""The days that a date expression stands for, seen from a reference date."""

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.tag.dateforms import DateWords, words_of
from pipeline.tag.dates import DateSpan

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days, both ends included."""

    first: dt.date
    last: dt.date


def resolve(span: DateSpan, reference: dt.date, language: str) -> Days | None:
    """A date expression to its days, None where two readings are possible ("12/6", "next Friday").

    A day or month without a year is the next one; weeks are ISO 8601 weeks, Monday to Sunday; the thirds of a
    month end on the 10th, the 20th and its last day.
    """
    reader = _READERS.get(span.form)
    if reader is None or span.past:
        return None
    groups = {name: value.strip() for name, value in span.match.groupdict().items() if value}
    try:
        return reader(groups, reference, words_of(language))
    except (ValueError, OverflowError):  # 31 June, or a date beyond the calendar
        return None


Groups = dict[str, str]
Reader = Callable[[Groups, dt.date, DateWords], Days | None]


def _iso(groups: Groups, _reference: dt.date, _words: DateWords) -> Days | None:
    day = dt.date(int(groups["year"]), int(groups["month"]), int(groups["day"]))
    return Days(day, day)


def _numeric(groups: Groups, reference: dt.date, _words: DateWords) -> Days | None:
    a, b = int(groups["a"]), int(groups["b"])
    if groups["sep"] == "/" and a != b and max(a, b) <= 12:  # noqa: PLR2004 (day or month? nobody can tell)
        return None
    day, month = (a, b) if groups["sep"] == "." or a >= b else (b, a)
    year = int(groups.get("year", "0")) or None
    if year and year < 100:  # noqa: PLR2004 (two digits mean this century)
        year += 2000
    return _dated(day, day, month, year, reference)


def _day(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    first = _number(groups["day"])
    last = _number(groups.get("day2", groups["day"]))
    return _dated(first, last, _index(words.months, groups["month"]), _year(groups), reference)


def _months(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    month = _index(words.months, groups["month"])
    last = _index(words.months, groups.get("month2", groups["month"]))
    year = _year(groups) or _coming_year(last, calendar.monthrange(2000, last)[1], reference)
    if words.last.match(groups.get("which", "")) or words.next.match(groups.get("which", "")):
        return None  # "next May" in April: this year's or the one after?
    days = Days(_month(year - (month > last), month).first, _month(year, last).last)
    return _thirds(groups, days, words) if "first" in groups and month == last else days


def _quarter(groups: Groups, reference: dt.date, _words: DateWords) -> Days | None:
    size, index = (3, int(groups["quarter"])) if "quarter" in groups else (6, int(groups["half"]))
    month = size * index
    year = _year(groups) or _coming_year(month, calendar.monthrange(2000, month)[1], reference)
    return Days(dt.date(year, month - size + 1, 1), _month(year, month).last) if "first" not in groups else None


def _weekday(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    ahead = (_index(words.weekdays, groups["weekday"]) - 1 - reference.weekday()) % 7
    said = groups.get("which") or groups.get("later")
    if ahead == 0 or (said and not words.this.match(said)):
        return None  # today or in a week? this week's or next week's?
    day = reference + dt.timedelta(days=ahead)
    return Days(day, day)


def _relative(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    offset = next(days for days, pattern in words.days.items() if pattern.match(groups["relative"]))
    day = reference + dt.timedelta(days=offset)
    return Days(day, day)


def _unit(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    unit = _unit_name(words, groups["unit"])
    said = groups.get("which") or groups["later"]
    steps = 0 if words.this.match(said) else 1
    days = _period(unit, reference, steps)
    return _thirds(groups, days, words) if days and unit == "month" and "first" in groups else days


def _in(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    written = groups["number"]
    number = int(written) if written.isdecimal() else _index(words.numbers, written)
    unit = _unit_name(words, groups["unit"])
    if unit in _MONTHS_IN:
        last = _add_months(reference, number * _MONTHS_IN[unit])
    elif unit in ("day", "week"):
        last = reference + dt.timedelta(days=number * (7 if unit == "week" else 1))
    else:
        return None
    return Days(reference, last)


def _end_of(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    unit = next(name for name, pattern in words.end_of.items() if pattern.match(groups["end_of"]))
    days = _period(unit, reference, 0)
    return Days(days.last, days.last) if days else None


def _whole_year(groups: Groups, _reference: dt.date, words: DateWords) -> Days | None:
    year = int(groups["year"])
    if "first" in groups and _part(words, groups.get("second", groups["first"])) != "late":
        return None
    return Days(dt.date(year, 1, 1), dt.date(year, 12, 31))


_READERS: dict[str, Reader] = {
    "iso": _iso,
    "numeric": _numeric,
    "day": _day,
    "day_span": _day,
    "month": _months,
    "months": _months,
    "quarter": _quarter,
    "half": _quarter,
    "weekday": _weekday,
    "relative": _relative,
    "unit": _unit,
    "in": _in,
    "end_of": _end_of,
    "year": _whole_year,
}


def _dated(first: int, last: int, month: int, year: int | None, reference: dt.date) -> Days:
    year = year or _coming_year(month, last, reference)
    return Days(dt.date(year, month, first), dt.date(year, month, last))


def _thirds(groups: Groups, days: Days, words: DateWords) -> Days:
    ends = {"early": (1, 10), "middle": (11, 20), "late": (21, days.last.day)}
    first = ends[_part(words, groups["first"])][0]
    last = ends[_part(words, groups.get("second", groups["first"]))][1]
    return Days(days.first.replace(day=first), days.last.replace(day=last))


def _period(unit: str, reference: dt.date, steps: int) -> Days | None:
    """The day, week, month, quarter or year `steps` after the one that holds the reference date."""
    if unit in ("day", "week", "weekend"):
        sunday = reference + dt.timedelta(days=_SUNDAY - reference.weekday(), weeks=steps)
        if unit == "day":
            return Days(reference + dt.timedelta(days=steps), reference + dt.timedelta(days=steps))
        return Days(sunday - dt.timedelta(days=6 if unit == "week" else 1), sunday)
    size = _MONTHS_IN[unit]
    index = (reference.year * 12 + reference.month - 1) // size * size + steps * size
    year, month = divmod(index, 12)
    end_year, end_month = divmod(index + size - 1, 12)
    return Days(dt.date(year, month + 1, 1), _month(end_year, end_month + 1).last)


def _month(year: int, month: int) -> Days:
    return Days(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = _month(year, month + 1).last
    return last.replace(day=min(day.day, last.day))


def _coming_year(month: int, day: int, reference: dt.date) -> int:
    return reference.year + ((month, day) < (reference.month, reference.day))


def _index(patterns: tuple[re.Pattern[str], ...], word: str) -> int:
    return next(number for number, pattern in enumerate(patterns, 1) if pattern.match(word.strip(" .")))


def _unit_name(words: DateWords, word: str) -> str:
    return next(name for name, pattern in words.units.items() if pattern.match(word))


def _part(words: DateWords, word: str) -> str:
    return next(name for name, pattern in words.parts if pattern.match(word.strip()))


def _number(word: str) -> int:
    return int("".join(sign for sign in word if sign.isdecimal()))


def _year(groups: Groups) -> int | None:
    return int(groups["year"]) if "year" in groups else None
