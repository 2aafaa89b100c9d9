"""Lines, segments and entities as frozen records: what is in the pads and what it is, before anything is clustered."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from fetch.corpus_records import PadId

SegmentId = NewType("SegmentId", str)
EntityId = NewType("EntityId", str)
LineNo = NewType("LineNo", int)
"""A line of a pad, from 1; lines end at `\\n` and nowhere else."""


class Kind(StrEnum):
    """What a segment does."""

    STATEMENT = "statement"
    QUESTION = "question"
    ACTION = "action"
    DECISION = "decision"
    OTHER = "other"


class Label(StrEnum):
    """What an entity is."""

    PERSON = "PERSON"
    ORG = "ORG"
    PLACE = "PLACE"
    EVENT = "EVENT"
    PRODUCT = "PRODUCT"
    DATE = "DATE"


class Precision(StrEnum):
    """How exactly a date is given: to the day, or only the week, month, quarter or year; half a year is quarters."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Checkbox(StrEnum):
    """Whether the check box in front of a line is open, or done: ticked, or dropped."""

    OPEN = "open"
    DONE = "done"


class LineRole(StrEnum):
    """What a line is before anything is clustered; `hidden` and `redacted` are segments only, by decision."""

    EMPTY = "empty"
    HEADING = "heading"
    PROMPT = "prompt"
    BOILERPLATE = "boilerplate"
    DUPLICATE = "duplicate"
    STRUCK = "struck"
    HIDDEN = "hidden"
    REDACTED = "redacted"
    CONTENT = "content"


REDACTED = "[redacted]"
"""Stands in every output, and in the text that is analysed, in place of words that the facilitator redacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    r"""A line of a pad: `pad.text[start:end]` is the line without its `\n`; `level` is its list level, 0 for none."""

    pad_id: PadId
    number: LineNo
    start: int
    end: int
    role: LineRole
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The smallest quotable statement: a bullet, or one sentence of a paragraph.

    `pad.text[start:end] == text`, always, in code points. `line` is the line it starts on. `role` is content, or why it
    was set aside (boilerplate, duplicate). `level` is the list level, 0 for prose; `parent` is the bullet it hangs
    under; `checkbox` is the state of the box in front of it, if any. `owner` and `due` are verbatim words of the
    segment. `due_from` and `due_date` are the first and the last day that `due` names, seen from the event's date ("in
    June": the 1st and the 30th; equal for a single day), and `due_precision` is how exactly it names them; all three
    are None where no day is certain. `answer` is the segment that answers a question, by its label or by a reading;
    `about_group` is another group that is spoken of.
    """

    id: SegmentId
    pad_id: PadId
    group: str
    line: LineNo
    start: int
    end: int
    text: str
    kind: Kind = Kind.STATEMENT
    role: LineRole = LineRole.CONTENT
    prompt: str | None = None
    headings: tuple[str, ...] = ()
    level: int = 0
    parent: SegmentId | None = None
    checkbox: Checkbox | None = None
    language: str = "und"
    owner: str | None = None
    due: str | None = None
    due_date: dt.date | None = None
    due_from: dt.date | None = None
    due_precision: Precision | None = None
    answer: SegmentId | None = None
    about_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFacts:
    """What somebody who read a segment says of it, in place of what rules find; the fields are those of `Segment`."""

    kind: Kind
    owner: str | None = None
    due: str | None = None
    answer: SegmentId | None = None
    about_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span of a segment that names an entity: `segment.text[start:end]`, in code points."""

    segment_id: SegmentId
    start: int
    end: int


class SpellingReason(StrEnum):
    """Why one spelling was taken for another: of the same words, by a rule, or because somebody says so.

    Rules are not symmetric: `first_name` is the reason of "Ana" (like "Ana García"), `has_first_name` that of
    "Ana García" (like "Ana").
    """

    CASE = "case"
    POSSESSIVE = "possessive"
    HANDLE = "handle"
    LEADING = "leading"
    HYPHEN = "hyphen"
    ACCENTS = "accents"
    JOINED_UP = "joined_up"
    MISSPELT = "misspelt"
    INITIALS = "initials"
    HAS_INITIALS = "has_initials"
    MIDDLE = "middle"
    HAS_MIDDLE = "has_middle"
    SHORTENED = "shortened"
    HAS_SHORTENED = "has_shortened"
    FIRST_NAME = "first_name"
    HAS_FIRST_NAME = "has_first_name"
    LAST_NAME = "last_name"
    HAS_LAST_NAME = "has_last_name"
    BESIDE = "beside"
    KNOWN = "known"
    EVENT_FILE = "event_file"
    FACILITATOR = "facilitator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """Another spelling of an entity's name: `written` was joined with `like` for the reason `why`."""

    written: str
    like: str
    why: SpellingReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What one or more mentions refer to.

    `name` is its fullest form as somebody wrote it in the notes, or the one that event.toml gives. `also` are all
    other spellings of its mentions, in the order of their first mention. `first_day` and `last_day` are the days that a
    date with a year, or counted from the event's date ("tomorrow"), stands for; None for any other date or name.
    """

    id: EntityId
    name: str
    label: Label
    mentions: tuple[Mention, ...]
    also: tuple[Spelling, ...] = ()
    first_day: dt.date | None = None
    last_day: dt.date | None = None
