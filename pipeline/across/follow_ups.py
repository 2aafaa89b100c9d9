"""Find what later events wrote again: next steps, with or without a tick, and questions, with or without an answer.

Nothing is said of a next step or a question that no later event has: it may be done, or forgotten.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from rapidfuzz import fuzz

from pipeline.across.across_records import AcrossEvents, ComparedEvent, EventId, RepeatedQuestion, RepeatedStep
from pipeline.across.concern_matching import matched_concerns
from pipeline.across.event_series import EventSeries
from pipeline.describe.same_questions import find_same_questions
from pipeline.report.report_view import notes_below
from pipeline.segment_records import Checkbox, Kind, LineRole, Segment, SegmentId
from pipeline.text import is_number, normalize

SAME_STEP = 0.85
"""Similarity (normalised Indel, 0 to 1) from which two next steps are the same one. It is more than an edited line of
one pad needs (`anchors.SIMILAR`), since no neighbours help to tell "book the hall" from "book the hotel"."""

FEWEST_WORDS = 3
"""Words from which a next step is recognised elsewhere; "send it" is another one each time."""


def compare_events(series: EventSeries, now: str) -> AcrossEvents:
    """Return what the events of a series have in common; `now` is ISO 8601."""
    came_back, not_again = matched_concerns(series)
    return AcrossEvents(
        schema=1,
        generated=now,
        events=tuple(
            ComparedEvent(
                id=EventId(analysis.event.id),
                title=series.without_secrets(analysis.event.title),
                date=analysis.event.date,
                groups=tuple(dict.fromkeys(info.group for info in analysis.pads)),
                generated=analysis.generated,
                corpus_sha256=analysis.corpus_sha256,
            )
            for analysis in series.analyses
        ),
        came_back=came_back,
        not_again=not_again,
        steps=tuple(_repeated_steps(series)),
        questions=tuple(_repeated_questions(series)),
        left_out=sum(
            one.role is LineRole.CONTENT and series.is_secret(one)
            for analysis in series.analyses
            for one in analysis.segments
        ),
    )


def _repeated_steps(series: EventSeries) -> Iterator[RepeatedStep]:
    """Yield the next steps that later events have again, in order; one that was taken up is not a first one itself."""
    offered = [one for one in series.segments if one.kind is Kind.ACTION or one.checkbox is Checkbox.DONE]
    words = {one.id: normalize(one.text) for one in offered}
    numbers = {one.id: _numbers(words[one.id]) for one in offered}
    taken: set[str] = set()
    for place, step in enumerate(offered):
        if step.checkbox is Checkbox.DONE or step.id in taken or len(words[step.id].split()) < FEWEST_WORDS:
            continue
        later = [
            one
            for one in offered[place + 1 :]
            if series.number_of(one.id) > series.number_of(step.id)
            and one.id not in taken
            and numbers[one.id] == numbers[step.id]
            and fuzz.ratio(words[step.id], words[one.id]) >= 100 * SAME_STEP
        ]
        if later:
            taken.update(one.id for one in later)
            yield _repeated_step(step, later, series)


def _numbers(words: str) -> tuple[str, ...]:
    return tuple(word for word in words.split() if is_number(word))


def _repeated_step(step: Segment, later: Sequence[Segment], series: EventSeries) -> RepeatedStep:
    last = series.number_of(later[-1].id)
    in_last = [one for one in later if series.number_of(one.id) == last]
    return RepeatedStep(
        step=series.line(step.id),
        owner=step.owner,
        due=step.due,
        due_date=step.due_date,
        later=tuple(series.line(one.id) for one in later),
        ticked=all(one.checkbox is Checkbox.DONE for one in in_last),
    )


def _repeated_questions(series: EventSeries) -> Iterator[RepeatedQuestion]:
    """Yield the questions that several events ask, in order of the first of each."""
    by_id = {one.id: one for one in series.segments}
    place = {one.id: number for number, one in enumerate(series.segments)}
    asked = [one for one in series.segments if one.kind is Kind.QUESTION]
    sets = find_same_questions(asked, series.encoded.segments, series.encoded.vectors)
    children: defaultdict[SegmentId, list[Segment]] = defaultdict(list)
    for one in series.segments:
        if one.parent is not None:
            children[one.parent].append(one)
    for members in sorted((sorted(own, key=place.__getitem__) for own in sets), key=lambda own: place[own[0]]):
        numbers = sorted({series.number_of(one) for one in members})
        if len(numbers) == 1:
            continue
        answers = {one: _answers(by_id[one], by_id, children) for one in members}
        answered = {series.number_of(one) for one in members if answers[one]}
        yield RepeatedQuestion(
            asked=tuple(map(series.line, members)),
            answers=tuple(map(series.line, dict.fromkeys(chain.from_iterable(answers.values())))),
            answered_later=bool(answered) and numbers[0] not in answered,
        )


def _answers(
    question: Segment, by_id: Mapping[SegmentId, Segment], children: Mapping[SegmentId, Sequence[Segment]]
) -> list[SegmentId]:
    """Return the notes that may answer a question: those below it, and the one that is said to be its answer."""
    below = [note.id for note, _ in notes_below(question.id, children)]
    if question.answer and question.answer in by_id and question.answer not in {question.id, *below}:
        below.append(question.answer)
    return below
