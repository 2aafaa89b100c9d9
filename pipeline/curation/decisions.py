"""The facilitator's decisions as frozen records: what curation.toml holds.

What is made of the facilitator's decisions, as frozen records: before them, and after.

Decisions in plain words, for the report and the command line; never the words of a quote.

What a quote said when it was decided about may stand in no pad any more, and then no report may tell it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from pydantic import ConfigDict, Field

from fetch.corpus_records import Pad
from pipeline.analysis_records import Concern, CurationOutcome, Entity, Followed, Line, Orphan, Segment, SegmentId

STRICT = ConfigDict(extra="forbid", strict=True)
Words = Annotated[str, Field(pattern=r"\S")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Which quote was decided about, so that it is found again after edits.

    `sha` is the hash of its text (see `anchors.text_sha`), `before` and `after` those of the quotes beside it in its
    pad, "" where there is none. `text` is for people, and for finding a quote that was edited: its beginning, which
    ends in "…" where there is more. A redaction has no `text`. Written by hand, `text` alone will do. `line` is where
    it stood, and decides among equals only.
    """

    __pydantic_config__ = STRICT

    pad: Words | None = None
    line: Annotated[int, Field(ge=1)] | None = None
    text: Words | None = None
    sha: Hash | None = None
    before: Hash | Annotated[str, Field(max_length=0)] | None = None
    after: Hash | Annotated[str, Field(max_length=0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRef:
    """Which concern: by the name that the facilitator gave it, else by quotes that it holds, else by its label.

    A concern that a program made has another label and id with the next encoder, so `quotes` has its exemplars.
    """

    __pydantic_config__ = STRICT

    name: Words
    quotes: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """`concern` is called `name` from now on; the quotes that it is referred to by stay in it."""

    __pydantic_config__ = STRICT

    concern: ConcernRef
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`concerns` are one, called `name`."""

    __pydantic_config__ = STRICT

    concerns: Annotated[tuple[ConcernRef, ...], Field(min_length=2)]
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`quotes` leave `concern` for a new one called `name`."""

    __pydantic_config__ = STRICT

    concern: ConcernRef
    quotes: Annotated[tuple[Anchor, ...], Field(min_length=1)]
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A concern called `name`, with these quotes if any; one that is called so already gets them too."""

    __pydantic_config__ = STRICT

    name: Words
    quotes: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """`quote` belongs to `concern`, and so to no other; with `also`, besides where it is already."""

    __pydantic_config__ = STRICT

    quote: Anchor
    concern: ConcernRef
    also: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHere:
    """`quote` does not belong to `concern`; without one, to none at all."""

    __pydantic_config__ = STRICT

    quote: Anchor
    concern: ConcernRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAConcern:
    """What `concern` holds has nothing in common: it is dissolved and its quotes are in no concern."""

    __pydantic_config__ = STRICT

    concern: ConcernRef


@dataclass(frozen=True, slots=True, kw_only=True)
class HideQuote:
    """`quote` is not shown in the report; the ledger counts its line as hidden."""

    __pydantic_config__ = STRICT

    quote: Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class HideConcern:
    """`concern` and all its quotes are not shown in the report; the ledger counts their lines as hidden."""

    __pydantic_config__ = STRICT

    concern: ConcernRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Words that no output shows, wherever in the event they stand one after the other.

    `sha` is the hash of the words and `count` their number (see `secrets.words_sha`), so that the file does not repeat
    them. With `quote`, which bears no text, that whole quote is meant (`count` is 0 where it has no words).
    """

    __pydantic_config__ = STRICT

    sha: Hash
    count: Annotated[int, Field(ge=0)]
    quote: Anchor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Names, as they were written, of one person, organisation or thing; the report calls it by the first."""

    __pydantic_config__ = STRICT

    names: Annotated[tuple[Words, ...], Field(min_length=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSame:
    """Names, as they were written, each of another person, organisation or thing."""

    __pydantic_config__ = STRICT

    names: Annotated[tuple[Words, ...], Field(min_length=2)]


Decision = (
    Rename | Merge | Split | New | Belongs | NotHere | NotAConcern | HideQuote | HideConcern | Redact | Same | NotSame
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curation:
    """All decisions about an event, oldest first: of two that disagree the later one counts."""

    decisions: tuple[Decision, ...] = ()


Secrets = tuple[tuple[str, int], ...]
"""Words by their hash and number (see `secrets.words_sha`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """Pads, lines and segments without redacted words, and what became of these decisions.

    `written` has the texts, as they stand in the pads, of the segments that changed; `count` is at how many places
    words were taken out. A changed pad has the hash of its new text: that of the old one would tell whoever guesses
    the words that they are right.
    """

    pads: tuple[Pad, ...] = ()
    lines: tuple[Line, ...] = ()
    segments: tuple[Segment, ...] = ()
    written: Mapping[SegmentId, str] = field(default_factory=lambda: MappingProxyType({}))
    secrets: Secrets = ()
    count: int = 0
    followed: tuple[Followed, ...] = ()
    orphans: tuple[Orphan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the program found, before the facilitator's decisions; `redacted` is what was taken out before that."""

    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]
    concerns: tuple[Concern, ...]
    redacted: Redacted = Redacted()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedConcern:
    """A concern that the facilitator named or gave quotes: which were said to belong there, and which not.

    `named` means that `name` is theirs, not a working title.
    """

    name: str
    named: bool
    yes: frozenset[SegmentId]
    no: frozenset[SegmentId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about single quotes, whatever the order: `nowhere` belong to no concern, `hidden` are not shown.

    `concerns` are in the order of their names; hidden and dissolved ones are not among them.
    """

    concerns: tuple[DecidedConcern, ...] = ()
    nowhere: frozenset[SegmentId] = frozenset()
    hidden: frozenset[SegmentId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Curated:
    """The same after them, what became of each decision, and what was decided about single quotes."""

    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]
    concerns: tuple[Concern, ...]
    outcome: CurationOutcome
    decided: Decided = Decided()


Describe = Callable[[Sequence[Sequence[SegmentId]]], Sequence[Concern]]
"""A concern for each of some groups of segments, in any order: terms, exemplars and a working title."""

Liken = Callable[[Decided], Sequence[Sequence[SegmentId]]]
"""Further quotes for each decided concern, by their likeness to what was decided; a quote for one of them at most."""


def what(decision: Decision) -> str:  # noqa: C901, PLR0911 - one sentence for each kind of decision
    """The decision in a few words."""
    match decision:
        case Rename():
            return f"calling a concern “{decision.name}”"
        case Merge():
            return f"merging concerns into “{decision.name}”"
        case Split():
            return f"splitting off “{decision.name}”"
        case New():
            return f"the concern “{decision.name}”"
        case Belongs():
            return f"where {where(decision.quote)} belongs"
        case NotHere():
            return f"where {where(decision.quote)} does not belong"
        case NotAConcern():
            return "that something is not a concern"
        case HideQuote():
            return f"hiding {where(decision.quote)}"
        case HideConcern():
            return "hiding a concern"
        case Redact():
            return f"redacting {where(decision.quote) if decision.quote else 'words'}"
        case Same():
            return f"that {_listed(decision.names)} are the same"
        case NotSame():
            return f"that {_listed(decision.names)} are not the same"


def where(anchor: Anchor) -> str:
    """A quote by its place."""
    line = f" on line {anchor.line}" if anchor.line else ""
    return f"a quote{line} of pad {anchor.pad}" if anchor.pad else "a quote"


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"“{name}”" for name in names)
