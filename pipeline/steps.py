"""From segments to what an event leaves to be done: questions with their answers, next steps, decisions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.records import Kind, LineRole, Segment, SegmentId


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
