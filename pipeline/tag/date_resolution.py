"""From a date expression and a reference date to the days that it stands for.

    DateSpan + reference date ─ _RESOLVERS[form] ─> Days, or None where two answers are possible ("12/6", "next Friday")

A day or month without a year is the next one, weeks are ISO 8601 weeks, and what hangs on a season or holiday has no
days. Each resolver's docstring gives examples of what it resolves; data/date_forms.toml has more.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pipeline.analysis_records import Precision
from pipeline.tag.calendar_periods import (
    Days,
    calendar_months,
    calendar_period,
    days_in_month,
    nth_week,
    nth_weekday,
    period_part,
    shifted_day,
    single_day,
    unit_precision,
)
from pipeline.tag.date_expressions import DateSpan, DateWords, date_words

_DAY = dt.timedelta(days=1)
_PIVOT = 70
"""Two digits from here on are a year of the last century, as in POSIX's strptime (69 there)."""

_STEPS = {"this": 0, "last": -1, "next": 1, "coming": 1}


@dataclass(frozen=True, slots=True)
class _Expression:
    """A date expression that is not composed of others: its groups, its language's words, and the reference date.

    The methods return what the text of a group stands for.
    """

    groups: Mapping[str, str]
    words: DateWords
    reference: dt.date

    def number(self, group: str) -> int:
        return self.words.number(group, self.groups[group])

    def numbers(self, group: str) -> tuple[int, int]:
        """Return the numbers of a group and of `<group>2`, which is the same where the form is no range."""
        return self.number(group), self.words.number(group, self.groups.get(f"{group}2", self.groups[group]))

    def year(self) -> int | None:
        """Return the year, of two digits in the century that is meant; None if the expression has none."""
        if "year" not in self.groups:
            return None
        year = int(self.groups["year"])
        if year >= 100:  # noqa: PLR2004 - written in full
            return year
        return year + (1900 if year >= _PIVOT else 2000)

    def unit(self) -> str:
        return self.words.name("unit", self.groups["unit"])

    def direction(self) -> str | None:
        return self.words.direction(self.groups)

    def period(self, unit: str) -> Days:
        """Return the week, month or year that "this", "next" or "last" names; the present one without such a word."""
        return calendar_period(unit, self.reference, _STEPS[self.direction() or "this"])

    def part_of(self, days: Days) -> Days:
        """Return the part of a period that the expression names ("mid to end of"), or all of it."""
        if "first" not in self.groups:
            return days
        first, last = self.groups["first"], self.groups.get("second", self.groups["first"])
        return period_part(days, self.words.name("part", first), self.words.name("part", last))


def resolve(span: DateSpan, reference: dt.date, language: str) -> Days | None:
    """Return the days of a date expression, seen from a reference date; None where they are not certain.

    An expression that looks back ("last week") has days, too; whether it can be a deadline is for the caller to decide.
    """
    try:
        if span.parts:
            return _composed(span, reference, language)
        resolver = _RESOLVERS.get(span.form)
        return resolver(_Expression(span.groups, date_words(language), reference)) if resolver else None
    except (ValueError, OverflowError):  # 31 June, or a date beyond the calendar
        return None


def _composed(span: DateSpan, reference: dt.date, language: str) -> Days | None:
    """Resolve a range, "the week of 1 May" or "for 3 days from Monday"."""
    first = resolve(_with_year_of(span.parts[0], span.parts[-1]), reference, language)
    if first is None:
        return None
    if span.form == "period":
        return calendar_period(span.groups["unit"], first.first)
    if span.form == "lasting":
        count = date_words(language).count(span.groups["count"])
        return Days(first.first, shifted_day(first.first, count) - _DAY)
    last = resolve(span.parts[1], max(reference, first.first), language)
    if last and last.last < first.first:  # "between November and now": the November before
        first = resolve(span.parts[0], shifted_day(reference, {"year": 1}, -1), language)
    if last is None or first is None or last.last < first.first:
        return None
    return Days(first.first, last.last, max(first.precision, last.precision, key=tuple(Precision).index))


