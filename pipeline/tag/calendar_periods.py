"""Weeks, months, quarters and years of the calendar as ranges of days, counted by python-dateutil; nothing of words.

Weeks are ISO 8601 weeks, Monday to Sunday; a week belongs to the month or year that its Thursday is in.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from dateutil.relativedelta import MO, TH, relativedelta
from dateutil.relativedelta import weekday as day_of_week

from pipeline.analysis_records import Precision

_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_PRECISIONS = {"weekend": Precision.DAY, "business": Precision.DAY, "half": Precision.QUARTER}
_SATURDAY = 5
_LEAP_CYCLE = 9
"""Years within which every day of the calendar occurs: 29 February skips 1900 and 2100."""

_WEEK_PARTS = {"start": (0, 2), "early": (0, 2), "middle": (1, 4), "end": (3, 6), "late": (3, 6)}
_MONTH_PARTS = {"start": (1, 10), "early": (1, 15), "middle": (11, 20), "end": (21, 31), "late": (16, 31)}
_QUARTER_PARTS = {"start": (1, 1), "early": (1, 1), "middle": (2, 2), "end": (3, 3), "late": (3, 3)}
_YEAR_PARTS = {"start": (1, 4), "early": (1, 6), "middle": (5, 8), "end": (9, 12), "late": (7, 12)}
"""First and last weekday, day or month of the parts of a period.

Weeks, years and halves of months as in Microsoft's Recognizers-Text (Specs/DateTime, commit 90e968e); the beginning,
middle and end of a month are its thirds, because people say "mid June" for the 11th to the 20th.
"""


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days, both ends included, and how exactly the words give it."""

    first: dt.date
    last: dt.date
    precision: Precision = Precision.DAY


def unit_precision(unit: str) -> Precision:
    """Return the precision of a unit; weekends and business days are precise to the day, half years to the quarter."""
    return _PRECISIONS.get(unit) or Precision(unit)


def single_day(day: dt.date) -> Days:
    """Return the range that consists of one day."""
    return Days(day, day)


def days_in_month(month: int, first: int, last: int, year: int | None, reference: dt.date) -> Days:
    """Return days `first` to `last` of a month, without a year the next ones that are not over by `reference`.

    Raise ValueError if the month never has these days.
    """
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


def calendar_months(year: int, first: int, last: int) -> Days:
    """Return months `first` to `last`; `year` is that of the last, and November to February begin the year before."""
    begin = calendar_period("month", dt.date(year - (first > last), first, 1))
    return Days(begin.first, calendar_period("month", dt.date(year, last, 1)).last, Precision.MONTH)


def calendar_period(unit: str, day: dt.date, steps: int = 0) -> Days:
    """Return the day, week, weekend, month, quarter, half or year that is `steps` after the one that holds `day`."""
    if unit in ("day", "business"):
        return single_day(day + relativedelta(days=steps))
    if unit in ("week", "weekend"):
        monday = day + relativedelta(weeks=steps, weekday=MO(-1))
        first = monday if unit == "week" else monday + relativedelta(days=_SATURDAY)
        return Days(first, monday + relativedelta(days=6), unit_precision(unit))
    size = _MONTHS_IN[unit]
    first = dt.date(day.year, (day.month - 1) // size * size + 1, 1) + relativedelta(months=steps * size)
    return Days(first, first + relativedelta(months=size, days=-1), unit_precision(unit))


def period_part(days: Days, first: str, last: str) -> Days:
    """Return a week, month, quarter or year from its part `first` to its part `last`: "mid to end of June"."""
    if days.precision is Precision.WEEK:
        begin = relativedelta(days=_WEEK_PARTS[first][0])
        end = relativedelta(days=_WEEK_PARTS[last][1])
    elif days.precision is Precision.MONTH:
        begin, end = relativedelta(day=_MONTH_PARTS[first][0]), relativedelta(day=_MONTH_PARTS[last][1])
    else:
        months = _QUARTER_PARTS if days.precision is Precision.QUARTER else _YEAR_PARTS
        begin, end = relativedelta(months=months[first][0] - 1), relativedelta(months=months[last][1], days=-1)
    return Days(days.first + begin, days.first + end, days.precision)


def nth_weekday(days: Days, nth: int, weekday: int) -> Days | None:
    """Return the nth Monday (weekday 0) of a month, the last for -1; None where it has no fifth."""
    base = days.first if nth > 0 else days.last
    day = base + relativedelta(weekday=day_of_week(weekday, nth))
    return single_day(day) if days.first <= day <= days.last else None


def nth_week(days: Days, nth: int) -> Days | None:
    """Return the nth week of a month or year, the last for -1; None where it has no fifth."""
    thursday = nth_weekday(days, nth, TH.weekday)
    return calendar_period("week", thursday.first) if thursday else None


def shifted_day(day: dt.date, count: Mapping[str, int], sign: int = 1) -> dt.date:
    """Return the day so many units later (`sign` 1) or earlier (-1); adding months does not cross a month's end."""
    months = sum(number * _MONTHS_IN[unit] for unit, number in count.items() if unit in _MONTHS_IN)
    days = count.get("day", 0) + 7 * (count.get("week", 0) + count.get("weekend", 0))
    shifted = day + sign * relativedelta(months=months, days=days)
    for _ in range(count.get("business", 0)):
        shifted += sign * relativedelta(days=1)
        while shifted.weekday() >= _SATURDAY:
            shifted += sign * relativedelta(days=1)
    return shifted
