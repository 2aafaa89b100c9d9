"""From a date expression and a reference date to the days that it stands for.

    DateSpan + reference date ─ _RESOLVERS[form] ─> Days, or None where two answers are possible ("12/6", "next Friday")

A day or month without a year is the next one, and what hangs on a season or holiday has no days. Weeks are ISO 8601
weeks, Monday to Sunday; a week belongs to the month or year that its Thursday is in. Each resolver's docstring gives
examples of what it resolves; data/date_forms.toml has more.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from dateutil.relativedelta import MO, TH, relativedelta
from dateutil.relativedelta import weekday as day_of_week

from pipeline.segment_records import Precision
from pipeline.tag.date_expressions import DateSpan

_DAY = dt.timedelta(days=1)
_PIVOT = 70
"""Two digits from here on are a year of the last century, as in POSIX's strptime (69 there)."""

_STEPS = {"this": 0, "last": -1, "next": 1, "coming": 1}
_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_PRECISIONS = {"weekend": Precision.DAY, "business": Precision.DAY, "half": Precision.QUARTER}
"""The precision of units that have another name than it."""

_SATURDAY = 5
_LEAP_CYCLE = 9
"""Years within which every day of the calendar occurs: 29 February skips 1900 and 2100."""

_SOME_DAY, _ANOTHER_DAY = dt.date(1999, 2, 6), dt.date(2051, 9, 28)
"""Two days that differ in year, quarter, month, half of the month, week of the year and weekday: no expression that is
counted from the day of writing stands for the same days seen from both."""

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


def resolve(span: DateSpan, reference: dt.date | None) -> Days | None:
    """Return the days of a date expression, seen from a reference date; None where they are not certain.

    Without a reference date, only an expression that names its year has days. One that looks back ("last week") has
    days, too; whether it can be a deadline is for the caller to decide.
    """
    if reference is None:
        days = resolve(span, _SOME_DAY)
        return days if days == resolve(span, _ANOTHER_DAY) else None
    try:
        if span.parts:
            return _composed(span, reference)
        resolver = _RESOLVERS.get(span.form)
        return resolver(span, reference) if resolver else None
    except (ValueError, OverflowError):  # 31 June, or a date beyond the calendar
        return None


def _composed(span: DateSpan, reference: dt.date) -> Days | None:
    """Resolve a range, "the week of 1 May" or "for 3 days from Monday"."""
    begin, end = span.parts[0], span.parts[-1]
    if "year" in end.groups and begin.form in ("day", "month", "numeric"):  # 1 May to 3 June 2019
        begin = replace(begin, groups={"year": end.groups["year"], **begin.groups})
    first = resolve(begin, reference)
    if first is None:
        return None
    if span.form == "period":
        return calendar_period(span.groups["unit"], first.first)
    if span.form == "lasting":
        return Days(first.first, shifted_day(first.first, span.words.count(span.groups["count"])) - _DAY)
    last = resolve(end, max(reference, first.first))
    if last and last.last < first.first:  # "between November and now": the November before
        first = resolve(span.parts[0], shifted_day(reference, {"year": 1}, -1))
    if last is None or first is None or last.last < first.first:
        return None
    return Days(first.first, last.last, max(first.precision, last.precision, key=tuple(Precision).index))


# Arithmetic of the calendar


