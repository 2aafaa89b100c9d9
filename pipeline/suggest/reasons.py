"""Why a line is offered to a concern: the decided quote nearest to it, and the words that both use."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipeline.suggest.likeness import DECIMALS, Learned
from pipeline.suggest.state import State
from pipeline.words import is_stop_word, stem, words

WORTH_OFFERING = 0.1
"""Fit below which a line is not offered to a concern: on the training events 1 in 10 of such lines belongs there."""

MOST_WORDS = 5
"""Shared words that are told; more are not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Row `row` may belong to concern number `concern`, with a fit of about 0 to 1.

    `nearest` is the decided quote of that concern most like it, None where there is none yet. `shared` are words of
    `row`, as written there, that the quote, or else the concern's name, uses in some form too.
    """

    row: int
    concern: int
    fit: float
    nearest: int | None
    shared: tuple[str, ...]


def suggestions(state: State, learned: Learned, concern: int) -> tuple[Suggestion, ...]:
    """The lines that nobody has placed and that may belong to `concern`, best first."""
    fits = learned.fits[:, concern]
    offered = np.flatnonzero(~state.placed() & ~state.refused()[:, concern] & (fits >= WORTH_OFFERING))
    best_first = sorted((int(row) for row in offered), key=lambda row: (-fits[row], row))
    return tuple(suggestion(state, learned, row, concern) for row in best_first)


def suggestion(state: State, learned: Learned, row: int, concern: int) -> Suggestion:
    """`row` offered to `concern`, with the reason."""
    quotes = sorted(state.concerns[concern].yes - {row})
    nearest = None
    if quotes:
        likeness = (state.vectors[quotes] @ state.vectors[row]).round(DECIMALS)
        nearest = quotes[int(likeness.argmax())]
    other = state.concerns[concern].name if nearest is None else state.texts[nearest]
    fit = float(learned.fits[row, concern])
    return Suggestion(row=row, concern=concern, fit=fit, nearest=nearest, shared=_shared(state.texts[row], other))


def _shared(text: str, other: str) -> tuple[str, ...]:
    """The content words of `text` that `other` has too in some form, in reading order, each once."""
    theirs = set(_stems(word.text for word in words(other)))
    ours = {stem(word.text): word.text for word in reversed(words(text)) if not is_stop_word(word.text)}
    return tuple(word for key, word in reversed(ours.items()) if key in theirs)[:MOST_WORDS]


def _stems(some: Iterable[str]) -> Iterable[str]:
    return (stem(word) for word in some if not is_stop_word(word))
