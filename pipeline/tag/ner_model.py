"""Named-entity recognition with the model that ships with Padharvest.

align(line) -> prefilter(aligned.text) -> predict_names -> aligned.to_source(name) -> postfilter

The model continues from the encoder's pass (`pipeline.transformer`) with three transformer layers of its own. The
encoder reads lower case only, so features of each word's spelling are added. Weights, training data and scores are
described in pipeline/models/tagger/CARD.md.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.segment_records import Label
from pipeline.tag.name_patterns import Name, common_words, given_names, listed, place_words, without_overlap
from pipeline.text import FILLER
from pipeline.transformer import DIMENSIONS, Batch, session

MODEL = Path(__file__).resolve().parents[1] / "models" / "tagger" / "names"

Rows = NDArray[np.float32]
Words = Sequence[tuple[int, int]]
"""Start and end of each word of a line, in code points."""


@dataclass(frozen=True, slots=True)
class NerModel:
    """Weights by name (written by pipeline/models/train/train_tagger.py) and the ONNX file of the model's layers."""

    weights: Mapping[str, Rows]
    layers: Path


@cache
def load_model(folder: Path = MODEL) -> NerModel:
    """Return the model stored in `folder` as weights.npz and layers.onnx."""
    with np.load(folder / "weights.npz") as stored:
        return NerModel({name: stored[name].astype(np.float32) for name in stored.files}, folder / "layers.onnx")


def predict_names(lines: Sequence[str], batch: Batch, model: NerModel) -> list[list[Name]]:
    """Return the names in each line of `batch`, in reading order and without overlap.

    The lines of `batch` are rows of `lines`, which are normalised (see `align`); offsets are code points
    of the line.
    """
    if not any(batch.words):
        return [[] for _ in batch.rows]
    spelling = _spelling(lines, batch, model)
    scores = _scores(np.hstack([_contextual(spelling, batch, model), spelling]), batch, model.weights)
    tags = best_tags(scores, [len(words) for words in batch.words], model.weights["transitions"])
    return [
        [Name(words[first][0], words[last][1], Label(label)) for first, last, label in spans(line_tags)]
        for words, line_tags in zip(batch.words, tags, strict=True)
    ]


def _spelling(lines: Sequence[str], batch: Batch, model: NerModel) -> Rows:
    """Return the spelling features of the words of all lines: shape (n_words, n_features)."""
    line_words = list(zip((lines[row] for row in batch.rows), batch.words, strict=True))
    ids = np.concatenate([word_ids(line, words) for line, words in line_words])
    flags = np.concatenate([word_flags(line, words) for line, words in line_words])
    embedded = [model.weights[f"written.{column}"][ids[:, column]] for column in range(ids.shape[1])]
    style = np.broadcast_to(model.weights["style"], (len(ids), len(model.weights["style"])))
    return np.hstack([*embedded, flags, style])


def _contextual(spelling: Rows, batch: Batch, model: NerModel) -> Rows:
    """Return the state of each word after the model's layers, beside its embedding: shape (n_words, 768)."""
    sizes = np.array([end - start for tokens in batch.tokens for start, end in tokens])
    case = spelling @ model.weights["case.weight"] + model.weights["case.bias"]
    shared = batch.states[..., DIMENSIONS:].copy()
    shared[:, 1:-1] += np.repeat(case, sizes, axis=0).reshape(len(shared), -1, DIMENSIONS)
    (hidden,) = session(model.layers).run(None, {"states": shared})
    return np.hstack([_of_words(hidden, sizes), _of_words(batch.states[..., :DIMENSIONS], sizes)])


def _of_words(states: Rows, sizes: NDArray[np.int64]) -> Rows:
    """Return the mean state of each word's tokens: shape (n_words, 384).

    `states` (n_lines, n_tokens, 384) has each line's words after each other, between a first token and a last one that
    belong to no word; `sizes` has the number of tokens of each word.
    """
    tokens = states[:, 1:-1].reshape(-1, DIMENSIONS)
    first = np.cumsum(sizes) - sizes
    sums = tokens[first]
    for place in range(1, sizes.max()):
        longer = np.flatnonzero(sizes > place)
        sums[longer] += tokens[first[longer] + place]
    means: Rows = sums / sizes[:, None].astype(np.float32)
    return means


