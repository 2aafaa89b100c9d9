"""The facilitator's decisions as frozen records: what curation.toml holds."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from pipeline.analysis_records import DecisionKind
from pipeline.anchors import Anchor, Hash, Strict, Text
from pipeline.segment_records import Kind

TextOrNone = Annotated[str, Field(pattern=r"^$|\S")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRef(Strict):
    """Identifies a concern: by the name that the facilitator gave it, else by quotes in it, else by its label.

    The label and id of a concern that the program found depend on the encoder, so `quotes` are its exemplars.
    """

    name: Text
    quotes: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(Strict):
    """`concern` is called `name` from now on; the quotes that identify it stay in it."""

    decides: ClassVar = DecisionKind.RENAME
    concern: ConcernRef
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Strict):
    """`concerns` become one, called `name`."""

    decides: ClassVar = DecisionKind.MERGE
    concerns: Annotated[tuple[ConcernRef, ...], Field(min_length=2)]
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Strict):
    """`quotes` leave `concern` for a new one called `name`."""

    decides: ClassVar = DecisionKind.SPLIT
    concern: ConcernRef
    quotes: Annotated[tuple[Anchor, ...], Field(min_length=1)]
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class New(Strict):
    """A concern called `name` with these quotes, if any; an existing one with this name gets them as well."""

    decides: ClassVar = DecisionKind.NEW
    name: Text
    quotes: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs(Strict):
    """`quote` belongs to `concern` and to no other; with `also`, it stays where it is as well."""

    decides: ClassVar = DecisionKind.BELONGS
    quote: Anchor
    concern: ConcernRef
    also: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHere(Strict):
    """`quote` does not belong to `concern`, or, without one, to any concern."""

    decides: ClassVar = DecisionKind.NOT_HERE
    quote: Anchor
    concern: ConcernRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAConcern(Strict):
    """The quotes of `concern` have nothing in common: it is dissolved, and they are in no concern."""

    decides: ClassVar = DecisionKind.NOT_A_CONCERN
    concern: ConcernRef


@dataclass(frozen=True, slots=True, kw_only=True)
class HideQuote(Strict):
    """`quote` is not shown in the report; the ledger counts its line as hidden."""

    decides: ClassVar = DecisionKind.HIDE_QUOTE
    quote: Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class HideConcern(Strict):
    """`concern` and all its quotes are not shown in the report; the ledger counts their lines as hidden."""

    decides: ClassVar = DecisionKind.HIDE_CONCERN
    concern: ConcernRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact(Strict):
    """Words that no output shows, wherever in the event they follow one another.

    `sha` is the hash of the words and `count` their number (see `redaction.words_sha`), so that the file does not
    repeat them. With `quote`, whose anchor has no text, that whole quote is meant; `count` is 0 if it has no words.
    """

    decides: ClassVar = DecisionKind.REDACT
    sha: Hash
    count: Annotated[int, Field(ge=0)]
    quote: Anchor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Same(Strict):
    """Names, as they are written, of one person, organisation or thing; the report uses the first."""

    decides: ClassVar = DecisionKind.SAME
    names: Annotated[tuple[Text, ...], Field(min_length=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSame(Strict):
    """Names, as they are written, of different persons, organisations or things."""

    decides: ClassVar = DecisionKind.NOT_SAME
    names: Annotated[tuple[Text, ...], Field(min_length=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateKind(Strict):
    """`quote` is a statement, question, next step (`action`) or decision, or says nothing (`other`)."""

    decides: ClassVar = DecisionKind.KIND
    quote: Anchor
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOwner(Strict):
    """What `quote` says is done by `owner`, in words of the quote; "" for nobody in particular."""

    decides: ClassVar = DecisionKind.OWNER
    quote: Anchor
    owner: TextOrNone


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDue(Strict):
    """What `quote` says is due at `due`, in words of the quote ("by Friday"); "" for no date."""

    decides: ClassVar = DecisionKind.DUE
    quote: Anchor
    due: TextOrNone


FactDecision = StateKind | StateOwner | StateDue
"""What the facilitator says of a quote itself, whatever concern it is in."""

Decision = (
    Rename
    | Merge
    | Split
    | New
    | Belongs
    | NotHere
    | NotAConcern
    | HideQuote
    | HideConcern
    | Redact
    | Same
    | NotSame
    | FactDecision
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curation:
    """All decisions about an event, oldest first: of two that contradict each other the later one counts."""

    decisions: tuple[Decision, ...] = ()

    @property
    def redactions(self) -> tuple[Redact, ...]:
        """Those decisions that are redactions."""
        return tuple(decision for decision in self.decisions if isinstance(decision, Redact))


def quotes_of(decision: Decision) -> tuple[Anchor, ...]:
    """Return the anchors of the quotes that a decision is about, in its order."""
    if isinstance(decision, Split | New):
        return decision.quotes
    quote = decision.quote if isinstance(decision, Belongs | NotHere | HideQuote | Redact | FactDecision) else None
    return () if quote is None else (quote,)


def concerns_of(decision: Decision) -> tuple[ConcernRef, ...]:
    """Return the concerns that a decision refers to, in its order."""
    if isinstance(decision, Merge):
        return decision.concerns
    if isinstance(decision, Rename | Split | Belongs | NotHere | NotAConcern | HideConcern) and decision.concern:
        return (decision.concern,)
    return ()


def names_of(decision: Decision) -> tuple[str, ...]:
    """Return the names that a decision gives: to a concern, or to a person, organisation or thing."""
    if isinstance(decision, Rename | Merge | Split | New):
        return (decision.name,)
    return decision.names if isinstance(decision, Same | NotSame) else ()
