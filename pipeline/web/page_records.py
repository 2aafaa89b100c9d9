"""View data of the page: built, sorted and worded before a template runs."""

from dataclasses import dataclass

from pipeline.report.report_records import GroupMark


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A concern by its name, and its page."""

    id: str
    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A quote with what can be decided about it; `at` counts the quotes of a page from 0.

    `focus` is on the one that the facilitator is at. `why` says why it is offered here, `inside` the concern it is in.
    """

    at: int
    id: str
    text: str
    language: str | None
    group: GroupMark
    where: str
    why: str = ""
    decided: bool = False
    inside: Link | None = None
    focus: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A concern in the list of all; `todo` says what is left to decide about it."""

    link: Link
    strength: str
    quotes: str
    todo: str
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What every page says: of which event, how far it is, and the last decision, which can be undone."""

    title: str
    version: str
    progress: str
    last: str
    decisions: int
    lost: int
    """Decisions that could not be placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The first page."""

    status: Status
    recurring: tuple[Row, ...]
    one_group: tuple[Row, ...]
    empty: tuple[Row, ...]
    rest: str
    hidden: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernPage:
    """A concern: quotes `to_check`, `suggested` ones, those `decided`, and what it may be merged with."""

    status: Status
    link: Link
    strength: str
    named: bool
    terms: str
    to_check: tuple[Item, ...]
    suggested: tuple[Item, ...]
    decided: tuple[Item, ...]
    others: tuple[Link, ...]
    before: Link | None
    after: Link | None

    @property
    def finished(self) -> bool:
        """Whether every quote of it was decided about."""
        return not self.to_check and not self.suggested

    @property
    def any_quote(self) -> str:
        """The id of a quote of it, by which it is found again when its name is taken back."""
        return next((one.id for one in (*self.to_check, *self.decided, *self.suggested)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPage:
    """Quotes that are in no concern, a page of them; `number` counts the pages from 1."""

    status: Status
    items: tuple[Item, ...]
    others: tuple[Link, ...]
    quotes: str
    number: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A decision; `number` is its place in the file, `lost` says why it could not be placed, if so."""

    number: int
    words: str
    lost: str
    near: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage:
    """All decisions, the last first."""

    status: Status
    decisions: tuple[Taken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A concern that a quote may belong to, the key that says so, and why."""

    key: str
    link: Link
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """One question. About a quote: whether it belongs to the one option, or to which; or, without one, about a name.

    `members` are some quotes of the concern `to_name`; `besides` says what else the answer helps with.
    """

    status: Status
    item: Item | None
    only: Option | None
    options: tuple[Option, ...]
    others: tuple[Link, ...]
    besides: str
    to_name: Link | None
    members: tuple[Item, ...]
