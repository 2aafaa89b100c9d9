"""Until when a task is to be done: the words of the line, and the day they stand for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.tag.dateforms import DateWords, words_of
from pipeline.tag.dates import DateSpan
from pipeline.tag.days import resolve

_LOOK_BACK = 30
"""Code points before a date in which "by", "no later than" and their like stand."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline's words, `text[start:end]`; its date, where it has one; and whether they say "before"."""

    start: int
    end: int
    date: DateSpan | None
    before: bool = False


def due_of(plain: str, dates: Sequence[DateSpan], language: str) -> Due | None:
    """An unmarked task and its dates to its deadline, None where it has none.

    A date after "by" or "before" is preferred, then an occasion ("before the next meeting", which has no day), then
    the last other date that can lie ahead; a bare year without such a word is taken for a name's ("2026 programme").
    """
    words = words_of(language)
    ahead = [date for date in dates if not date.past]
    for date in ahead:
        lead = words.deadline.search(_before(plain, date))
        if lead:
            return Due(date.start - len(lead[0]), date.end, date, before=words.before.match(lead[1]) is not None)
    occasion = words.occasion.search(plain)
    if occasion:
        return Due(*occasion.span(), None)
    likely = [date for date in ahead if _may_be_due(plain, date, words)]
    if not likely:
        return None
    return Due(*with_lead(plain, likely[-1], language), likely[-1])


def with_lead(plain: str, date: DateSpan, language: str) -> tuple[int, int]:
    """A date's span together with the "by", "before", "on" or "in" in front of it."""
    words = words_of(language)
    lead = words.deadline.search(_before(plain, date)) or words.on.search(_before(plain, date))
    return date.start - (len(lead[0]) if lead else 0), date.end


def day_of(due: Due, reference: dt.date, language: str) -> dt.date | None:
    """A deadline to its day: the last day of what it names ("by end of May"); None where that is not certain.

    "before 12 June" is 12 June, as people mean it; "before June" is 31 May.
    """
    days = resolve(due.date, reference, language) if due.date else None
    if days is None:
        return None
    return days.first - dt.timedelta(days=1) if due.before and days.first != days.last else days.last


def _may_be_due(plain: str, date: DateSpan, words: DateWords) -> bool:
    """Not the year of a name, nor "next year's budget", nor "those who came after March"."""
    since = words.after.search(_before(plain, date))
    return date.form != "year" and not since and plain[date.end : date.end + 2] not in ("'s", "’s")


def _before(plain: str, date: DateSpan) -> str:
    return plain[max(0, date.start - _LOOK_BACK) : date.start]
