"""From segments to what an event leaves to be done: questions with their answers, next steps, decisions.

Questions, next steps and decisions, and what is left over, as they are printed.

From an analysis and its pads to the view that all templates print.

Analysis, pads ──► sources ──┬─► cards     concerns, and the matrix of who raised them
├─► todo      questions, next steps, decisions, what is left over
├─► pages     every line, by group
├─► names     the index of names and dates
├─► tally     the ledger
└─► tables    the CSV files
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fetch.corpus_records import Pad
from pipeline.analysis_records import Analysis, Kind, LineRole, Segment, SegmentId
from pipeline.report.appendices import decided, ledger_view, name_lists, wording_only
from pipeline.report.concern_cards import one_group_cards, quotes_by_group, recurring_cards
from pipeline.report.formats.csv import tables
from pipeline.report.group_pages import DEEPEST, group_views
from pipeline.report.quote_sources import Sources, sources
from pipeline.report.report_records import (
    AnswerView,
    Figure,
    GroupQuotes,
    Made,
    PadRow,
    QuestionView,
    ReportView,
    StepView,
)
from pipeline.report.words import count, day, deadline, moment, strings


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A segment under a question; `depth` is 1 right under it, 2 under such a one, and so on."""

    segment: Segment
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and what its group wrote under it, in reading order; without answers it is open."""

    segment: Segment
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """`questions` and `decisions` in event order; `next_steps` by due date, those without one last."""

    questions: tuple[Question, ...]
    next_steps: tuple[Segment, ...]
    decisions: tuple[Segment, ...]


def collect(segments: Sequence[Segment]) -> Steps:
    """Questions, next steps and decisions among `segments`, which come in event order."""
    content = [segment for segment in segments if segment.role is LineRole.CONTENT]
    children: dict[SegmentId, list[Segment]] = defaultdict(list)
    for segment in content:
        if segment.parent is not None:
            children[segment.parent].append(segment)
    return Steps(
        questions=tuple(
            Question(segment=segment, answers=tuple(_answers(segment.id, children)))
            for segment in content
            if segment.kind is Kind.QUESTION
        ),
        next_steps=tuple(sorted((s for s in content if s.kind is Kind.ACTION), key=_when)),
        decisions=tuple(s for s in content if s.kind is Kind.DECISION),
    )


def _answers(question: SegmentId, children: Mapping[SegmentId, Sequence[Segment]]) -> Iterator[Answer]:
    """What stands under `question`; a question among it is one of its own and takes what is under it along."""
    waiting = [(child, 1) for child in reversed(children.get(question, ()))]
    while waiting:
        segment, depth = waiting.pop()
        if segment.kind is Kind.QUESTION:
            continue
        yield Answer(segment=segment, depth=depth)
        waiting += [(child, depth + 1) for child in reversed(children.get(segment.id, ()))]


def _when(segment: Segment) -> tuple[bool, str]:
    """Dated steps first, by date; sorting is stable, so the rest keeps event order."""
    return segment.due_date is None, "" if segment.due_date is None else segment.due_date.isoformat()


def question_views(questions: Iterable[Question], known: Sources) -> tuple[QuestionView, ...]:
    """Questions in event order, each with what stands under it."""
    return tuple(
        QuestionView(
            quote=known.quote(question.segment),
            answers=tuple(
                AnswerView(quote=known.quote(answer.segment), depth=min(answer.depth, DEEPEST))
                for answer in question.answers
            ),
        )
        for question in questions
    )


def step_views(steps: Steps, known: Sources) -> tuple[StepView, ...]:
    """Next steps, by date."""
    return tuple(
        StepView(
            quote=known.quote(step),
            owner=step.owner,
            due=step.due,
            date=deadline(step.due_from or step.due_date, step.due_date) if step.due_date else None,
            iso_date=step.due_date.isoformat() if step.due_date else None,
        )
        for step in steps.next_steps
    )


def rest(analysis: Analysis, steps: Steps, known: Sources) -> tuple[GroupQuotes, ...]:
    """What is in no concern and is no question or answer, next step or decision, by group."""
    shown = {member for concern in analysis.concerns for member in concern.segment_ids}
    shown |= {answer.segment.id for question in steps.questions for answer in question.answers}
    return quotes_by_group(
        known.quote(segment)
        for segment in analysis.segments
        if segment.id not in shown and segment.role is LineRole.CONTENT and segment.kind in {Kind.STATEMENT, Kind.OTHER}
    )


STRONGEST = 6
"""So many concerns are named at a glance."""


def build(analysis: Analysis, pads: Sequence[Pad], server: str | None = None) -> ReportView:
    """The whole report of `analysis`, whose stored pads are `pads`; `server` is the event's Etherpad, for links."""
    known = sources(analysis, pads, server)
    segments = {segment.id: segment for segment in analysis.segments}
    steps = collect(analysis.segments)
    recurring = recurring_cards(analysis.concerns, segments, known)
    one_group = one_group_cards(analysis.concerns, segments, known)
    date = analysis.event.date
    decisions, lost = decided(analysis)
    return ReportView(
        title=analysis.event.title,
        date=day(date) if date else None,
        iso_date=date.isoformat() if date else None,
        tally=_tally(len(known.groups), len(known.wrote), analysis.ledger.total),
        groups=known.groups,
        figures=_figures(len(recurring), sum(len(group.cards) for group in one_group), steps),
        recurring=recurring,
        strongest=recurring[:STRONGEST],
        one_group=one_group,
        open_questions=quotes_by_group(known.quote(one.segment) for one in steps.questions if not one.answers),
        answered_questions=question_views((one for one in steps.questions if one.answers), known),
        next_steps=step_views(steps, known),
        decisions=quotes_by_group(map(known.quote, steps.decisions)),
        rest=rest(analysis, steps, known),
        by_group=group_views(analysis, known),
        names=name_lists(analysis.entities, segments, known),
        ledger=ledger_view(analysis.ledger, known),
        problems=tuple(
            f"{problem.name} ({problem.group}) {strings('problem')[problem.kind]}" for problem in analysis.problems
        ),
        decided=decisions,
        lost=lost,
        wording_only=wording_only(analysis, known),
        made=_made(analysis, known),
        tables=tables(analysis, segments, known),
    )


