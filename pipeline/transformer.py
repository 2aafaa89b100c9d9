"""The transformer that ships with Padharvest: one pass over a line gives its meaning, and a state of each of its words.

    lines ──► tokenize ──► TokenBatch ──► run ──► Batch

Its model is pipeline/models/encoder (see the card there). It computes with 8-bit integers, each token with a scale of
its own, so that a line's vectors do not depend on what else is in its batch. A session runs on one thread: threads of
one session wait for each other at every layer, so batches run beside each other instead (`pipeline.inference`).
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.text import strip_markup
from pipeline.vectors import Vectors

if TYPE_CHECKING:  # both take a while to import, and are not needed for `--help`
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

MODEL = Path(__file__).resolve().parent / "models" / "encoder"
DIMENSIONS = 384
STATES = 2 * DIMENSIONS
"""Length of a token's state: the input of the first of six layers, and the output of the third."""

TOKENS = 128
"""Most tokens of a line, as many as the model has positions; 2 of 10,000 labelled segments are longer."""

BATCH_TOKENS = 256
"""Tokens of a batch: with 512, two cores take 3 % less time and 30 MB more."""

_TOKENIZED_TOGETHER = 4096
"""Lines that are in memory as tokens: those of a large event would take more than its vectors."""

Spans = list[tuple[int, int]]
"""Start and end of each word of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBatch:
    """Lines number `rows`, which have the same number of tokens: `ids` (n_rows, n_tokens).

    `words` has the words of each line, runs of letters and digits or single characters, as (start, end) in code points;
    `tokens` has the same words as (start, end) in tokens.
    """

    rows: list[int]
    ids: NDArray[np.int64]
    words: list[Spans]
    tokens: list[Spans]


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded lines number `rows`: `vectors` (n_rows, 384) of unit length, and `states` (n_rows, n_tokens, STATES).

    `words` and `tokens` are those of `TokenBatch`.
    """

    rows: list[int]
    vectors: Vectors
    states: NDArray[np.float32]
    words: list[Spans]
    tokens: list[Spans]

    def only(self, places: Sequence[int]) -> "Batch":
        """Return the lines at `places` of this batch."""
        return Batch(
            [self.rows[place] for place in places],
            self.vectors[places],
            self.states[places],
            [self.words[place] for place in places],
            [self.tokens[place] for place in places],
        )


def tokenize(lines: Sequence[str], model: Path = MODEL) -> Iterator[TokenBatch]:
    """Yield all of `lines`, of some thousand at a time the short ones first.

    `model` is a folder with model.onnx and tokenizer.json.
    """
    for first in range(0, len(lines), _TOKENIZED_TOGETHER):
        some = lines[first : first + _TOKENIZED_TOGETHER]
        encodings = [_tokenizer(model).encode(_encodable(line)) for line in some]
        for rows in _of_one_length([len(encoding) for encoding in encodings]):
            yield _token_batch([first + row for row in rows], [encodings[row] for row in rows])


def _token_batch(rows: list[int], encodings: Sequence["Encoding"]) -> TokenBatch:
    tokens = [_tokens_of_words(encoding.word_ids) for encoding in encodings]
    words = [
        [(offsets[start][0], offsets[end - 1][1]) for start, end in of_words]
        for offsets, of_words in zip((encoding.offsets for encoding in encodings), tokens, strict=True)
    ]
    ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
    return TokenBatch(rows=rows, ids=ids, words=words, tokens=tokens)


def run(batch: TokenBatch, model: Path = MODEL) -> Batch:
    """Return the vectors of the lines of `batch` and the states of their tokens."""
    vectors, states = session(model / "model.onnx").run(["vectors", "states"], {"input_ids": batch.ids})
    return Batch(batch.rows, vectors, states, batch.words, batch.tokens)


def batches(lines: Sequence[str], model: Path = MODEL) -> Iterator[Batch]:
    """Yield all of `lines` encoded, short ones first, one batch after the other."""
    return (run(batch, model) for batch in tokenize(lines, model))


def embed(lines: Sequence[str], model: Path = MODEL) -> Vectors:
    """Return vectors of `lines` without their markup: shape (n_lines, 384), rows of unit length.

    The dot product of two is their similarity. A line without a word has the vector of an empty sentence.
    """
    vectors = np.zeros((len(lines), DIMENSIONS), dtype=np.float32)
    for batch in batches([strip_markup(line) for line in lines], model):
        vectors[batch.rows] = batch.vectors
    return vectors


@cache
def fingerprint(*folders: Path) -> str:
    """Return the SHA-256 of the files in `folders`, model cards apart: the key of cached results of these models."""
    files = [
        file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix != ".md"
    ]
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def _encodable(line: str) -> str:
    """Replace each lone surrogate, for which UTF-8 has no bytes, by a question mark."""
    return line.encode("utf-8", "replace").decode()


def _tokens_of_words(word_of_token: Sequence[int | None]) -> Spans:
    """Return start and end of each word in tokens; the first token and the last belong to none."""
    found: Spans = []
    for token, word in enumerate(word_of_token):
        if word is None:
            continue
        if word == word_of_token[token - 1]:
            found[-1] = (found[-1][0], token + 1)
        else:
            found.append((token, token + 1))
    return found


def _of_one_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield row numbers of lines of equal length, so that no batch needs padding."""
    by_length = defaultdict(list)
    for row, length in enumerate(lengths):
        by_length[length].append(row)
    for length, rows in sorted(by_length.items()):
        size = max(1, BATCH_TOKENS // length)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


@cache
def _tokenizer(model: Path) -> "Tokenizer":
    from tokenizers import Tokenizer  # noqa: PLC0415 - slow to import, see above

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer


_SESSIONS = threading.Lock()


def session(file: Path) -> "InferenceSession":
    """Return a deterministic session for `file` on one thread; several threads may run it at the same time."""
    with _SESSIONS:  # the first batches are read at the same time, and each would make one
        return _session(file)


@cache
def _session(file: Path) -> "InferenceSession":
    import onnxruntime  # noqa: PLC0415 - slow to import, see above

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC  # fuse none, see onnx_export
    options.enable_mem_pattern = False  # it keeps a plan of memory for each shape, and nearly every batch has its own
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