def _scores(features: Rows, batch: Batch, weights: Mapping[str, Rows]) -> Rows:
    """Return the score of each tag for each word, from its features and its neighbours': shape (n_words, n_tags)."""
    hidden = _silu(features @ weights["in.weight"] + weights["in.bias"])
    before, after = np.zeros_like(hidden), np.zeros_like(hidden)
    before[1:], after[:-1] = hidden[:-1], hidden[1:]
    ends = np.cumsum([len(words) for words in batch.words if words])
    after[ends - 1] = before[[0, *ends[:-1]]] = 0  # nothing is beyond the line
    mixed = hidden + _silu(np.hstack([before, hidden, after]) @ weights["near.weight"] + weights["near.bias"])
    mean, deviation = mixed.mean(axis=1, keepdims=True), mixed.std(axis=1, keepdims=True)
    normed = (mixed - mean) / np.sqrt(deviation**2 + np.float32(1e-5)) * weights["norm.weight"] + weights["norm.bias"]
    scores: Rows = normed @ weights["out.weight"] + weights["out.bias"]
    return scores


def _silu(rows: Rows) -> Rows:
    activated: Rows = rows / (1 + np.exp(-np.clip(rows, -60, 60)))
    return activated


# Spelling features

BUCKETS = 3000
"""Buckets of each kind of hash (Weinberger et al. 2009, feature hashing): no vocabulary to store, few collisions."""

SHAPES = 11
HASHES = 4
FLAGS = 11
_CACHED_WORDS = 50_000
"""Notes repeat their words, and without a cache the features take a tenth of the time of tagging."""

_SHORT_LINE = 6
_MOSTLY = 0.7
_ACRONYM = 5

_MARK, _HANDLE, _NUMBER, _COUNT, _LOWER, _INITIAL, _SHORT, _LONG, _TITLE, _MIXED, _CAMEL = range(SHAPES)
_LETTERS = frozenset({_LOWER, _INITIAL, _SHORT, _LONG, _TITLE, _CAMEL})
_CAPITAL = frozenset({_TITLE, _LONG, _SHORT, _INITIAL})
_UPPER = frozenset({_SHORT, _LONG})


def word_ids(line: str, words: Words) -> NDArray[np.int64]:
    """Return each word's shape, and the hashes of the word, its prefix, its suffix and its length.

    Shape (n_words, 1 + HASHES): first column below SHAPES, the others below BUCKETS.
    """
    return np.array([_ids(line[start:end]) for start, end in words], dtype=np.int64).reshape(-1, 1 + HASHES)


def word_flags(line: str, words: Words) -> Rows:
    """Return each word's position, the word lists that contain it, and the share of capitals in its line.

    Shape (n_words, FLAGS), 0 to 1.
    """
    shapes = [_shape(line[start:end]) for start, end in words]
    lettered = max(1, sum(shape in _LETTERS for shape in shapes))
    capital = sum(shape in _CAPITAL for shape in shapes) / lettered
    upper = sum(shape in _UPPER for shape in shapes) / lettered
    line_flags = (capital, upper, upper > _MOSTLY, len(words) < _SHORT_LINE, capital > _MOSTLY)
    rows = []
    for number, (start, end) in enumerate(words):
        after_space = start == 0 or line[start - 1].isspace()
        before_space = end >= len(line) or line[end].isspace()
        rows.append((number == 0, not after_space, not before_space, *_listed(line[start:end]), *line_flags))
    return np.array(rows, dtype=np.float32).reshape(-1, FLAGS)


