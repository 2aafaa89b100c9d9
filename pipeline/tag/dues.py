"""Until when a task is to be done: the words of the line, and the day they stand for."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.tag.dateforms import DateWords, words_of
from pipeline.tag.dates import DateSpan
from pipeline.tag.dateword import part_of
from pipeline.tag.days import Days, resolve

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
    occasion = words.occasion.search(plain)
    ahead = [date for date in dates if not date.past and not (occasion and _within(date, occasion))]
    for date in ahead:
        lead = words.deadline.search(_before(plain, date))
        if lead:
            return Due(date.start - len(lead[0]), date.end, date, before=words.before.match(lead[1]) is not None)
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


def days_of(due: Due, reference: dt.date, language: str) -> Days | None:
    """A deadline to the days that it names ("by end of May"), of which the last counts; None where not certain.

    "before 12 June" is 12 June and "before the end of June" the 30th, as people mean it; "before June" is 31 May.
    """
    days = resolve(due.date, reference, language) if due.date else None
    if days is None or not due.before or days.first == days.last or _is_end(due.date, language):
        return days
    eve = days.first - dt.timedelta(days=1)
    return replace(days, first=eve, last=eve)


def _may_be_due(plain: str, date: DateSpan, words: DateWords) -> bool:
    """Not the year of a name, nor "next year's budget", nor "those who came after March"; but "from 1 to 5 May" is."""
    since = words.after.search(_before(plain, date)) if not date.parts else None
    return date.form != "year" and not since and plain[date.end : date.end + 2] not in ("'s", "’s")


def _is_end(date: DateSpan | None, language: str) -> bool:
    said = date.groups.get("second") or date.groups.get("first") if date else None
    return said is not None and part_of(words_of(language), said) in ("end", "late")


def _within(date: DateSpan, occasion: re.Match[str]) -> bool:
    """Whether a date is only a word of an occasion: "before the summer break" speaks of no summer."""
    return occasion.start() <= date.start and date.end <= occasion.end()


def _before(plain: str, date: DateSpan) -> str:
    return plain[max(0, date.start - _LOOK_BACK) : date.start]
