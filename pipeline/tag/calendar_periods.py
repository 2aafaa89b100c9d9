"""Days of the calendar counted and grouped, by python-dateutil's rules of months and weekdays; nothing of words.

Weeks are ISO 8601 weeks, Monday to Sunday; a week belongs to the month or year that its Thursday is in.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from dateutil.relativedelta import MO, TH, relativedelta
from dateutil.relativedelta import weekday as day_of_week

from pipeline.analysis_records import Precision

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
_SATURDAY = 5
_PRECISIONS = {"weekend": Precision.DAY, "business": Precision.DAY}
_LEAP_CYCLE = 9
"""Years in which every day of the calendar comes once more: 29 February skips 1900 and 2100."""

_WEEK_PARTS = {"start": (0, 2), "early": (0, 2), "middle": (1, 4), "end": (3, 6), "late": (3, 6)}
_MONTH_PARTS = {"start": (1, 10), "early": (1, 15), "middle": (11, 20), "end": (21, 31), "late": (16, 31)}
_QUARTER_PARTS = {"start": (1, 1), "early": (1, 1), "middle": (2, 2), "end": (3, 3), "late": (3, 3)}
_YEAR_PARTS = {"start": (1, 4), "early": (1, 6), "middle": (5, 8), "end": (9, 12), "late": (7, 12)}
"""First and last weekday, day, or month of the parts of a period.

Weeks, years and halves of months as in Microsoft's Recognizers-Text (Specs/DateTime, commit 90e968e); a month's
beginning, middle and end are its thirds, as people say "mid June" for the 11th to the 20th.
"""


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days, both ends included, and how exactly it was said."""

    first: dt.date
    last: dt.date
    precision: Precision = Precision.DAY


def precision_of(unit: str) -> Precision:
    """The precision of a unit; weekends and business days name days."""
    return _PRECISIONS.get(unit) or Precision(unit)


def one(day: dt.date, precision: Precision = Precision.DAY) -> Days:
    """A single day."""
    return Days(day, day, precision)


def coming(month: int, first: int, last: int, year: int | None, reference: dt.date) -> Days:
    """Days `first` to `last` of a month; without a year, when they are next not over. Raises ValueError if never."""
    if year is not None:
        return Days(dt.date(year, month, first), dt.date(year, month, last))
    for candidate in range(reference.year, reference.year + _LEAP_CYCLE):
        try:
            days = Days(dt.date(candidate, month, first), dt.date(candidate, month, last))
        except ValueError:
            continue
        if days.last >= reference:
            return days
    raise ValueError(f"month {month} never has a day {last}")


def month_of(year: int, month: int) -> Days:
    """A month of the calendar."""
    return period("month", dt.date(year, month, 1))


def months_of(year: int, first: int, last: int) -> Days:
    """Months of the calendar; where the last is smaller than the first they begin in the year before."""
    return Days(month_of(year - (first > last), first).first, month_of(year, last).last, Precision.MONTH)


def quarters_of(year: int, size: int, index: int) -> Days:
    """The `index`-th quarter (size 3) or half (size 6) of a year, from 1."""
    start = dt.date(year, size * (index - 1) + 1, 1)
    return Days(start, start + relativedelta(months=size, days=-1), Precision.QUARTER)


def whole_year(year: int) -> Days:
    """A calendar year."""
    return Days(dt.date(year, 1, 1), dt.date(year, 12, 31), Precision.YEAR)


def period(unit: str, day: dt.date, steps: int = 0) -> Days:
    """The day, week, weekend, month, quarter or year `steps` after the one that holds `day`."""
    if unit in ("day", "business"):
        return one(day + relativedelta(days=steps))
    if unit in ("week", "weekend"):
        monday = day + relativedelta(weeks=steps, weekday=MO(-1))
        first = monday if unit == "week" else monday + relativedelta(days=_SATURDAY)
        return Days(first, monday + relativedelta(days=6), precision_of(unit))
    size = _MONTHS_IN[unit]
    start = dt.date(day.year, (day.month - 1) // size * size + 1, 1) + relativedelta(months=steps * size)
    return Days(start, start + relativedelta(months=size, days=-1), precision_of(unit))


def part(days: Days, first: str, last: str) -> Days:
    """From the part `first` to the part `last` of a week, month, quarter or year: "mid to end of June"."""
    start = days.first
    if days.precision is Precision.WEEK:
        ends = _WEEK_PARTS[first][0], _WEEK_PARTS[last][1]
        return Days(start + relativedelta(days=ends[0]), start + relativedelta(days=ends[1]), days.precision)
    if days.precision is Precision.MONTH:
        ends = _MONTH_PARTS[first][0], _MONTH_PARTS[last][1]
        return Days(start + relativedelta(day=ends[0]), start + relativedelta(day=ends[1]), days.precision)
    table = _QUARTER_PARTS if days.precision is Precision.QUARTER else _YEAR_PARTS
    months = relativedelta(months=table[first][0] - 1), relativedelta(months=table[last][1], days=-1)
    return Days(start + months[0], start + months[1], days.precision)


def nth_weekday_of(days: Days, nth: int, weekday: int) -> Days | None:
    """The nth Monday (weekday 0) of a month, -1 for the last; None where it has no fifth."""
    base = days.first if nth > 0 else days.last
    day = base + relativedelta(weekday=day_of_week(weekday, nth))
    return one(day) if days.first <= day <= days.last else None


def nth_week_of(days: Days, nth: int) -> Days | None:
    """The nth week of a month or year, -1 for the last."""
    base = days.first if nth > 0 else days.last
    thursday = base + relativedelta(weekday=TH(nth))
    return period("week", thursday) if days.first <= thursday <= days.last else None


def weekday_of(week: Days, weekday: int) -> dt.date:
    """The Monday (weekday 0), and so on, of a week."""
    return week.first + relativedelta(weekday=day_of_week(weekday))


def added(day: dt.date, count: Mapping[str, int], sign: int = 1) -> dt.date:
    """A day so many units later (`sign` 1) or earlier (-1); adding months does not run over a month's end."""
    months = sum(number * _MONTHS_IN[unit] for unit, number in count.items() if unit in _MONTHS_IN)
    days = count.get("day", 0) + 7 * (count.get("week", 0) + count.get("weekend", 0))
    moved = day + sign * relativedelta(months=months, days=days)
    for _ in range(count.get("business", 0)):
        moved += sign * relativedelta(days=1)
        while moved.weekday() >= _SATURDAY:
            moved += sign * relativedelta(days=1)
    return moved
