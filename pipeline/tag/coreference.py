"""Ways to write one name: what differs between them, and what is left when that does not count.

Short forms made of the letters of a name, and where notes say which name they stand for.

Which ways to write a name mean the same, and why: links between the keys of one label's names.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.analysis_records import Label, SegmentId, SpellingReason
from pipeline.tag.name_patterns import Name, first_names

_POSSESSIVE = re.compile(r"['’]s?$")
_LEADING = re.compile(r"^(?:the|el|la|los|las|le|les|der|die|das|dr|prof|mr|mrs|ms)\.?\s+", re.IGNORECASE)
_HYPHENS = re.compile(r"[\s.‐‑–-]+")


def unpossessed(text: str) -> str:
    """A name without a possessive ending: "Ana" of "Ana's"."""
    return _POSSESSIVE.sub("", text)


def unaccented(text: str) -> str:
    """A text without its accents (NFKD, combining signs left out)."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


_STEPS: tuple[tuple[SpellingReason, Callable[[str], str]], ...] = (
    (SpellingReason.CASE, lambda text: " ".join(text.split()).casefold()),
    (SpellingReason.POSSESSIVE, unpossessed),
    (SpellingReason.HANDLE, lambda text: text.lstrip("@")),
    (SpellingReason.LEADING, lambda text: _LEADING.sub("", text)),
    (SpellingReason.HYPHEN, lambda text: _HYPHENS.sub(" ", text).strip()),
    (SpellingReason.ACCENTS, unaccented),
)
"""What does not count in a name, in the order in which it is left out."""


def key_of(text: str) -> str:
    """What is left of a name when case, possessive, `@`, article, title, hyphens and accents do not count."""
    key = text
    for _, step in _STEPS:
        key = step(key) or key
    return key


def difference(one: str, other: str) -> SpellingReason:
    """Return what differs between two texts of one key."""
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


_INITIALS = 3
"""Letters of an acronym that nobody explained, for it to be somebody's initials."""

_LONGEST_joins = 60
"""Letters up to which names are looked at for misspellings: each is tried without each of its letters."""

_MOST_WORDS = 6
"""Words of a person's name; what is longer is no name."""

_JOINED_UP = 6
"""Letters from which a name is the same without its spaces ("Open Refine")."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two keys of one thing; `full` is the fuller one if they differ in that, `why` the reason for the other."""

    full: str
    short: str
    why: SpellingReason


class Same:
    """Keys that refer to one thing (union-find), and by which links.

    `told` are links that somebody states (event.toml, the list of known names, "Northern Garden (NG)" in a line);
    `apart` are keys of names known to be different: no link that is only likely joins two of them.
    """

    def __init__(self, keys: Iterable[str], told: Iterable[Link], apart: Iterable[str]) -> None:
        self._parent = {key: key for key in keys}
        self._apart = set(apart)
        self._links: defaultdict[str, list[Link]] = defaultdict(list)
        for link in told:
            self._join(link)

    def __contains__(self, key: str) -> bool:
        return key in self._parent

    def of(self, key: str) -> str:
        """The key that stands for all that are the same as `key`."""
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]  # halves the way for the next who asks
            key = self._parent[key]
        return key

    def ways_to(self, key: str) -> dict[str, tuple[str, Link]]:
        """All other keys of what `key` refers to, each to its neighbour on the way there and the link between them."""
        ways: dict[str, tuple[str, Link]] = {}
        reached = [key]
        for here in reached:  # grows while it is walked: breadth first
            for link in self._links[here]:
                there = link.short if link.full == here else link.full
                if there not in ways and there != key:
                    ways[there] = (here, link)
                    reached.append(there)
        return ways

    def join(self, links: Iterable[Link]) -> None:
        """Follow likely links, in their order."""
        for link in links:
            if not {self.of(link.full), self.of(link.short)} <= self._apart:
                self._join(link)

    def _join(self, link: Link) -> None:
        for key in (link.full, link.short):
            self._parent.setdefault(key, key)
        full, short = self.of(link.full), self.of(link.short)
        if full != short:
            self._parent[short] = full
            self._apart |= {full} if short in self._apart else set()
            self._links[link.full].append(link)
            self._links[link.short].append(link)


@dataclass(frozen=True, slots=True)
class Written:
    """A key as somebody wrote it first, and the segments it stands in: those that say something, and the others."""

    text: str
    lines: AbstractSet[SegmentId]
    aside: AbstractSet[SegmentId]


def likely(label: Label, same: Same, keys: Mapping[str, Written]) -> None:
    """Joins in `same` those of one label's `keys` that likely refer to one thing."""
    if label is Label.DATE:
        return
    same.join(_misspelt(keys))
    if label is Label.PERSON:
        for shorter in (_without_middle, _cut, _halves):
            same.join(_only((link for link in shorter(keys) if not _listed_both(link, keys)), same))
    else:
        same.join(_joined_up(list(keys)))
        same.join(_only(_initials(keys), same))


