"""A concern's name among the lines: from names that a facilitator typed to vectors that lines can be compared with."""

from collections.abc import Sequence

import numpy as np

from pipeline.encode import sentences
from pipeline.encode.blend import Embed, Vectors, mean_meaning
from pipeline.encode.rows import unit


def encode_names(
    names: Sequence[str],
    texts: Sequence[str],
    n_dims: int,
    embed: Embed = sentences.embed,
    understood: Sequence[bool] | None = None,
) -> Vectors:
    """Vectors of `names` among those that `encode` gives `texts`: an array of shape (n_names, n_dims).

    Rows of unit length that say what a name means, not how it is worded, for it has few words and nobody else's;
    zeros where `embed` understands none of the texts. `n_dims` is the width of the texts' vectors.
    """
    vectors = np.zeros((len(names), n_dims), dtype=np.float32)
    mean = mean_meaning(texts, embed, understood)
    if len(names) and mean is not None:
        meaning = unit(embed(list(names)) - mean)
        vectors[:, : meaning.shape[1]] = meaning
    return vectors
