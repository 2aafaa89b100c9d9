"""Concerns as the report prints them: who raised them, their quotes, and why each quote is there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType

from pipeline.analysis_records import Analysis, Concern
from pipeline.report.quote_sources import Sources, anchor
from pipeline.report.report_records import ConcernView, GroupConcerns, GroupCount, GroupQuotes, Quote, ReasonView
from pipeline.translation import Translation

EXEMPLARS = 4
"""So many quotes of a concern are shown before the rest is unfolded: as many as can be read at a glance."""

_FEW = 2
_SOME = 4


def recurring_concerns(analysis: Analysis, sources: Sources) -> tuple[ConcernView, ...]:
    """Return the concerns of several groups, the most clearly recurring first, as in the analysis."""
    return tuple(_concern_view(concern, sources) for concern in analysis.concerns if concern.recurring)


def one_group_concerns(analysis: Analysis, sources: Sources) -> tuple[GroupConcerns, ...]:
    """Return the concerns of one group each, by group in event order."""
    views = [_concern_view(concern, sources) for concern in analysis.concerns if not concern.recurring]
    views.sort(key=lambda view: view.by_group[0].group.number)
    by_group = groupby(views, key=lambda view: view.by_group[0].group)
    return tuple(GroupConcerns(group=group, concerns=tuple(concerns)) for group, concerns in by_group)


def group_quotes(quotes: Iterable[Quote]) -> tuple[GroupQuotes, ...]:
    """Return `quotes` by group in event order; those of a group stay in their order."""
    by_group = groupby(sorted(quotes, key=lambda quote: quote.group.number), key=lambda quote: quote.group)
    return tuple(GroupQuotes(group=group, quotes=tuple(own)) for group, own in by_group)


def strength(raised: int, groups: int, clear: int, translation: Translation) -> str:
    """Return how many of the `groups` that wrote anything raised a concern: `5 of 8 groups, 3 clearly`.

    Never a percentage of so few. html/macros.html prints the same messages with the first number emphasised.
    """
    if clear >= raised:
        return translation.ngettext(
            "%(raised)s of %(num)s group", "%(raised)s of %(num)s groups", groups, raised=raised
        )
    if not clear:
        return translation.ngettext(
            "%(raised)s of %(num)s group, none clearly",
            "%(raised)s of %(num)s groups, none clearly",
            groups,
            raised=raised,
        )
    return translation.ngettext(
        "%(raised)s of %(num)s group, %(clear)s clearly",
        "%(raised)s of %(num)s groups, %(clear)s clearly",
        groups,
        raised=raised,
        clear=clear,
    )


def _concern_view(concern: Concern, sources: Sources) -> ConcernView:
    members = [sources.segments[member] for member in concern.segment_ids]
    shown = concern.exemplar_ids[:EXEMPLARS]
    by_group = group_quotes(map(sources.quote, members))
    raised, wrote, clear = len(by_group), len(sources.wrote), len(concern.agreeing_groups)
    return ConcernView(
        label=concern.label,
        anchor=anchor("concern", concern.id),
        raised=raised,
        groups=wrote,
        clear=clear,
        strength=strength(raised, wrote, clear, sources.translation),
        group_names=sources.translation.join([own.group.name for own in by_group]),
        counts=tuple(_counts(Counter(member.group for member in members), sources)),
        exemplars=tuple(sources.quote(sources.segments[exemplar]) for exemplar in shown),
        others=tuple(sources.quote(member) for member in members if member.id not in shown),
        by_group=by_group,
        reasons=_reasons(concern, sources),
        named=concern.named,
        suggested=_suggested(len(concern.suggested_ids), sources.translation),
    )


def _counts(quotes: Counter[str], sources: Sources) -> Iterator[GroupCount]:
    for group in sources.groups:
        count = quotes[group.name]
        weight = (count > 0) + (count >= _FEW) + (count >= _SOME)
        yield GroupCount(group=group, count=count, weight=weight, wrote=group.name in sources.wrote)


def _reasons(concern: Concern, sources: Sources) -> Mapping[str, ReasonView]:
    return MappingProxyType(
        {
            sources.quote(sources.segments[reason.segment_id]).at: ReasonView(
                similar_to=sources.quote(sources.segments[reason.exemplar_id]),
                shared_words=", ".join(reason.shared_words),
                suggested=reason.segment_id in concern.suggested_ids,
            )
            for reason in concern.reasons
            if reason.segment_id in concern.segment_ids and reason.exemplar_id in sources.segments
        }
    )


def _suggested(number: int, translation: Translation) -> str:
    if not number:
        return ""
    return translation.ngettext(
        "%(num)s quote was added automatically because it is similar to quotes that the facilitator put here.",
        "%(num)s quotes were added automatically because they are similar to quotes that the facilitator put here.",
        number,
    )
