"""Dates that count from the day on which they are said: "in 3 weeks", "next month", "the rest of the year"."""

import datetime as dt

from pipeline.records import Precision
from pipeline.tag.dateforms import DateWords
from pipeline.tag.dateword import Groups, count_of, number, offset, part_of, steps_of, unit_name
from pipeline.tag.dateword import index as place
from pipeline.tag.periods import Days, added, one, part, period, precision_of

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


def coming(groups: Groups, reference: dt.date, words: DateWords) -> Days:
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
    first = (place(words.weekdays, groups["weekday"]) - 2 - reference.weekday()) % 7 + 1
    return one(reference + (first + 7 * (number(words, groups["number"]) - 1)) * _DAY)


def _precision(count: dict[str, int]) -> Precision:
    """That of the smallest unit counted."""
    order = tuple(Precision)
    return min((precision_of(name) for name in count), key=order.index)
