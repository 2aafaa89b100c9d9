"""The two records that every part of the report is made of: a group's mark and a quote.

What the templates print after the concerns: the pads by line, the index of names, the ledger, how it was made.

What the templates print: sorted, formatted and complete, so that they hold nothing but layout.

All text is raw; each format escapes it as it prints.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMark:
    """How a group is recognised everywhere: name, initials (no two groups have the same) and one of 12 tones."""

    name: str
    number: int
    initials: str
    tone: int
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Verbatim words and where they stand.

    `at` is the pad's number and the characters (`2:120-180`): what a quote is proofread by. `where` is said to
    readers, `anchor` is the line's in report.html, `url` the pad's revision on its server, where there is one.
    """

    text: str
    language: str | None
    at: str
    group: GroupMark
    line: int
    where: str
    anchor: str
    url: str | None


Row = tuple[str | int | dt.date | None, ...]
Rows = tuple[Row, ...]
"""A table for a CSV file, its column names first."""


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
class Cell:
    """How many quotes a group has in a concern: the number, and 0 to 3 for how strongly it is marked.

    `wrote` is false for a group that wrote nothing at all.
    """

    group: GroupMark
    count: int
    words: str
    weight: int
    wrote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupQuotes:
    """What one group said, in reading order."""

    group: GroupMark
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a quote is in its concern: what it is like, in what way, and the words that both use."""

    like: Quote
    words: str
    shared: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A concern with everything said about it.

    `raised` is the number of groups that did, and `of_groups` tells of how many. `cells` has every group of
    the event, in event order; `exemplars` are the best few quotes, `others` the rest and `by_group` all of them.
    `whys` says why a quote is here, by its place (`Quote.at`). `named` means by the facilitator.
    """

    label: str
    anchor: str
    raised: int
    of_groups: str
    strength: str
    groups: tuple[GroupMark, ...]
    group_names: str
    cells: tuple[Cell, ...]
    exemplars: tuple[Quote, ...]
    others: tuple[Quote, ...]
    by_group: tuple[GroupQuotes, ...]
    quote_count: str
    named: bool
    whys: Mapping[str, Why]
    placed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCards:
    """The concerns that only this group raised."""

    group: GroupMark
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """What stands under a question, `depth` levels below it."""

    quote: Quote
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question and what its group wrote under it."""

    quote: Quote
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A next step; `owner` and `due` are its own words, `date` is what `due` was read as."""

    quote: Quote
    owner: str | None
    due: str | None
    date: str | None
    iso_date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingOnly:
    """A pad of the group that could not be read for meaning; `words` say in which language it is, or which part."""

    group: GroupMark
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number at a glance, and the part of the report that it counts."""

    number: str
    words: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """The whole report."""

    title: str
    date: str | None
    iso_date: str | None
    tally: str
    groups: tuple[GroupMark, ...]
    figures: tuple[Figure, ...]
    recurring: tuple[Card, ...]
    strongest: tuple[Card, ...]
    one_group: tuple[GroupCards, ...]
    open_questions: tuple[GroupQuotes, ...]
    answered_questions: tuple[QuestionView, ...]
    next_steps: tuple[StepView, ...]
    decisions: tuple[GroupQuotes, ...]
    rest: tuple[GroupQuotes, ...]
    by_group: tuple[GroupView, ...]
    names: tuple[NameList, ...]
    ledger: LedgerView
    problems: tuple[str, ...]
    decided: str
    lost: tuple[str, ...]
    wording_only: tuple[WordingOnly, ...]
    made: Made
    tables: Mapping[str, Rows]
