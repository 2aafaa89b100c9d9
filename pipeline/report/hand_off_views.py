"""What groups say about each other's subjects: a table of who speaks of whom, and the quotes by the group spoken of.

Analysis ─ hand_offs ─> segments that speak of another group ─ Sources ─> HandOffsView
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from pipeline.analysis_records import Analysis
from pipeline.report.concern_views import group_quotes
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import GroupMark, HandOffCell, HandOffRow, HandOffsView, HandOffVoices, SpokenOf
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
    spoken_of = [group for group in sources.groups if group.name in about]
    counts = Counter((segment.group, group) for group, own in about.items() for segment in own)
    writers = [group for group in sources.groups if any(writer == group.name for writer, _ in counts)]
    if not spoken_of:
        return None
    return HandOffsView(
        about=tuple(spoken_of),
        rows=tuple(
            HandOffRow(
                group=writer, cells=tuple(_cell(writer, group, counts[writer.name, group.name]) for group in spoken_of)
            )
            for writer in writers
        ),
        spoken_of=tuple(_spoken_of(group, about[group.name], sources) for group in spoken_of),
    )


def _cell(writer: GroupMark, about: GroupMark, count: int) -> HandOffCell:
    return HandOffCell(
        about=about,
        count=count,
        weight=sum(count >= least for least in _WEIGHTS),
        anchor=_anchor(about, writer),
        is_own=writer == about,
    )


def _spoken_of(group: GroupMark, segments: list[Segment], sources: Sources) -> SpokenOf:
    voices = group_quotes(map(sources.quote, segments))
    return SpokenOf(
        group=group,
        anchor=f"said-of-{group.number}",
        voices=tuple(HandOffVoices(anchor=_anchor(group, own.group), quotes=own) for own in voices),
    )


def _anchor(about: GroupMark, writer: GroupMark) -> str:
    return f"said-of-{about.number}-by-{writer.number}"
