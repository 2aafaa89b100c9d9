"""The analysis as frozen records: concerns, the ledger, what became of decisions; codes and numbers, no sentences.

`Analysis` as JSON is the contract that others read (docs/analysis.schema.json).
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NewType

from fetch.corpus_records import PadId, ProblemKind, Scalar, TextRemark
from pipeline.segment_records import Entity, Precision, Segment, SegmentId

ConcernId = NewType("ConcernId", str)


class Account(StrEnum):
    """The ledger's entry for a line; every line of every pad has exactly one."""

    CONCERN = "concern"
    ONE_GROUP = "one_group"
    QUESTION = "question"
    NEXT_STEP = "next_step"
    UNCLUSTERED = "unclustered"
    DUPLICATE = "duplicate"
    STRUCK = "struck"
    HIDDEN = "hidden"
    REDACTED = "redacted"
    PROMPT = "prompt"
    HEADING = "heading"
    BOILERPLATE = "boilerplate"
    EMPTY = "empty"


TEMPLATE_ONLY = frozenset({Account.PROMPT, Account.HEADING, Account.BOILERPLATE, Account.EMPTY})
"""A pad that holds no other lines has nothing of its group's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a segment is in its concern: the exemplar (of another group if any) that it is like, and words of both."""

    segment_id: SegmentId
    exemplar_id: SegmentId
    shared_words: tuple[str, ...]


