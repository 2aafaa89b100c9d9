"""Decide which spellings of names refer to the same thing, and for what reason.

spelling -> key_of -> links between keys: stated ones, then likely ones -> Coreference

Spellings with the same key differ in case, accents and the like. A link is stated by event.toml, by the list of known
names or by a line that explains an acronym; it is likely if a rule suggests it and no other name fits.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import OSA

from pipeline.segment_records import Label, LineRole, Mention, Segment, SpellingReason
from pipeline.tag.name_patterns import Name, given_names

# Keys of spellings

_POSSESSIVE = re.compile(r"['’]s?$")
_LEADING = re.compile(r"^(?:the|el|la|los|las|le|les|der|die|das|dr|prof|mr|mrs|ms)\.?\s+", re.IGNORECASE)
_HYPHENS = re.compile(r"[\s.‐‑–-]+")


def without_possessive(text: str) -> str:
    """Return a name without a possessive ending: "Ana" for "Ana's"."""
    return _POSSESSIVE.sub("", text)


def without_accents(text: str) -> str:
    """Return a text without its accents: in NFKD, without combining characters."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


_NORMALIZATIONS: tuple[tuple[SpellingReason, Callable[[str], str]], ...] = (
    (SpellingReason.CASE, lambda text: " ".join(text.split()).casefold()),
    (SpellingReason.POSSESSIVE, without_possessive),
    (SpellingReason.HANDLE, lambda text: text.lstrip("@")),
    (SpellingReason.LEADING, lambda text: _LEADING.sub("", text)),
    (SpellingReason.HYPHEN, lambda text: _HYPHENS.sub(" ", text).strip()),
    (SpellingReason.ACCENTS, without_accents),
)
"""What does not distinguish names, in the order in which it is removed."""


def key_of(text: str) -> str:
    """Return a name without case, possessive, `@`, article, title, hyphens and accents."""
    for _, normalize in _NORMALIZATIONS:
        text = normalize(text) or text
    return text


def spelling_difference(spelling: str, other: str) -> SpellingReason:
    """Return the last normalization that two spellings with the same key need to become equal."""
    for reason, normalize in _NORMALIZATIONS:
        spelling, other = normalize(spelling) or spelling, normalize(other) or other
        if spelling == other:
            return reason
    return SpellingReason.ACCENTS


# Acronyms

_ACRONYM = r"(?P<acronym>[^\W\d_](?:[\w&+-]{0,12}[^\W_]))"
_SIGN = r"\s{0,4}(?:[(/=:–—]|\s-\s|,?\s(?:aka|a\.k\.a\.|i\.e\.|or|short)\s)\s{0,4}"
"""What stands between a name and its acronym: "(", "/", "=", "aka" and the like."""

_AFTER = re.compile(rf"{_SIGN}{_ACRONYM}(?!\w)")
_BEFORE = re.compile(rf"(?<!\w){_ACRONYM}{_SIGN}(?:the\s)?$")
_MIN_CAPITALS = 2
_MAX_NAME = 160
"""Characters of the longest name that may have an acronym."""


def stands_for(acronym: str, full: str) -> bool:
    """Return whether `acronym` consists of letters of `full`, in order, beginning with its first letter.

    Letters are matched from the end backwards (Schwartz and Hearst 2003, "A simple algorithm for identifying
    abbreviation definitions in biomedical text").
    """
    if sum(char.isupper() for char in acronym) < _MIN_CAPITALS or not len(acronym) < len(full) < _MAX_NAME:
        return False
    letters, name = [char for char in acronym.casefold() if char.isalnum()], full.casefold()
    if acronym.casefold() in name.split():
        return False
    place = len(name)
    for letter in reversed(letters[1:]):
        place = name.rfind(letter, 0, place)
        if place < 1:
            return False
    return name[0] == letters[0]


