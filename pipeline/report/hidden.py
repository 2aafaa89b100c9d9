"""What the facilitator hid: where it stands in the pads, so that it is printed nowhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from fetch.records import PadId
from pipeline.records import Analysis, LineRole

Spans = Sequence[tuple[int, int]]


def hidden_spans(analysis: Analysis) -> Mapping[PadId, Spans]:
    """Where hidden quotes stand in each pad, in reading order; a pad without any has none."""
    found: defaultdict[PadId, list[tuple[int, int]]] = defaultdict(list)
    for segment in analysis.segments:
        if segment.role is LineRole.HIDDEN:
            found[segment.pad_id].append((segment.start, segment.end))
    return found


def parts(start: int, end: int, hidden: Spans) -> Iterator[tuple[int, int, bool]]:
    """`start` to `end` of a pad's text cut into what is shown and what is hidden (True), in order, none of it empty."""
    done = start
    for first, last in hidden:
        first, last = max(first, done), min(last, end)  # noqa: PLW2901 - the part of the span that is left
        if first >= last:
            continue
        if done < first:
            yield done, first, False
        yield first, last, True
        done = last
    if done < end:
        yield done, end, False
