"""Encode: from segments to vectors whose cosine says how alike two segments are.

How much of what stands around a segment goes along with it.

The sentence encoder that ships with Padharvest: from lines to vectors of what they mean.

Meaning and wording side by side: the sentence encoder's vectors beside those of LSA.

A text that the encoder does not understand, because it is in another language, has no meaning here, only a wording:
the encoder would find everything in that language alike, and little else about it (docs/adr/0009).

A concern's name among the lines: from names that a facilitator typed to vectors that lines can be compared with.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import transformer
from pipeline.analysis_records import Segment, SegmentId
from pipeline.text import strip_markup, words
from pipeline.vectors import centred, mean_of, unit

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


def embed(
    lines: Sequence[str], progress: transformer.Progress | None = None, model: Path = transformer.MODEL
) -> NDArray[np.float32]:
    """Vectors of `lines` without their markup: shape (n_lines, 384), rows of unit length; see `transformer.vectors`."""
    return transformer.vectors([strip_markup(line) for line in lines], progress, model)


Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

WORDING = 0.5
"""LSA's share of the similarity: the two err differently, and half of each does best (docs/experiments/encoder.md)."""


def encode(texts: Sequence[str], embed: Embed = embed, understood: Sequence[bool] | None = None) -> Vectors:
    r"""Vectors of `texts`, whose first line is what was said and whose other lines are the context it was said in.

    Context counts as much as it does in LSA. Returns an array of shape (n_texts, n_dims), rows of unit length: the dot
    product of two is the weighted mean of their cosines in meaning and in wording. A text without a word in it has a
    row of zeros. `embed` gives vectors of unit length for lines, such as `sentences.embed` or a cached one.
    `understood` says of each text whether `embed` can read its language, which it can if nothing is said. Two texts
    that it cannot are as alike as their wordings; with one that it can, such a text shares only words, such as names.
    """
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    from pipeline.encode import lsa  # noqa: PLC0415 - scikit-learn, as long to import as all else that encodes

    meaning = _meaning(texts, embed, [True] * len(texts) if understood is None else understood)
    both = np.hstack([np.sqrt(1 - WORDING) * meaning, np.sqrt(WORDING) * lsa.encode(texts)])
    return unit(both).astype(np.float32)


def mean_meaning(texts: Sequence[str], embed: Embed, understood: Sequence[bool] | None = None) -> Vectors | None:
    """What the texts that the encoder understands share, which `encode` leaves out; None where there are none."""
    read = [text for text, known in zip(texts, understood or [True] * len(texts), strict=True) if known]
    if not read:
        return None
    spoken = np.array([bool(words(text)) for text in read])
    return mean_of(unit(_with_context(read, embed)), spoken)


def _meaning(texts: Sequence[str], embed: Embed, understood: Sequence[bool]) -> Vectors:
    """The encoder's view of the texts that it understands, without what they share; zeros for the others."""
    read = [text for text, known in zip(texts, understood, strict=True) if known]
    if not read:
        return np.zeros((len(texts), 1), dtype=np.float32)
    spoken = np.array([bool(words(text)) for text in read])
    vectors = centred(_with_context(read, embed), spoken)
    meaning = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
    meaning[np.flatnonzero(understood)] = vectors
    return meaning


def _with_context(texts: Sequence[str], embed: Embed) -> Vectors:
    """Each text's lines in one vector; a line that many texts share, such as a heading, is encoded once."""
    of_texts = [text.split("\n") for text in texts]
    lines = sorted({line for text in of_texts for line in text})
    place = {line: row for row, line in enumerate(lines)}
    vectors = embed(lines)
    sums = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
    for row, (said, *context) in enumerate(of_texts):
        sums[row] = vectors[place[said]]
        for line in context:
            sums[row] += np.float32(CONTEXT_WEIGHT) * vectors[place[line]]
    return sums


def names_among(
    texts: Sequence[str], n_dims: int, embed: Embed = embed, understood: Sequence[bool] | None = None
) -> Callable[[Sequence[str]], Vectors]:
    """What gives names vectors among those, `n_dims` wide, that `encode` gives `texts`: shape (n_names, n_dims).

    Rows of unit length that say what a name means, not how it is worded, for it has few words and nobody else's;
    zeros where `embed` understands none of the texts.
    """
    mean_of_texts = cache(partial(mean_meaning, tuple(texts), embed, understood))

    def encode_names(names: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(names), n_dims), dtype=np.float32)
        mean = mean_of_texts() if len(names) else None
        if mean is not None:
            meaning = unit(embed(list(names)) - mean)
            vectors[:, : meaning.shape[1]] = meaning
        return vectors

    return encode_names
