"""Concerns as they are printed: their quotes by group, what is claimed of them, and what a language model wrote.

Concern, Sources ──► ConcernView:  a card of the front, or lines that echo each other, or those of one group only
CitedSentence    ──► SummaryView:  a machine's sentences with their mark and the places that they cite
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import groupby

from pipeline.analysis_records import Analysis, CitedSentence, Concern, ConcernId, Origin, ReadingInfo
from pipeline.report.quote_sources import Sources, anchor
from pipeline.report.report_records import (
    CitedView,
    ConcernView,
    GroupCount,
    GroupMark,
    Item,
    LikenessView,
    OfGroup,
    Quote,
    ReasonView,
    SummaryView,
)
from pipeline.segment_records import SegmentId
from pipeline.settings import CHAT_WINDOW
from pipeline.translation import N_, Translation

EXEMPLARS = 4
"""So many quotes of a concern are shown before the rest is unfolded: as many as can be read at a glance."""

_FEW = 2
_SOME = 4

_NUMBER = "\0"
"""Stands for the first number of `strength` where that is to be emphasised; no message holds it."""

_FINDERS: Mapping[Origin, str] = {
    Origin.CLUSTER: N_("Working title."),
    Origin.MODEL: N_("Found and named by a language model."),
    Origin.FACILITATOR: N_("Named by the facilitator."),
}
"""Who found a concern and gave it its name; what a report says of working titles, it says once."""

_PLACED = N_("placed by likeness after the reading")
_ADDED = N_("added automatically")


def concern_views(analysis: Analysis, sources: Sources) -> dict[ConcernId, ConcernView]:
    """Return the view of every concern of an analysis, in its order."""
    front = front_ids(analysis.concerns)
    return {concern.id: _concern_view(concern, front, analysis.reading, sources) for concern in analysis.concerns}


def front_ids(concerns: Sequence[Concern]) -> frozenset[ConcernId]:
    """Return the recurring concerns that are shown first, with how many groups raised them.

    Those are all of them where none was chosen, as in analyses of earlier versions; what the facilitator named, or a
    language model read line by line, is never shown as something that nobody has looked at.
    """
    recurring = [concern for concern in concerns if concern.recurring]
    if not any(concern.front for concern in recurring):
        return frozenset(concern.id for concern in recurring)
    return frozenset(concern.id for concern in recurring if concern.front or concern.origin is not Origin.CLUSTER)


def finder(concern: Concern, translation: Translation) -> str:
    """Return in a sentence who found and named a concern."""
    return translation.gettext(_FINDERS[concern.origin])


def strength(concern: Concern, groups: int, translation: Translation) -> str:
    """Return how many of the `groups` that wrote anything raised a concern: `5 of 8 groups`.

    Never a percentage of so few, and never a grade: on events that nothing was tuned on, none was right often enough
    (docs/experiments/front.md).
    """
    return _strength(groups, translation).replace(_NUMBER, translation.number(len(concern.groups)))


def _strength(groups: int, translation: Translation) -> str:
    return translation.ngettext("%(raised)s of %(num)s group", "%(raised)s of %(num)s groups", groups, raised=_NUMBER)


def event_summary(reading: ReadingInfo, sources: Sources) -> SummaryView | None:
    """Return what a language model wrote about the event; its mark is the only one that names the model."""
    gettext = sources.translation.gettext
    if reading.model == CHAT_WINDOW:
        mark = gettext("Summary by a language model; each sentence cites its lines")
    else:
        mark = gettext("Summary by a language model (%(model)s); each sentence cites its lines", model=reading.model)
    return _summary_view(reading.summary, mark, sources)


def _takeaway(summary: SummaryView | None) -> SummaryView | None:
    """Return the sentence of a summary that cites the most groups, the first of those: it speaks for most of them."""
    if summary is None:
        return None
    widest = max(summary.sentences, key=lambda sentence: len({quote.group for quote in sentence.cited}))
    return replace(summary, sentences=(widest,))


def _summary_view(sentences: Sequence[CitedSentence], mark: str, sources: Sources) -> SummaryView | None:
    if not sentences:
        return None
    return SummaryView(
        mark=mark,
        sentences=tuple(
            CitedView(
                text=" ".join(sentence.text.split()),
                cited=_by_line(sources.quote(sources.segments[cited]) for cited in sentence.segment_ids),
            )
            for sentence in sentences
        ),
    )


def _by_line(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Return the first quote of each line: two sentences of a line are one place to look at."""
    found: dict[str, Quote] = {}
    for quote in quotes:
        found.setdefault(quote.anchor, quote)
    return tuple(found.values())


