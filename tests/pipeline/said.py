"""Segments for tests of the stages that compare and name them, with invented content."""

from collections.abc import Iterable

from fetch.records import PadId
from pipeline.records import LineNo, Segment, SegmentId


def said(lines: Iterable[tuple[str, str]]) -> list[Segment]:
    """A segment for each (group, text), with the ids `s0`, `s1` and so on."""
    return [
        Segment(
            id=SegmentId(f"s{number}"),
            pad_id=PadId(group.lower()),
            group=group,
            line=LineNo(number + 1),
            start=0,
            end=len(text),
            text=text,
        )
        for number, (group, text) in enumerate(lines)
    ]
