"""A user's own encoder instead of the one that ships: any model that sentence-transformers loads."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.encode.plain import plain
from pipeline.errors import UserMistake

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


def load(name: str) -> Embed:
    """What encodes lines with the model `name`, a folder or a name that sentence-transformers knows.

    Gives arrays of shape (n_lines, n_dims), rows of unit length. Raises UserMistake where the package is missing or
    the model cannot be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as missing:
        raise UserMistake(
            f'encoder = "{name}" needs sentence-transformers; run `.venv/bin/pip install sentence-transformers`, '
            "or take the line out of event.toml to use the encoder that ships with Padharvest."
        ) from missing
    try:
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError) as mistake:
        first = str(mistake).partition("\n")[0]
        raise UserMistake(
            f'encoder = "{name}" cannot be loaded ({first}); name a folder or an installed model.'
        ) from mistake

    width = model.encode([""]).shape[1]

    def embed(lines: Sequence[str]) -> Vectors:
        vectors: Vectors = model.encode([plain(line) for line in lines], normalize_embeddings=True).astype(np.float32)
        return vectors.reshape(len(lines), width)

    return embed
