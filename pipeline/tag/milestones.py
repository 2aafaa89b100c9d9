"""Milestones: statements and decisions that look ahead to one date.

    segment ─ find_dates ─> date expressions ─ deadline_days + event's date ─> days ─ if they lie ahead ─> Milestone

Next steps have deadlines of their own (`tasks`), and a question states nothing. Where it is not certain that a date
lies ahead, or which of several is meant, there is no milestone.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.analysis_records import Milestone
from pipeline.segment_records import Entity, Kind, Label, LineRole, Mention, Precision, Segment
from pipeline.tag.date_expressions import DateSpan, date_words, find_dates
from pipeline.tag.date_resolution import Days
from pipeline.tag.kinds import matches_cue
from pipeline.tag.tasks import Deadline, deadline_days
from pipeline.text import core, data_table, line_languages, mask_unreadable

_KINDS = frozenset({Kind.STATEMENT, Kind.DECISION})

_LOOK_BACK = 30
"""Code points before a date that are searched for "since", "every" and the like, as for deadlines."""

_HALF_A_YEAR = dt.timedelta(days=183)
"""Of a date without a year, the coming one is meant if it is nearer than the last one."""

_WEAK = frozenset({"weekday", "counted", "year", "years"})
"""Forms that are mostly no date of the calendar: "thursdays", "three opinions in one week", "the 2030 programme"."""

_SAYS_WHICH = frozenset({"year", "which", "which_year", "later", "after_next", "count"})
"""Groups of a date expression that say which year or period is meant: "2027", "next", "in 8 months"."""

_RANGES = frozenset({"day2", "month2", "weekday2", "year2"})
"""Groups of a range in one expression: "from 1 to 5 May", where "from" does not mean "since"."""


def find_milestones(
    segments: Sequence[Segment], reference_date: dt.date | None, entities: Iterable[Entity] = ()
) -> tuple[Milestone, ...]:
    """Return the milestones among tagged segments, in their order; none without the event's date, `reference_date`.

    What is the name of a person among `entities` is no date ("Jan").

    A milestone is a statement or a decision with exactly one date expression that begins after that date. In a
    statement, a weekday alone, a time in so many weeks, or a year counts only after "by" and the like, and a date in
    the past tense only if its year is written.
    """
    if reference_date is None:
        return ()
    people = defaultdict(list)
    for mention in (one for entity in entities if entity.label is Label.PERSON for one in entity.mentions):
        people[mention.segment_id].append(mention)
    return tuple(
        Milestone(segment_id=segment.id, first=days.first, last=days.last, precision=days.precision)
        for segment, language in zip(segments, line_languages(segments), strict=True)
        if segment.role is LineRole.CONTENT and segment.kind in _KINDS
        if (days := _days_ahead(segment, language, people[segment.id], reference_date))
    )


def _days_ahead(segment: Segment, language: str, people: Sequence[Mention], reference: dt.date) -> Days | None:
    """Return the days of the only date expression of a segment, if they certainly lie ahead."""
    text = mask_unreadable(segment.text)
    found = find_dates(text, language)
    dates = [date for date in found if not any(one.start <= date.start and date.end <= one.end for one in people)]
    if len(dates) != 1 or not _can_lie_ahead(text, dates[0], language):
        return None
    [date] = dates
    words, groups = date_words(language), _groups(date)
    limit = words.deadline.search(_before(text, date))
    before = limit is not None and words.before.match(limit[1]) is not None
    days = deadline_days(Deadline(date.start, date.end, date, before=before), reference)
    if days is None or days.first <= reference:
        return None
    if groups.isdisjoint(_SAYS_WHICH) and days.first - reference > _HALF_A_YEAR:
        return None
    if segment.kind is Kind.DECISION:
        return days
    weak = date.form in _WEAK or days.precision is Precision.YEAR
    is_past = "year" not in groups and matches_cue("past_tense", core(segment.text), language)
    return None if is_past or (weak and not limit) else days


def _can_lie_ahead(text: str, date: DateSpan, language: str) -> bool:
    """Return whether a line can look ahead to a date, by the words beside it: not "since Monday", "Monday's launch"."""
    before = _before(text, date)
    if date_words(language).condition.search(text[: date.start]):
        return False
    recurs = _every(language).search(before) is not None
    begins = date_words(language).after.search(before) is not None and not _is_range(date)
    return not (date.past or recurs or begins or text.startswith(("'s", "’s"), date.end))


def _is_range(date: DateSpan) -> bool:
    return bool(date.parts) or not _RANGES.isdisjoint(date.groups)


def _before(text: str, date: DateSpan) -> str:
    return text[max(0, date.start - _LOOK_BACK) : date.start]


def _groups(date: DateSpan) -> frozenset[str]:
    """Return the names of the groups of a date and its parts."""
    return frozenset(date.groups).union(*map(_groups, date.parts))


@cache
def _every(language: str) -> re.Pattern[str]:
    table = data_table("milestones.toml")["every"]
    return re.compile(rf"(?<!\w)(?:{table.get(language, table['en'])})\s(?:\w+\s)?$", re.IGNORECASE)