def _concern_view(
    concern: Concern, front: AbstractSet[ConcernId], reading: ReadingInfo | None, sources: Sources
) -> ConcernView:
    members = [sources.segments[member] for member in concern.segment_ids]
    shown = concern.exemplar_ids[:EXEMPLARS]
    exemplars = tuple(sources.quote(sources.segments[exemplar]) for exemplar in shown)
    by_group = group_quotes(map(sources.quote, members))
    wrote, translation = len(sources.wrote), sources.translation
    before, _, after = _strength(wrote, translation).partition(_NUMBER)
    placed = _placed(concern, reading)
    reasons = _reasons(concern, sources)
    summary = _summary_view(concern.summary, translation.gettext("Summary by a language model"), sources)
    return ConcernView(
        label=concern.label,
        anchor=anchor("concern", concern.id),
        recurring=concern.recurring,
        front=concern.id in front,
        raised=len(concern.groups),
        strength=strength(concern, wrote, translation),
        around=(before, after),
        group_names=translation.join([own.group.name for own in by_group]),
        counts=tuple(_counts(Counter(member.group for member in members), sources)),
        best=_best(exemplars),
        exemplars=exemplars,
        others=tuple(sources.quote(member) for member in members if member.id not in shown),
        by_group=by_group,
        reasons=reasons,
        likenesses=tuple(_likenesses(by_group, reasons)),
        marks=_marks(concern, placed, sources),
        remarks=tuple(_remarks(concern, len(placed), translation)),
        summary=summary,
        takeaway=_takeaway(summary),
    )


def _best(exemplars: Sequence[Quote]) -> Quote:
    """Return the first exemplar that does not only introduce what follows it, or else the first."""
    return next((quote for quote in exemplars if not quote.text.endswith(":")), exemplars[0])


def _placed(concern: Concern, reading: ReadingInfo | None) -> list[SegmentId]:
    """Return the quotes that a reading's likeness put here, and no decision of the facilitator."""
    by_likeness = set(reading.placed_ids if reading else ()).difference(concern.suggested_ids, concern.confirmed_ids)
    return [quote for quote in concern.segment_ids if quote in by_likeness]


def _marks(concern: Concern, placed: Sequence[SegmentId], sources: Sources) -> dict[str, str]:
    marks = {**dict.fromkeys(placed, _PLACED), **dict.fromkeys(concern.suggested_ids, _ADDED)}
    quotes = {quote: sources.quote(sources.segments[quote]) for quote in marks}
    return {quotes[quote].at: sources.translation.gettext(mark) for quote, mark in marks.items()}


def _remarks(concern: Concern, placed: int, translation: Translation) -> Iterator[str]:
    if concern.origin is not Origin.CLUSTER:
        yield finder(concern, translation)
    if concern.confirmed_ids:
        yield translation.ngettext(
            "%(confirmed)s of %(num)s quote is confirmed by the facilitator.",
            "%(confirmed)s of %(num)s quotes are confirmed by the facilitator.",
            len(concern.segment_ids),
            confirmed=len(concern.confirmed_ids),
        )
    if concern.suggested_ids:
        yield translation.ngettext(
            "%(num)s quote was added automatically because it is similar to quotes that the facilitator put here.",
            "%(num)s quotes were added automatically because they are similar to quotes that the facilitator put here.",
            len(concern.suggested_ids),
        )
    if placed:
        yield translation.ngettext(
            "%(num)s quote was written or changed after the reading and placed here by likeness.",
            "%(num)s quotes were written or changed after the reading and placed here by likeness.",
            placed,
        )


def _counts(quotes: Counter[str], sources: Sources) -> Iterator[GroupCount]:
    for group in sources.groups:
        count = quotes[group.name]
        weight = (count > 0) + (count >= _FEW) + (count >= _SOME)
        yield GroupCount(group=group, count=count, weight=weight, wrote=group.name in sources.wrote)


def _reasons(concern: Concern, sources: Sources) -> Mapping[str, ReasonView]:
    return {
        sources.quote(sources.segments[reason.segment_id]).at: ReasonView(
            similar_to=sources.quote(sources.segments[reason.exemplar_id]),
            shared_words=", ".join(reason.shared_words),
            suggested=reason.segment_id in concern.suggested_ids,
            confirmed=reason.segment_id in concern.confirmed_ids,
        )
        for reason in concern.reasons
        if reason.segment_id in concern.segment_ids and reason.exemplar_id in sources.segments
    }


def _likenesses(by_group: Sequence[OfGroup[Quote]], reasons: Mapping[str, ReasonView]) -> Iterator[LikenessView]:
    """Yield the quotes that have reasons, by what these name."""
    alike: dict[tuple[str, bool], list[Quote]] = {}
    for quote in (quote for own in by_group for quote in own.items if quote.at in reasons):
        reason = reasons[quote.at]
        alike.setdefault((reason.similar_to.at, reason.suggested), []).append(quote)
    for (_, suggested), quotes in alike.items():
        yield LikenessView(similar_to=reasons[quotes[0].at].similar_to, suggested=suggested, quotes=tuple(quotes))


def group_quotes(quotes: Iterable[Quote]) -> tuple[OfGroup[Quote], ...]:
    """Return `quotes` by group in event order; those of a group stay in their order."""
    return of_groups(quotes, lambda quote: quote.group)


def of_groups(items: Iterable[Item], group_of: Callable[[Item], GroupMark]) -> tuple[OfGroup[Item], ...]:
    """Return `items` by group in event order; those of a group stay in their order."""
    in_order = sorted(items, key=lambda item: group_of(item).number)
    return tuple(OfGroup(group=group, items=tuple(own)) for group, own in groupby(in_order, key=group_of))