def _tally(groups: int, wrote: int, lines: int) -> str:
    silent = f" ({groups - wrote} wrote nothing)" if wrote < groups else ""
    return f"{count(groups, 'group')}{silent}, {count(lines, 'line')}"


def _figures(recurring: int, one_group: int, steps: Steps) -> tuple[Figure, ...]:
    unanswered = sum(not question.answers for question in steps.questions)

    def figure(number: int, noun: str, plural: str, anchor: str) -> Figure:
        return Figure(number=f"{number:,}", words=noun if number == 1 else plural, anchor=anchor)

    return (
        figure(recurring, "concern of several groups", "concerns of several groups", "recurring"),
        figure(one_group, "concern of one group only", "concerns of one group only", "one-group"),
        figure(unanswered, "open question", "open questions", "questions"),
        figure(len(steps.next_steps), "next step", "next steps", "next-steps"),
        figure(len(steps.decisions), "decision", "decisions", "decisions"),
    )


def _made(analysis: Analysis, known: Sources) -> Made:
    return Made(
        generated=moment(analysis.generated),
        corpus_sha256=analysis.corpus_sha256,
        settings=tuple((name, str(value)) for name, value in sorted(analysis.settings.items())),
        pads=tuple(
            PadRow(
                group=source.group,
                name=source.info.pad_id,
                revision="–" if source.info.revision is None else str(source.info.revision),
                sha256=source.info.sha256,
                url=source.url,
            )
            for source in known.by_pad.values()
        ),
    )