@lru_cache(_CACHED_WORDS)
def _shape(word: str) -> int:  # noqa: PLR0911 - one line per shape
    if not any(char.isalnum() for char in word):
        return _HANDLE if word in "@#" else _MARK
    if word.isdigit():
        return _NUMBER
    letters = [char for char in word if char.isalpha()]
    if not letters:
        return _COUNT
    if all(char.islower() for char in letters):
        return _LOWER
    if len(letters) == 1:
        return _INITIAL
    if all(char.isupper() for char in letters):
        return _SHORT if len(letters) <= _ACRONYM else _LONG
    if word[0].isupper() and all(char.islower() for char in letters[1:]):
        return _TITLE
    return _MIXED if any(char.isdigit() for char in word) else _CAMEL


@lru_cache(_CACHED_WORDS)
def _ids(word: str) -> tuple[int, ...]:
    hashed = (f"w{word.lower()}", f"p{word[:3]}", f"s{word[-3:]}", f"n{word[:1]}{min(len(word), 8)}")
    return (_shape(word), *(zlib.crc32(feature.encode("utf-8", "replace")) % BUCKETS for feature in hashed))


@lru_cache(_CACHED_WORDS)
def _listed(word: str) -> tuple[bool, bool, bool]:
    lower = word.lower()
    return lower in given_names(), lower in place_words(), lower in common_words()


# Tags and their decoding

TAGS = ("O", *(f"{part}-{label}" for label in Label for part in "BIES"))
"""BIOES (Ratinov and Roth 2009): Beginning, Inside and End of a name, Outside, Single word; the model's columns."""

_NEVER = -1e4


def may_follow(tag: str, after: str) -> bool:
    """Return whether the tag `after` may come directly after `tag`."""
    if tag[0] in "BI":
        return after[0] in "IE" and tag[2:] == after[2:]
    return after[0] in "OBS"


_ALLOWED = np.array([[may_follow(tag, after) for after in TAGS] for tag in TAGS])
_FIRST = np.array([0.0 if may_follow("O", tag) else _NEVER for tag in TAGS])
_LAST = np.array([0.0 if may_follow(tag, "O") else _NEVER for tag in TAGS])


def best_tags(scores: Rows, sizes: Sequence[int], transitions: Rows) -> list[list[int]]:
    """Return the most likely sequence of tags of each line (Viterbi 1967).

    `scores` (n_words, n_tags) holds the words of all lines, one line after the other, `sizes` the number of words of
    each line, and `transitions` (n_tags, n_tags) the score of each tag after each other. Tags are places in TAGS.
    """
    if not len(scores):
        return [[] for _ in sizes]
    inside = np.arange(max(sizes)) < np.array(sizes)[:, None]
    lines = np.zeros((*inside.shape, scores.shape[1]), scores.dtype)
    lines[inside] = scores
    steps = np.where(_ALLOWED, transitions, _NEVER).T
    best, came_from = _FIRST + lines[:, 0], []
    for word in range(1, max(sizes)):
        paths = best[:, None] + steps
        came_from.append(paths.argmax(axis=2))
        best = np.where(inside[:, word, None], paths.max(axis=2) + lines[:, word], best)
    tags = [(best + _LAST).argmax(axis=1)]
    for word in range(max(sizes) - 1, 0, -1):
        tags.append(np.where(inside[:, word], came_from[word - 1][np.arange(len(sizes)), tags[-1]], tags[-1]))
    return [line[:size].tolist() for line, size in zip(np.stack(tags[::-1], axis=1), sizes, strict=True)]


