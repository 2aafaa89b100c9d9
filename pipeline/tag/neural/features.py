"""What a word looks like: from a line and the places of its words to numbers for each.

The encoder reads everything in lower case; how a word is written, which says much about names, goes in here.
"""

import zlib
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.lexicon import common_words, first_names, places

BUCKETS = 3000
"""Of each kind of hash (Weinberger et al. 2009, feature hashing): no vocabulary to keep, and collisions are rare."""

SHAPES = 11
HASHES = 4
FLAGS = 11
_WORDS = 50_000
"""That are remembered: notes say the same words again, and looking at each letter costs a tenth of all tagging."""
_SHOUTED = 0.7
_FEW = 6
_ACRONYM = 5

Words = Sequence[tuple[int, int]]


def shapes_and_hashes(line: str, words: Words) -> NDArray[np.int64]:
    """Shape (n_words, 1 + HASHES): each word's shape, and the hashes of it, its beginning, its end, its length."""
    rows = [_ids(line[start:end]) for start, end in words]
    return np.array(rows, dtype=np.int64).reshape(-1, 1 + HASHES)


def flags(line: str, words: Words) -> NDArray[np.float32]:
    """Shape (n_words, FLAGS), 0 to 1: where the word stands, which lists have it, and how its line is written."""
    shapes = [_shape(line[start:end]) for start, end in words]
    written = [shape for shape in shapes if shape in _LETTERS]
    capital = sum(shape in _CAPITAL for shape in written) / max(1, len(written))
    shouted = sum(shape in _SHOUTING for shape in written) / max(1, len(written))
    of_line = (capital, shouted, shouted > _SHOUTED, len(words) < _FEW, capital > _SHOUTED)
    rows = [
        (at == 0, *_joined(line, start, end), *_listed(line[start:end]), *of_line)
        for at, (start, end) in enumerate(words)
    ]
    return np.array(rows, dtype=np.float32).reshape(-1, FLAGS)


_MARK, _HANDLE, _NUMBER, _COUNT, _LOWER, _INITIAL, _SHORT, _LONG, _TITLE, _MIXED, _CAMEL = range(SHAPES)
_LETTERS = frozenset({_LOWER, _INITIAL, _SHORT, _LONG, _TITLE, _CAMEL})
_CAPITAL = frozenset({_TITLE, _LONG, _SHORT, _INITIAL})
_SHOUTING = frozenset({_SHORT, _LONG})


@lru_cache(_WORDS)
def _shape(word: str) -> int:  # noqa: PLR0911 - one line per shape
    if not any(sign.isalnum() for sign in word):
        return _HANDLE if word in "@#" else _MARK
    if word.isdigit():
        return _NUMBER
    letters = [sign for sign in word if sign.isalpha()]
    if not letters:
        return _COUNT
    if all(sign.islower() for sign in letters):
        return _LOWER
    if len(letters) == 1:
        return _INITIAL
    if all(sign.isupper() for sign in letters):
        return _SHORT if len(letters) <= _ACRONYM else _LONG
    if word[0].isupper() and all(sign.islower() for sign in letters[1:]):
        return _TITLE
    return _MIXED if any(sign.isdigit() for sign in word) else _CAMEL


@lru_cache(_WORDS)
def _ids(word: str) -> tuple[int, ...]:
    return (
        _shape(word),
        _bucket("w" + word.lower()),
        _bucket("p" + word[:3]),
        _bucket("s" + word[-3:]),
        _bucket("n" + word[:1] + str(min(len(word), 8))),
    )


def _bucket(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace")) % BUCKETS


def _joined(line: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether something stands right before the word, and right after it."""
    return start > 0 and not line[start - 1].isspace(), end < len(line) and not line[end].isspace()


@lru_cache(_WORDS)
def _listed(word: str) -> tuple[bool, bool, bool]:
    folded = word.lower()
    return folded in given_names(), folded in _place_words(), folded in common_words()


@cache
def given_names() -> frozenset[str]:
    """Given names in lower case."""
    return frozenset(name.lower() for name in first_names())


@cache
def _place_words() -> frozenset[str]:
    return frozenset(word for place in places() for word in place.lower().split())
