"""Names in lines that the transformer has read: the tagger's own layers, and the best sequence of tags.

Its weights are in pipeline/models/tagger/names (see the card there).
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Label
from pipeline.tag.neural.features import flags, shapes_and_hashes
from pipeline.tag.neural.viterbi import best_tags, spans
from pipeline.tag.spans import Name
from pipeline.transformer import DIMENSIONS, Batch, session

MODEL = Path(__file__).resolve().parents[2] / "models" / "tagger" / "names"

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """Weights by name (see `pipeline/models/train/tagger.py`) and the file with the tagger's own layers."""

    weights: Mapping[str, Rows]
    layers: Path


@cache
def head(model: Path = MODEL) -> Head:
    """The tagger in the folder `model`: weights.npz and layers.onnx."""
    with np.load(model / "weights.npz") as stored:
        return Head({name: stored[name].astype(np.float32) for name in stored.files}, model / "layers.onnx")


def names(lines: Sequence[str], batch: Batch, using: Head) -> list[list[Name]]:
    """The names in each line of `batch`, which are rows of `lines`; in code points of the line, in reading order."""
    if not any(batch.words):
        return [[] for _ in batch.rows]
    written = _written(lines, batch, using)
    scores = _scores(written, _read(written, batch, using), batch, using)
    sizes = [len(words) for words in batch.words]
    tags = best_tags(scores, sizes, using.weights["transitions"])
    return [
        [Name(words[first][0], words[last][1], Label(label)) for first, last, label in spans(of_line)]
        for words, of_line in zip(batch.words, tags, strict=True)
    ]


def _written(lines: Sequence[str], batch: Batch, using: Head) -> Rows:
    """How the words of all lines are written: shape (n_words, n_features)."""
    ids = np.concatenate(
        [shapes_and_hashes(lines[row], words) for row, words in zip(batch.rows, batch.words, strict=True)]
    )
    flagged = np.concatenate([flags(lines[row], words) for row, words in zip(batch.rows, batch.words, strict=True)])
    embedded = [using.weights[f"written.{column}"][ids[:, column]] for column in range(ids.shape[1])]
    style = np.broadcast_to(using.weights["style"], (len(ids), len(using.weights["style"])))
    return np.hstack([*embedded, flagged, style])


def _read(written: Rows, batch: Batch, using: Head) -> Rows:
    """What the tagger's layers make of each word: shape (n_words, 768), beside what the word means anywhere."""
    case = written @ using.weights["case.weight"] + using.weights["case.bias"]
    shared = batch.states[..., DIMENSIONS:].copy()
    word = 0
    for row, tokens in enumerate(batch.tokens):
        for start, end in tokens:
            shared[row, start:end] += case[word]
            word += 1
    (read,) = session(using.layers).run(None, {"states": shared})
    both = np.concatenate([read, batch.states[..., :DIMENSIONS]], axis=-1)
    return np.concatenate([_means(both[row], tokens) for row, tokens in enumerate(batch.tokens) if tokens])


def _means(states: Rows, tokens: Sequence[tuple[int, int]]) -> Rows:
    """The mean state of each word's tokens; words follow each other without a gap."""
    starts = [start for start, _ in tokens]
    sizes = np.array([[end - start] for start, end in tokens], dtype=np.float32)
    sums = np.add.reduceat(states[: tokens[-1][1]], starts, axis=0).astype(np.float32)
    return sums / sizes


def _scores(written: Rows, read: Rows, batch: Batch, using: Head) -> Rows:
    """What speaks for each tag of each word: shape (n_words, n_tags)."""
    weights = using.weights
    hidden = _silu(np.hstack([read, written]) @ weights["in.weight"] + weights["in.bias"])
    before, after = _neighbours(hidden, batch)
    mixed = hidden + _silu(np.hstack([before, hidden, after]) @ weights["near.weight"] + weights["near.bias"])
    mean, spread = mixed.mean(axis=1, keepdims=True), mixed.std(axis=1, keepdims=True)
    normed = (mixed - mean) / np.sqrt(spread**2 + np.float32(1e-5)) * weights["norm.weight"] + weights["norm.bias"]
    scores: Rows = normed @ weights["out.weight"] + weights["out.bias"]
    return scores


def _neighbours(hidden: Rows, batch: Batch) -> tuple[Rows, Rows]:
    """For each word the word before it and the one after it; zeros beyond the line."""
    before, after = np.zeros_like(hidden), np.zeros_like(hidden)
    before[1:], after[:-1] = hidden[:-1], hidden[1:]
    starts = np.cumsum([0, *(len(words) for words in batch.words)])
    filled = [(start, end) for start, end in itertools.pairwise(starts) if end > start]
    before[[start for start, _ in filled]] = 0
    after[[end - 1 for _, end in filled]] = 0
    return before, after


def _silu(rows: Rows) -> Rows:
    activated: Rows = rows / (1 + np.exp(-np.clip(rows, -60, 60)))
    return activated
