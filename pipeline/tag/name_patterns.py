"""Names as spans of a line.

The word lists of data/, read once.

Patterns of names over the words of lines: each word becomes a sign for all that it is, each pattern a regex of them.

One sign per combination of word lists and word shapes keeps every pattern a plain regular expression, which Python
searches about ten times as fast as spaCy's Matcher asks each token the same questions.

The shapes and patterns of data/names.toml, and matchers that meet known names again.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher

from pipeline.analysis_records import Label
from pipeline.text import data_lines, data_table


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a line: `text[start:end]`."""

    start: int
    end: int
    label: Label


Spot = Callable[[Sequence[str]], Sequence[Sequence[Name]]]
"""Lines of one event to the names that a model sees in each, in code points of that line, none overlapping another.

As many answers as lines, in their order. Lines come as `text.mask_unreadable` leaves them: marks are spaces, and each
character of an address is U+001A. Names of all six labels are welcome; the rules add theirs.
"""


@dataclass(frozen=True, slots=True)
class Tagger:
    """What spots names beside the rules; `name` is told in analysis.json and the report ("en_core_web_trf 3.8.0")."""

    name: str
    spot: Spot


def _nothing(texts: Sequence[str]) -> Sequence[Sequence[Name]]:
    return [()] * len(texts)


RULES = Tagger("rules", _nothing)
"""No model: the rules do it alone."""


def without_overlap(names: Iterable[Name]) -> list[Name]:
    """Names of a line to the longest of those that overlap, the first of equals, in reading order."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.start - name.end, name.start)):
        at = bisect_left(kept, name.start, key=lambda other: other.start)
        if (at == 0 or kept[at - 1].end <= name.start) and (at == len(kept) or name.end <= kept[at].start):
            kept.insert(at, name)
    return kept


def stands_free(text: str, start: int, end: int) -> bool:
    """Whether it is no part of a longer word: "js-example", "example.org", "#example"."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    joined_before = before[-1:] and before[-1] in "-_.#&+@" and (before[-1] in "#@" or before[:1].isalnum())
    joined_after = after[:1] and after[0] in "-_.&+" and after[1:].isalnum()
    return not (joined_before or joined_after or before[-1:].isalnum() or after[:1].isalnum())


def vocabulary() -> dict[str, Any]:
    """Return data/names.toml: word lists, patterns and exceptions of the rules for names."""
    return data_table("names.toml")


@cache
def common_words() -> frozenset[str]:
    """English words that are no names when they open a line with a capital."""
    return frozenset(data_lines("common_words.txt"))


@cache
def first_names() -> dict[str, bool]:
    """Given names; True for those that are nothing else, False for those that are also words or places."""
    return {line.removesuffix(" ?"): not line.endswith(" ?") for line in data_lines("first_names.txt")}


@cache
def given_names() -> frozenset[str]:
    """Return the given names of `first_names` in lower case."""
    return frozenset(name.lower() for name in first_names())


@cache
def known_names() -> dict[str, tuple[str, str]]:
    """Surface form to its label and main form: places, and what known_names.txt lists."""
    known = {place: ("PLACE", place) for place in places()}
    for line in data_lines("known_names.txt"):
        label, _, forms = line.partition("\t")
        written = forms.split(" = ")
        known.update(dict.fromkeys(written, (label, written[0])))
    return known


@cache
def places() -> tuple[str, ...]:
    """Countries, regions and large cities."""
    return tuple(data_lines("places.txt"))


@cache
def place_words() -> frozenset[str]:
    """Return the words of all places in lower case."""
    return frozenset(word for place in places() for word in place.lower().split())


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


_CAMEL = re.compile(r"(?!.*[a-z][A-Z][a-z][A-Z])[A-Za-z]{0,20}[a-z][A-Z][A-Za-z0-9]{1,20}")
_CAMELCON = re.compile(r"[A-Z][A-Za-z]{0,20}[a-z]Con(?:f|ference)?")
_SURNAME = re.compile(r"[^\W\d_](?=[^\W\d_])(?:[^\W\d_]|['’.-](?=\w))+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ANY_CASE = frozenset({"dot", "of", "article", "inner", "particle", "title", "speaks", "where"})
"""Word lists that hold in lower case too."""


@cache
def tokenizer() -> Language:
    """What cuts lines into words, for the rules."""
    nlp = spacy.blank("xx")
    nlp.max_length = 10_000_000
    return nlp


@cache
def known_finder() -> PhraseMatcher:
    """The matcher of well-known names."""
    return phrases(known_names())


def phrases(forms: Iterable[str]) -> PhraseMatcher:
    """Names to a matcher that meets them again in any case."""
    nlp = tokenizer()
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("form", [nlp.make_doc(form) for form in forms])
    return matcher


@cache
def shapes() -> Shapes:
    """What a word can be, as the patterns of names.toml name it."""
    lists = vocabulary()["words"]
    listed: defaultdict[str, set[str]] = defaultdict(set)
    for name, words in lists.items():
        for word in words:
            listed[word].add(name)
    return Shapes(
        listed={word: frozenset(names) for word, names in listed.items()},
        capital=frozenset(lists.keys() - _ANY_CASE),
        shaped=_shaped(),
    )


def _shaped() -> dict[str, Callable[[str], bool]]:
    never, names = frozenset(vocabulary()["words"]["never"]), first_names()
    no_last = never | {word for name in ("event_end", "no_last") for word in vocabulary()["words"][name]}
    no_acronym = frozenset(vocabulary()["nobody"]["acronyms"])

    def rare(word: str) -> bool:
        return word.isalpha() and _begins_capitalised(word) and word[1:].islower() and _is_rare(word)

    return {
        "cap": lambda word: word[0].isupper() and word.lower() not in never,
        "surname": lambda word: (
            _begins_capitalised(word) and _SURNAME.fullmatch(word) is not None and word.lower() not in no_last
        ),
        "rare": rare,
        "rare_last": lambda word: rare(word) and word.lower() not in no_last,
        "initial": lambda word: word[0].isupper() and word[1:] in ("", ".") and word not in ("A", "I"),
        "camel": lambda word: _CAMEL.fullmatch(word) is not None,
        "camelcon": lambda word: _CAMELCON.fullmatch(word) is not None,
        "acronym": lambda word: word[:2].isupper() and word[:2].isalpha() and len(word) > 1 and word not in no_acronym,
        "year": lambda word: _YEAR.fullmatch(word) is not None,
        "first": lambda word: word in names,
        "first_sure": lambda word: names.get(word, False),
    }


def _begins_capitalised(word: str) -> bool:
    return word[0].isupper() and word[1:2].isalpha() and not word[1].isupper()


def _is_rare(word: str) -> bool:
    return word.lower() not in common_words() and word.lower() not in vocabulary()["words"]["never"]
