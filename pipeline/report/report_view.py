"""From an analysis and its pads to the view that all templates print.

Analysis, pads, Translation ──► sources ──┬─► concern_views: the front, lines that echo each other, one group's own
                                          ├─► input_remarks: missing voices, the event's date, texts
                                          ├─► questions, next steps, decisions, other notes, names
                                          ├─► timeline: what lies ahead, by date
                                          ├─► concern_picture, timeline_picture: where things are in pictures of both
                                          ├─► hand_off_views: what groups say about each other's subjects
                                          ├─► line_views: every line, by group, and the ledger
                                          ├─► change_views: what changed since an earlier analysis
                                          ├─► group_pages: of all this, what is sent to each group
                                          └─► formats.csv, formats.changes_json: the tables, and changes.json
"""

import datetime as dt
import urllib.parse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis, Concern, ConcernId, ReadingInfo
from pipeline.decision_text import curation_summary, orphan_texts
from pipeline.report.change_views import changes_view
from pipeline.report.concern_picture import concern_picture
from pipeline.report.concern_views import concern_views, event_summary, group_quotes, of_groups
from pipeline.report.formats.changes_json import changes_text
from pipeline.report.formats.csv import tables
from pipeline.report.group_pages import group_pages
from pipeline.report.hand_off_views import hand_offs_view
from pipeline.report.input_remarks import date_remarks, missing_voices, text_remarks, wording_only
from pipeline.report.line_search import search_view
from pipeline.report.line_views import group_views, ledger_view
from pipeline.report.prompt_views import prompt_views
from pipeline.report.quote_sources import Sources, anchor, find_sources
from pipeline.report.report_records import (
    DEEPEST,
    AnswerView,
    ConcernView,
    ContactView,
    Figure,
    NameList,
    NameView,
    NextStepView,
    OfGroup,
    QuestionView,
    Quote,
    SpellingView,
)
from pipeline.report.timeline import deadline, timeline
from pipeline.report.timeline_picture import timeline_picture
from pipeline.report.whole_pages import ReportView
from pipeline.segment_records import Entity, Kind, Label, LineRole, Segment, SegmentId, SpellingReason
from pipeline.settings import CHAT_WINDOW
from pipeline.translation import N_, Translation

STRONGEST = 5
"""So many concerns are named at a glance."""

_NAME_LISTS: Mapping[Label, str] = {
    Label.PERSON: N_("People"),
    Label.ORG: N_("Organisations"),
    Label.PLACE: N_("Places"),
    Label.EVENT: N_("Events"),
    Label.PRODUCT: N_("Products and tools"),
    Label.DATE: N_("Dates"),
}
# Translators: the reasons complete "“Ana” is taken for “Ana García”: …".
_SPELLING_REASONS: Mapping[str, str] = {
    SpellingReason.CASE: N_("they differ only in capitals or spaces"),
    SpellingReason.POSSESSIVE: N_("one is the possessive of the other"),
    SpellingReason.HANDLE: N_("they differ only by an @ in front"),
    SpellingReason.LEADING: N_("they differ only by an article or a title in front"),
    SpellingReason.HYPHEN: N_("they differ only in hyphens or full stops"),
    SpellingReason.ACCENTS: N_("they differ only in accents"),
    SpellingReason.JOINED_UP: N_("they differ only in spaces"),
    SpellingReason.MISSPELT: N_("they differ in one letter, and no line has both"),
    SpellingReason.INITIALS: N_("one is the initials of the other and of no other name here"),
    SpellingReason.MIDDLE: N_("they differ only by a middle name, and no other full name here fits"),
    SpellingReason.SHORTENED: N_("one is short for the other and for no other full name here"),
    SpellingReason.FIRST_NAME: N_("one is the first name in the other and in no other full name here"),
    SpellingReason.LAST_NAME: N_("one is the last name in the other and in no other full name here"),
    SpellingReason.BESIDE: N_("a line has both, one as the short form of the other"),
    SpellingReason.KNOWN: N_("the list of well-known names has them as one name"),
    SpellingReason.EVENT_FILE: N_("event.toml has them as one name"),
    SpellingReason.FACILITATOR: N_("the facilitator decided so"),
}
"""The reasons that come in pairs, such as `first_name` and `has_first_name`, say the same of the two names."""


