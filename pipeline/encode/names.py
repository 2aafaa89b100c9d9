"""A concern's name among the lines: from names that a facilitator typed to vectors that lines can be compared with."""

from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np

from pipeline.encode import sentences
from pipeline.encode.blend import Embed, Vectors, mean_meaning
from pipeline.encode.rows import unit


def names_among(
    texts: Sequence[str], n_dims: int, embed: Embed = sentences.embed, understood: Sequence[bool] | None = None
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
