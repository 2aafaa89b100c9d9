"""Tags of words, and the best sequence of them: a name has a Beginning, an Inside and an End, or is a Single word."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Label

TAGS = ("O", *(f"{part}-{label}" for label in Label for part in "BIES"))
"""BIOES (Ratinov and Roth 2009), in the order of a model's columns."""

_NEVER = -1e4


def may_follow(tag: str, after: str) -> bool:
    """Whether `after` may come right behind `tag`."""
    if tag[0] in "BI":
        return after[0] in "IE" and tag[2:] == after[2:]
    return after[0] in "OBS"


_BARRED = np.array([[0.0 if may_follow(one, other) else _NEVER for other in TAGS] for one in TAGS])
_FIRST = np.array([0.0 if may_follow("O", tag) else _NEVER for tag in TAGS])
_LAST = np.array([0.0 if may_follow(tag, "O") else _NEVER for tag in TAGS])


def best_tags(scores: NDArray[np.float32], sizes: Sequence[int], transitions: NDArray[np.float32]) -> list[list[int]]:
    """The likeliest tags of lines (Viterbi 1967), all lines at once.

    `scores` (n_words, n_tags) are the words of all lines, one after the other, `sizes` how many words each line has,
    and `transitions` (n_tags, n_tags) what speaks for one tag behind another.
    """
    most = max(sizes, default=0)
    padded = np.zeros((len(sizes), most, len(TAGS)))
    starts = np.cumsum([0, *sizes])
    for line, size in enumerate(sizes):
        padded[line, :size] = scores[starts[line] : starts[line] + size]
    steps = np.where(_BARRED == 0, transitions, _NEVER)
    best = _FIRST + padded[:, 0] if most else np.zeros((len(sizes), len(TAGS)))
    reached, came_from = [best], []
    for place in range(1, most):
        ways = best[:, :, None] + steps
        came_from.append(ways.argmax(axis=1))
        best = ways.max(axis=1) + padded[:, place]
        reached.append(best)
    return [
        _walked_back(line, int((reached[size - 1][line] + _LAST).argmax()), came_from[: size - 1]) if size else []
        for line, size in enumerate(sizes)
    ]


def _walked_back(line: int, last: int, came_from: Sequence[NDArray[np.intp]]) -> list[int]:
    tags = [last]
    for choices in reversed(came_from):
        tags.append(int(choices[line, tags[-1]]))
    return tags[::-1]


def spans(tags: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Names in a line's tags: number of the first word, of the last, and the label."""
    first = 0
    for place, tag in enumerate(TAGS[number] for number in tags):
        if tag[0] in "BS":
            first = place
        if tag[0] in "ES":
            yield first, place, tag[2:]
