"""From an analysis and its pads to the view that all templates print.

Analysis, pads, Translation ──► sources ──┬─► concern_views   concerns, and the matrix of who raised them
                                          ├─► line_views      every line, by group, and the ledger
                                          ├─► tables          the CSV files
                                          └─► here            questions, next steps, decisions, other notes, names
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from fetch.corpus_records import Pad, ProblemKind
from pipeline.analysis_records import Analysis, Entity, Kind, Label, LineRole, Segment, SegmentId, SpellingReason
from pipeline.decision_text import curation_summary, orphan_texts
from pipeline.report.concern_views import group_quotes, one_group_concerns, recurring_concerns
from pipeline.report.formats.csv import tables
from pipeline.report.line_views import group_views, ledger_view
from pipeline.report.quote_sources import Sources, anchor, find_sources
from pipeline.report.report_records import (
    DEEPEST,
    AnswerView,
    Figure,
    GroupQuotes,
    NameList,
    NameView,
    NextStepView,
    QuestionView,
    ReportView,
    SpellingView,
)
from pipeline.settings import languages_compared_by_wording
from pipeline.translation import N_, Translation

STRONGEST = 6
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

_PROBLEMS: Mapping[ProblemKind, str] = {
    ProblemKind.TWICE: N_(
        "%(pad)s (%(group)s): two pads of the event have this name; only the first is in this report."
    ),
    ProblemKind.NOT_FETCHED: N_("%(pad)s (%(group)s) has not been fetched."),
    ProblemKind.UNREADABLE: N_("%(pad)s (%(group)s) could not be read."),
    ProblemKind.WITHHELD: N_("%(pad)s (%(group)s) is withheld at its authors’ request."),
}


def build(analysis: Analysis, pads: Sequence[Pad], translation: Translation, server: str | None = None) -> ReportView:
    """Return the whole report of `analysis`, whose stored pads are `pads`; links lead to the Etherpad at `server`."""
    sources = find_sources(analysis, pads, translation, server)
    recurring = recurring_concerns(analysis, sources)
    one_group = one_group_concerns(analysis, sources)
    asked = questions(sources)
    open_questions = [question.quote for question in asked if not question.answers]
    steps, group_decisions = next_steps(sources), decisions(sources)
    date = analysis.event.date
    return ReportView(
        language=translation.language,
        direction=translation.direction,
        title=analysis.event.title,
        date=translation.day(date) if date else None,
        iso_date=date.isoformat() if date else None,
        size=_size(sources, analysis.ledger.total),
        groups=sources.groups,
        figures=_figures(
            {
                "recurring": len(recurring),
                "one-group": sum(len(own.concerns) for own in one_group),
                "questions": len(open_questions),
                "next-steps": len(steps),
                "decisions": sum(len(own.quotes) for own in group_decisions),
            },
            translation,
        ),
        recurring=recurring,
        strongest=recurring[:STRONGEST],
        one_group=one_group,
        open_questions=group_quotes(open_questions),
        answered_questions=tuple(question for question in asked if question.answers),
        next_steps=steps,
        decisions=group_decisions,
        other_notes=other_notes(analysis, asked, sources),
        by_group=group_views(analysis, sources),
        names=tuple(_name_lists(analysis.entities, sources)),
        ledger=ledger_view(analysis.ledger, translation),
        problems=tuple(
            translation.gettext(_PROBLEMS[problem.kind], pad=problem.name, group=problem.group)
            for problem in analysis.problems
        ),
        decided=curation_summary(analysis.curation, translation),
        lost=orphan_texts(analysis.curation, analysis.segments, translation),
        wording_only=tuple(_wording_only(analysis, sources)),
        generated=translation.moment(analysis.generated),
        corpus_sha256=analysis.corpus_sha256,
        settings=tuple((name, str(value)) for name, value in sorted(analysis.settings.items())),
        tables=tables(analysis, sources.segments, sources),
    )


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


def _figures(numbers: Mapping[str, int], translation: Translation) -> tuple[Figure, ...]:
    """Return captions for how many things are in each part of the report, by its anchor."""
    ngettext = translation.ngettext
    # Translators: a caption stands below its number, which is set in large type.
    captions = {
        "recurring": ngettext("concern of several groups", "concerns of several groups", numbers["recurring"]),
        "one-group": ngettext("concern of one group only", "concerns of one group only", numbers["one-group"]),
        "questions": ngettext("open question", "open questions", numbers["questions"]),
        "next-steps": ngettext("next step", "next steps", numbers["next-steps"]),
        "decisions": ngettext("decision", "decisions", numbers["decisions"]),
    }
    return tuple(
        Figure(number=translation.number(numbers[anchor]), caption=caption, anchor=anchor)
        for anchor, caption in captions.items()
    )


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
    return NameView(
        name=entity.name,
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


def _wording_only(analysis: Analysis, sources: Sources) -> Iterator[str]:
    """Yield the pads with notes that were compared by their wording only, each with the languages of these notes."""
    foreign = languages_compared_by_wording(analysis.segments, str(analysis.settings.get("encoder", "")))
    translation = sources.translation
    notes = Counter(
        (segment.pad_id, segment.language)
        for segment in analysis.segments
        if segment.role is LineRole.CONTENT and segment.language in foreign
    )
    for pad_id, source in sources.by_pad.items():
        listed = [
            translation.ngettext(
                "%(num)s note in %(language)s",
                "%(num)s notes in %(language)s",
                count,
                language=translation.language_name(language),
            )
            for (noted, language), count in notes.most_common()
            if noted == pad_id
        ]
        if listed:
            group = source.group.name
            pad = f"{group}, {pad_id}" if group in sources.several else group
            yield translation.gettext("%(pad)s: %(notes)s", pad=pad, notes=translation.join(listed))


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
