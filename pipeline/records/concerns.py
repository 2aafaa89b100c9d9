"""What is said about the same thing."""

from dataclasses import dataclass

from pipeline.records.words import ConcernId, SegmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a segment is in its concern: the exemplar (of another group if any) that it is like, and words of both."""

    segment_id: SegmentId
    exemplar_id: SegmentId
    shared_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A cluster with a label, terms and exemplars; `recurring` means that 2 or more groups raised it.

    `id` comes from its content. `segment_ids` are in reading order, `exemplar_ids` are at most one per group,
    best first; `groups` are in event order, and `clear_groups` are those of them whose quotes are clearly like those of
    others. `named` means that the facilitator gave it its label, from which its id then comes.
    `suggested_ids` are there by likeness to quotes that the facilitator decided about; nobody said so.
    """

    id: ConcernId
    label: str
    terms: tuple[str, ...]
    segment_ids: tuple[SegmentId, ...]
    exemplar_ids: tuple[SegmentId, ...]
    groups: tuple[str, ...]
    clear_groups: tuple[str, ...]
    recurring: bool
    reasons: tuple[Reason, ...] = ()
    named: bool = False
    suggested_ids: tuple[SegmentId, ...] = ()
