"""The index page of a large report: what a reader needs first, and where the rest is.

ReportView ──► index_view ──► ReportView with shorter lists ──► templates/report.html

The lines of the pads are on the pages of the groups. Of each list the index has a part that is read in a sitting, as
much of every group; the pages of the groups and the tables have all of it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from pipeline.report.report_records import ConcernView, HandOffsView, Item, NameList, OfGroup
from pipeline.report.whole_pages import ReportView

LISTED = 150
"""So many quotes, or names of one kind, are listed at most; 40 sets of as many would take seconds to open."""

OF_CONCERN = 40
"""So many quotes of a concern are unfolded at most."""

OF_NAME = 12
"""So many lines that mention a name are listed."""


def index_view(view: ReportView) -> ReportView:
    """Return the part of a report that its index page has; `left_out` counts what is on no page of a group."""
    dated = [step for step in view.next_steps if step.date]
    return replace(
        view,
        recurring=tuple(map(_concern, view.recurring)),
        echoes=tuple(map(_concern, view.echoes)),
        one_group=tuple(replace(own, items=tuple(map(_concern, own.items))) for own in view.one_group),
        prompts=tuple(replace(prompt, answers=shortened(prompt.answers, LISTED)) for prompt in view.prompts),
        repeated_questions=view.repeated_questions[:LISTED],
        open_questions=shortened(view.open_questions, LISTED),
        answered_questions=view.answered_questions[:LISTED],
        next_steps=tuple(dated[:LISTED]),
        undated_steps=shortened(view.undated_steps, LISTED),
        decisions=shortened(view.decisions, LISTED),
        timeline=view.timeline[:LISTED],
        hand_offs=_hand_offs(view.hand_offs) if view.hand_offs else None,
        names=tuple(map(_names, view.names)),
        left_out={
            "questions": len(view.repeated_questions[LISTED:]) + len(view.answered_questions[LISTED:]),
            "next-steps": len(dated[LISTED:]),
            "timeline": len(view.timeline[LISTED:]),
            **{names.anchor: len(names.names[LISTED:]) for names in view.names},
        },
    )


def shortened(parts: Sequence[OfGroup[Item]], most: int) -> tuple[OfGroup[Item], ...]:
    """Return as many items of each group, `most` of all, and how many are left out.

    Of more groups than that, the first have an item each.
    """
    sizes = [len(part.items) for part in parts]
    each = bisect_right(range(most + 1), most, key=lambda size: sum(min(size, own) for own in sizes)) - 1
    limits = [each or int(place < most) for place in range(len(parts))]
    return tuple(
        replace(part, items=part.items[:limit], left_out=len(part.items[limit:]))
        for part, limit in zip(parts, limits, strict=True)
    )


def _concern(concern: ConcernView) -> ConcernView:
    """Return a concern with fewer quotes to unfold, and with the reasons of these."""
    by_group = shortened(concern.by_group, OF_CONCERN)
    shown = {quote.at for own in by_group for quote in own.items} | {quote.at for quote in concern.exemplars}
    alike = (
        replace(one, quotes=tuple(quote for quote in one.quotes if quote.at in shown)) for one in concern.likenesses
    )
    return replace(concern, by_group=by_group, likenesses=tuple(one for one in alike if one.quotes))


def _hand_offs(view: HandOffsView) -> HandOffsView:
    return replace(
        view, spoken_of=tuple(replace(about, items=shortened(about.items, OF_CONCERN)) for about in view.spoken_of)
    )


def _names(names: NameList) -> NameList:
    """Return the names that most groups mention, in their order, each with its first mentions."""
    most = sorted(names.names, key=lambda name: -len(name.mentions))[:LISTED]
    kept = {id(name) for name in most}
    shorter = (name for name in names.names if id(name) in kept)
    return replace(names, names=tuple(replace(name, mentions=shortened(name.mentions, OF_NAME)) for name in shorter))
