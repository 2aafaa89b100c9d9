"""What is said about the same thing."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.records.words import ConcernId, SegmentId


class Grade(StrEnum):
    """How sure it is that a concern's quotes are about one thing that its groups share, surest first."""

    FIRM = "firm"
    FAIR = "fair"
    LOOSE = "loose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """What a concern's grade rests on.

    `holds`: without `loudest`, the group with most quotes, the others' are still put together. `closeness`: mean
    similarity of quotes of different groups, -1 to 1, and whether that is `close`. `alike` concerns of the event are of
    as many groups and as close; `by_chance` would be, on average, if groups had written about unrelated things.
    """

    grade: Grade
    loudest: str
    holds: bool
    close: bool
    closeness: float
    alike: int
    by_chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a segment is in its concern: the exemplar (of another group if any) that it is like, and words of both."""

    segment_id: SegmentId
    exemplar_id: SegmentId
    shared_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tension:
    """Two quotes of different groups that pull in opposite directions, and the words of each that say so."""

    segment_ids: tuple[SegmentId, SegmentId]
    words: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A cluster with a label, terms and exemplars; `recurring` means that 2 or more groups raised it.

    `id` comes from its content. `segment_ids` are in reading order, `exemplar_ids` are at most one per group,
    best first; `groups` are in event order, and `clear_groups` are those of them whose quotes are clearly like those of
    others. `theme` names what it belongs to with other concerns, if anything. `named`
    means that the facilitator gave it its label, from which its id then comes. `suggested_ids` are there by likeness to
    quotes that the facilitator decided about; nobody said so.
    """

    id: ConcernId
    label: str
    terms: tuple[str, ...]
    segment_ids: tuple[SegmentId, ...]
    exemplar_ids: tuple[SegmentId, ...]
    groups: tuple[str, ...]
    clear_groups: tuple[str, ...]
    recurring: bool
    theme: str | None = None
    certainty: Certainty | None = None
    reasons: tuple[Reason, ...] = ()
    tensions: tuple[Tension, ...] = ()
    named: bool = False
    suggested_ids: tuple[SegmentId, ...] = ()
