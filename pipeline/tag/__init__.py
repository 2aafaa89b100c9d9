"""Tagging: what each segment does, who takes it until when, and the names in it.

segments ─ mask_unreadable ─> texts ─┬─ find_names ─> names ─┬─ takes_task ─> kind_of ─> kind ─ pair_answers ─> answer
                                     └─ find_dates ─> dates ─┤     of an action: find_owner ─> owner
                                                             │     find_deadline ─> deadline_days ─> due, due_date
                                                             └─ resolve_entities ─> entities

tagged segments ─ find_milestones ─> dates ahead;  ─ find_hand_offs ─> the other group that a segment speaks of
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fetch.corpus_records import KnownName
from pipeline.progress import track
from pipeline.segment_records import Entity, Kind, Label, LineRole, Segment, SegmentId, StatedFacts
from pipeline.tag.date_expressions import DateSpan, find_dates
from pipeline.tag.date_resolution import Days, resolve
from pipeline.tag.entities import resolve_entities, title_names
from pipeline.tag.group_terms import group_names
from pipeline.tag.hand_offs import find_hand_offs
from pipeline.tag.kinds import Context, TaskFacts, kind_of
from pipeline.tag.milestones import find_milestones
from pipeline.tag.name_patterns import RULES, Name, Spot, Tagger
from pipeline.tag.question_answers import pair_answers
from pipeline.tag.tasks import (
    Deadline,
    Task,
    deadline_days,
    find_deadline,
    find_owner,
    names_deadline,
    names_person,
    takes_task,
)
from pipeline.text import core, line_languages, mask_unreadable

__all__ = [
    "RULES",
    "Name",
    "Spot",
    "Tagged",
    "Tagger",
    "dates_with_year",
    "find_hand_offs",
    "find_milestones",
    "group_names",
    "tag",
    "tag_as_stated",
    "title_names",
]

_DIGIT = re.compile(r"\d")
_MAX_CONTEXT = 300
"""Code points that are searched of a heading path, from its end, and of the bullet above, from its start."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """The segments with their kind, owner and deadline, in order; the entities, those named by most groups first."""

    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]


def tag(
    segments: Sequence[Segment],
    reference_date: dt.date | None,
    tagger: Tagger = RULES,
    names: Sequence[KnownName] = (),
) -> Tagged:
    """Return the segments of one event, in pad order, with their tags, and the entities that they name.

    Segments that were set aside (boilerplate, duplicates) keep kind OTHER and mention nobody, but help to recognise
    persons; fields of a form keep it too. `reference_date` is the event's date; without it only dates with a year have
    days. Relative dates ("tomorrow") are entities only if they have days. `tagger` is a model that finds names beside
    the rules; `names` are those of event.toml, and precede both.
    """
    from pipeline.tag.name_finding import find_names  # noqa: PLC0415 - spaCy, as long to import as all else that tags

    texts = [mask_unreadable(segment.text) for segment in segments]
    written = {segment.id: segment for segment in segments}
    languages = line_languages(segments)
    dates_of = list(map(find_dates, texts, languages))
    names_of = find_names(texts, languages, tagger, names)
    tagged, merged = [], []
    days_at: dict[tuple[SegmentId, int], Days] = {}
    seen = zip(track(segments, "tag"), texts, languages, names_of, dates_of, strict=True)
    for segment, text, language, guessed, dated in seen:
        found, dates = _people_or_months(text, guessed, dated)
        people = [(name.start, name.end) for name in found if name.label is Label.PERSON]
        task = Task(text, language, people, dates, has_checkbox=segment.checkbox is not None)
        tagged.append(_tag_segment(segment, task, written, reference_date))
        # A statement may look back: its "March" need not be the next one, so only a deadline's is resolved.
        certain = {date.start: resolve(date, reference_date if date.relative else None) for date in dates}
        merged.append(_merge_dates(found, [date for date in dates if certain[date.start] or not date.relative]))
        days_at |= {(segment.id, start): days for start, days in certain.items() if days}
    entities = resolve_entities(segments, merged, names)
    return Tagged(pair_answers(tagged), tuple(_with_days(entity, days_at) for entity in entities))


def _tag_segment(
    segment: Segment, task: Task, written: Mapping[SegmentId, Segment], reference_date: dt.date | None
) -> Segment:
    if segment.role is not LineRole.CONTENT or segment.kind is Kind.OTHER:
        return dataclasses.replace(segment, kind=Kind.OTHER)
    headings = (*segment.headings, segment.prompt) if segment.prompt else segment.headings
    parent = written.get(segment.parent) if segment.parent else None
    context = Context(
        heading=core(" / ".join(headings)[-_MAX_CONTEXT:]),
        nearest=core((segment.headings or headings or ("",))[-1][-_MAX_CONTEXT:]),
        parent=core(parent.text)[:_MAX_CONTEXT] if parent else "",
        parent_has_checkbox=parent is not None and parent.checkbox is not None,
        checkbox=segment.checkbox,
        language=task.language,
    )
    facts = TaskFacts(
        is_taken=partial(takes_task, task),
        is_assigned=partial(names_person, task),
        is_due=partial(names_deadline, task),
    )
    kind = kind_of(core(segment.text), context, facts)
    if kind is not Kind.ACTION:
        return segment if kind is segment.kind else dataclasses.replace(segment, kind=kind)
    owner, deadline = find_owner(task), find_deadline(task)
    return _with_deadline(
        dataclasses.replace(
            segment,
            kind=kind,
            owner=segment.text[slice(*owner)] if owner else None,
            due=segment.text[deadline.start : deadline.end] if deadline else None,
        ),
        deadline,
        reference_date,
    )


def _with_deadline(segment: Segment, deadline: Deadline | None, reference_date: dt.date | None) -> Segment:
    days = deadline_days(deadline, reference_date) if deadline else None
    return dataclasses.replace(
        segment,
        due_date=days.last if days else None,
        due_from=days.first if days else None,
        due_precision=days.precision if days else None,
    )


def dates_with_year(lines: Iterable[str], language: str) -> tuple[Days, ...]:
    """Return the days of the dates with a year in lines of any kind, headings included.

    `language` is an ISO 639-1 code.
    """
    readable = map(mask_unreadable, lines)
    dates = (date for text in readable if _DIGIT.search(text) for date in find_dates(text, language))
    return tuple(days for date in dates if (days := resolve(date, None)))


def _with_days(entity: Entity, days_at: Mapping[tuple[SegmentId, int], Days]) -> Entity:
    """Return a date with the days that it stands for, given those of every date by where it begins."""
    first = entity.mentions[0]
    days = days_at.get((first.segment_id, first.start)) if entity.label is Label.DATE else None
    return dataclasses.replace(entity, first_day=days.first, last_day=days.last) if days else entity


def tag_as_stated(
    segments: Sequence[Segment], stated: Mapping[SegmentId, StatedFacts], reference_date: dt.date | None
) -> tuple[Segment, ...]:
    """Return tagged segments with what is stated of them in place of what the rules found.

    Words that are not in their segment are left out; so are facts of segments that were set aside. The same words for a
    deadline keep the days that were found for them, and where no group is stated, the one that was found is kept.
    """
    return tuple(
        _as_stated(segment, stated[segment.id], reference_date)
        if segment.id in stated and segment.role is LineRole.CONTENT
        else segment
        for segment in segments
    )


def _as_stated(segment: Segment, facts: StatedFacts, reference_date: dt.date | None) -> Segment:
    owner, due = (words if words and words in segment.text else None for words in (facts.owner, facts.due))
    answer = facts.answer or (segment.answer if facts.kind is Kind.QUESTION else None)
    about = facts.about_group or segment.about_group
    stated = dataclasses.replace(segment, kind=facts.kind, owner=owner, due=due, answer=answer, about_group=about)
    if due and due == segment.due:
        return stated
    deadline = None
    if due:
        text = mask_unreadable(due)
        dates = find_dates(text, segment.language)
        deadline = find_deadline(Task(text, segment.language, (), dates, has_checkbox=False))
    return _with_deadline(stated, deadline, reference_date)


def _people_or_months(text: str, names: Sequence[Name], dates: Sequence[DateSpan]) -> tuple[list[Name], list[DateSpan]]:
    """Return names and dates without what is the other of the two: "Jan writes" names a person, "by Jan" a month."""
    months = {(date.start, date.end) for date in dates if date.is_led_to(text)}
    kept = [name for name in names if name.label is not Label.PERSON or (name.start, name.end) not in months]
    people = [(name.start, name.end) for name in kept if name.label is Label.PERSON]
    return kept, [date for date in dates if not any(start <= date.start and date.end <= end for start, end in people)]


def _merge_dates(names: Sequence[Name], dates: Sequence[DateSpan]) -> list[Name]:
    """Return the names and dates of a line, where they overlap the longer: "Example Summit 2018", "May 2018"."""

    def overlap(name: Name, date: DateSpan) -> bool:
        return name.start < date.end and date.start < name.end

    kept = [
        name
        for name in names
        if not any(overlap(name, date) and date.end - date.start > name.end - name.start for date in dates)
    ]
    free = [date for date in dates if not any(overlap(name, date) for name in kept)]
    return sorted([*kept, *(Name(date.start, date.end, Label.DATE) for date in free)], key=lambda name: name.start)
