"""What is made of the facilitator's decisions, as frozen records: before them, and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from fetch.records import Pad
from pipeline.records import Concern, CurationOutcome, Entity, Followed, Line, Orphan, Segment, SegmentId

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
