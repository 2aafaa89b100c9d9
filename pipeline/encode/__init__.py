"""Encode: from segments to vectors of meaning and wording side by side, whose dot product says how alike two are.

    segment ──► its text, with its bullet and heading as context ──┬─► sentence encoder ──┬─► one vector
                                                                   └─► LSA ───────────────┘

A text in a language that the encoder does not understand has a wording only: the encoder would find everything in that
language alike, and little else about it (docs/adr/0009).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from pipeline.segment_records import Segment, SegmentId
from pipeline.text import words
from pipeline.vectors import Embed, Vectors, center_rows, mean_row, normalize_rows

CONTEXT_WEIGHT = 0.4
"""Of a context line against the segment's own text; .3 to .4 are best on the labelled events, 0 is worst."""

TOPIC_SHARE = 0.5
"""Of a group's segments: a heading over more of them is the topic of the group, not the context of a line."""

WORDING = 0.5
"""LSA's share of the similarity: the two err differently, and half of each does best (docs/experiments/encoder.md)."""

_BLOCK = 4096
"""Rows that are put together at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedSegments:
    """Segments with their vectors, row by row; `encode_names` gives names vectors in the same space."""

    segments: tuple[Segment, ...]
    vectors: Vectors
    encode_names: Callable[[Sequence[str]], Vectors]


def encode_segments(segments: Sequence[Segment], embed: Embed, foreign: AbstractSet[str]) -> EncodedSegments:
    """Return `segments` with their vectors; `foreign` are the languages that `embed` does not understand."""
    texts = texts_in_context(segments)
    understood = [segment.language not in foreign for segment in segments]
    vectors = encode(texts, embed, understood)
    return EncodedSegments(
        segments=tuple(segments),
        vectors=vectors,
        encode_names=name_encoder(texts, vectors.shape[1], embed, understood),
    )


def texts_in_context(segments: Sequence[Segment]) -> list[str]:
    r"""Return the text to encode for each segment: its own, its parent bullet and its nearest heading, a line each.

    A bullet such as "three weeks at best" says little without the "Time to first review" that it hangs under. Line
    breaks inside a text become spaces, so that the first line is always the segment's own. Left out are the title of a
    whole pad (see `TOPIC_SHARE`), which would make a group's lines alike, and the prompt, which would do the same to
    the answers to it.
    """
    texts = {segment.id: _on_one_line(segment.text) for segment in segments}
    topics = _topics(segments)
    return ["\n".join((texts[segment.id], *_context(segment, texts, topics))) for segment in segments]


def encode(texts: Sequence[str], embed: Embed, understood: Sequence[bool] | None = None) -> Vectors:
    r"""Return vectors of `texts`, whose first line is the text itself and whose other lines are its context.

    The array has shape (n_texts, n_dims), rows of unit length: the dot product of two is the weighted mean of their
    cosines in meaning and in wording. A text without a word in it has a row of zeros. `embed` gives vectors of unit
    length for lines; `understood` says of each text whether `embed` understands its language, by default all. Two
    texts that it does not are as alike as their wordings; with one that it does, such a text shares only words.
    """
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    from pipeline.encode import lsa  # noqa: PLC0415 - scikit-learn, as long to import as all else that encodes

    meaning = _meaning(texts, embed, [True] * len(texts) if understood is None else understood)
    wording = lsa.encode(texts, CONTEXT_WEIGHT)
    vectors = np.empty((len(texts), meaning.shape[1] + wording.shape[1]), dtype=np.float32)
    for start in range(0, len(texts), _BLOCK):
        rows = slice(start, start + _BLOCK)
        both = np.hstack([np.sqrt(1 - WORDING) * meaning[rows], np.sqrt(WORDING) * wording[rows]])  # in 64 bits
        vectors[rows] = normalize_rows(both)
    return vectors


def name_encoder(
    texts: Sequence[str], n_dims: int, embed: Embed, understood: Sequence[bool] | None = None
) -> Callable[[Sequence[str]], Vectors]:
    """Return a function that encodes names among the vectors of `texts`, which are `n_dims` wide.

    Its rows are of unit length and say what a name means, not how it is worded, for a name has few words and they are
    nobody else's; they are zeros where `embed` understands none of the texts.
    """
    mean_of_texts = cache(partial(_mean_meaning, tuple(texts), embed, understood))

    def encode_names(names: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(names), n_dims), dtype=np.float32)
        mean = mean_of_texts() if len(names) else None
        if mean is not None:
            meaning = normalize_rows(embed(list(names)) - mean)
            vectors[:, : meaning.shape[1]] = meaning
        return vectors

    return encode_names


def _context(segment: Segment, texts: Mapping[SegmentId, str], topics: frozenset[tuple[str, str]]) -> Iterator[str]:
    if segment.parent is not None and segment.parent in texts:
        yield texts[segment.parent]
    if segment.headings and (segment.group, segment.headings[-1]) not in topics:
        yield _on_one_line(segment.headings[-1])


def _topics(segments: Sequence[Segment]) -> frozenset[tuple[str, str]]:
    """Return the headings that are a group's topic, as (group, heading)."""
    sizes = Counter(segment.group for segment in segments)
    under = Counter((segment.group, segment.headings[-1]) for segment in segments if segment.headings)
    return frozenset(key for key, count in under.items() if count > TOPIC_SHARE * sizes[key[0]])


def _on_one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _meaning(texts: Sequence[str], embed: Embed, understood: Sequence[bool]) -> Vectors:
    """Return the encoder's vectors of the texts that it understands, without their mean; zeros for the others."""
    readable = [text for text, known in zip(texts, understood, strict=True) if known]
    if not readable:
        return np.zeros((len(texts), 1), dtype=np.float32)
    vectors = center_rows(_embed_with_context(readable, embed), _have_words(readable))
    meaning = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
    meaning[np.flatnonzero(understood)] = vectors
    return meaning


def _mean_meaning(texts: Sequence[str], embed: Embed, understood: Sequence[bool] | None) -> Vectors | None:
    """Return the mean that `_meaning` leaves out; None if `embed` understands none of the texts."""
    readable = [text for text, known in zip(texts, understood or [True] * len(texts), strict=True) if known]
    if not readable:
        return None
    return mean_row(normalize_rows(_embed_with_context(readable, embed)), _have_words(readable))


def _have_words(texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([bool(words(text)) for text in texts])


def _embed_with_context(texts: Sequence[str], embed: Embed) -> Vectors:
    """Return the weighted sum of each text's lines; a line of many texts, such as a heading, is encoded once."""
    lines_of = [text.split("\n") for text in texts]
    lines = sorted({line for its_lines in lines_of for line in its_lines})
    place = {line: row for row, line in enumerate(lines)}
    vectors = embed(lines)
    sums = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
    for row, (own, *context) in enumerate(lines_of):
        sums[row] = vectors[place[own]]
        for line in context:
            sums[row] += np.float32(CONTEXT_WEIGHT) * vectors[place[line]]
    return sums
