"""What the templates print: sorted, formatted and complete, so that they hold nothing but layout.

All text is raw; each format escapes it as it prints.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.report.backmatter import GroupView, LedgerView, Made, NameList, Tables
from pipeline.report.quote import GroupMark, Quote


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
    tables: Tables
