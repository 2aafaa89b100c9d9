"""Patterns of names over the words of lines: each word becomes a sign for all that it is, each pattern a regex of them.

One sign per combination of word lists and word shapes keeps every pattern a plain regular expression, which Python
searches about ten times as fast as spaCy's Matcher asks each token the same questions.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_FIRST_SIGN = 0xE000
"""Start of the Private Use Area of Unicode: no sign of a regex."""

_OPERATORS = "?*+"


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a word can be: on a list (by its lower case; `capital` lists hold capitalised words only), or of a shape."""

    listed: Mapping[str, frozenset[str]]
    capital: frozenset[str]
    shaped: Mapping[str, Callable[[str], bool]]

    def of(self, word: str) -> frozenset[str]:
        """The names of all lists and shapes that a word belongs to."""
        lists = self.listed.get(word.lower(), frozenset())
        lists = lists if word[:1].isupper() else lists - self.capital
        return lists | {name for name, holds in self.shaped.items() if holds(word)}


def matches(
    lines: Sequence[Sequence[str]], patterns: Sequence[str], shapes: Shapes
) -> Iterator[list[tuple[int, int, int]]]:
    """Words of lines to the places where a pattern holds, line by line: (number of the pattern, first word, last + 1).

    A pattern is names of lists and shapes, each with `?`, `*` or `+` behind it or not; it takes the leftmost longest.
    """
    kinds = {word: shapes.of(word) for word in {word for line in lines for word in line}}
    signs = {kind: chr(_FIRST_SIGN + n) for n, kind in enumerate(sorted(set(kinds.values()), key=sorted))}
    sign = {word: signs[kind] for word, kind in kinds.items()}
    compiled = [(n, found) for n, pattern in enumerate(patterns) if (found := _compiled(pattern, signs))]
    for line in lines:
        spelled = "".join(map(sign.__getitem__, line))
        yield [(n, *match.span()) for n, pattern in compiled for match in pattern.finditer(spelled)]


def _compiled(pattern: str, signs: Mapping[frozenset[str], str]) -> re.Pattern[str] | None:
    """A pattern as a regex of signs; None where a word that it needs is nowhere."""
    parts = []
    for item in pattern.split():
        name, operator = item.rstrip(_OPERATORS), item[-1] if item[-1] in _OPERATORS else ""
        fitting = "".join(sign for kind, sign in signs.items() if name in kind)
        if fitting:
            parts.append(f"[{fitting}]{operator}")
        elif operator not in ("?", "*"):
            return None
    return re.compile("".join(parts))
