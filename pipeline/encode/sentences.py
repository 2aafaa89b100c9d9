"""The sentence encoder that ships with Padharvest: from lines to vectors of what they mean."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import transformer
from pipeline.encode.plain import plain


def embed(
    lines: Sequence[str], progress: transformer.Progress | None = None, model: Path = transformer.MODEL
) -> NDArray[np.float32]:
    """Vectors of `lines` without their markup: shape (n_lines, 384), rows of unit length; see `transformer.vectors`."""
    return transformer.vectors([plain(line) for line in lines], progress, model)
