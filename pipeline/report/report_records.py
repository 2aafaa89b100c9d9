"""The records that templates print: sorted, formatted and translated, so that a template holds nothing but layout.

All text is raw; each format escapes it as it prints it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

Row = tuple[str | int | dt.date | None, ...]
Rows = tuple[Row, ...]
"""A table for a CSV file, its header first."""

DEEPEST = 8  # deeper list levels are shown as this one


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMark:
    """How a group is recognised: name, initials of its own and one of 12 tones; `page` is the path of its files."""

    name: str
    number: int
    initials: str
    tone: int
    anchor: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Verbatim text of a pad.

    `at` is the pad's number and the range of characters (`2:120-180`), by which the quote is checked. `where` names the
    line, `page` is the file with that line, `anchor` the line's id there, and `url` the pad's revision on its server,
    if known.
    `language` is a BCP 47 tag, or None for the language of the report.
    """

    text: str
    language: str | None
    at: str
    group: GroupMark
    line: int
    where: str
    page: str
    anchor: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfGroup(Generic[Item]):
    """What one group has of something: its quotes, or the concerns that only it raised.

    On the index page of a large report so many are `left_out`; they are on the group's page.
    """

    group: GroupMark
    items: tuple[Item, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCount:
    """How many quotes a group has in a concern; `weight`, from 0 to 3, is how strongly the matrix marks the number.

    `wrote` is False for a group that wrote nothing at all.
    """

    group: GroupMark
    count: int
    weight: int
    wrote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """Why a quote is in its concern: the quote that it is similar to, and the words that both have, if any.

    A `suggested` quote was added by active learning, not by the facilitator; the facilitator said of a `confirmed` one
    that it belongs there.
    """

    similar_to: Quote
    shared_words: str
    suggested: bool
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessView:
    """The quotes of a concern that are in it because they are similar to one quote; `suggested` as in ReasonView."""

    similar_to: Quote
    suggested: bool
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedView:
    """A sentence that a language model wrote, and the quotes that it cites, of which only the places are printed."""

    text: str
    cited: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """What a language model wrote about a concern or the event: never to be printed without its `mark`."""

    mark: str
    sentences: tuple[CitedView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """Whom to tell that something is wrong or missing: an address and the link to it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernView:
    """A concern with its quotes.

    `front` concerns are claimed to be shared; other recurring ones are lines that echo each other, without any grade.
    `raised` groups raised it. `strength` says in words how many that is of those that wrote anything, and `around` is
    what stands before and after the number in it. `counts` has every group of the event. `exemplars` are the best few
    quotes, `best` is the one that can stand alone, `others` are the rest, and `by_group` all of them. `reasons` and
    `marks` are by `Quote.at`: why quotes are here, and in words which of them neither a reading nor the facilitator put
    here. `likenesses` are the quotes with reasons, by what they are similar to. `remarks` say who named the concern,
    and how many of its quotes were added automatically or confirmed. `takeaway` is the one sentence of `summary` that
    is shown at a glance.
    """

    label: str
    anchor: str
    recurring: bool
    front: bool
    raised: int
    strength: str
    around: tuple[str, str]
    group_names: str
    counts: tuple[GroupCount, ...]
    best: Quote
    exemplars: tuple[Quote, ...]
    others: tuple[Quote, ...]
    by_group: tuple[OfGroup[Quote], ...]
    reasons: Mapping[str, ReasonView]
    likenesses: tuple[LikenessView, ...]
    marks: Mapping[str, str]
    remarks: tuple[str, ...]
    summary: SummaryView | None
    takeaway: SummaryView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptView:
    """A prompt of the template and what was written under it.

    `counts` has every group of the event. `answered` says how many groups of those that wrote anything wrote something
    here, `left_out` names the others. `concerns` are those that two groups or more raised here.
    """

    text: str
    anchor: str
    answered: str
    counts: tuple[GroupCount, ...]
    answers: tuple[OfGroup[Quote], ...]
    left_out: str
    concerns: tuple[ConcernView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """A note that may answer a question: `depth` levels below it, or elsewhere; if `place_only`, without its words."""

    quote: Quote
    depth: int
    by_other: bool = False
    place_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question with the notes that answer it, if any, and `others` that ask the same, each with answers of its own.

    `askers` are the groups of them all, `without_answer` those that have none although another group has one.
    """

    quote: Quote
    answers: tuple[AnswerView, ...]
    others: tuple["QuestionView", ...] = ()
    askers: str = ""
    without_answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStepView:
    """A next step; `owner` and `due` are words of the quote, `date` is the day or days that `due` was resolved to."""

    quote: Quote
    owner: str | None
    due: str | None
    date: str | None
    iso_date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """What lies ahead: a next step, a decision or another note, as `kind` says, with its days from `first` to `last`.

    `date` says in words when it is, as exactly as the quote says so; `owner` is words of the quote.
    `uid` identifies it in calendars: it is the same as long as its words and its pad are.
    """

    quote: Quote
    pad: str
    kind: str
    owner: str | None
    first: dt.date
    last: dt.date
    date: str
    uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffCount:
    """How many quotes of a group speak of the group `about`; `weight` is as in GroupCount."""

    about: GroupMark
    count: int
    weight: int
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffsView:
    """What groups say about each other's subjects: a table, whose columns are the groups `about`, and the quotes.

    The rows are the groups that wrote; `spoken_of` has what others wrote about a group, by the group that wrote.
    """

    about: tuple[GroupMark, ...]
    rows: tuple[OfGroup[HandOffCount], ...]
    spoken_of: tuple[OfGroup[OfGroup[Quote]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePart:
    """Part of a line: in one language, or, where some of the line is hidden, what is shown, with its place `at`."""

    text: str
    language: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of a pad, searched by its `facets`; `at` is None if some is hidden, `level` is its list level, 0 to 8."""

    number: int
    anchor: str
    at: str | None
    parts: tuple[LinePart, ...]
    level: int
    account: str
    concerns: tuple[ConcernView, ...]
    notes: tuple[str, ...]
    facets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PadView:
    """A pad with all its lines; `anchor` is its id in a page, `remark` says if nothing was written in it."""

    name: str
    anchor: str
    revision: str | None
    sha256: str
    url: str | None
    remark: str | None
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group's pads, and what became of their lines: in a sentence, and by account in the order of the ledger."""

    group: GroupMark
    summary: str
    line_counts: tuple[int, ...]
    line_total: int
    pads: tuple[PadView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellingView:
    """Another spelling of a name, the one that it was joined with, and why."""

    written: str
    like: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameView:
    """A name with its other spellings and the lines that mention it, by group; `days` are those of a date, if known."""

    name: str
    days: str | None
    variants: str
    spellings: tuple[SpellingView, ...]
    mentions: tuple[OfGroup[Quote], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameList:
    """All names of one kind."""

    title: str
    anchor: str
    names: tuple[NameView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """The lines in one account of the ledger and their share; `x` and `width` place them in a bar 1000 long."""

    account: str
    title: str
    short_title: str
    lines: str
    share: str
    x: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """The ledger; `share` is the sum of all shares, 100%."""

    accounts: tuple[AccountView, ...]
    total: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number at a glance, its caption, and the anchor of the part of the report that it counts."""

    number: str
    caption: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernChangeView:
    """A concern that changed, and how; `anchor` is None if it is not in this report."""

    label: str
    anchor: str | None
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """What changed since an earlier analysis; `withdrawn` names pads and how many lines, without their words.

    `regrouped` says how many concerns changed for no change of a line, "" if none did.
    """

    title: str
    concerns: tuple[ConcernChangeView, ...]
    regrouped: str
    done: tuple[OfGroup[Quote], ...]
    new: tuple[OfGroup[Quote], ...]
    edited: tuple[OfGroup[Quote], ...]
    withdrawn: tuple[str, ...]