def acronyms_beside(text: str, name: Name) -> Iterator[str]:
    """Yield the acronyms that a line gives for a name: "Northern Garden Foundation (NGF)", "NGF / Northern …"."""
    full = text[name.start : name.end]
    for match in (_AFTER.match(text, name.end), _BEFORE.search(text[max(0, name.start - 24) : name.start])):
        if match and stands_for(match["acronym"], full):
            yield match["acronym"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A mention of a name, with its segment, its text and the key of it."""

    segment: Segment
    mention: Mention
    text: str
    key: str

    @property
    def in_content(self) -> bool:
        """Whether the line was not set aside as boilerplate or a duplicate."""
        return self.segment.role is LineRole.CONTENT


Keys = Mapping[str, Sequence[Occurrence]]
"""The keys of one label in order of first mention, each with its occurrences."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two keys that refer to one thing; `full` is the fuller one if one is, `why` the reason for `short`."""

    full: str
    short: str
    why: SpellingReason


class Coreference:
    """Keys in clusters that each refer to one thing, and the links that joined them.

    `stated` links always hold; likely links never join two clusters that both contain one of the `distinct` keys.
    """

    def __init__(self, keys: Iterable[str], stated: Iterable[Link], distinct: Iterable[str]) -> None:
        self._clusters = {key: {key} for key in keys}
        self._distinct = frozenset(distinct)
        self._links: defaultdict[str, list[Link]] = defaultdict(list)
        for link in stated:
            self._join(link)

    def cluster(self, key: str) -> frozenset[str]:
        """Return all keys that refer to the same thing as `key`; the empty set for an unknown key."""
        return frozenset(self._clusters.get(key, ()))

    def paths_from(self, key: str) -> dict[str, tuple[str, Link]]:
        """Return for each other key of the cluster its neighbour on the way to `key`, and the link between them."""
        paths: dict[str, tuple[str, Link]] = {}
        reached = [key]
        for near in reached:  # breadth first: the list grows while it is iterated over
            for link in self._links[near]:
                far = link.short if link.full == near else link.full
                if far not in paths and far != key:
                    paths[far] = (near, link)
                    reached.append(far)
        return paths

    def join_likely(self, links: Iterable[Link]) -> None:
        """Join the keys of likely links, in their order."""
        for link in links:
            if any(self._distinct.isdisjoint(self._clusters[key]) for key in (link.full, link.short)):
                self._join(link)

    def _join(self, link: Link) -> None:
        full, short = (self._clusters.setdefault(key, {key}) for key in (link.full, link.short))
        if full is not short:
            full |= short
            self._clusters |= dict.fromkeys(short, full)
            self._links[link.full].append(link)
            self._links[link.short].append(link)


def resolve_coreference(label: Label, keys: Keys, stated: Iterable[Link], distinct: Iterable[str]) -> Coreference:
    """Return which keys of one label refer to the same thing, by `stated` links and then by likely ones."""
    coreference = Coreference(keys, stated, distinct)
    if label is Label.DATE:
        return coreference
    coreference.join_likely(_misspellings(keys))
    if label is Label.PERSON:
        # "Ana" and "Ana García" in one list of people, which was set aside, are two people.
        lists = {key: {each.segment.id for each in keys[key] if not each.in_content} for key in keys}
        for rule in (_without_middle, _shortened, _first_and_last):
            links = (link for link in rule(keys) if lists[link.full].isdisjoint(lists.get(link.short, ())))
            coreference.join_likely(_unambiguous(links, coreference))
    else:
        coreference.join_likely(_without_spaces(keys))
        coreference.join_likely(_unambiguous(_initials(keys), coreference))
    return coreference


def _unambiguous(links: Iterable[Link], coreference: Coreference) -> Iterator[Link]:
    """Yield links of short forms that fit one name only: with two people called Ana, "Ana" is neither."""
    by_short: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        if coreference.cluster(link.short):
            by_short[link.short].append(link)
    for candidates in by_short.values():
        if len({coreference.cluster(link.full) for link in candidates}) == 1:
            yield max(candidates, key=lambda link: len(link.full))


# Likely links

_SHORTEST_MISSPELT, _SHORTEST_INITIALS, _SHORTEST_JOINED = 5, 3, 6
"""Least letters of a misspelt word ("Team A" is not "Team B"), of initials that no line explains, and of a name that is
the same without its spaces ("Open Refine")."""

_MAX_WORDS = 6
"""Words of a person's name; what is longer is no name."""


def _misspellings(keys: Keys) -> Iterator[Link]:
    """Yield pairs of keys that differ in one letter; not two given names, and not what one line has side by side."""
    # The first letter of a word is seldom the wrong one (Kukich 1992, "Techniques for automatically correcting words
    # in text"), so only keys with the same initials are compared.
    by_initials: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        by_initials[" ".join(word[0] for word in key.split())].append(key)
    for key, other in (pair for group in by_initials.values() for pair in combinations(group, 2)):
        if OSA.distance(key, other, score_cutoff=1) != 1:  # a letter added, dropped, replaced or swapped with the next
            continue
        differing = [pair for pair in zip(key.split(), other.split(), strict=True) if pair[0] != pair[1]]
        is_long = len(differing) == 1 and min(map(len, differing[0])) >= _SHORTEST_MISSPELT
        if is_long and not any(char.isdecimal() for word in differing[0] for char in word):
            given = {key.split()[0], other.split()[0]}
            segments = [{occurrence.segment.id for occurrence in keys[each]} for each in (key, other)]
            if (len(given) == 1 or not given <= given_names()) and segments[0].isdisjoint(segments[1]):
                yield Link(key, other, SpellingReason.MISSPELT)


def _without_spaces(keys: Keys) -> Iterator[Link]:
    """Yield "Open Refine" and "OpenRefine"."""
    first: dict[str, str] = {}
    for key in keys:
        joined = key.replace(" ", "")
        if len(joined) >= _SHORTEST_JOINED and first.setdefault(joined, key) != key:
            yield Link(first[joined], key, SpellingReason.JOINED_UP)


def _initials(keys: Keys) -> Iterator[Link]:
    """Yield "Northern Garden Foundation" and "NGF"."""
    for key, occurrences in keys.items():
        initials = "".join(word[0] for word in occurrences[0].text.split() if word[0].isupper()).casefold()
        if len(initials) >= _SHORTEST_INITIALS and initials in keys and keys[initials][0].text.isupper():
            yield Link(key, initials, SpellingReason.INITIALS)


def _first_and_last(keys: Keys) -> Iterator[Link]:
    """Yield full names with their first and last names; "Jean-Loup" is a first name too."""
    one_word = {key for key, occurrences in keys.items() if " " not in occurrences[0].text}
    for key in keys:
        words = key.split()
        for cut in range(1, len(words) if len(words) <= _MAX_WORDS else 0):
            first, last = " ".join(words[:cut]), " ".join(words[cut:])
            if cut == 1 or first in one_word:
                yield Link(key, first, SpellingReason.FIRST_NAME)
            if cut == 1 or last == words[-1] or last in one_word:
                yield Link(key, last, SpellingReason.LAST_NAME)


def _without_middle(keys: Keys) -> Iterator[Link]:
    """Yield "Ana M. García" or "Ana García López" with "Ana García"."""
    several_words = {key for key, occurrences in keys.items() if " " in occurrences[0].text}
    for words in _full_names(keys):
        shorter = {f"{words[0]} {words[-1]}", *(" ".join(words[:end]) for end in range(2, len(words)))}
        for short in sorted(shorter & several_words - {" ".join(words)}):
            yield Link(" ".join(words), short, SpellingReason.MIDDLE)


def _shortened(keys: Keys) -> Iterator[Link]:
    """Yield "Ana García" with "Ana G." and "A. García"."""
    for words in _full_names(keys):
        first, last = words[0], words[-1]
        shorter = {f"{first} {last[0]}", f"{first} {words[1][0]}", f"{first[0]} {' '.join(words[1:])}"}
        for short in sorted(shorter & keys.keys() - {" ".join(words)}):
            yield Link(" ".join(words), short, SpellingReason.SHORTENED)


def _full_names(keys: Keys) -> Iterator[list[str]]:
    """Yield the words of names that have at least two, the first and the last of more than a letter."""
    for words in map(str.split, keys):
        if 1 < len(words) <= _MAX_WORDS and len(words[0]) > 1 and len(words[-1]) > 1:
            yield words
