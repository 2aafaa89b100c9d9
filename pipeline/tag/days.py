"""The days that a date expression stands for, seen from a reference date."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from pipeline.records import Precision
from pipeline.tag import counted, named
from pipeline.tag.dateforms import DateWords, words_of
from pipeline.tag.dates import DateSpan
from pipeline.tag.dateword import Groups, count_of
from pipeline.tag.periods import Days, added, one, period

__all__ = ["Days", "resolve"]

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
    "iso": named.iso,
    "numeric": named.numeric,
    "day": named.day,
    "day_span": named.day,
    "day_of": named.day,
    "the_day": named.the_day,
    "weekday_day": named.weekday_day,
    "nth_weekday": named.nth_weekday,
    "nth_week": named.nth_week,
    "week_number": named.week_number,
    "month": named.months,
    "months": named.months,
    "month_number": named.month_number,
    "quarter": named.quarter,
    "weekday": named.weekday,
    "weekday_in": named.weekday_in,
    "year": named.year,
    "years": named.years,
    "weekdays_ahead": counted.weekdays_ahead,
    "today": lambda _groups, reference, _words: one(reference),
    "relative": counted.relative,
    "unit": counted.unit,
    "after_next": counted.after_next,
    "so_far": counted.so_far,
    "rest": counted.rest,
    "end_of": counted.end_of,
    "ahead": counted.ahead,
    "within": counted.within,
    "coming": counted.coming,
    "anchored": counted.anchored,
    "ago": counted.ago,
    "past": counted.past,
}