def _with_year_of(first: DateSpan, second: DateSpan) -> DateSpan:
    """Return the first of two dates with the year of the second: in "1 May to 3 June 2019" it is that of both."""
    year = second.groups.get("year")
    if year and first.form in ("day", "month", "numeric") and "year" not in first.groups:
        return replace(first, groups={**first.groups, "year": year})
    return first


def _day(date: _Expression) -> Days | None:
    """Resolve "3 May", "2018-05-02", "4-6 June", "the 20th of next month"."""
    first, last = date.numbers("day")
    if first > last:
        return None
    if "unit" in date.groups:
        month = date.period("month").first
        return Days(month.replace(day=first), month.replace(day=last))
    return days_in_month(date.number("month"), first, last, date.year(), date.reference)


def _numeric(date: _Expression) -> Days | None:
    """Resolve "13.5.2018", "25/12"; not "12/6", in which nobody can tell the day from the month."""
    a, b = int(date.groups["a"]), int(date.groups["b"])
    dots = date.groups["sep"] == "."
    if not dots and a != b and max(a, b) <= 12:  # noqa: PLR2004 - months
        return None
    day_first = a >= b or (dots and b <= 12)  # noqa: PLR2004 - with dots the day comes first, as in most of Europe
    day, month = (a, b) if day_first else (b, a)
    return days_in_month(month, day, day, date.year(), date.reference)


def _day_of_month(date: _Expression) -> Days | None:
    """Resolve "the 27th" to the next one, "Friday the 22nd" to the first from this month on that is a Friday."""
    number = date.number("day")
    for month in (calendar_period("month", date.reference, steps) for steps in range(12)):
        if number <= month.last.day:
            day = month.first.replace(day=number)
            fits = day.weekday() == date.number("weekday") if "weekday" in date.groups else day >= date.reference
            if fits:
                return single_day(day)
    return None


def _nth(date: _Expression) -> Days | None:
    """Resolve "the first Friday of July", "the last week of next month", "the third week of 2027"."""

    def find(period: Days) -> Days | None:
        if "weekday" in date.groups:
            return nth_weekday(period, date.number("nth"), date.number("weekday"))
        return nth_week(period, date.number("nth"))

    year = date.year()
    if "which" in date.groups:
        return find(date.period(date.unit()))
    if "month" not in date.groups:
        return find(calendar_period("year", dt.date(year, 1, 1))) if year else None
    month = date.number("month")
    if year:
        return find(calendar_months(year, month, month))
    found = (find(calendar_months(date.reference.year + ahead, month, month)) for ahead in (0, 1))
    return next((days for days in found if days and days.last >= date.reference), None)


def _week_number(date: _Expression) -> Days:
    """Resolve "week 31" by its ISO 8601 number, in the reference date's year if none is given."""
    monday = dt.date.fromisocalendar(date.year() or date.reference.year, int(date.groups["week"]), 1)
    return calendar_period("week", monday)


def _weekday(date: _Expression) -> Days | None:
    """Resolve "Friday"; not where it may be today or in a week, nor "next Friday", this week's or next week's."""
    ahead = (date.number("weekday") - date.reference.weekday()) % 7
    direction = date.direction()
    if direction == "last":
        return single_day(date.reference - (7 - ahead) * _DAY)
    if ahead == 0 or direction == "next":
        return None
    return single_day(date.reference + ahead * _DAY)


def _weekday_in_week(date: _Expression) -> Days | None:
    """Resolve "Friday next week", "next week from Tuesday to Thursday"."""
    monday = date.period("week").first
    first, last = date.numbers("weekday")
    return Days(monday + first * _DAY, monday + last * _DAY) if first <= last else None


def _weekdays_ahead(date: _Expression) -> Days:
    """Resolve "two Sundays from now"."""
    first = (date.number("weekday") - date.reference.weekday() - 1) % 7 + 1
    return single_day(date.reference + (first + 7 * (date.number("number") - 1)) * _DAY)


