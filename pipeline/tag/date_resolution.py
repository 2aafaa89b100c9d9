"""The words in a date's places to numbers: which month, how many weeks, how many steps ahead.

Dates that count from the day on which they are said: "in 3 weeks", "next month", "the rest of the year".

Dates that name a day, week, month, quarter or year of the calendar; without a year they are the next ones.

The days that a date expression stands for, seen from a reference date.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pipeline.analysis_records import Precision
from pipeline.tag.calendar_periods import (
    Days,
    added,
    coming,
    month_of,
    months_of,
    nth_week_of,
    nth_weekday_of,
    one,
    part,
    period,
    precision_of,
    quarters_of,
    weekday_of,
    whole_year,
)
from pipeline.tag.date_expressions import DateSpan, DateWords, words_of

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


_DAY = dt.timedelta(days=1)
_TWO = 2


def relative(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """Today, tomorrow, the day before yesterday."""
    return one(reference + offset(words, groups["relative"]) * _DAY)


def unit(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """A period near today: this week, early next month, the end of the year; "the weekend" is this one."""
    said = groups.get("which") or groups.get("later")
    days = period(unit_name(words, groups["unit"]), reference, steps_of(words, said) if said else 0)
    return with_part(groups, days, words)


def with_part(groups: Groups, days: Days, words: DateWords) -> Days:
    """The part of a period that was said ("mid to end of"), or all of it."""
    if "first" not in groups:
        return days
    return part(days, part_of(words, groups["first"]), part_of(words, groups.get("second", groups["first"])))


def after_next(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """The week after next."""
    return period(unit_name(words, groups["unit"]), reference, _TWO)


def so_far(groups: Groups, reference: dt.date, words: DateWords) -> Days | None:
    """Earlier this month: up to yesterday; None on the month's first day."""
    days = period(unit_name(words, groups["unit"]), reference)
    return Days(days.first, reference - _DAY, days.precision) if days.first < reference else None


def rest(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """The rest of the week, from today."""
    days = period(unit_name(words, groups["unit"]), reference)
    return Days(reference, days.last, days.precision)


def end_of(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """EOW: the last day of the week."""
    name = next(name for name, pattern in words.end_of.items() if pattern.match(groups["end_of"]))
    return one(period(name, reference).last)


def ahead(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """In 3 weeks, two weeks from now: that day."""
    count = count_of(words, groups["count"])
    return one(added(reference, count), _precision(count))


def ago(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """Two weeks ago: that day."""
    count = count_of(words, groups["count"])
    return one(added(reference, count, -1), _precision(count))


def anchored(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """Two days after tomorrow; within 2 weeks from today."""
    anchor = relative(groups, reference, words).first
    count = count_of(words, groups["count"])
    last = added(anchor, count, -1 if "before" in groups else 1)
    return Days(anchor if "within" in groups else last, last, _precision(count))


def within(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """Within 3 months: from today."""
    count = count_of(words, groups["count"])
    return Days(reference, added(reference, count), _precision(count))


def coming_counted(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """The next 3 days: from tomorrow."""
    count = count_of(words, groups["count"])
    return Days(min(reference + _DAY, added(reference, count)), added(reference, count), _precision(count))


def past(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """The past 3 weeks: up to yesterday."""
    count = count_of(words, groups["count"])
    first = added(reference, count, -1)
    return Days(first, max(first, reference - _DAY), _precision(count))


def weekdays_ahead(groups: Groups, reference: dt.date, words: DateWords) -> Days:
    """Two Sundays from now."""
    first = (index(words.weekdays, groups["weekday"]) - 2 - reference.weekday()) % 7 + 1
    return one(reference + (first + 7 * (number(words, groups["number"]) - 1)) * _DAY)


def _precision(count: dict[str, int]) -> Precision:
    """That of the smallest unit counted."""
    order = tuple(Precision)
    return min((precision_of(name) for name in count), key=order.index)


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


Reader = Callable[[Groups, dt.date, DateWords], Days | None]


def resolve(span: DateSpan, reference: dt.date, language: str) -> Days | None:
    """A date expression to its days, None where two readings are possible ("12/6", "next Friday").

    A day or month without a year is the next one; weeks are ISO 8601 weeks, Monday to Sunday. What looks back ("last
    week") is resolved too: whether it can be a deadline is for the caller to say.
    """
    try:
        if span.parts:
            return _composed(span, reference, language)
        reader = _READERS.get(span.form)
        return reader(span.groups, reference, words_of(language)) if reader else None
    except (ValueError, OverflowError):  # 31 June, or a date beyond the calendar
        return None


def _composed(span: DateSpan, reference: dt.date, language: str) -> Days | None:
    """Dates that are made of others: a range, "the week of 1 May", "for 3 days from Monday"."""
    first = resolve(_with_year_of(span.parts[0], span.parts[-1]), reference, language)
    if first is None:
        return None
    if span.form == "period":
        return period(span.groups["unit"], first.first)
    if span.form == "lasting":
        count = count_of(words_of(language), span.groups["count"])
        return Days(first.first, added(first.first, count) - dt.timedelta(days=1))
    last = resolve(span.parts[1], max(reference, first.first), language)
    if last and last.last < first.first:  # "between November and now": the November before
        first = resolve(span.parts[0], added(reference, {"year": 1}, -1), language)
    if last is None or first is None or last.last < first.first:
        return None
    return Days(first.first, last.last, max(first.precision, last.precision, key=tuple(Precision).index))


def _with_year_of(first: DateSpan, second: DateSpan) -> DateSpan:
    """In "1 May to 3 June 2019" the year is that of both."""
    year = second.groups.get("year")
    if year and first.form in ("day", "month", "numeric") and "year" not in first.groups:
        return replace(first, groups={**first.groups, "year": year})
    return first


_READERS: dict[str, Reader] = {
    "iso": iso,
    "numeric": numeric,
    "day": day,
    "day_span": day,
    "day_of": day,
    "the_day": the_day,
    "weekday_day": weekday_day,
    "nth_weekday": nth_weekday,
    "nth_week": nth_week,
    "week_number": week_number,
    "month": months,
    "months": months,
    "month_number": month_number,
    "quarter": quarter,
    "weekday": weekday,
    "weekday_in": weekday_in,
    "year": year,
    "years": years,
    "weekdays_ahead": weekdays_ahead,
    "today": lambda _groups, reference, _words: one(reference),
    "relative": relative,
    "unit": unit,
    "after_next": after_next,
    "so_far": so_far,
    "rest": rest,
    "end_of": end_of,
    "ahead": ahead,
    "within": within,
    "coming": coming_counted,
    "anchored": anchored,
    "ago": ago,
    "past": past,
}
