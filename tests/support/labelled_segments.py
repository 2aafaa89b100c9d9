"""Segments for tests of the stages that compare and name them, with invented content."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import numpy as np

from fetch.corpus_records import PadId
from pipeline.analysis_records import Concern
from pipeline.describe import Describer, count_event_words
from pipeline.segment_records import LineNo, Segment, SegmentId
from pipeline.text import is_stop_word, stem, words
from pipeline.vectors import Vectors


def segments_of(lines: Iterable[tuple[str, str]]) -> list[Segment]:
    """Return a segment for each (group, text), with the ids `s0`, `s1` and so on."""
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


def bag(lines: Sequence[str]) -> Vectors:
    """An encoder that knows only which words are in a line: unit rows of 512 numbers, the first for no words."""
    vectors = np.zeros((len(lines), 512), dtype=np.float32)
    for row, line in enumerate(lines):
        for word in words(line):
            if not is_stop_word(word.text):
                vectors[row, 1 + int(sha256(stem(word.text).encode("utf-8", "replace")).hexdigest(), 16) % 511] += 1
        vectors[row, 0] = not vectors[row].any()
    units: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


def describe(
    clusters: Sequence[Sequence[int]],
    segments: Sequence[Segment],
    vectors: Vectors,
    people: frozenset[str] = frozenset(),
) -> tuple[Concern, ...]:
    """Return the concerns of clusters, their phrases compared by their words."""
    return Describer(bag).describe(clusters, segments, vectors, count_event_words(segments, people))