def _months(date: _Expression) -> Days | None:
    """Resolve "mid June", "March to May", "2018-06"."""
    first, last = date.numbers("month")
    year = date.year() or _year_of_month(date, last)
    return date.part_of(calendar_months(year, first, last)) if year else None


def _year_of_month(date: _Expression, month: int) -> int | None:
    """Return the year of a month; None for "next May" in April, which may be this year's or the one after."""
    year = date.reference.year
    if "which_year" in date.groups:
        return year + _STEPS[date.words.name("direction", date.groups["which_year"])]
    direction = date.direction()
    if direction == "next":
        return year + 1 if month <= date.reference.month else None
    if direction in ("this", "last"):
        return year + _STEPS[direction]
    return year + (month < date.reference.month)


def _quarter(date: _Expression) -> Days | None:
    """Resolve "Q3", "H2 2019", "end of Q3"; not a part of half a year, which has no common meaning."""
    unit, size = ("half", 6) if "half" in date.groups else ("quarter", 3)
    place = date.number("nth") if "nth" in date.groups else int(date.groups.get("quarter") or date.groups["half"])
    month = size * (place if place > 0 else 12 // size) - size + 1  # the last is the fourth
    year = date.period("year").first.year if "which" in date.groups else date.year()
    days = calendar_period(unit, dt.date(year or date.reference.year, month, 1))
    if year is None and days.last < date.reference:
        days = calendar_period(unit, dt.date(date.reference.year + 1, month, 1))
    return None if "first" in date.groups and unit == "half" else date.part_of(days)


def _years(date: _Expression) -> Days | None:
    """Resolve "2030", "the end of 2030", "2018-2020"."""
    first, last = (int(date.groups.get(group, date.groups["year"])) for group in ("year", "year2"))
    return date.part_of(Days(dt.date(first, 1, 1), dt.date(last, 12, 31), Precision.YEAR)) if first <= last else None


def _relative(date: _Expression) -> Days:
    """Resolve "today", "tomorrow", "the day before yesterday", the "now" of "between now and Friday"."""
    return single_day(date.reference + date.number("relative") * _DAY if "relative" in date.groups else date.reference)


def _unit(date: _Expression) -> Days | None:
    """Resolve "early next month", "the weekend", "the week after next", "the rest of the year", "earlier this month".

    The rest starts today; what was earlier ends yesterday, and has no days on the first day of its period.
    """
    if "after_next" in date.groups:
        return calendar_period(date.unit(), date.reference, 2)
    days = date.part_of(date.period(date.unit()))
    if "rest" in date.groups:
        return replace(days, first=date.reference)
    if "earlier" in date.groups:
        return replace(days, last=date.reference - _DAY) if days.first < date.reference else None
    return days


def _end_of(date: _Expression) -> Days:
    """Resolve "EOW" to the last day of the week."""
    return single_day(calendar_period(date.words.name("end_of", date.groups["end_of"]), date.reference).last)


def _counted(date: _Expression) -> Days:
    """Resolve "in 3 weeks", "2 weeks ago", "two days after tomorrow", "within 3 months", "the next 3 days".

    The latter two are all days from today or tomorrow on, and "the past 3 days" are those up to yesterday. The
    precision is that of the smallest unit.
    """
    count, anchor = date.words.count(date.groups["count"]), _relative(date).first
    back = "before" in date.groups or "last" in date.groups
    first = last = shifted_day(anchor, count, -1 if back else 1)
    if "within" in date.groups:
        first = anchor
    elif "next" in date.groups:
        first = min(anchor + _DAY, last)
    elif "last" in date.groups:
        last = max(first, anchor - _DAY)
    return Days(first, last, min((unit_precision(unit) for unit in count), key=tuple(Precision).index))


_RESOLVERS: Mapping[str, Callable[[_Expression], Days | None]] = {
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