def calendar_period(unit: str, day: dt.date, steps: int = 0) -> Days:
    """Return the day, week, weekend, month, quarter, half or year that is `steps` after the one that holds `day`."""
    precision = _PRECISIONS.get(unit) or Precision(unit)
    if unit in ("day", "business"):
        first = last = day + steps * _DAY
    elif unit in ("week", "weekend"):
        monday = day + relativedelta(weeks=steps, weekday=MO(-1))
        first, last = monday if unit == "week" else monday + _SATURDAY * _DAY, monday + 6 * _DAY
    else:
        size = _MONTHS_IN[unit]
        first = dt.date(day.year, (day.month - 1) // size * size + 1, 1) + relativedelta(months=steps * size)
        last = first + relativedelta(months=size, days=-1)
    return Days(first, last, precision)


def period_part(days: Days, first: str, last: str) -> Days:
    """Return a week, month, quarter or year from its part `first` to its part `last`: "mid to end of June"."""
    if days.precision is Precision.WEEK:
        begin, end = relativedelta(days=_WEEK_PARTS[first][0]), relativedelta(days=_WEEK_PARTS[last][1])
    elif days.precision is Precision.MONTH:
        begin, end = relativedelta(day=_MONTH_PARTS[first][0]), relativedelta(day=_MONTH_PARTS[last][1])
    else:
        months = _QUARTER_PARTS if days.precision is Precision.QUARTER else _YEAR_PARTS
        begin, end = relativedelta(months=months[first][0] - 1), relativedelta(months=months[last][1], days=-1)
    return Days(days.first + begin, days.first + end, days.precision)


def shifted_day(day: dt.date, count: Mapping[str, int], sign: int = 1) -> dt.date:
    """Return the day so many units later (`sign` 1) or earlier (-1); adding months does not cross a month's end."""
    months = sum(number * _MONTHS_IN[unit] for unit, number in count.items() if unit in _MONTHS_IN)
    days = count.get("day", 0) + 7 * (count.get("week", 0) + count.get("weekend", 0))
    shifted = day + sign * relativedelta(months=months, days=days)
    for _ in range(count.get("business", 0)):
        shifted += sign * _DAY
        while shifted.weekday() >= _SATURDAY:
            shifted += sign * _DAY
    return shifted


def days_in_month(month: int, first: int, last: int, year: int | None, reference: dt.date) -> Days:
    """Return days `first` to `last` of a month, without a year the next ones that are not over by `reference`.

    Raise ValueError if the month never has these days.
    """
    if year is not None:
        return Days(dt.date(year, month, first), dt.date(year, month, last))
    for candidate in range(reference.year, reference.year + _LEAP_CYCLE):
        with suppress(ValueError):
            days = Days(dt.date(candidate, month, first), dt.date(candidate, month, last))
            if days.last >= reference:
                return days
    raise ValueError(f"month {month} never has a day {last}")


def _months_of(year: int, first: int, last: int) -> Days:
    """Return months `first` to `last`; `year` is that of the last, and November to February begin the year before."""
    begin, end = dt.date(year - (first > last), first, 1), dt.date(year, last, 1) + relativedelta(day=31)
    return Days(begin, end, Precision.MONTH)


# What the groups of an expression stand for


def _year(date: DateSpan) -> int | None:
    """Return the year, of two digits in the century that is meant; None if the expression has none."""
    year = int(date.groups["year"]) if "year" in date.groups else None
    if year is None or year >= 100:  # noqa: PLR2004 - written in full
        return year
    return year + (1900 if year >= _PIVOT else 2000)


def _named_period(date: DateSpan, unit: str, reference: dt.date) -> Days:
    """Return the week, month or year that "this", "next" or "last" names; the present one without such a word."""
    return calendar_period(unit, reference, _STEPS[date.direction() or "this"])


def _part_of(days: Days, date: DateSpan) -> Days:
    """Return the part of a period that the expression names ("mid to end of"), or all of it."""
    parts = date.period_parts()
    return period_part(days, *parts) if parts else days


# Resolvers


def _day(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "3 May", "2018-05-02", "4-6 June", "the 20th of next month"."""
    first, last = date.numbers("day")
    if first > last:
        return None
    if "unit" in date.groups:
        month = _named_period(date, "month", reference).first
        return Days(month.replace(day=first), month.replace(day=last))
    return days_in_month(date.number("month"), first, last, _year(date), reference)


def _numeric(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "13.5.2018", "25/12"; not "12/6", in which nobody can tell the day from the month."""
    a, b = int(date.groups["a"]), int(date.groups["b"])
    dots = date.groups["sep"] == "."
    if not dots and a != b and max(a, b) <= 12:  # noqa: PLR2004 - months
        return None
    day_first = a >= b or (dots and b <= 12)  # noqa: PLR2004 - with dots the day comes first, as in most of Europe
    day, month = (a, b) if day_first else (b, a)
    return days_in_month(month, day, day, _year(date), reference)


def _day_of_month(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "the 27th" to the next one, "Friday the 22nd" to the first from this month on that is a Friday."""
    for month in (calendar_period("month", reference, steps) for steps in range(12)):
        day = month.first + relativedelta(day=date.number("day"))
        fits = day.weekday() == date.number("weekday") if "weekday" in date.groups else day >= reference
        if fits and day.day == date.number("day"):
            return Days(day, day)
    return None


def _nth(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "the first Friday of July", "the last week of next month", "the third week of 2027".

    Without a year, a month is the next one in which these days are not over.
    """
    nth, year = date.number("nth"), _year(date)
    unit, weekday = ("day", date.number("weekday")) if "weekday" in date.groups else ("week", TH.weekday)
    if "which" in date.groups:
        periods = [_named_period(date, date.unit(), reference)]
    elif "month" in date.groups:
        month = date.number("month")
        years = [year] if year else [reference.year, reference.year + 1]
        periods = [_months_of(each, month, month) for each in years]
    else:
        periods = [calendar_period("year", dt.date(year, 1, 1))] if year else []
    for period in periods:
        day = (period.first if nth > 0 else period.last) + relativedelta(weekday=day_of_week(weekday, nth))
        days = calendar_period(unit, day)
        if period.first <= day <= period.last and (len(periods) == 1 or days.last >= reference):
            return days
    return None


def _week_number(date: DateSpan, reference: dt.date) -> Days:
    """Resolve "week 31" by its ISO 8601 number, in the reference date's year if none is given."""
    monday = dt.date.fromisocalendar(_year(date) or reference.year, int(date.groups["week"]), 1)
    return calendar_period("week", monday)


def _weekday(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "Friday"; not where it may be today or in a week, nor "next Friday", this week's or next week's."""
    ahead = (date.number("weekday") - reference.weekday()) % 7
    direction = date.direction()
    if direction == "last":
        return calendar_period("day", reference, ahead - 7)
    return None if ahead == 0 or direction == "next" else calendar_period("day", reference, ahead)


def _weekday_in_week(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "Friday next week", "next week from Tuesday to Thursday"."""
    monday = _named_period(date, "week", reference).first
    first, last = date.numbers("weekday")
    return Days(monday + first * _DAY, monday + last * _DAY) if first <= last else None


def _weekdays_ahead(date: DateSpan, reference: dt.date) -> Days:
    """Resolve "two Sundays from now"."""
    first = (date.number("weekday") - reference.weekday() - 1) % 7 + 1
    return calendar_period("day", reference, first + 7 * (date.number("number") - 1))


def _months(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "mid June", "March to May", "2018-06"; not "next May" in April, this year's or the one after."""
    first, last = date.numbers("month")
    year, direction = _year(date), date.direction()
    if "which_year" in date.groups:
        year = reference.year + _STEPS[date.words.name("direction", date.groups["which_year"])]
    elif year is None and direction in ("this", "last"):
        year = reference.year + _STEPS[direction]
    elif year is None:
        if direction == "next" and last > reference.month:
            return None
        year = reference.year + (last < reference.month or direction == "next")
    return _part_of(_months_of(year, first, last), date)


def _quarter(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "Q3", "H2 2019", "end of Q3"; not a part of half a year, which has no common meaning."""
    unit, size = ("half", 6) if "half" in date.groups else ("quarter", 3)
    place = date.number("nth") if "nth" in date.groups else int(date.groups.get("quarter") or date.groups["half"])
    month = size * (place if place > 0 else 12 // size) - size + 1  # the last is the fourth
    year = _named_period(date, "year", reference).first.year if "which" in date.groups else _year(date)
    days = calendar_period(unit, dt.date(year or reference.year, month, 1))
    if year is None and days.last < reference:
        days = calendar_period(unit, dt.date(reference.year + 1, month, 1))
    return None if "first" in date.groups and unit == "half" else _part_of(days, date)


def _years(date: DateSpan, _: dt.date) -> Days | None:
    """Resolve "2030", "the end of 2030", "2018-2020"."""
    first, last = (int(date.groups.get(group, date.groups["year"])) for group in ("year", "year2"))
    return _part_of(Days(dt.date(first, 1, 1), dt.date(last, 12, 31), Precision.YEAR), date) if first <= last else None


def _relative(date: DateSpan, reference: dt.date) -> Days:
    """Resolve "today", "tomorrow", "the day before yesterday", the "now" of "between now and Friday"."""
    return calendar_period("day", reference, date.number("relative") if "relative" in date.groups else 0)


def _unit(date: DateSpan, reference: dt.date) -> Days | None:
    """Resolve "early next month", "the weekend", "the week after next", "the rest of the year", "earlier this month".

    The rest starts today; what was earlier ends yesterday, and has no days on the first day of its period.
    """
    if "after_next" in date.groups:
        return calendar_period(date.unit(), reference, 2)
    days = _part_of(_named_period(date, date.unit(), reference), date)
    if "rest" in date.groups:
        return replace(days, first=reference)
    if "earlier" in date.groups:
        return replace(days, last=reference - _DAY) if days.first < reference else None
    return days


def _end_of(date: DateSpan, reference: dt.date) -> Days:
    """Resolve "EOW" to the last day of the week."""
    return calendar_period("day", calendar_period(date.words.name("end_of", date.groups["end_of"]), reference).last)


def _counted(date: DateSpan, reference: dt.date) -> Days:
    """Resolve "in 3 weeks", "2 weeks ago", "two days after tomorrow", "within 3 months", "the next 3 days".

    The latter two are all days from today or tomorrow on, and "the past 3 days" are those up to yesterday. The
    precision is that of the smallest unit.
    """
    count, anchor = date.words.count(date.groups["count"]), _relative(date, reference).first
    back = "before" in date.groups or "last" in date.groups
    first = last = shifted_day(anchor, count, -1 if back else 1)
    if "within" in date.groups:
        first = anchor
    elif "next" in date.groups:
        first = min(anchor + _DAY, last)
    elif "last" in date.groups:
        last = max(first, anchor - _DAY)
    precisions = {_PRECISIONS.get(unit) or Precision(unit) for unit in count}
    return Days(first, last, min(precisions, key=tuple(Precision).index))


_RESOLVERS: Mapping[str, Callable[[DateSpan, dt.date], Days | None]] = {
    "day": _day,
    "day_span": _day,
    "numeric": _numeric,
    "day_of_month": _day_of_month,
    "nth": _nth,
    "week_number": _week_number,
    "weekday": _weekday,
    "weekday_in": _weekday_in_week,
    "weekdays_ahead": _weekdays_ahead,
    "month": _months,
    "months": _months,
    "quarter": _quarter,
    "year": _years,
    "years": _years,
    "relative": _relative,
    "unit": _unit,
    "end_of": _end_of,
    "counted": _counted,
}
