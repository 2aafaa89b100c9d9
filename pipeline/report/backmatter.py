"""What the templates print after the concerns: the pads by line, the index of names, the ledger, how it was made."""

from dataclasses import dataclass

from pipeline.report.quote import GroupMark, Quote

Rows = tuple[tuple[str, ...], ...]
"""A table for a CSV file, its header first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What became of a line, in words; with the name of a concern and where its card is, if it is in one."""

    words: str
    concern: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Part of a line that is in one language."""

    text: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Part of a line, and where it stands; None in place of what is hidden."""

    text: str
    at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of a pad as it stands there; `level` is its list level, from 0 to 8.

    `parts` are there where some of it is hidden, and are then printed instead of its `pieces`.
    """

    number: int
    anchor: str
    at: str
    pieces: tuple[Piece, ...]
    parts: tuple[Part, ...]
    level: int
    account: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PadView:
    """A pad with all its lines; `remark` says so where nothing was written in it."""

    name: str
    revision: str
    url: str | None
    remark: str | None
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group's pads, and in a few words what became of their lines."""

    group: GroupMark
    summary: str
    pads: tuple[PadView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The lines of one group that a name stands in."""

    group: GroupMark
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Another way to write a name, the one that it was joined with, and the end of "joined with … because …"."""

    written: str
    like: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameView:
    """A name, how else it was written and why that is the same, and the lines it stands in."""

    name: str
    variants: str
    joined: tuple[Joined, ...]
    where: tuple[Where, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameList:
    """All names of one kind, in alphabetical order."""

    title: str
    anchor: str
    names: tuple[NameView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """An account with its lines; `share` is of all lines, and `x` and `width` its part of a bar 1000 long."""

    account: str
    words: str
    lines: str
    share: str
    x: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLedger:
    """How many lines of a group are in each row of the ledger, in that order."""

    group: GroupMark
    counts: tuple[int, ...]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """The ledger; the shares add up to `share`, which is 100 %."""

    rows: tuple[LedgerRow, ...]
    groups: tuple[GroupLedger, ...]
    total: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PadRow:
    """A pad in the list of what this was made from."""

    group: GroupMark
    name: str
    revision: str
    sha256: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How the report was made: enough to make it again."""

    generated: str
    corpus_sha256: str
    settings: tuple[tuple[str, str], ...]
    pads: tuple[PadRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The CSV files."""

    concerns: Rows
    quotes: Rows
    entities: Rows
