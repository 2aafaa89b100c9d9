"""Dates that name a day, week, month, quarter or year of the calendar; without a year they are the next ones."""

import datetime as dt
from collections.abc import Callable

from pipeline.records import Precision
from pipeline.tag.counted import with_part
from pipeline.tag.dateforms import DateWords
from pipeline.tag.dateword import Groups, index, nth, number, steps_of, year_of
from pipeline.tag.periods import (
    Days,
    coming,
    month_of,
    months_of,
    nth_week_of,
    nth_weekday_of,
    one,
    period,
    quarters_of,
    weekday_of,
    whole_year,
)


def iso(groups: Groups, _reference: dt.date, _words: DateWords) -> Days:
    """2018-05-02."""
    return one(dt.date(int(groups["year"]), int(groups["number"]), int(groups["day"])))


def numeric(groups: Groups, reference: dt.date, _words: DateWords) -> Days | None:
    """13.5.2018, 25/12; None for "12/6", in which nobody can tell the day from the month."""
    a, b = int(groups["a"]), int(groups["b"])
    if groups["sep"] != "." and a != b and max(a, b) <= 12:  # noqa: PLR2004 (months)
        return None
    day_first = a >= b or (groups["sep"] == "." and b <= 12)  # noqa: PLR2004 (dots: day first, as in most of Europe)
    day, month = (a, b) if day_first else (b, a)
    return coming(month, day, day, year_of(groups), reference)


def day(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """3 May, 4-6 June, the 20th of next month."""
    first = number(words, groups["day"])
    last = number(words, groups.get("day2", groups["day"]))
    if "unit" in groups:
        month = period("month", reference, steps_of(words, groups["which"])).first
        return Days(month.replace(day=first), month.replace(day=last)) if first <= last else None
    if first > last:
        return None
    return coming(index(words.months, groups["month"]), first, last, year_of(groups), reference)


def the_day(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """The 27th: of this month, or of the next month that has one and in which it is not over."""
    day = number(words, groups["day"])
    months = (period("month", reference, steps) for steps in range(3))
    found = (one(month.first.replace(day=day)) for month in months if day <= month.last.day)
    return next((date for date in found if date.first >= reference), None)


def weekday_day(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """Friday the 22nd: of this month if that is a Friday, or of the next month in which it is."""
    weekday, day = index(words.weekdays, groups["weekday"]) - 1, number(words, groups["day"])
    for month in (period("month", reference, steps) for steps in range(12)):
        if day <= month.last.day and month.first.replace(day=day).weekday() == weekday:
            return one(month.first.replace(day=day))
    return None


def nth_weekday(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """The first Friday of July."""
    weekday, place = index(words.weekdays, groups["weekday"]) - 1, nth(words, groups["nth"])
    if "which" in groups:
        return nth_weekday_of(period("month", reference, steps_of(words, groups["which"])), place, weekday)
    return _next_over(groups, reference, words, lambda month: nth_weekday_of(month, place, weekday))


def nth_week(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """The last week of July; the third week of 2027."""
    place, year = nth(words, groups["nth"]), year_of(groups)
    if "which" in groups:
        unit = "month" if words.units["month"].match(groups["unit"]) else "year"
        return nth_week_of(period(unit, reference, steps_of(words, groups["which"])), place)
    if "month" in groups:
        return _next_over(groups, reference, words, lambda month: nth_week_of(month, place))
    return nth_week_of(whole_year(year), place) if year else None


def _next_over(
    groups: Groups, reference: dt.date, words: DateWords, find: Callable[[Days], Days | None]
) -> Days | None:
    """What is found in the month that was said: of the year that was said, or of the first in which it lies ahead."""
    month, year = index(words.months, groups["month"]), year_of(groups)
    if year:
        return find(month_of(year, month))
    found = (find(month_of(reference.year + ahead, month)) for ahead in (0, 1))
    return next((days for days in found if days and days.last >= reference), None)


def week_number(groups: Groups, reference: dt.date, _words: DateWords) -> Days:
    """A week by its ISO 8601 number, of this year if no year is said."""
    return period("week", dt.date.fromisocalendar(year_of(groups) or reference.year, int(groups["week"]), 1))


def months(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """Mid June; March to May."""
    month = index(words.months, groups["month"])
    last = index(words.months, groups.get("month2", groups["month"]))
    year = _year_of_month(groups, last, reference, words)
    if year is None:
        return None
    return with_part(groups, months_of(year, month, last), words)


def _year_of_month(groups: Groups, month: int, reference: dt.date, words: DateWords) -> int | None:
    """The year of a month; None for "next May" said in April, which may be this year's or the one after."""
    if year_of(groups):
        return year_of(groups)
    if "which_year" in groups:
        return reference.year + steps_of(words, groups["which_year"])
    said = groups.get("which") or groups.get("later") or ""
    if words.this.match(said):
        return reference.year
    if words.last.match(said):
        return reference.year - 1
    if words.next.match(said):
        return reference.year + 1 if month <= reference.month else None
    return reference.year + (month < reference.month)


def month_number(groups: Groups, _reference: dt.date, _words: DateWords) -> Days:
    """2018-06."""
    return month_of(int(groups["year"]), int(groups["number"]))


def quarter(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """Q3, H2 2019, end of Q3; None for a part of half a year, which has no common meaning."""
    size = 6 if "half" in groups else 3
    place = nth(words, groups["nth"]) if "nth" in groups else int(groups.get("quarter") or groups["half"])
    place = 12 // size if place < 0 else place
    year = year_of(groups)
    if "which" in groups:
        year = reference.year + steps_of(words, groups["which"])
    days = quarters_of(year or reference.year, size, place)
    if year is None and days.last < reference:
        days = quarters_of(reference.year + 1, size, place)
    if "first" in groups and size != 3:  # noqa: PLR2004 (months of a quarter)
        return None
    return with_part(groups, days, words)


def weekday(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """Friday; None where it may be today or in a week, and for "next Friday", this week's or next week's."""
    ahead = (index(words.weekdays, groups["weekday"]) - 1 - reference.weekday()) % 7
    said = groups.get("which") or groups.get("later")
    if said and words.last.match(said) and not words.next.match(said):
        return one(reference - dt.timedelta(days=7 - ahead))
    if ahead == 0 or (said and not words.this.match(said) and not words.coming.match(said)):
        return None
    return one(reference + dt.timedelta(days=ahead))


def weekday_in(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """Friday next week; next week from Tuesday to Thursday."""
    week = period("week", reference, steps_of(words, groups["which"]))
    first = groups.get("weekday") or groups["weekday3"]
    ends = [weekday_of(week, index(words.weekdays, name) - 1) for name in (first, groups.get("weekday2", first))]
    return Days(ends[0], ends[1]) if ends[0] <= ends[1] else None


def year(groups: Groups, _reference: dt.date, words: DateWords) -> Days:
    """2030; the end of 2030."""
    return with_part(groups, whole_year(int(groups["year"])), words)


def years(groups: Groups, _reference: dt.date, _words: DateWords) -> Days | None:
    """2018-2020."""
    first, last = whole_year(int(groups["year"])), whole_year(int(groups["year2"]))
    return Days(first.first, last.last, Precision.YEAR) if first.first <= last.first else None
