"""Meaning and wording side by side: the sentence encoder's vectors beside those of LSA.

A text that the encoder does not understand, because it is in another language, has no meaning here, only a wording:
the encoder would find everything in that language alike, and little else about it (docs/adr/0009).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.encode import sentences
from pipeline.encode.context import CONTEXT_WEIGHT
from pipeline.encode.rows import centred, mean_of, unit
from pipeline.words import words

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

WORDING = 0.5
"""LSA's share of the similarity: the two err differently, and half of each does best (docs/adr/0006)."""


def encode(texts: Sequence[str], embed: Embed = sentences.embed, understood: Sequence[bool] | None = None) -> Vectors:
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
