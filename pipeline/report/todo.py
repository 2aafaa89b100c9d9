"""Questions, next steps and decisions, and what is left over, as they are printed."""

from collections.abc import Iterable

from pipeline.records import Analysis, Kind, LineRole
from pipeline.report.cards import quotes_by_group
from pipeline.report.pages import DEEPEST
from pipeline.report.records import AnswerView, GroupQuotes, QuestionView, StepView
from pipeline.report.sources import Sources
from pipeline.report.words import deadline
from pipeline.steps import Question, Steps


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