def build(analysis: Analysis, corpus: Corpus, translation: Translation) -> ReportView:
    """Return the whole report of `analysis`, whose stored pads are those of `corpus`; links lead to its Etherpad."""
    event = corpus.event
    sources = find_sources(analysis, corpus.pads, translation, event.server)
    concerns = concern_views(analysis, sources)
    recurring = tuple(concern for concern in concerns.values() if concern.front)
    echoes = tuple(concern for concern in concerns.values() if concern.recurring and not concern.front)
    single = [concern for concern in concerns.values() if not concern.recurring]
    asked = questions(sources, analysis.same_questions)
    left_open = [question for question in asked if not is_answered(question)]
    steps, group_decisions = next_steps(sources), decisions(sources)
    prompts = prompt_views(analysis.segments, analysis.concerns, concerns, sources)
    entries = timeline(analysis, sources)
    date = analysis.event.date
    report = ReportView(
        is_index=sources.is_large,
        is_long=sources.is_long,
        language=translation.language,
        direction=translation.direction,
        title=analysis.event.title,
        place=event.place,
        contact=_contact(event.contact, analysis.event.title),
        date=translation.day(date) if date else None,
        iso_date=date.isoformat() if date else None,
        introduction=event.introduction,
        size=_size(sources, analysis.ledger.total),
        groups=sources.groups,
        figures=_figures(
            {
                "recurring": len(recurring),
                "echoes": len(echoes),
                "one-group": len(single),
                "questions": len(left_open),
                "next-steps": len(steps),
                "decisions": sum(len(own.items) for own in group_decisions),
            },
            translation,
        ),
        summary=event_summary(analysis.reading, sources) if analysis.reading else None,
        recurring=recurring,
        echoes=echoes,
        strongest=tuple(_strongest(analysis.concerns, concerns)),
        concern_picture=concern_picture(recurring, translation),
        one_group=of_groups(single, lambda concern: concern.by_group[0].group),
        prompts=prompts,
        repeated_questions=tuple(question for question in left_open if question.others),
        open_questions=group_quotes(question.quote for question in left_open if not question.others),
        answered_questions=tuple(question for question in asked if is_answered(question)),
        next_steps=steps,
        undated_steps=of_groups((step for step in steps if not step.date), lambda step: step.quote.group),
        decisions=group_decisions,
        timeline=entries,
        timeline_picture=timeline_picture(entries, translation),
        hand_offs=hand_offs_view(analysis, sources),
        other_notes=other_notes(asked, sources),
        by_group=group_views(analysis, sources, concerns, asked),
        search=search_view(analysis, [prompt.text for prompt in prompts], translation),
        names=tuple(_name_lists(analysis.entities, sources)),
        ledger=ledger_view(analysis.ledger, translation, echoes=bool(echoes)),
        missing_voices=missing_voices(analysis, translation),
        date_remarks=date_remarks(analysis.event, translation),
        reading=reading_text(analysis, translation),
        decided=curation_summary(analysis.curation, translation),
        lost=orphan_texts(analysis.curation, analysis.segments, translation),
        wording_only=tuple(wording_only(analysis, sources)),
        text_remarks=text_remarks(analysis, translation),
        generated=translation.moment(analysis.generated),
        generated_iso=analysis.generated,
        corpus_sha256=analysis.corpus_sha256,
        settings=tuple((name, str(value)) for name, value in sorted(analysis.settings.items()) if value != ""),
        tables=tables(analysis, sources, prompts),
        changes=changes_view(analysis.changes, concerns, sources) if analysis.changes else None,
        changes_json=changes_text(analysis),
    )
    return replace(report, group_pages=group_pages(report, analysis, translation))


def _size(sources: Sources, lines: int) -> tuple[str, str]:
    """Return in words how many groups and lines there are."""
    translation, groups = sources.translation, len(sources.groups)
    if silent := groups - len(sources.wrote):
        in_groups = translation.ngettext(
            "%(num)s group (%(silent)s wrote nothing)",
            "%(num)s groups (%(silent)s wrote nothing)",
            groups,
            silent=silent,
        )
    else:
        in_groups = translation.ngettext("%(num)s group", "%(num)s groups", groups)
    return in_groups, translation.ngettext("%(num)s line", "%(num)s lines", lines)


def _contact(contact: str | None, subject: str) -> ContactView | None:
    """Return whom to tell about mistakes; an e-mail has the event's title as its subject (RFC 6068)."""
    if contact is None:
        return None
    if contact.startswith(("https://", "http://")):
        return ContactView(text=contact, href=contact)
    address = urllib.parse.quote(contact, safe="@")
    return ContactView(text=contact, href=f"mailto:{address}?subject={urllib.parse.quote(subject)}")


