"""The transformer that ships with Padharvest: one pass over a line gives what it means, and how each word stands in it.

Its model is pipeline/models/encoder (see the card there). The numbers inside are 8-bit integers, each token with a
scale of its own, so that what comes out for a line depends on nothing else that is read with it.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # both take a while to import, and are not needed for `--help`
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Rows = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Told how many of how many lines are done, a few times a second on long work."""

MODEL = Path(__file__).resolve().parent / "models" / "encoder"
DIMENSIONS = 384
STATES = 2 * DIMENSIONS
"""Numbers of a token's state: what goes into the first of six layers, and what comes out of the third."""

TOKENS = 128
"""Of a line that are read, and as many as the model has positions; 2 of 10,000 labelled segments are longer."""

BATCH_TOKENS = 512
"""That are read at once: 128 to 2048 are equally fast, and more takes more memory."""

THREADS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines number `rows`, read: `vectors` (n_rows, 384) of unit length, and `states` (n_rows, n_tokens, STATES).

    `words` has the words of each line: (start, end) in code points of runs of letters and digits, and of single signs;
    `tokens` has (start, end) of the same words in tokens.
    """

    rows: list[int]
    vectors: Rows
    states: Rows
    words: list[list[tuple[int, int]]]
    tokens: list[list[tuple[int, int]]]

    def only(self, places: Sequence[int]) -> "Batch":
        """The lines at `places` of this batch."""
        return Batch(
            [self.rows[place] for place in places],
            self.vectors[places],
            self.states[places],
            [self.words[place] for place in places],
            [self.tokens[place] for place in places],
        )


def batches(lines: Sequence[str], progress: Progress | None = None, model: Path = MODEL) -> Iterator[Batch]:
    """All of `lines`, each read once, the short ones first. `model` is a folder with model.onnx and tokenizer.json."""
    read = [_tokenizer(model).encode(sayable(line)) for line in lines]
    done = 0
    for rows in _of_one_length([len(line.ids) for line in read]):
        ids = np.array([read[row].ids for row in rows], dtype=np.int64)
        vectors, states = session(model / "model.onnx").run(["vectors", "states"], {"input_ids": ids})
        tokens = [_tokens_of_words(read[row].word_ids) for row in rows]
        words = [_places(read[row].offsets, of_words) for row, of_words in zip(rows, tokens, strict=True)]
        yield Batch(rows, vectors, states, words, tokens)
        done += len(rows)
        if progress is not None:
            progress(done, len(lines))


def vectors(lines: Sequence[str], progress: Progress | None = None, model: Path = MODEL) -> Rows:
    """What `lines` mean: shape (n_lines, 384), rows of unit length whose dot product says how alike they are.

    A line without a word has the vector of an empty sentence.
    """
    rows = np.zeros((len(lines), DIMENSIONS), dtype=np.float32)
    for batch in batches(lines, progress, model):
        rows[batch.rows] = batch.vectors
    return rows


@cache
def fingerprint(*folders: Path) -> str:
    """SHA-256 of the models in `folders`: what was read under one fingerprint may be kept and used again."""
    files = [
        file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix != ".md"
    ]
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def sayable(line: str) -> str:
    """`line` with a sign in place of each half of a surrogate pair, for which UTF-8 has no bytes."""
    return line.encode("utf-8", "replace").decode()


def _tokens_of_words(word_of_token: Sequence[int | None]) -> list[tuple[int, int]]:
    """Start and end of each word in tokens; the first token and the last belong to none."""
    found: list[tuple[int, int]] = []
    for token, word in enumerate(word_of_token):
        if word is None:
            continue
        if word == word_of_token[token - 1]:
            found[-1] = (found[-1][0], token + 1)
        else:
            found.append((token, token + 1))
    return found


def _places(offsets: Sequence[tuple[int, int]], tokens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(offsets[start][0], offsets[end - 1][1]) for start, end in tokens]


def _of_one_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Row numbers of lines of one length each, so that nothing needs to be padded."""
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


@cache
def session(file: Path) -> "InferenceSession":
    """`file` ready to run: the same numbers in any company, on at most THREADS threads."""
    import onnxruntime  # noqa: PLC0415 - slow to import, see above

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.enable_mem_pattern = False  # it keeps a plan of memory for each shape, and nearly every batch has its own
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
