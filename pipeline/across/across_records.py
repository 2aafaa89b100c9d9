"""What several events have in common, as frozen records: the content of across.json."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, NewType

from fetch.corpus_records import PadId
from pipeline.analysis_records import ConcernId
from pipeline.segment_records import Kind, LineNo, SegmentId

EventId = NewType("EventId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedEvent:
    """An event, its groups in event order, and which analysis of it was read: by its time and its pads' hash."""

    id: EventId
    title: str
    date: dt.date | None
    groups: tuple[str, ...]
    generated: str
    corpus_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """A quote: a segment of the analysis of `event`, to the character; `start` and `end` are code points of its pad.

    `href` leads from the folder of this report to its line.
    """

    event: EventId
    segment_id: SegmentId
    pad_id: PadId
    group: str
    line: LineNo
    start: int
    end: int
    text: str
    kind: Kind
    language: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A concern as one event has it; `lines` are the first of its `quotes` quotes."""

    event: EventId
    concern_id: ConcernId
    label: str
    groups: tuple[str, ...]
    quotes: int
    lines: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringConcern:
    """A concern that several events have, one after the other; `label` is that of the event with most groups.

    `similarity` is the mean similarity of its appearances, 1 for those of one name that a language model or the
    facilitator gave. `absent_from` are the events since the first that do not have it. `decisions` are decisions of
    later events among its quotes, or like them.
    """

    id: str
    label: str
    similarity: float
    appearances: tuple[Appearance, ...]
    absent_from: tuple[EventId, ...]
    decisions: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsedConcern:
    """A concern that an event shows first and no later one has; that is no sign that it was resolved.

    `similar` are lines of later events that are like it, one an event at most; `decisions` those that are decisions.
    """

    appearance: Appearance
    absent_from: tuple[EventId, ...]
    similar: tuple[EventLine, ...]
    decisions: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedStep:
    """A next step that later events have in the same words; it is `ticked` if its check box is in the last of them."""

    step: EventLine
    owner: str | None
    due: str | None
    due_date: dt.date | None
    later: tuple[EventLine, ...]
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedQuestion:
    """A question that later events ask again, and the notes that may answer it.

    It is `answered_later` if the event that asked it first has no such note and a later one has.
    """

    asked: tuple[EventLine, ...]
    answers: tuple[EventLine, ...]
    answered_later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AcrossEvents:
    """across.json, schema 1; `generated` is the `--now` it was made with, UTC in ISO 8601.

    `events` are in order. Concerns of most events come first; steps and questions are in event order. `left_out` counts
    quotes that are shown in one of the events, but whose words are hidden or redacted in another.
    """

    schema: Literal[1]
    generated: str
    events: tuple[ComparedEvent, ...]
    came_back: tuple[RecurringConcern, ...]
    not_again: tuple[LapsedConcern, ...]
    steps: tuple[RepeatedStep, ...]
    questions: tuple[RepeatedQuestion, ...]
    left_out: int = 0
