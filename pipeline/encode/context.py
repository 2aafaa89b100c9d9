"""How much of what stands around a segment goes along with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.records import Segment, SegmentId

CONTEXT_WEIGHT = 0.4
"""Of a context line against what was said; .3 to .4 are best on the labelled events, 0 is worst."""

TOPIC_SHARE = 0.5
"""Of a group's segments: a heading over more of them is the topic of the group, not the context of a line."""


def text_of(segments: Sequence[Segment]) -> list[str]:
    r"""The text to encode for each segment: what it says, then its parent bullet and its nearest heading, a line each.

    A bullet such as "three weeks at best" says little without the "Time to first review" that it hangs under. Line
    breaks inside a text become spaces, so that the first line is always what was said and the others are context.
    Left out are the title of a whole pad (see `TOPIC_SHARE`), which would make a group's lines alike, and the prompt,
    which would make the answers to it alike.
    """
    texts = {segment.id: _on_one_line(segment.text) for segment in segments}
    topics = _topics(segments)
    return ["\n".join((texts[segment.id], *_context(segment, texts, topics))) for segment in segments]


def _context(segment: Segment, texts: Mapping[SegmentId, str], topics: frozenset[tuple[str, str]]) -> Iterator[str]:
    if segment.parent is not None and segment.parent in texts:
        yield texts[segment.parent]
    if segment.headings and (segment.group, segment.headings[-1]) not in topics:
        yield _on_one_line(segment.headings[-1])


def _topics(segments: Sequence[Segment]) -> frozenset[tuple[str, str]]:
    """The headings that are a group's topic, as (group, heading)."""
    sizes = Counter(segment.group for segment in segments)
    under = Counter((segment.group, segment.headings[-1]) for segment in segments if segment.headings)
    return frozenset(key for key, count in under.items() if count > TOPIC_SHARE * sizes[key[0]])


def _on_one_line(text: str) -> str:
    return " ".join(text.split("\n"))
