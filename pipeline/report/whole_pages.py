"""The records of whole pages: the report, and what is sent to each group."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.report.concern_picture import ConcernPicture
from pipeline.report.line_search import SearchView
from pipeline.report.report_records import (
    ChangesView,
    ConcernView,
    ContactView,
    Figure,
    GroupMark,
    GroupView,
    HandOffsView,
    LedgerView,
    NameList,
    NextStepView,
    OfGroup,
    PromptView,
    QuestionView,
    Quote,
    Rows,
    SummaryView,
    TimelineEntry,
)
from pipeline.report.timeline_picture import TimelinePicture


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedConcern:
    """A concern on a group's page: its `own` quotes; of others the `best` few, others, and how many are left out."""

    concern: ConcernView
    own: OfGroup[Quote]
    best: tuple[Quote, ...]
    others: tuple[OfGroup[Quote], ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPageView:
    """The page that is sent to a group: its part of `ReportView`, all lines of its pads, and lines to answer with.

    `said_of` is what other groups say about the group or its subject. `undated_steps` are those of `next_steps` that
    have no date.
    """

    group: GroupMark
    lines: GroupView
    missing_voices: tuple[str, ...]
    recurring: tuple[SharedConcern, ...]
    echoes: tuple[SharedConcern, ...]
    one_group: tuple[OfGroup[ConcernView], ...]
    said_of: tuple[OfGroup[Quote], ...]
    repeated_questions: tuple[QuestionView, ...]
    open_questions: tuple[OfGroup[Quote], ...]
    answered_questions: tuple[QuestionView, ...]
    next_steps: tuple[NextStepView, ...]
    undated_steps: tuple[OfGroup[NextStepView], ...]
    decisions: tuple[OfGroup[Quote], ...]
    other_notes: tuple[OfGroup[Quote], ...]
    reply: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """The whole report; `language` and `direction` are those of its own text, as HTML's `lang` and `dir` take them.

    `missing_voices` are sentences, a short block at the top. `date_remarks` say what is wrong with the event's date,
    and `text_remarks` what texts lost before they were kept, or what is uncertain in them.
    `recurring` concerns are the front ones; `echoes` are all others of several groups. `introduction` is Markdown, ""
    for none. `reading` says what a language model read, if any did, and `summary` is what it wrote about the event.
    `generated_iso` is `generated` in ISO 8601. If it `is_index`, all lines are on the pages of the groups; one that
    `is_long` is drawn as it is scrolled. `left_out` is how many entries its lists have no room for, by anchor.
    """

    is_index: bool
    is_long: bool
    language: str
    direction: str
    title: str
    place: str | None
    contact: ContactView | None
    date: str | None
    iso_date: str | None
    introduction: str
    size: tuple[str, str]
    groups: tuple[GroupMark, ...]
    figures: tuple[Figure, ...]
    summary: SummaryView | None
    recurring: tuple[ConcernView, ...]
    echoes: tuple[ConcernView, ...]
    strongest: tuple[ConcernView, ...]
    concern_picture: ConcernPicture | None
    one_group: tuple[OfGroup[ConcernView], ...]
    prompts: tuple[PromptView, ...]
    repeated_questions: tuple[QuestionView, ...]
    open_questions: tuple[OfGroup[Quote], ...]
    answered_questions: tuple[QuestionView, ...]
    next_steps: tuple[NextStepView, ...]
    undated_steps: tuple[OfGroup[NextStepView], ...]
    decisions: tuple[OfGroup[Quote], ...]
    timeline: tuple[TimelineEntry, ...]
    timeline_picture: TimelinePicture | None
    hand_offs: HandOffsView | None
    other_notes: tuple[OfGroup[Quote], ...]
    by_group: tuple[GroupView, ...]
    search: SearchView
    names: tuple[NameList, ...]
    ledger: LedgerView
    missing_voices: tuple[str, ...]
    date_remarks: tuple[str, ...]
    reading: str
    decided: str
    lost: tuple[str, ...]
    wording_only: tuple[str, ...]
    text_remarks: tuple[str, ...]
    generated: str
    generated_iso: str
    corpus_sha256: str
    settings: tuple[tuple[str, str], ...]
    tables: Mapping[str, Rows]
    changes: ChangesView | None
    changes_json: str | None
    group_pages: tuple[GroupPageView, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
