"""An analysis and what it tells about itself."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from fetch.records import PadId, Scalar
from pipeline.records.concerns import Concern
from pipeline.records.said import Entity, Segment
from pipeline.records.words import Account, SegmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Every line of every pad, accounted for: `lines[pad_id][n - 1]` is line n's account.

    `counts` sums them over all pads, in the order of `Account`, zeros included.
    """

    total: int
    counts: dict[Account, int]
    lines: dict[PadId, tuple[Account, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventInfo:
    """The event, as the report names it."""

    id: str
    title: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PadInfo:
    """A pad, as the report names it; the text stays in the corpus and is checked by `sha256`."""

    pad_id: PadId
    group: str
    revision: int | None
    sha256: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A quote that was edited since it was decided about, and was found all the same; decisions count from 1."""

    decision: int
    what: str
    segment_id: SegmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """Part of a decision that could not be placed: `what` was meant, `why` not, and the segments `near` its place.

    None of them repeats the quote: what stands in no pad any more is not told in a report.
    """

    decision: int
    what: str
    why: str
    near: tuple[SegmentId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurationOutcome:
    """What became of the facilitator's decisions.

    `decisions` is how many there are and `applied` how many took effect, if only in part. `empty` are names of
    concerns that have no quotes (yet). `redacted` counts the places where `[redacted]` stands.
    """

    decisions: int = 0
    applied: int = 0
    followed: tuple[Followed, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    empty: tuple[str, ...] = ()
    hidden_quotes: int = 0
    hidden_concerns: int = 0
    redacted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """build/<event>/analysis.json, schema 1. `generated` is the `--now` it was made with, UTC in ISO 8601."""

    schema: Literal[1]
    generated: str
    event: EventInfo
    pads: tuple[PadInfo, ...]
    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]
    concerns: tuple[Concern, ...]
    ledger: Ledger
    settings: dict[str, Scalar]
    corpus_sha256: str
    problems: tuple[str, ...] = ()
    curation: CurationOutcome = CurationOutcome()
