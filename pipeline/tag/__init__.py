"""Tagging: what each segment does, who takes it until when, and the names in it.

segments ─ mask_unreadable ─> texts ─┬─ find_names ─> names ─┬─ takes_task ─> kind_of ─> kind
                                     └─ find_dates ─> dates ─┤     of an action: find_owner ─> owner
                                                             │     find_deadline ─> deadline_days ─> due, due_date
                                                             └─ resolve_entities ─> entities
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fetch.corpus_records import KnownName
from pipeline.segment_records import Entity, Kind, Label, LineRole, Segment, SegmentId, StatedFacts
from pipeline.tag.date_expressions import DateSpan, find_dates
from pipeline.tag.entities import resolve_entities, title_names
from pipeline.tag.kinds import kind_of
from pipeline.tag.name_languages import line_languages
from pipeline.tag.name_patterns import RULES, Name, Spot, Tagger
from pipeline.tag.tasks import Deadline, Task, deadline_days, find_deadline, find_owner, takes_task
from pipeline.text import checkbox_state, core, mask_unreadable

__all__ = ["RULES", "Name", "Spot", "Tagged", "Tagger", "tag", "tag_as_stated", "title_names"]

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
    persons; fields of a form keep it too. A segment of kind ACTION had an open check box. `reference_date` is the
    event's date; without it no deadline has a day. `tagger` is a model that finds names beside the rules; `names` are
    those of event.toml, and precede both.
    """
    from pipeline.tag.name_finding import find_names  # noqa: PLC0415 - spaCy, as long to import as all else that tags

    texts = [mask_unreadable(segment.text) for segment in segments]
    cores = {segment.id: core(segment.text) for segment in segments}
    names_of = find_names(texts, line_languages(segments), tagger, names)
    dates_of = [find_dates(text, segment.language) for text, segment in zip(texts, segments, strict=True)]
    tagged, merged = [], []
    for segment, text, found, dates in zip(segments, texts, names_of, dates_of, strict=True):
        people = [(name.start, name.end) for name in found if name.label is Label.PERSON]
        has_checkbox = segment.kind is Kind.ACTION or checkbox_state(segment.text) is not None
        task = Task(text, segment.language, people, dates, has_checkbox=has_checkbox)
        tagged.append(_tag_segment(segment, task, cores, reference_date))
        merged.append(_merge_dates(found, dates))
    return Tagged(tuple(tagged), resolve_entities(segments, merged, names))


def _tag_segment(
    segment: Segment, task: Task, cores: Mapping[SegmentId, str], reference_date: dt.date | None
) -> Segment:
    if segment.role is not LineRole.CONTENT or segment.kind is Kind.OTHER:
        return dataclasses.replace(segment, kind=Kind.OTHER)
    headings = (*segment.headings, segment.prompt) if segment.prompt else segment.headings
    above = {
        "heading": core(" / ".join(headings)[-_MAX_CONTEXT:]),
        "nearest": core((segment.headings or headings or ("",))[-1][-_MAX_CONTEXT:]),
        "parent": cores.get(segment.parent, "")[:_MAX_CONTEXT] if segment.parent else "",
    }
    box = "open" if segment.kind is Kind.ACTION else checkbox_state(segment.text)
    kind = kind_of(cores[segment.id], box, above, segment.language, is_taken=takes_task(task))
    if kind is not Kind.ACTION:
        return dataclasses.replace(segment, kind=kind)
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
    days = deadline_days(deadline, reference_date) if deadline and reference_date else None
    return dataclasses.replace(
        segment,
        due_date=days.last if days else None,
        due_from=days.first if days else None,
        due_precision=days.precision if days else None,
    )


def tag_as_stated(
    segments: Sequence[Segment], stated: Mapping[SegmentId, StatedFacts], reference_date: dt.date | None
) -> tuple[Segment, ...]:
    """Return tagged segments with what is stated of them in place of what the rules found.

    Words that are not in their segment are left out; so are facts of segments that were set aside.
    """
    return tuple(
        _as_stated(segment, stated[segment.id], reference_date)
        if segment.id in stated and segment.role is LineRole.CONTENT
        else segment
        for segment in segments
    )


def _as_stated(segment: Segment, facts: StatedFacts, reference_date: dt.date | None) -> Segment:
    owner, due = (words if words and words in segment.text else None for words in (facts.owner, facts.due))
    deadline = None
    if due:
        text = mask_unreadable(due)
        dates = find_dates(text, segment.language)
        deadline = find_deadline(Task(text, segment.language, (), dates, has_checkbox=False))
    stated = dataclasses.replace(
        segment, kind=facts.kind, owner=owner, due=due, answer=facts.answer, about_group=facts.about_group
    )
    return _with_deadline(stated, deadline, reference_date)


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
