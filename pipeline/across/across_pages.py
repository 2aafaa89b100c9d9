"""What the templates of the report across events print: sorted, formatted and translated records; all text is raw."""

from dataclasses import dataclass

from pipeline.across.across_records import EventId
from pipeline.report.report_records import Figure, GroupMark, Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event: `href` is its report, `size` says how many groups it has, `when` its date or that it has none."""

    id: EventId
    title: str
    when: str
    iso_date: str | None
    size: str
    href: str
    made: str
    corpus_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedQuote:
    """A quote and the event that it is of."""

    event: EventView
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceView:
    """A concern in one event; `anchor` is its id in the event's report, which has `more` quotes of it."""

    event: EventView
    label: str
    anchor: str
    groups: tuple[GroupMark, ...]
    group_names: str
    strength: str
    quotes: tuple[Quote, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """How many groups of an event raised a concern; `weight`, 0 to 3, is how strongly the table marks the number."""

    event: EventView
    raised: int
    weight: int
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBackView:
    """A concern that came back. `strength` says in how many events it is, `course` in which it is and is not.

    `around` is what stands before and after the number of events, `raised`, in `strength`.
    """

    label: str
    anchor: str
    raised: str
    strength: str
    around: tuple[str, str]
    course: str
    cells: tuple[CellView, ...]
    appearances: tuple[AppearanceView, ...]
    decisions: tuple[PlacedQuote, ...]
    after_decisions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAgainView:
    """A concern that no later event has; `similar` are single lines of later events, without the `decisions`."""

    appearance: AppearanceView
    similar: tuple[PlacedQuote, ...]
    decisions: tuple[PlacedQuote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A next step and where it is written again; `owner` and `due` are words of the step."""

    step: PlacedQuote
    owner: str | None
    due: str | None
    later: tuple[PlacedQuote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgainView:
    """A question that several events ask, and the notes that may answer it."""

    asked: tuple[PlacedQuote, ...]
    answers: tuple[PlacedQuote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcrossView:
    """The whole report across events; all text is raw."""

    language: str
    direction: str
    title: str
    size: str
    events: tuple[EventView, ...]
    undated: str
    figures: tuple[Figure, ...]
    came_back: tuple[CameBackView, ...]
    strongest: tuple[CameBackView, ...]
    ticked: tuple[StepView, ...]
    not_ticked: tuple[StepView, ...]
    answered: tuple[AskedAgainView, ...]
    unanswered: tuple[AskedAgainView, ...]
    not_again: tuple[tuple[EventView, tuple[NotAgainView, ...]], ...]
    left_out: str
    generated: str
    generated_iso: str