def _only(pairs: Iterable[Link], same: Same) -> Iterator[Link]:
    """Links of short forms that belong to one name only; two people called Ana stay apart, and so does "Ana"."""
    by_short: defaultdict[str, list[Link]] = defaultdict(list)
    for link in pairs:
        if link.short in same:
            by_short[link.short].append(link)
    for links in by_short.values():
        if len({same.of(link.full) for link in links}) == 1:
            yield max(links, key=lambda link: len(link.full))


def _listed_both(link: Link, keys: Mapping[str, Written]) -> bool:
    """Whether one list of people has both, "Ana" beside "Ana García": two people."""
    return link.short in keys and not keys[link.full].aside.isdisjoint(keys[link.short].aside)


def _misspelt(keys: Mapping[str, Written]) -> Iterator[Link]:
    """Pairs of keys one letter apart, neither of them a given name of its own ("Daniel", "Daniela").

    What stands in one line side by side is two things, however alike.
    """
    shapes: defaultdict[str, list[str]] = defaultdict(list)
    for key in (key for key in keys if len(key) <= _LONGEST_joins):
        for shape in dict.fromkeys(near(key)):
            shapes[shape].append(key)
    for shape in sorted(shapes):
        first = shapes[shape][0]
        for other in shapes[shape][1:]:
            apart = _both_given(first, other) or _one_line_has(keys[first], keys[other])
            if not apart and one_letter_apart(first, other):
                yield Link(first, other, SpellingReason.MISSPELT)


def _one_line_has(one: Written, other: Written) -> bool:
    return not (one.lines.isdisjoint(other.lines) and one.aside.isdisjoint(other.aside))


def _both_given(one: str, other: str) -> bool:
    ours, theirs = one.split(maxsplit=1)[0], other.split(maxsplit=1)[0]
    return ours != theirs and ours in _given() and theirs in _given()


@cache
def _given() -> frozenset[str]:
    return frozenset(name.casefold() for name in first_names())


def _joined_up(keys: Sequence[str]) -> Iterator[Link]:
    """Finds "Open Refine" and "OpenRefine"."""
    first: dict[str, str] = {}
    for key in keys:
        shape = key.replace(" ", "")
        if len(shape) >= _JOINED_UP and first.setdefault(shape, key) != key:
            yield Link(first[shape], key, SpellingReason.JOINED_UP)


def _initials(keys: Mapping[str, Written]) -> Iterator[Link]:
    """Finds "NGF" where one line names the Northern Garden Foundation."""
    for key, written in keys.items():
        short = initials_of(written.text).casefold()
        if len(short) >= _INITIALS and short in keys and keys[short].text.isupper():
            yield Link(key, short, SpellingReason.INITIALS)


def _halves(keys: Mapping[str, Written]) -> Iterator[Link]:
    """First and last names of full names, where they stand alone: "Jean-Loup", too; "Ana N." is one more Ana."""
    for key in keys:
        words = key.split()
        for cut in range(1, len(words) if len(words) <= _MOST_WORDS else 0):
            first, last = " ".join(words[:cut]), " ".join(words[cut:])
            if cut == 1 or (first in keys and _is_one_word(keys[first])):
                yield Link(key, first, SpellingReason.FIRST_NAME)
            if cut == 1 or last == words[-1] or (last in keys and _is_one_word(keys[last])):
                yield Link(key, last, SpellingReason.LAST_NAME)


def _is_one_word(written: Written) -> bool:
    return " " not in written.text


def _without_middle(keys: Mapping[str, Written]) -> Iterator[Link]:
    """Finds "Ana García" of "Ana M. García" and of "Ana García López"."""
    there = {key for key, written in keys.items() if not _is_one_word(written)}
    for key in _fulls(keys):
        words = key.split()
        shorter = {f"{words[0]} {words[-1]}", *(" ".join(words[:end]) for end in range(2, len(words)))}
        yield from (Link(key, short, SpellingReason.MIDDLE) for short in sorted(shorter & there - {key}))


def _cut(keys: Mapping[str, Written]) -> Iterator[Link]:
    """Finds "Ana G." and "A. García" of "Ana García"."""
    for key in _fulls(keys):
        words = key.split()
        shorter = {f"{words[0]} {words[-1][0]}", f"{words[0]} {words[1][0]}", f"{words[0][0]} {' '.join(words[1:])}"}
        yield from (Link(key, short, SpellingReason.SHORTENED) for short in sorted(shorter & keys.keys() - {key}))


def _fulls(keys: Iterable[str]) -> Iterator[str]:
    """Names of two to six words, the first and last more than a letter."""
    for key in keys:
        words = key.split()
        if 1 < len(words) <= _MOST_WORDS and len(words[0]) > 1 and len(words[-1]) > 1:
            yield key
