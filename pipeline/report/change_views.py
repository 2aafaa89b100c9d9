"""The view of what changed since an earlier analysis: quotes of today by group, and sentences about the rest."""

from collections.abc import Callable, Mapping
from itertools import chain

from pipeline.analysis_records import Changes, ConcernChange, ConcernId, PadChanges, Trend
from pipeline.report.concern_views import group_quotes
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import ChangesView, ConcernChangeView, ConcernView, OfGroup, Quote
from pipeline.segment_records import SegmentId
from pipeline.translation import Translation


def changes_view(changes: Changes, concerns: Mapping[ConcernId, ConcernView], sources: Sources) -> ChangesView:
    """Return the view of `changes`; `concerns` are the views of all concerns of today."""

    def quotes(chosen: Callable[[PadChanges], tuple[SegmentId, ...]]) -> tuple[OfGroup[Quote], ...]:
        ids = chain.from_iterable(map(chosen, changes.pads))
        return group_quotes(sources.quote(sources.segments[segment_id]) for segment_id in ids)

    translation = sources.translation
    return ChangesView(
        title=translation.gettext("What changed since %(date)s", date=translation.moment(changes.since)),
        concerns=tuple(_concern_view(change, concerns, translation) for change in changes.concerns),
        regrouped=_regrouped(changes.regrouped, translation),
        done=quotes(lambda pad: pad.done),
        new=quotes(lambda pad: pad.new),
        edited=quotes(lambda pad: pad.edited),
        withdrawn=tuple(_withdrawn(pad, sources) for pad in changes.pads if pad.withdrawn),
    )


def _regrouped(count: int, translation: Translation) -> str:
    if not count:
        return ""
    return translation.ngettext(
        "%(num)s concern changed only because the program grouped the same lines differently.",
        "%(num)s concerns changed only because the program grouped the same lines differently.",
        count,
    )


def _withdrawn(pad: PadChanges, sources: Sources) -> str:
    """Return how many notes a pad has no longer, and how many of these were next steps."""
    translation, name = sources.translation, pad.group
    if pad.pad_id is None:
        name = pad.group or translation.gettext("A pad that is no longer part of the event")
    elif pad.group in sources.several:
        name = f"{pad.group}, {pad.pad_id}"
    if pad.steps_gone:
        return translation.ngettext(
            "%(pad)s: %(num)s note (next steps among them: %(steps)s)",
            "%(pad)s: %(num)s notes (next steps among them: %(steps)s)",
            pad.withdrawn,
            pad=name,
            steps=pad.steps_gone,
        )
    return translation.ngettext("%(pad)s: %(num)s note", "%(pad)s: %(num)s notes", pad.withdrawn, pad=name)


def _concern_view(
    change: ConcernChange, concerns: Mapping[ConcernId, ConcernView], translation: Translation
) -> ConcernChangeView:
    parts = [_trend(change, translation)]
    if change.joined:
        parts.append(translation.gettext("now also raised by %(groups)s", groups=translation.join(change.joined)))
    if change.left:
        parts.append(translation.gettext("no longer raised by %(groups)s", groups=translation.join(change.left)))
    return ConcernChangeView(
        label=change.label or translation.gettext("A concern with words that the pads no longer have"),
        anchor=concerns[change.concern_id].anchor if change.concern_id else None,
        how="; ".join(parts),
    )


def _trend(change: ConcernChange, translation: Translation) -> str:
    """Return what happened to a concern, in groups if their number changed and otherwise in quotes."""
    ngettext, before, now = translation.ngettext, change.groups_before, change.groups_now
    if change.trend is Trend.APPEARED:
        return ngettext("new, raised by %(num)s group", "new, raised by %(num)s groups", now)
    if change.trend is Trend.WENT:
        return ngettext(
            "no longer found; %(num)s group had raised it", "no longer found; %(num)s groups had raised it", before
        )
    if before == now:
        return ngettext(
            "%(num)s quote, %(before)s before",
            "%(num)s quotes, %(before)s before",
            change.quotes_now,
            before=change.quotes_before,
        )
    return ngettext("%(num)s group, %(before)s before", "%(num)s groups, %(before)s before", now, before=before)