def _figures(numbers: Mapping[str, int], translation: Translation) -> tuple[Figure, ...]:
    """Return captions for how many things are in each part of the report, by its anchor."""
    ngettext = translation.ngettext
    # Translators: a caption stands below its number, which is set in large type.
    captions = {
        "recurring": ngettext("concern of several groups", "concerns of several groups", numbers["recurring"]),
        "echoes": ngettext(
            "more set of lines that echo each other", "more sets of lines that echo each other", numbers["echoes"]
        ),
        "one-group": ngettext("concern of one group only", "concerns of one group only", numbers["one-group"]),
        "questions": ngettext("open question", "open questions", numbers["questions"]),
        "next-steps": ngettext("next step", "next steps", numbers["next-steps"]),
        "decisions": ngettext("decision", "decisions", numbers["decisions"]),
    }
    return tuple(
        Figure(number=translation.number(numbers[anchor]), caption=caption, anchor=anchor)
        for anchor, caption in captions.items()
        if numbers[anchor] or anchor != "echoes"
    )


def _strongest(concerns: Sequence[Concern], views: Mapping[ConcernId, ConcernView]) -> Iterator[ConcernView]:
    """Yield the concerns of the front that most groups raised."""
    front = [concern for concern in concerns if views[concern.id].front]
    by_groups = sorted(front, key=lambda concern: -len(concern.groups))
    yield from (views[concern.id] for concern in by_groups[:STRONGEST])


def reading_text(analysis: Analysis, translation: Translation) -> str:
    """Return in a few sentences what a language model read, where and when, and what it did not; "" if none did."""
    reading, ngettext = analysis.reading, translation.ngettext
    if reading is None:
        return ""
    sentences = {
        ngettext(
            "A language model (%(model)s) read %(num)s note on %(date)s, with version %(prompts)s of the prompts.",
            "A language model (%(model)s) read %(num)s notes on %(date)s, with version %(prompts)s of the prompts.",
            reading.read,
            model=_model_and_place(reading, translation),
            date=translation.day(reading.date),
            prompts=reading.prompts,
        ): True,
        translation.gettext(
            "What it wrote is marked, and every quote comes from the pads. What it said of a note (whether it is a "
            "question, a next step or a decision, who is to do it by when, which note answers it) stands in place of "
            "what the program’s own rules find."
        ): reading.read,
        ngettext(
            "%(num)s note was written or changed after the reading and is placed by likeness; "
            "to have it read, run make read EVENT=%(event)s again.",
            "%(num)s notes were written or changed after the reading and are placed by likeness; "
            "to have them read, run make read EVENT=%(event)s again.",
            len(reading.placed_ids),
            event=analysis.event.id,
        ): reading.placed_ids,
        ngettext(
            "%(num)s note was not read by it; what is said of that note comes from the program’s own rules.",
            "%(num)s notes were not read by it; what is said of those notes comes from the program’s own rules.",
            reading.unread,
        ): reading.unread,
    }
    return " ".join(sentence for sentence, said in sentences.items() if said)


def _model_and_place(reading: ReadingInfo, translation: Translation) -> str:
    if reading.host is not None:
        return translation.gettext("%(model)s at %(host)s", model=reading.model, host=reading.host)
    if reading.model == CHAT_WINDOW:
        return translation.gettext("in a chat window")
    return translation.gettext("%(model)s, in a chat window", model=reading.model)


def questions(sources: Sources, same: Sequence[Sequence[SegmentId]] = ()) -> tuple[QuestionView, ...]:
    """Return the questions in event order; the notes below one, and the one that is said to answer it, are answers.

    Those in a set of `same` are one question, at the place of its first wording: the first of the set, then the others.
    """
    children: dict[SegmentId, list[Segment]] = defaultdict(list)
    for segment in sources.segments.values():
        if segment.parent is not None and segment.role is LineRole.CONTENT:
            children[segment.parent].append(segment)
    views = {
        segment.id: QuestionView(quote=sources.quote(segment), answers=tuple(_all_answers(segment, children, sources)))
        for segment in _of_kind({Kind.QUESTION}, sources)
    }
    set_of = {member: tuple(members) for members in same for member in members}
    asked = dict.fromkeys(set_of.get(question, (question,)) for question in views)
    return tuple(_one_question([views[member] for member in members], sources.translation) for members in asked)


def is_answered(question: QuestionView) -> bool:
    """Return whether any wording of a question has answers."""
    return any(wording.answers for wording in (question, *question.others))


def _one_question(wordings: Sequence[QuestionView], translation: Translation) -> QuestionView:
    """Return wordings of one question as the first of them with the others."""
    best, *others = wordings
    if not others:
        return best
    askers = dict.fromkeys(wording.quote.group.name for wording in wordings)
    answered = {wording.quote.group.name for wording in wordings if wording.answers}
    without = [group for group in askers if group not in answered] if answered else []
    return replace(
        best,
        others=tuple(others),
        askers=translation.join(list(askers)),
        without_answer=translation.join(without) if without else "",
    )


