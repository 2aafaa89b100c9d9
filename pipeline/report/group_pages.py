"""A page for each group, to be sent to it so that it can check what the report makes of its notes.

ReportView, Analysis ──► group_pages ──► GroupPageView ──► templates/group.html, templates/group.wiki

A page has all lines of its group. Of other groups it has only what is in a concern that the group is in, too, and what
they say about it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipeline.analysis_records import Analysis
from pipeline.report.concern_views import EXEMPLARS, group_quotes
from pipeline.report.input_remarks import missing_voices
from pipeline.report.report_records import (
    AnswerView,
    ConcernView,
    GroupMark,
    GroupView,
    Item,
    LikenessView,
    OfGroup,
    PadView,
    QuestionView,
    Quote,
)
from pipeline.report.whole_pages import GroupPageView, ReportView, SharedConcern
from pipeline.translation import Translation

MOST_OF_OTHERS = 20
"""So many quotes of other groups stand under a concern; one with more is too broad to be checked by reading it."""


def group_pages(view: ReportView, analysis: Analysis, translation: Translation) -> tuple[GroupPageView, ...]:
    """Return the pages of all groups that have a pad, in event order; `view` is the report of `analysis`."""
    return tuple(_group_page(lines, view, analysis, translation) for lines in view.by_group)


def _group_page(lines: GroupView, view: ReportView, analysis: Analysis, translation: Translation) -> GroupPageView:
    group = lines.group
    recurring = tuple(_shared(view.recurring, group))
    echoes = tuple(_shared(view.echoes, group))
    said_of = _said_of(view, group)
    others = (*said_of, *(quotes for shared in (*recurring, *echoes) for quotes in shared.concern.by_group))
    told = {quote.at for quote in _quotes(others)}
    gaps = tuple(gap for gap in analysis.missing_voices if gap.group == group.name)
    asked = _own_questions(view, group)
    page = GroupPageView(
        group=group,
        lines=lines,
        missing_voices=missing_voices(replace(analysis, missing_voices=gaps), translation),
        recurring=recurring,
        echoes=echoes,
        one_group=_own(view.one_group, group),
        said_of=said_of,
        repeated_questions=(),
        open_questions=group_quotes(question.quote for question in asked if not question.answers),
        answered_questions=tuple(
            replace(question, answers=tuple(_answers(question.answers, told))) for question in asked if question.answers
        ),
        next_steps=tuple(step for step in view.next_steps if step.quote.group.number == group.number),
        undated_steps=_own(view.undated_steps, group),
        decisions=_own(view.decisions, group),
        other_notes=_own(view.other_notes, group),
        reply=(),
    )
    return replace(page, reply=tuple(_reply(page, view.title, translation)))


def _own(parts: Iterable[OfGroup[Item]], group: GroupMark) -> tuple[OfGroup[Item], ...]:
    return tuple(part for part in parts if part.group.number == group.number)


def _said_of(view: ReportView, group: GroupMark) -> tuple[OfGroup[Quote], ...]:
    """Return what other groups say about a group or its subject."""
    spoken_of = view.hand_offs.spoken_of if view.hand_offs else ()
    return tuple(quotes for about in _own(spoken_of, group) for quotes in about.items)


def _own_questions(view: ReportView, group: GroupMark) -> list[QuestionView]:
    """Return what a group itself asked, each by itself: the same question in other groups' words is theirs."""
    opened = [
        QuestionView(quote=quote, answers=()) for part in _own(view.open_questions, group) for quote in part.items
    ]
    sets = (*view.repeated_questions, *view.answered_questions)
    wordings = [wording for question in sets for wording in (question, *question.others)]
    own = [QuestionView(quote=one.quote, answers=one.answers) for one in wordings if one.quote.group == group]
    return sorted((*opened, *own), key=_place)


def _place(question: QuestionView) -> tuple[int, int]:
    pad, start, _ = map(int, re.split("[:-]", question.quote.at))
    return pad, start


def _shared(concerns: Sequence[ConcernView], group: GroupMark) -> Iterator[SharedConcern]:
    """Yield the concerns that a group is in, with its quotes apart from those of other groups."""
    for concern in concerns:
        own = _own(concern.by_group, group)
        if not own:
            continue
        foreign = [quote for quote in (*concern.exemplars, *concern.others) if quote.group.number != group.number]
        first = sum(quote.group.number != group.number for quote in concern.exemplars) or EXEMPLARS
        yield SharedConcern(
            concern=replace(concern, likenesses=tuple(_likenesses(concern, group))),
            own=own[0],
            best=tuple(foreign[:first]),
            others=group_quotes(foreign[first:MOST_OF_OTHERS]),
            left_out=len(foreign[MOST_OF_OTHERS:]),
        )


def _likenesses(concern: ConcernView, group: GroupMark) -> Iterator[LikenessView]:
    """Yield why the quotes of a group are in a concern."""
    for like in concern.likenesses:
        own = tuple(quote for quote in like.quotes if quote.group.number == group.number)
        if own:
            yield replace(like, quotes=own)


def _answers(answers: Iterable[AnswerView], told: AbstractSet[str]) -> Iterator[AnswerView]:
    """Yield answers; of one by another group, which is not `told` elsewhere on the page, only the place."""
    for answer in answers:
        yield replace(answer, place_only=answer.by_other and answer.quote.at not in told)


def _reply(page: GroupPageView, event: str, translation: Translation) -> Iterator[str]:
    """Yield the lines of a text to answer with: questions, and the numbers of the lines that they are about."""
    gettext = translation.gettext
    yield ", ".join(" ".join(name.split()) for name in (page.group.name, event))
    questions = (
        gettext("Is this what you said?"),
        gettext("What is wrong, and in which line?"),
        gettext("What is missing?"),
        *_about_lines(page, translation),
    )
    for question in questions:
        yield from ("", question, "")


def _about_lines(page: GroupPageView, translation: Translation) -> Iterator[str]:
    """Yield a question for each kind of notes that a page has."""
    gettext = translation.gettext
    if page.next_steps:
        lines = _places((step.quote for step in page.next_steps), page.lines.pads, translation)
        yield gettext("Next steps (%(lines)s): who does what, and by when?", lines=lines)
    if page.open_questions:
        lines = _places(_quotes(page.open_questions), page.lines.pads, translation)
        yield gettext("Open questions (%(lines)s): are they still open?", lines=lines)
    if page.decisions:
        lines = _places(_quotes(page.decisions), page.lines.pads, translation)
        yield gettext("Decisions (%(lines)s): is this what you decided?", lines=lines)
    if page.other_notes:
        lines = _places(_quotes(page.other_notes), page.lines.pads, translation)
        yield gettext("What the program could not place (%(lines)s): what does it belong to?", lines=lines)


def _quotes(parts: Iterable[OfGroup[Quote]]) -> Iterator[Quote]:
    return (quote for part in parts for quote in part.items)


def _places(quotes: Iterable[Quote], pads: Sequence[PadView], translation: Translation) -> str:
    """Return in words which lines of a group's `pads` some quotes are on, each once and in the order of the pads."""
    in_order = sorted(quotes, key=lambda quote: (int(quote.at.partition(":")[0]), quote.line))
    if len(pads) > 1:
        return translation.join(list(dict.fromkeys(quote.where for quote in in_order)))
    numbers = list(dict.fromkeys(str(quote.line) for quote in in_order))
    return translation.ngettext("line %(lines)s", "lines %(lines)s", len(numbers), lines=translation.join(numbers))
