"""Tagging: what each segment does, who takes it until when, and the names in it."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from fetch.corpus_records import KnownName
from pipeline.analysis_records import Entity, Kind, Label, LineRole, Segment, SegmentId
from pipeline.tag.date_expressions import DateSpan, find_dates
from pipeline.tag.entities import Spotted, entities_of, titled
from pipeline.tag.kinds import Around, kind_of
from pipeline.tag.name_patterns import RULES, Name, Spot, Tagger
from pipeline.tag.tasks import Task, days_of, due_of, owner_of, takes, with_lead
from pipeline.text import checkbox_state, core, mask_unreadable

__all__ = ["RULES", "Name", "Spot", "Tagged", "Tagger", "tag", "titled"]

_HEADINGS = 300
"""Code points of a heading path, or of the bullet above, that are read: the end of a path, the start of a bullet."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """The segments with kind, owner, due and due_date set, in their order; entities, named in most groups first."""

    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]


def tag(
    segments: Sequence[Segment],
    reference_date: dt.date | None,
    spot: Spot = RULES.spot,
    names: Sequence[KnownName] = (),
) -> Tagged:
    """Segments of one event, in pad order, to the same segments tagged and the entities that they name.

    Segments that were set aside (boilerplate, duplicates) keep kind OTHER and mention nobody, but help to know who
    is a person. A segment that comes with kind ACTION stood behind an open checkbox. `reference_date` is the
    event's date; without it no deadline has a day. `spot` is a model that sees names beside the rules;
    `names` are those that event.toml knows, and go before both.
    """
    from pipeline.tag.name_finding import find_names  # noqa: PLC0415 - spaCy, as long to import as all else that tags

    plain = [mask_unreadable(segment.text) for segment in segments]
    found = find_names(plain, spot, names)
    dates = [find_dates(text, segment.language) for text, segment in zip(plain, segments, strict=True)]
    cores = {segment.id: core(segment.text) for segment in segments}
    tagged = tuple(
        _tagged(_Line(segment, text, here, when), cores, reference_date)
        if segment.role is LineRole.CONTENT
        else dataclasses.replace(segment, kind=Kind.OTHER)
        for segment, text, here, when in zip(segments, plain, found, dates, strict=True)
    )
    spotted = [
        Spotted(segment, _with_dates(here, when)) for segment, here, when in zip(segments, found, dates, strict=True)
    ]
    return Tagged(tagged, entities_of(spotted, names))


@dataclass(frozen=True, slots=True)
class _Line:
    segment: Segment
    plain: str
    names: Sequence[Name]
    dates: Sequence[DateSpan]


def _tagged(line: _Line, cores: dict[SegmentId, str], reference_date: dt.date | None) -> Segment:
    segment, language = line.segment, line.segment.language
    due = due_of(line.plain, line.dates, language)
    task = Task(
        plain=line.plain,
        people=[(name.start, name.end) for name in line.names if name.label is Label.PERSON],
        dates=[
            *(with_lead(line.plain, date, language) for date in line.dates),
            *([(due.start, due.end)] if due else []),
        ],
        language=language,
        box=segment.kind is Kind.ACTION or checkbox_state(segment.text) is not None,
    )
    kind = kind_of(
        cores[segment.id],
        "open" if segment.kind is Kind.ACTION else checkbox_state(segment.text),
        _around(segment, cores),
        language,
        taken=takes(task),
    )
    if kind is not Kind.ACTION:
        return dataclasses.replace(
            segment, kind=kind, owner=None, due=None, due_date=None, due_from=None, due_precision=None
        )
    owner = owner_of(task)
    days = days_of(due, reference_date, language) if due and reference_date else None
    return dataclasses.replace(
        segment,
        kind=kind,
        owner=segment.text[owner[0] : owner[1]] if owner else None,
        due=segment.text[due.start : due.end] if due else None,
        due_date=days.last if days else None,
        due_from=days.first if days else None,
        due_precision=days.precision if days else None,
    )


def _around(segment: Segment, cores: dict[SegmentId, str]) -> Around:
    path = (*segment.headings, *((segment.prompt,) if segment.prompt else ()))
    nearest = segment.headings[-1] if segment.headings else segment.prompt or ""
    return Around(
        heading=core(" / ".join(path)[-_HEADINGS:]),
        nearest=core(nearest[-_HEADINGS:]),
        parent=cores.get(segment.parent, "")[:_HEADINGS] if segment.parent else "",
    )


def _with_dates(names: Sequence[Name], dates: Sequence[DateSpan]) -> list[Name]:
    """Names and dates of a line; where they overlap the longer ("Example Summit 2018", "May 2018")."""
    kept = [
        name for name in names if not any(_overlap(name, d) and d.end - d.start > name.end - name.start for d in dates)
    ]
    whens = [Name(d.start, d.end, Label.DATE) for d in dates if not any(_overlap(name, d) for name in kept)]
    return sorted([*kept, *whens], key=lambda name: name.start)


def _overlap(name: Name, date: DateSpan) -> bool:
    return name.start < date.end and date.start < name.end
