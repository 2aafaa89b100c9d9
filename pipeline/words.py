"""What counts as a word when texts are compared and named: from a text to its words, stems and stop words."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.records import REDACTED

STEM_LENGTH = 5
"""Letters of a word that carry its sense: cutting words there does as well on labelled events as an English stemmer
(docs/adr/0004) and needs no rules for a language (McNamee and Mayfield 2004, on eight European languages)."""

_WORD = re.compile(r"[^\W\d_][\w'’]*")
_ADDRESS = re.compile(rf"(?:https?://|www\.|@)\S+|{re.escape(REDACTED)}")


class Word(NamedTuple):
    """A word as somebody wrote it: `text[start:end]` in code points."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in order, without numbers, web addresses, handles and `[redacted]`."""
    plain = _ADDRESS.sub(lambda address: " " * len(address[0]), text)
    found = []
    for match in _WORD.finditer(plain):
        word = match[0].rstrip("'’_")
        found.append(Word(word, match.start(), match.start() + len(word)))
    return found


def stem(word: str) -> str:
    """The key under which forms of a word meet: 'reviewer', 'Reviews' and 'reviewing' are 'revie'."""
    return word.casefold()[:STEM_LENGTH]


def is_stop_word(word: str) -> bool:
    """Whether a word says nothing by itself: listed in stop_words.txt, or a single letter."""
    return len(word) == 1 or word.casefold().replace("’", "'") in _stop_words()


@cache
def _stop_words() -> frozenset[str]:
    lines = Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def first_free(candidates: Iterable[str], taken: set[str]) -> str:
    """The first candidate that is not `taken`, letter case apart, else the last with a number; taken from now on."""
    candidate = ""
    for candidate in candidates:
        if candidate.casefold() not in taken:
            break
    name, number = candidate, 1
    while name.casefold() in taken:
        number += 1
        name = f"{candidate}-{number}"
    taken.add(name.casefold())
    return name
