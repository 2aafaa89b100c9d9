"""View data of the curation page: built, sorted and translated before a template runs."""

from dataclasses import dataclass

from pipeline.report.report_records import GroupMark


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A concern by its name, and the address of its page."""

    id: str
    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteItem:
    """A quote with what can be decided about it.

    `at` counts the quotes of a page from 0, and `focus` is on the one that the facilitator is at. `why` says why it is
    offered here; `decided` means that it was put in a concern or in none.
    """

    at: int
    id: str
    text: str
    language: str | None
    group: GroupMark
    where: str
    why: str = ""
    decided: bool = False
    focus: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRow:
    """A concern in the list of all; `todo` says what is left to decide about it."""

    link: Link
    strength: str
    quotes: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What every page shows: the event, the progress, the last decision, and how many could not be applied."""

    title: str
    version: str
    progress: str
    last: str
    decisions: int
    orphans: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    """The first page; `rest` is the number of quotes in no concern, `hidden` what the report does not show."""

    status: Status
    recurring: tuple[ConcernRow, ...]
    one_group: tuple[ConcernRow, ...]
    empty: tuple[ConcernRow, ...]
    rest: int
    hidden: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernPage:
    """A concern: quotes `to_check`, `suggested` ones, those `decided`, and the `others` it may be merged with."""

    status: Status
    link: Link
    strength: str
    named: bool
    to_check: tuple[QuoteItem, ...]
    suggested: tuple[QuoteItem, ...]
    decided: tuple[QuoteItem, ...]
    others: tuple[Link, ...]
    before: Link | None
    after: Link | None

    @property
    def finished(self) -> bool:
        """Return whether every quote of it was decided about."""
        return not self.to_check and not self.suggested

    @property
    def any_quote(self) -> str:
        """Return the id of one of its quotes, by which it is found again when its name is taken back."""
        return next((item.id for item in (*self.to_check, *self.decided, *self.suggested)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPage:
    """Some of the `quotes` that are in no concern; `number` counts such pages from 1."""

    status: Status
    items: tuple[QuoteItem, ...]
    others: tuple[Link, ...]
    quotes: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionItem:
    """A decision; `number` is its place in the file, `orphaned` says why it could not be applied, if so."""

    number: int
    text: str
    orphaned: str
    near: tuple[QuoteItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage:
    """All decisions, the last first."""

    status: Status
    decisions: tuple[DecisionItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A concern that a quote may belong to, the key to choose it, and why."""

    key: str
    link: Link
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """A question about a quote: whether it belongs to the `only` option, or to which; or about the name of a concern.

    `members` are some quotes of the concern `to_name`; `benefit` says what else the answer helps with.
    """

    status: Status
    item: QuoteItem | None = None
    only: Option | None = None
    options: tuple[Option, ...] = ()
    others: tuple[Link, ...] = ()
    benefit: str = ""
    to_name: Link | None = None
    members: tuple[QuoteItem, ...] = ()
