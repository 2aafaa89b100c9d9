"""Ways to write one name: what differs between them, and what is left when that does not count."""

import re
import unicodedata
from collections.abc import Callable, Iterator

_POSSESSIVE = re.compile(r"['’]s?$")
_LEADING = re.compile(r"^(?:the|el|la|los|las|le|les|der|die|das|dr|prof|mr|mrs|ms)\.?\s+", re.IGNORECASE)
_HYPHENS = re.compile(r"[\s.‐‑–-]+")


def unpossessed(text: str) -> str:
    """A name without a possessive ending: "Ana" of "Ana's"."""
    return _POSSESSIVE.sub("", text)


def unaccented(text: str) -> str:
    """A text without its accents (NFKD, combining signs left out)."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("case", lambda text: " ".join(text.split()).casefold()),
    ("possessive", unpossessed),
    ("handle", lambda text: text.lstrip("@")),
    ("leading", lambda text: _LEADING.sub("", text)),
    ("hyphen", lambda text: _HYPHENS.sub(" ", text).strip()),
    ("accents", unaccented),
)
"""What does not count, by its name in data/joins.toml."""


def key_of(text: str) -> str:
    """What is left of a name when case, possessive, `@`, article, title, hyphens and accents do not count."""
    key = text
    for _, step in _STEPS:
        key = step(key) or key
    return key


def difference(one: str, other: str) -> str:
    """What differs between two texts of one key, by its name in data/joins.toml."""
    for name, step in _STEPS:
        one, other = step(one) or one, step(other) or other
        if one == other:
            return name
    return _STEPS[-1][0]


def one_letter_apart(one: str, other: str) -> bool:
    """Whether two keys differ in one word, by one letter added, dropped, replaced, or swapped with its neighbour.

    The word's first letter is not the wrong one, for misspellings seldom begin there (Kukich 1992, "Techniques for
    automatically correcting words in text"), and it has five letters or more: "Team A" is not "Team B".
    """
    ours, theirs = one.split(), other.split()
    if len(ours) != len(theirs):
        return False
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return len(differing) == 1 and _is_slip(*differing[0])


_SLIPS_FROM = 5
"""Letters from which a word with one wrong letter is still the same word."""


def _is_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SLIPS_FROM or one[0] != other[0] or any(sign.isdecimal() for sign in one + other):
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    return a[1:] == b or b[1:] == a


def near(key: str) -> Iterator[str]:
    """The key, and the key with each of its letters left out: keys one letter apart share one of these."""
    yield key
    for cut in range(len(key)):
        yield key[:cut] + key[cut + 1 :]