def spans(tags: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Yield the names in a line's tags: number of the first word, of the last word, and label."""
    first = 0
    for place, tag in enumerate(TAGS[number] for number in tags):
        if tag[0] in "BS":
            first = place
        if tag[0] in "ES":
            yield first, place, tag[2:]


# Lines as the model reads them, and names that are kept

_FIRST_WORD = re.compile(r"\W*(\w+)")
_CHUNK = re.compile(rf"[^\s{FILLER}]+")
_WORD = re.compile(r"\w+")
_PERSON_TITLE = re.compile(r"(\w+\.?)\s+")
_PERSON_END = re.compile(r"[,/(]")
"""Ends a person's name: "Ana/Ben", "Ana (Tools)"."""

_ATTACHED_BEFORE = re.compile(r"(?:\w*@|\w+=\")$")
_ATTACHED_AFTER = re.compile(r"@\w*|\\")
"""Characters that make a name a part of a handle, an address or code: "@ana", "partners@example", 'NAME="value"'."""

_KEPT_ALONE = frozenset({Label.PERSON, Label.PLACE})
"""Labels for which a single word in a single line is enough."""


def prefilter(line: str) -> bool:
    """Return whether `line` may contain a name: a handle, or a capital that neither the line's start nor "I" explains.

    On labelled events this skips 44 % of the lines without finding fewer correct names (docs/experiments/names.md).
    """
    first = _FIRST_WORD.match(line)
    if first is None:
        return False
    word, rest = first[1], line[first.end() :]
    unusual = word[0].isupper() and word.lower() not in common_words()
    return unusual or "@" in line or any(char.isupper() and char != "I" for char in word[1:] + rest)


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """A normalised line, with the place of each of its characters in the source line."""

    text: str
    sources: Sequence[int]

    def to_source(self, name: Name) -> Name:
        """Return `name`, whose offsets are in `text`, with offsets in the source line."""
        return Name(self.sources[name.start], self.sources[name.end - 1] + 1, name.label)


def align(line: str) -> AlignedLine:
    """Return a line masked by `text.mask_unreadable` as the models read it: chunks separated by single spaces."""
    chunks = list(_CHUNK.finditer(line))
    sources = [place for chunk in chunks for place in range(chunk.start(), chunk.end() + 1)]
    return AlignedLine(" ".join(chunk[0] for chunk in chunks), sources)


def postfilter(texts: Sequence[str], predicted: Sequence[Sequence[Name]]) -> list[list[Name]]:
    """Return the names `predicted` in the lines of one event without those that are likely to be wrong.

    The model was trained mostly on prose and predicts too many names in notes (docs/experiments/names.md has the
    figures). A name inside a handle or an address is extended to the whole of it. Dates are left to the rules. People
    lose their titles and have no everyday word but given names in them; other names of everyday words only must be
    capitalised. A single word is an organisation, an event or a product only if two different lines contain it.
    """
    likely = [list(_likely(text, names)) for text, names in zip(texts, predicted, strict=True)]
    lines: defaultdict[str, set[str]] = defaultdict(set)
    for text, names in zip(texts, likely, strict=True):
        for name in names:
            lines[text[name.start : name.end]].add(text)

    def is_kept(text: str, name: Name) -> bool:
        spelling = text[name.start : name.end]
        return name.label in _KEPT_ALONE or " " in spelling or len(lines[spelling]) > 1

    return [[name for name in names if is_kept(text, name)] for text, names in zip(texts, likely, strict=True)]


def _likely(text: str, predicted: Iterable[Name]) -> Iterator[Name]:
    """Yield the names that are not of everyday words, each with all characters attached to it."""
    for whole in without_overlap(_with_attached(text, name) for name in predicted):
        name = _trimmed(text, whole) if whole.label is Label.PERSON else whole
        words = _WORD.findall(text[name.start : name.end])
        if name.label is Label.DATE or not words:
            continue
        capitalised = len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()
        given = any(word[0].isupper() and word.lower() in given_names() for word in words)
        if all(word.lower() in common_words() for word in words) and not (capitalised or given):
            continue
        everyday = any(word.lower() in common_words() and word.lower() not in given_names() for word in words)
        if name.label is not Label.PERSON or not everyday:
            yield name


def _with_attached(text: str, name: Name) -> Name:
    before, after = _ATTACHED_BEFORE.search(text[: name.start]), _ATTACHED_AFTER.match(text, name.end)
    return Name(before.start() if before else name.start, after.end() if after else name.end, name.label)


def _trimmed(text: str, name: Name) -> Name:
    """Return a person's name without titles before it and whatever else follows it."""
    start, end = name.start, name.end
    while (title := _PERSON_TITLE.match(text, start, end)) and title[1].lower() in listed("words", "title"):
        start = title.end()
    other = _PERSON_END.search(text, start, end)
    end = other.start() if other else end
    while end > start and text[end - 1] in " .,":
        end -= 1
    return Name(start, end, name.label)
