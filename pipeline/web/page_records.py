"""What the templates of the curation page print: records that are sorted, translated and formatted."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report.report_records import ConcernView, GroupView, Quote, ReasonView
from pipeline.segment_records import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What every page shows: the event's title, the version, the progress, and how many decisions were not applied.

    `last` is the last step in words, "" if there is none; `undo` is "decision" or "edit", and `number` is its number.
    """

    event: str
    version: str
    progress: str
    last: str
    undo: str
    number: int
    orphans: int


@dataclass(frozen=True, slots=True)
class Link:
    """A concern by its name, and the address of its page."""

    id: str
    label: str

    @property
    def href(self) -> str:
        """Return the address of its page."""
        return f"/concern/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteItem:
    """A quote with what can be decided about it.

    `at` counts the quotes of a page from 0, and `focus` is on the one that the facilitator is at. `why` says why it is
    in its concern; `decided` means that it was put in a concern or in none. `facts` says what it is, who does it and by
    when; `who` and `when` are words of it that may be meant.
    """

    at: int
    id: str
    quote: Quote
    why: ReasonView | None
    decided: bool
    focus: bool
    kind: Kind
    owner: str
    due: str
    facts: str
    who: Sequence[str]
    when: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRow:
    """A concern in the list of all; `todo` says what is left to decide about it, and `finder` who named it.

    One without quotes has no `concern`.
    """

    link: Link
    concern: ConcernView | None = None
    quotes: str
    todo: str
    finder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    """The first page; `rest` is the number of quotes in no concern, `hidden` what the report does not show."""

    recurring: Sequence[ConcernRow]
    echoes: Sequence[ConcernRow]
    one_group: Sequence[ConcernRow]
    empty: Sequence[ConcernRow]
    rest: int
    hidden: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernPage:
    """A concern: quotes `to_check`, `suggested` ones, those `decided`, and the `others` it may be merged with.

    `concern` is None as long as it has no quotes. Unless it is `named`, its name is not the facilitator's. `any_quote`
    is the id of one of its quotes, by which it is found again when its name is taken back.
    """

    link: Link
    concern: ConcernView | None
    named: bool
    to_check: Sequence[QuoteItem]
    suggested: Sequence[QuoteItem]
    decided: Sequence[QuoteItem]
    others: Sequence[Link]
    before: Link | None
    after: Link | None
    any_quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesPage:
    """The pads of a group, line by line, as in the report."""

    lines: GroupView


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPage:
    """Some of the `quotes` that are in no concern; `number` counts such pages from 1."""

    items: Sequence[QuoteItem]
    others: Sequence[Link]
    quotes: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionItem:
    """A decision; `number` is its place in the file, `orphaned` says why it could not be applied, if so."""

    number: int
    text: str
    orphaned: str
    near: Sequence[QuoteItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A concern that a quote may belong to: the decided quote that it is like, or why else."""

    link: Link
    why: ReasonView | None = None
    why_else: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """A question about a quote: whether it belongs to the `only` option, or to which; or about the name of a concern.

    `members` are some quotes of the concern `to_name`; `benefit` says what else the answer helps with.
    """

    item: QuoteItem | None = None
    only: Option | None = None
    options: Sequence[Option] = ()
    others: Sequence[Link] = ()
    benefit: str = ""
    to_name: Link | None = None
    members: Sequence[QuoteItem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KindButton:
    """A kind that a quote can be said to have, and the key for it."""

    value: Kind
    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTab:
    """A list of quotes of one kind, by its title and their number."""

    kind: Kind
    label: str
    quotes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsPage:
    """Some of the quotes of a `kind`, with `pages` of them, counted from 1, and the lists of all kinds."""

    kind: Kind
    items: Sequence[QuoteItem]
    tabs: Sequence[KindTab]
    number: int
    pages: int
