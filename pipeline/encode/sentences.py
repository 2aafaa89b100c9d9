"""The sentence encoder that ships with Padharvest: from lines to vectors of what they mean.

Its model is pipeline/models/encoder (see the card there). The numbers inside are 8-bit integers, each token with a
scale of its own, so that a line's vector depends on nothing else that is encoded with it.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.encode.plain import plain

if TYPE_CHECKING:  # both take a while to import, and are not needed for `--help`
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Told how many of how many lines are done, a few times a second on long work."""

MODEL = Path(__file__).resolve().parent.parent / "models" / "encoder"
DIMENSIONS = 384

TOKENS = 128
"""Of a line that are read, and as many as the model has positions; 2 of 10,000 labelled segments are longer."""

BATCH_TOKENS = 512
"""That are encoded at once: 128 to 2048 are equally fast, and more takes more memory."""

THREADS = min(2, os.cpu_count() or 1)


def embed(lines: Sequence[str], progress: Progress | None = None, model: Path = MODEL) -> Vectors:
    """Vectors of `lines`: shape (n_lines, 384), rows of unit length whose dot product says how alike they are.

    A line without a word has the vector of an empty sentence. `model` is a folder with model.onnx and tokenizer.json.
    """
    vectors = np.zeros((len(lines), DIMENSIONS), dtype=np.float32)
    done = 0
    for rows, tokens in _batches([_tokens(line, _tokenizer(model)) for line in lines]):
        (vectors[rows],) = _session(model).run(None, {"input_ids": tokens})
        done += len(rows)
        if progress is not None:
            progress(done, len(lines))
    return vectors


@cache
def fingerprint(model: Path = MODEL) -> str:
    """SHA-256 of the model's files: vectors of one fingerprint may be kept and used again."""
    files = (model / "model.onnx", model / "tokenizer.json")
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def _tokens(line: str, tokenizer: "Tokenizer") -> tuple[int, ...]:
    sayable = plain(line).encode("utf-8", "replace").decode()  # half of a surrogate pair has no UTF-8
    return tuple(tokenizer.encode(sayable).ids)


def _batches(lines: Sequence[tuple[int, ...]]) -> Iterator[tuple[list[int], NDArray[np.int64]]]:
    """Row numbers and token ids of lines of one length each, so that nothing needs to be padded."""
    by_length = defaultdict(list)
    for row, tokens in enumerate(lines):
        by_length[len(tokens)].append(row)
    for length, rows in sorted(by_length.items()):
        size = max(1, BATCH_TOKENS // length)
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            yield some, np.array([lines[row] for row in some], dtype=np.int64)


@cache
def _tokenizer(model: Path) -> "Tokenizer":
    from tokenizers import Tokenizer  # noqa: PLC0415 - slow to import, see above

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer


@cache
def _session(model: Path) -> "InferenceSession":
    import onnxruntime  # noqa: PLC0415 - slow to import, see above

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    return onnxruntime.InferenceSession(str(model / "model.onnx"), options, providers=["CPUExecutionProvider"])