class Origin(StrEnum):
    """Who found a concern and gave it its label: the clustering, a language model's reading, or the facilitator."""

    CLUSTER = "cluster"
    MODEL = "model"
    FACILITATOR = "facilitator"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSentence:
    """A sentence that a language model wrote, and the segments that it cites, at least one."""

    text: str
    segment_ids: tuple[SegmentId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A cluster with a label, terms and exemplars; `recurring` means that 2 or more groups raised it.

    `id` comes from its content, or from its label if the facilitator gave it. `segment_ids` are in reading order,
    `exemplar_ids` are at most one per group, best first; `groups` are in event order, and `agreeing_groups` are those
    of them whose quotes are clearly like those of others. `suggested_ids` were added for their likeness to quotes that
    the facilitator decided about; of `confirmed_ids` the facilitator said that they belong here. `front` concerns, ten
    at most, are shown first, because they are probably worth it. `summary` says what the groups say and cites quotes of
    this concern.
    """

    id: ConcernId
    label: str
    terms: tuple[str, ...]
    segment_ids: tuple[SegmentId, ...]
    exemplar_ids: tuple[SegmentId, ...]
    groups: tuple[str, ...]
    agreeing_groups: tuple[str, ...]
    recurring: bool
    reasons: tuple[Reason, ...] = ()
    suggested_ids: tuple[SegmentId, ...] = ()
    confirmed_ids: tuple[SegmentId, ...] = ()
    front: bool = False
    origin: Origin = Origin.CLUSTER
    summary: tuple[CitedSentence, ...] = ()

    @property
    def named(self) -> bool:
        """Return whether the facilitator gave it its label."""
        return self.origin is Origin.FACILITATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """The days ahead that a statement or a decision names: from `first` to `last`, both included, and how exactly."""

    segment_id: SegmentId
    first: dt.date
    last: dt.date
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Every line of every pad, accounted for: `lines[pad_id][n - 1]` is line n's account.

    `counts` sums them over all pads, in the order of `Account`, zeros included.
    """

    total: int
    counts: dict[Account, int]
    lines: dict[PadId, tuple[Account, ...]]


class DateSource(StrEnum):
    """What tells when an event was: dates with a year written in its pads, or the times of their last edits."""

    WRITTEN = "written"
    EDITED = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateConflict:
    """Dates that are more than a month from the event's: `count` of all that are `known`, from `first` to `last`.

    Of dates that were written, all are, and no plan for the year after it; of last edits, more than half.
    """

    source: DateSource
    count: int
    known: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class EventInfo:
    """The event, as the report names it, and what disagrees with its date; without a date, nothing is counted from it.

    `date` is that of event.toml and never guessed.
    """

    id: str
    title: str
    date: dt.date | None
    date_conflicts: tuple[DateConflict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PadInfo:
    """A pad, its group's names `formerly`, and remarks on its text, which stays in the corpus (checked by `sha256`)."""

    pad_id: PadId
    group: str
    revision: int | None
    sha256: str
    source: str
    formerly: tuple[str, ...] = ()
    text_remarks: tuple[TextRemark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PadProblem:
    """A pad that is not in the analysis: `name` as in event.toml, its `group`, and what is the matter."""

    kind: ProblemKind
    name: str
    group: str


class VoiceGap(StrEnum):
    """Why the report lacks a voice; the first four are the kinds of `PadProblem`.

    `NO_PAD`: a name with `*` in event.toml that no pad has. `OTHER_LANGUAGE`: most notes of the pad are in languages
    that were compared by their wording only.
    """

    TWICE = "twice"
    NOT_FETCHED = "not_fetched"
    UNREADABLE = "unreadable"
    WITHHELD = "withheld"
    NO_PAD = "no_pad"
    EMPTY = "empty"
    TEMPLATE_ONLY = "template_only"
    OTHER_LANGUAGE = "other_language"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingVoice:
    """A pad that the report lacks or understands less well: `pad` is its id, or what it is called in event.toml.

    `group` is None for a name with `*`, and `languages` are ISO 639-1 codes, the commonest first.
    """

    why: VoiceGap
    group: str | None
    pad: str
    languages: tuple[str, ...] = ()


class DecisionKind(StrEnum):
    """The fifteen kinds of decision that the facilitator can make."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    NEW = "new"
    BELONGS = "belongs"
    NOT_HERE = "not_here"
    NOT_A_CONCERN = "not_a_concern"
    HIDE_QUOTE = "hide_quote"
    HIDE_CONCERN = "hide_concern"
    REDACT = "redact"
    SAME = "same"
    NOT_SAME = "not_same"
    KIND = "kind"
    OWNER = "owner"
    DUE = "due"


class OrphanReason(StrEnum):
    """Why a decision, or part of it, could not be applied."""

    PAD_GONE = "pad_gone"
    QUOTE_GONE = "quote_gone"
    WORDS_GONE = "words_gone"
    CONCERN_QUOTES_GONE = "concern_quotes_gone"
    UNKNOWN_CONCERN = "unknown_concern"
    UNKNOWN_NAME = "unknown_name"
    NOT_IN_QUOTE = "not_in_quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRef:
    """A decision as outputs may name it: by its `number` in curation.toml, from 1, and never by the words of a quote.

    `names` are those that it gives: to a concern, or to a person, organisation or thing. `pad` and `line` are where the
    quote that it is about was. What no pad contains any more must not be published, so nothing else is kept.
    """

    number: int
    kind: DecisionKind
    names: tuple[str, ...] = ()
    pad: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A decision about a quote that was edited since and was found again: it is segment `segment_id` now."""

    decision: DecisionRef
    segment_id: SegmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A decision, or part of one, that could not be applied.

    `value` is the pad, concern or name that `why` is about, `similar` a concern with a similar name, and `near` are the
    segments that are most like the missing quote or beside its place.
    """

    decision: DecisionRef
    why: OrphanReason
    value: str | None = None
    similar: str | None = None
    near: tuple[SegmentId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurationOutcome:
    """What became of the facilitator's decisions.

    `decisions` is how many there are and `applied` how many took effect, if only in part. `empty` are names of
    concerns that have no quotes (yet). `redacted` counts the places where `[redacted]` stands. Of the quotes in
    `stated_ids` the facilitator said what they are, who does it, or by when.
    """

    decisions: int = 0
    applied: int = 0
    followed: tuple[Followed, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    empty: tuple[str, ...] = ()
    hidden_quotes: int = 0
    hidden_concerns: int = 0
    redacted: int = 0
    stated_ids: tuple[SegmentId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingInfo:
    """What a language model read: reading.json, as far as it is in this analysis.

    `host` is where the model ran, None if its answers came through files; `date` is the day of the last answer.
    `read` segments have the model's codes or facts. `placed_ids` are segments that came after the reading and were put
    in a concern for their likeness to read ones; `unread` counts the other segments that it did not read. `summary` is
    a paragraph on the event.
    """

    model: str
    host: str | None
    date: dt.date
    prompts: str
    read: int
    unread: int = 0
    placed_ids: tuple[SegmentId, ...] = ()
    summary: tuple[CitedSentence, ...] = ()


class Trend(StrEnum):
    """What happened to a concern between two analyses; it grows and shrinks by groups, by quotes if these are equal."""

    APPEARED = "appeared"
    GREW = "grew"
    SHRANK = "shrank"
    WENT = "went"


@dataclass(frozen=True, slots=True, kw_only=True)
class PadChanges:
    """What changed in a pad; no line is counted twice. `pad_id` is None if the pad is gone.

    `new` and `edited` are segments of today. `withdrawn` counts earlier lines that the pad has no longer; their words
    are kept nowhere. `done` are next steps whose check box was ticked since, whatever else happened to them, and
    `steps_gone` counts those among the withdrawn lines. `group` is "" for a pad whose group is unknown today.
    """

    pad_id: PadId | None
    group: str
    new: tuple[SegmentId, ...] = ()
    edited: tuple[SegmentId, ...] = ()
    withdrawn: int = 0
    done: tuple[SegmentId, ...] = ()
    steps_gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernChange:
    """What happened to a concern that several groups raise or raised.

    `concern_id` is that of today, None if it went. `label` is that of today; of a concern that went it is the earlier
    one if a single line that is shown today has all words of it, and otherwise "". `joined` are the groups that raise
    it now by new or edited lines and did not before, `left` those that do no longer as they edited or withdrew theirs.
    """

    trend: Trend
    concern_id: ConcernId | None
    label: str
    groups_before: int
    groups_now: int
    quotes_before: int
    quotes_now: int
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed since an earlier analysis of the event, which was made at `since`.

    Pads without changes are left out, and so are concerns that no new, edited or withdrawn line is the reason for:
    `regrouped` counts these. Nothing is quoted from the earlier analysis.
    """

    since: str
    pads: tuple[PadChanges, ...]
    concerns: tuple[ConcernChange, ...]
    regrouped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """build/<event>/analysis.json, schema 1. `generated` is the `--now` it was made with, UTC in ISO 8601.

    `milestones` are in reading order. `same_questions` are sets of questions that ask the same, the best wording first.
    `changes` is None where there is no earlier analysis.
    """

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
    problems: tuple[PadProblem, ...] = ()
    missing_voices: tuple[MissingVoice, ...] = ()
    curation: CurationOutcome = CurationOutcome()
    reading: ReadingInfo | None = None
    milestones: tuple[Milestone, ...] = ()
    same_questions: tuple[tuple[SegmentId, ...], ...] = ()
    changes: Changes | None = None
