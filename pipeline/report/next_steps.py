"""What an event leaves to be done: questions with their answers, next steps and decisions; and all other notes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from pipeline.analysis_records import Analysis, Kind, LineRole, Segment, SegmentId
from pipeline.report.concern_views import group_quotes
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import AnswerView, GroupQuotes, NextStepView, QuestionView

DEEPEST = 8
"""Deeper list levels are shown as this one."""


def questions(sources: Sources) -> tuple[QuestionView, ...]:
    """Return the questions in event order; the notes below one in the list are its answers."""
    children: dict[SegmentId, list[Segment]] = defaultdict(list)
    for segment in sources.segments.values():
        if segment.parent is not None and segment.role is LineRole.CONTENT:
            children[segment.parent].append(segment)
    return tuple(
        QuestionView(quote=sources.quote(segment), answers=tuple(_answers(segment.id, children, sources)))
        for segment in _of_kind({Kind.QUESTION}, sources)
    )


def next_steps(sources: Sources) -> tuple[NextStepView, ...]:
    """Return the next steps by due date; those without a date are last, in event order."""
    steps = sorted(_of_kind({Kind.ACTION}, sources), key=lambda step: step.due_date or dt.date.max)
    return tuple(
        NextStepView(
            quote=sources.quote(step),
            owner=step.owner,
            due=step.due,
            date=sources.translation.deadline(step.due_from or step.due_date, step.due_date) if step.due_date else None,
            iso_date=step.due_date.isoformat() if step.due_date else None,
        )
        for step in steps
    )


def decisions(sources: Sources) -> tuple[GroupQuotes, ...]:
    """Return the decisions by group."""
    return group_quotes(map(sources.quote, _of_kind({Kind.DECISION}, sources)))


def other_notes(analysis: Analysis, questions: Iterable[QuestionView], sources: Sources) -> tuple[GroupQuotes, ...]:
    """Return, by group, what is in no concern and is no question or answer, next step or decision."""
    in_concern = {member for concern in analysis.concerns for member in concern.segment_ids}
    answers = {answer.quote.at for question in questions for answer in question.answers}
    notes = _of_kind({Kind.STATEMENT, Kind.OTHER}, sources)
    quotes = [sources.quote(note) for note in notes if note.id not in in_concern]
    return group_quotes(quote for quote in quotes if quote.at not in answers)


def _of_kind(kinds: AbstractSet[Kind], sources: Sources) -> list[Segment]:
    """Return the content segments of some kinds in event order."""
    segments = sources.segments.values()
    return [segment for segment in segments if segment.kind in kinds and segment.role is LineRole.CONTENT]


def _answers(
    question: SegmentId, children: Mapping[SegmentId, Sequence[Segment]], sources: Sources
) -> Iterator[AnswerView]:
    """Yield what is below `question`, without questions among it, which have what is below them as their own."""
    waiting = [(child, 1) for child in reversed(children.get(question, ()))]
    while waiting:
        segment, depth = waiting.pop()
        if segment.kind is not Kind.QUESTION:
            yield AnswerView(quote=sources.quote(segment), depth=min(depth, DEEPEST))
            waiting += [(child, depth + 1) for child in reversed(children.get(segment.id, ()))]
