"""What groups say about each other's subjects: a table of who speaks of whom, and the quotes by the group spoken of.

Analysis ─ hand_offs ─> segments that speak of another group ─ Sources ─> HandOffsView
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from pipeline.analysis_records import Analysis
from pipeline.report.concern_views import group_quotes
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import GroupMark, HandOffCount, HandOffsView, OfGroup
from pipeline.segment_records import LineRole, Segment

_WEIGHTS = (1, 2, 4)
"""Numbers of quotes from which a cell of the table is marked more strongly, as in the table of concerns."""


def hand_offs(analysis: Analysis) -> Iterator[tuple[Segment, str]]:
    """Yield the segments that speak of another group, unless they were set aside, with its name, in event order.

    A reading may name a group that event.toml has no longer; that is left out.
    """
    groups = {info.group for info in analysis.pads}
    for segment in analysis.segments:
        if segment.role is LineRole.CONTENT and segment.about_group in groups - {segment.group}:
            yield segment, str(segment.about_group)


def hand_offs_view(analysis: Analysis, sources: Sources) -> HandOffsView | None:
    """Return the hand-offs with rows and columns for those groups only that have any; None if there are none."""
    about: defaultdict[str, list[Segment]] = defaultdict(list)
    for segment, group in hand_offs(analysis):
        about[group].append(segment)
    if not about:
        return None
    counts = Counter((segment.group, group) for group, own in about.items() for segment in own)
    spoken_of = [group for group in sources.groups if group.name in about]
    writers = [group for group in sources.groups if any(counts[group.name, other] for other in about)]
    return HandOffsView(
        about=tuple(spoken_of),
        rows=tuple(OfGroup(group=writer, items=tuple(_row(writer, spoken_of, counts))) for writer in writers),
        spoken_of=tuple(
            OfGroup(group=group, items=group_quotes(map(sources.quote, about[group.name]))) for group in spoken_of
        ),
    )


def _row(writer: GroupMark, spoken_of: Iterable[GroupMark], counts: Counter[tuple[str, str]]) -> Iterator[HandOffCount]:
    for group in spoken_of:
        count = counts[writer.name, group.name]
        weight = sum(count >= least for least in _WEIGHTS)
        yield HandOffCount(about=group, count=count, weight=weight, is_own=writer == group)