def next_steps(sources: Sources) -> tuple[NextStepView, ...]:
    """Return the next steps by due date; those without a date are last, in event order."""
    steps = sorted(_of_kind({Kind.ACTION}, sources), key=lambda step: step.due_date or dt.date.max)
    return tuple(
        NextStepView(
            quote=sources.quote(step),
            owner=step.owner,
            due=step.due,
            date=deadline(step, sources.translation),
            iso_date=step.due_date.isoformat() if step.due_date else None,
        )
        for step in steps
    )


def decisions(sources: Sources) -> tuple[OfGroup[Quote], ...]:
    """Return the decisions by group."""
    return group_quotes(map(sources.quote, _of_kind({Kind.DECISION}, sources)))


def other_notes(questions: Iterable[QuestionView], sources: Sources) -> tuple[OfGroup[Quote], ...]:
    """Return, by group, what is in no concern and is no question or answer, next step or decision."""
    wordings = [wording for question in questions for wording in (question, *question.others)]
    answers = {answer.quote.at for wording in wordings for answer in wording.answers}
    notes = _of_kind({Kind.STATEMENT, Kind.OTHER}, sources)
    quotes = [sources.quote(note) for note in notes if note.id not in sources.concerns]
    return group_quotes(quote for quote in quotes if quote.at not in answers)


def _of_kind(kinds: AbstractSet[Kind], sources: Sources) -> list[Segment]:
    """Return the content segments of some kinds in event order."""
    segments = sources.segments.values()
    return [segment for segment in segments if segment.kind in kinds and segment.role is LineRole.CONTENT]


def _all_answers(
    question: Segment, children: Mapping[SegmentId, Sequence[Segment]], sources: Sources
) -> Iterator[AnswerView]:
    notes = notes_below(question.id, children)
    below = [AnswerView(quote=sources.quote(note), depth=min(depth, DEEPEST)) for note, depth in notes]
    yield from below
    answer = sources.segments.get(question.answer) if question.answer else None
    if answer is None or answer.role is not LineRole.CONTENT or answer.id == question.id:
        return
    quote = sources.quote(answer)
    if quote.at not in {note.quote.at for note in below}:
        yield AnswerView(quote=quote, depth=1, by_other=answer.group != question.group)


def notes_below(question: SegmentId, children: Mapping[SegmentId, Sequence[Segment]]) -> Iterator[tuple[Segment, int]]:
    """Yield what is below `question` with its depth, but for questions, which have what is below them as their own."""
    waiting = [(child, 1) for child in reversed(children.get(question, ()))]
    while waiting:
        segment, depth = waiting.pop()
        if segment.kind is not Kind.QUESTION:
            yield segment, depth
            waiting += [(child, depth + 1) for child in reversed(children.get(segment.id, ()))]


def _name_lists(entities: Sequence[Entity], sources: Sources) -> Iterator[NameList]:
    """Yield a list for each kind of name that there is any of: dates as they come, all others alphabetically."""
    for label, title in _NAME_LISTS.items():
        names = [entity for entity in entities if entity.label is label]
        if label is not Label.DATE:
            names.sort(key=lambda entity: (entity.name.casefold(), entity.name))
        if names:
            yield NameList(
                title=sources.translation.gettext(title),
                anchor=anchor("names", label.value),
                names=tuple(_name_view(entity, sources) for entity in names),
            )


def _name_view(entity: Entity, sources: Sources) -> NameView:
    mentions = [(sources.segments[mention.segment_id], mention) for mention in entity.mentions]
    forms = [segment.text[mention.start : mention.end] for segment, mention in mentions]
    quotes = [sources.quote(segment) for segment, _ in mentions]
    days = None
    if entity.first_day and entity.last_day:
        days = sources.translation.period(entity.first_day, entity.last_day)
    return NameView(
        name=entity.name,
        days=days if days != entity.name else None,
        variants=", ".join(form for form in dict.fromkeys(forms) if form != entity.name),
        spellings=tuple(
            SpellingView(
                written=spelling.written,
                like=spelling.like,
                why=sources.translation.gettext(_SPELLING_REASONS[spelling.why.removeprefix("has_")]),
            )
            for spelling in entity.also
            if spelling.written.casefold() != spelling.like.casefold()  # capitals need no explanation
        ),
        mentions=group_quotes({quote.anchor: quote for quote in quotes}.values()),
    )
