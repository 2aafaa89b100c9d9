"""What was said, and whom or what it names."""

import datetime as dt
from dataclasses import dataclass

from fetch.records import PadId
from pipeline.records.words import EntityId, Kind, Label, LineNo, LineRole, Precision, SegmentId


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

    `pad.text[start:end] == text`, always, in code points. `line` is the line it starts on. `role` is content,
    or why it was set aside (boilerplate, duplicate). `level` is the list level, 0 for prose; `parent` is the
    bullet it hangs under. `owner` and `due` are verbatim words of the segment. `due_date` is the last day that `due`
    names, seen from the event's date, and `due_from` the first ("in June": the 1st to the 30th; both the same for a
    single day); `due_precision` is how exactly the words say it. All three are None where no day is certain.
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
    language: str = "und"
    owner: str | None = None
    due: str | None = None
    due_date: dt.date | None = None
    due_from: dt.date | None = None
    due_precision: Precision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span of a segment that names an entity: `segment.text[start:end]`, in code points."""

    segment_id: SegmentId
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """Another way in which an entity's mentions are written, and why it was joined.

    `written` and `like` are two ways to write the name, `like` the one that `written` was joined with; `why` ends, in
    plain words and without any name, the sentence "Ana, joined with Ana García because …".
    """

    written: str
    like: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What one or more mentions refer to.

    `name` is its fullest form as somebody wrote it in the notes, or the one that event.toml gives. `also` are all
    other ways in which its mentions are written, in the order of their first mention.
    """

    id: EntityId
    name: str
    label: Label
    mentions: tuple[Mention, ...]
    also: tuple[Spelling, ...] = ()
