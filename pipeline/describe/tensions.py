"""Tensions: from the quotes of a concern to those of different groups that pull in opposite directions.

Precision before recall: a group that finds itself set against another without reason will not trust the report. The
words that count are opposites.toml's, and both quotes must wish something, about the same thing.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.describe.usage import is_light
from pipeline.records import Kind, Segment, Tension
from pipeline.words import is_stop_word, stem

MOST = 2
"""Tensions of a concern that are shown."""

CLOSE = 0.3
"""Similarity from which two quotes of a concern are about the same thing, whatever their words are."""

REACH = 3
"""Words before an opposite in which a negation turns it round."""

NEAR = 5
"""Words between a wish and what it wishes, at most."""

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LONGEST_WORDS = 80
"""Tokens of a segment that are looked at; a longer one says too many things to be set against another."""


@dataclass(frozen=True, slots=True)
class _Token:
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    one: frozenset[str]
    other: frozenset[str]
    adjacent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opposites:
    wishes: frozenset[str]
    negations: frozenset[str]
    modals: frozenset[str]
    modals_negated: frozenset[str]
    auxiliaries: frozenset[str]
    pairs: tuple[_Pair, ...]


def tensions_of(rows: Sequence[int], segments: Sequence[Segment], vectors: NDArray[np.float32]) -> tuple[Tension, ...]:
    """The first `MOST` tensions among the segments of `rows`, each between two groups; a question wishes nothing."""
    wishing = [row for row in rows if _may_wish(segments[row])]
    tokens = {row: _tokens(segments[row].text) for row in wishing}
    found = []
    for here, there in combinations(wishing, 2):
        one, other = segments[here], segments[there]
        close = float(vectors[here] @ vectors[there]) >= CLOSE
        pull = None if one.group == other.group else _pull(tokens[here], tokens[there], close=close)
        if pull:
            words = (one.text[pull[0].start : pull[0].stop], other.text[pull[1].start : pull[1].stop])
            found.append(Tension(segment_ids=(one.id, other.id), words=words))
    return tuple(found[:MOST])


def _may_wish(segment: Segment) -> bool:
    return segment.kind is not Kind.QUESTION and "?" not in segment.text


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(match[0].casefold().replace("’", "'"), match.start(), match.end()) for match in _TOKEN.finditer(text)
    ]


def _pull(one: Sequence[_Token], other: Sequence[_Token], *, close: bool) -> tuple[slice, slice] | None:
    """Where each says what pulls against the other, or None; `close` if they are about the same thing anyway."""
    if not one or not other or max(len(one), len(other)) > _LONGEST_WORDS:
        return None
    for pull in (*_opposed(one, other, close=close), *_denied(one, other)):
        return pull
    for second, first in _denied(other, one):
        return first, second
    return None


def _opposed(one: Sequence[_Token], other: Sequence[_Token], *, close: bool) -> Iterator[tuple[slice, slice]]:
    """Wishes with words of opposite sides of a pair, about a thing that both name."""
    for pair in _opposites().pairs:
        for left, right in ((pair.one, pair.other), (pair.other, pair.one)):
            here, there = _only(one, left, right), _only(other, right, left)
            if here is None or there is None:
                continue
            if _next(one, here) != _next(other, there) or (pair.adjacent and _next(one, here) is None):
                continue
            same = pair.adjacent or close or bool((_topics(one) & _topics(other)) - _stems(left | right))
            first, second = _wish(one, here), _wish(other, there)
            if same and first and second:
                yield first, second


def _only(tokens: Sequence[_Token], side: frozenset[str], against: frozenset[str]) -> int | None:
    """The place of the only word of `side`, unless one of `against` is there too or a negation turns it round."""
    places = [place for place, token in enumerate(tokens) if token.key in side]
    if len(places) != 1 or any(token.key in against for token in tokens):
        return None
    before = tokens[max(places[0] - REACH, 0) : places[0]]
    return None if any(token.key in _opposites().negations for token in before) else places[0]


def _wish(tokens: Sequence[_Token], place: int) -> slice | None:
    """From the wish to what is wished, where it is one: a wish stands shortly before, or nothing does."""
    if place == 0:
        return slice(tokens[0].start, tokens[0].end)
    for begin in range(max(place - NEAR, 0), place + 1):
        if tokens[begin].key in _opposites().wishes or _two(tokens, begin) in _opposites().wishes:
            denied = any(token.key in _opposites().negations for token in tokens[begin:place])
            return None if denied else slice(tokens[begin].start, tokens[place].end)
    return None


def _two(tokens: Sequence[_Token], place: int) -> str:
    return " ".join(token.key for token in tokens[place : place + 2])


def _next(tokens: Sequence[_Token], place: int) -> str | None:
    """The stem of the content word right after `place`."""
    after = tokens[place + 1 : place + 2]
    return stem(after[0].key) if after and _says(after[0].key) else None


def _denied(one: Sequence[_Token], other: Sequence[_Token]) -> Iterator[tuple[slice, slice]]:
    """`one` says that something must be done, `other` that the same must not."""
    for said in _demands(one, denied=False):
        for denied in _demands(other, denied=True):
            same = _alike(one[said.stop - 1].key, other[denied.stop - 1].key)
            topics = (_topics(one) & _topics(other)) - _stems({one[said.stop - 1].key, other[denied.stop - 1].key})
            if same and any(_same_part(topic, one, said, other, denied) for topic in topics):
                yield _span(one, said), _span(other, denied)


def _same_part(topic: str, one: Sequence[_Token], said: slice, other: Sequence[_Token], denied: slice) -> bool:
    """Whether `topic` does it in both, or has it done to it in both: "lock the gate", "the gate should be locked"."""

    def done_to(tokens: Sequence[_Token], demand: slice) -> bool:
        first = any(stem(token.key) == topic for token in tokens[: demand.start])
        return first is any(token.key in {"be", "get"} for token in tokens[demand])

    return done_to(one, said) is done_to(other, denied)


def _demands(tokens: Sequence[_Token], *, denied: bool) -> Iterator[slice]:
    """From each modal to the content word that it is about, with a negation between them or without."""
    known = _opposites()
    for place, token in enumerate(tokens):
        if token.key not in known.modals | known.modals_negated:
            continue
        turned = token.key in known.modals_negated
        for stop in range(place + 1, min(place + NEAR, len(tokens))):
            key = tokens[stop].key
            if key in {"not", "never"}:
                turned = True
            elif key not in known.auxiliaries:
                if _says(key) and turned is denied:
                    yield slice(place, stop + 1)
                break


def _span(tokens: Sequence[_Token], part: slice) -> slice:
    return slice(tokens[part.start].start, tokens[part.stop - 1].end)


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return stem(one) == stem(other) or (len(short) > 3 and long.startswith(short) and len(long) - len(short) < 4)  # noqa: PLR2004 - "lock", "locked", "locking"


def _topics(tokens: Sequence[_Token]) -> frozenset[str]:
    return _stems(frozenset(token.key for token in tokens))


def _stems(keys: frozenset[str] | set[str]) -> frozenset[str]:
    return frozenset(stem(key) for key in keys if _says(key))


def _says(key: str) -> bool:
    return not is_stop_word(key) and not is_light(key) and not key.isdigit()


@cache
def _opposites() -> _Opposites:
    data = tomllib.loads(Path(__file__).with_name("opposites.toml").read_text(encoding="utf-8"))
    lists = {name: frozenset(cast("list[str]", words)) for name, words in data.items() if name != "pair"}
    pairs = cast("list[dict[str, list[str] | bool]]", data["pair"])
    return _Opposites(
        **lists,
        pairs=tuple(
            _Pair(
                one=frozenset(cast("list[str]", pair["one"])),
                other=frozenset(cast("list[str]", pair["other"])),
                adjacent=bool(pair.get("adjacent")),
            )
            for pair in pairs
        ),
    )
