"""Short forms made of the letters of a name, and where notes say which name they stand for."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.tag.spans import Name

_SHORT = r"(?P<short>[^\W\d_](?:[\w&+-]{0,8}[^\W_]))"
_SIGN = r"\s{0,4}(?:[(/=:–—]|\s-\s|,?\s(?:aka|a\.k\.a\.|i\.e\.|or|short)\s)\s{0,4}"
"""What stands between a name and its short form: "(", "/", "=", "aka" and the like."""

_AFTER = re.compile(rf"{_SIGN}{_SHORT}(?!\w)")
_BEFORE = re.compile(rf"(?<!\w){_SHORT}{_SIGN}(?:the\s)?$")
_BETWEEN = re.compile(rf"{_SIGN}(?:the\s)?")
_CAPITALS = 2
"""Capitals that make a word a short form."""

_LONGEST = 160
"""Letters of a name that are tried; longer ones are no names."""


def stands_for(short: str, full: str) -> bool:
    """Whether `short` is made of letters of `full`, in order, the first of them its first.

    Each letter is met from the end backwards, the first at the start of a word (Schwartz and Hearst 2003, "A simple
    algorithm for identifying abbreviation definitions in biomedical text").
    """
    if sum(sign.isupper() for sign in short) < _CAPITALS or not len(short) < len(full) < _LONGEST:
        return False
    letters, name = [sign for sign in short.casefold() if sign.isalnum()], full.casefold()
    if name.split() and short.casefold() in name.split():
        return False
    at = len(name)
    for letter in reversed(letters[1:]):
        at = name.rfind(letter, 0, at)
        if at < 1:
            return False
    return name[0] == letters[0]


def initials_of(full: str) -> str:
    """The first letters of a name's words in capitals: "NGF" of "Northern Garden Foundation"."""
    return "".join(word[0] for word in full.split() if word[0].isupper())


def beside(text: str, name: Name) -> Iterator[str]:
    """Short forms that a line explains beside a name: "Northern Garden Foundation (NGF)", "NGF / Northern …"."""
    full = text[name.start : name.end]
    for match in (_AFTER.match(text, name.end), _BEFORE.search(text[max(0, name.start - 24) : name.start])):
        if match and stands_for(match["short"], full):
            yield match["short"]


def told(text: str, names: Sequence[Name]) -> Iterator[tuple[str, str]]:
    """Neighbouring names of a line, one the short form of the other, of one label: (full, short) as written."""
    for one, other in pairwise(names):
        if one.label is other.label and _BETWEEN.fullmatch(text[one.end : other.start]):
            first, second = text[one.start : one.end], text[other.start : other.end]
            if stands_for(second, first):
                yield first, second
            elif stands_for(first, second):
                yield second, first
