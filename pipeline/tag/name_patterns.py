"""What names look like in notes: spans, word lists, classes of words, and the places where notes put people.

All of it looks at a single line; `pipeline.tag.name_finding` combines the lines of an event.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipeline.segment_records import Label
from pipeline.text import FILLER, data_lines, data_table, is_stop_word


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a line: `text[start:end]`."""

    start: int
    end: int
    label: Label


Spot = Callable[[Sequence[str]], Sequence[Sequence[Name]]]
"""Returns the names that a model predicts in each line of an event, in code points of the line, without overlap.

There is one result per line, in the same order. Lines are as `text.mask_unreadable` returns them: marks are spaces, and
each character of an address is U+001A. Names may have any label; the rules add theirs.
"""


@dataclass(frozen=True, slots=True)
class Tagger:
    """A model that finds names besides the rules; the report shows its `name`, such as "en_core_web_trf 3.8.0".

    `languages` (ISO 639-1) are those that it was made for, if what it finds elsewhere is not to be relied on.
    """

    name: str
    spot: Spot
    languages: frozenset[str] | None = None


RULES = Tagger("rules", lambda texts: [()] * len(texts))
"""No model: only the rules find names."""


class Candidate(NamedTuple):
    """A span that may be a name, and its votes: `ENOUGH` of them, of one event, make its spelling a name."""

    name: Name
    votes: int


ENOUGH = 6


def without_overlap(names: Iterable[Name]) -> list[Name]:
    """Return the longest of the names of a line that overlap, the first of equals, in reading order."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.start - name.end, name.start)):
        place = bisect_left(kept, name.start, key=lambda other: other.start)
        if (place == 0 or kept[place - 1].end <= name.start) and (place == len(kept) or name.end <= kept[place].start):
            kept.insert(place, name)
    return kept


def stands_free(text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` is not part of a longer word: "js-example", "example.org", "#example"."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    joined_before = before[-1:] and before[-1] in "-_.#&+@" and (before[-1] in "#@" or before[:1].isalnum())
    joined_after = after[:1] and after[0] in "-_.&+" and after[1:].isalnum()
    return not (joined_before or joined_after or before[-1:].isalnum() or after[:1].isalnum())


# Word lists


@cache
def listed(table: str, name: str) -> frozenset[str]:
    """Return the words of a list in data/names.toml, such as "title" in the table "words"."""
    return frozenset(data_table("names.toml")[table][name])


@cache
def common_words() -> frozenset[str]:
    """Return English words in lower case that are no names where a capital opens a line with them."""
    return frozenset(data_lines("common_words.txt"))


@cache
def first_names() -> dict[str, bool]:
    """Return given names; True for those that are nothing else, False for those that are also words or places."""
    return {line.removesuffix(" ?"): not line.endswith(" ?") for line in data_lines("first_names.txt")}


@cache
def given_names() -> frozenset[str]:
    """Return the given names of `first_names` in lower case."""
    return frozenset(name.lower() for name in first_names())


@cache
def known_names() -> dict[str, tuple[Label, str]]:
    """Return the label and the main spelling of each spelling in places.txt and known_names.txt."""
    known = {place: (Label.PLACE, place) for place in data_lines("places.txt")}
    for line in data_lines("known_names.txt"):
        label, _, spellings = line.partition("\t")
        main, *others = spellings.split(" = ")
        known.update(dict.fromkeys((main, *others), (Label(label), main)))
    return known


@cache
def place_words() -> frozenset[str]:
    """Return the words of all places in lower case."""
    return frozenset(word for place in data_lines("places.txt") for word in place.lower().split())


# Classes of words

_CAMEL = re.compile(r"(?!.*[a-z][A-Z][a-z][A-Z])(?![a-z]{2,20}[A-Z][a-z])[A-Za-z]{0,20}[a-z][A-Z][A-Za-z0-9]{1,20}")
"""CamelCase as products are written ("OpenRefine", "macOS", "gRPC"), not as code is ("lineCount")."""

_CAMELCON = re.compile(r"[A-Z][A-Za-z]{0,20}[a-z](?:Con(?:f|ference)?|Fest|Days|Camp|Summit)")
_EDITION = re.compile(
    r"(?P<numbered>[A-Z]{4,12})\d{1,2}(?:\.\d)?"
    r"|(?P<dated>[A-Z][A-Za-z]{0,12}[A-Z])(?:[0-2]\d|(?:19|20)\d\d)"
    r"|(?P<shortened>[A-Z][A-Za-z]{1,14})['’]\d\d"
    r"|(?P<spaced>\w{3,30}) (?:19|20)\d\d"
)
"""An event of a series with its number or year: "WSHED4", "RSE17", "SHED'18", "ShedCon 2018"."""

_SURNAME = re.compile(r"[^\W\d_](?=[^\W\d_])(?:[^\W\d_]|['’.-](?=\w))+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TWO_DIGITS = re.compile(r"\d\d")
_ADJECTIVE = re.compile(r"\w{3,}(?:ians?|ean|ese|ish)")
"""A people or what belongs to it ("Italian", "Japanese"): capitalised in English, and no name."""


@cache
def any_case() -> frozenset[str]:
    """Return the word lists of data/names.toml that contain a word in lower case too; the others need a capital."""
    return frozenset(data_table("names.toml")["any_case"])


@cache
def word_classes() -> dict[str, Callable[[str], bool]]:
    """Return a test for each class of words that data/names.toml names: its word lists and shapes of words."""
    never, names = listed("words", "never"), first_names()
    no_topic = never | listed("words", "no_topic")
    no_last = never.union(*(listed("words", name) for name in ("event_end", "no_last", "title")))
    places, events = _known_as(Label.PLACE), _known_as(Label.EVENT)
    return {name: _list_test(name) for name in data_table("names.toml")["words"]} | {
        "cap": lambda word: word[0].isupper() and word.lower() not in never,
        "surname": lambda word: (
            _begins_capitalised(word) and _SURNAME.fullmatch(word) is not None and word.lower() not in no_last
        ),
        "rare": _is_rare,
        "rare_last": lambda word: _is_rare(word) and word.lower() not in no_last,
        "initial": lambda word: word[0].isupper() and word[1:] in ("", ".") and word not in ("A", "I"),
        "camel": _is_camel,
        "camelcon": lambda word: _CAMELCON.fullmatch(word) is not None,
        "acronym": _is_acronym,
        "coined_caps": _is_coined_capitals,
        "coined": lambda word: _is_unknown(word) or _is_coined_capitals(word),
        "unknown": _is_unknown,
        "everyday": lambda word: (
            _begins_capitalised(word) and word.lower() in common_words() and word.lower() not in never
        ),
        "part": lambda word: word.isalpha() and len(word) > 1,
        "topic": lambda word: word[0].isupper() and word.isalpha() and word.lower() not in no_topic,
        "edition": _is_edition,
        "known_event": lambda word: word in events,
        "place_word": lambda word: word in places,
        "year": lambda word: _YEAR.fullmatch(word) is not None,
        "two_digits": lambda word: _TWO_DIGITS.fullmatch(word) is not None,
        "first": lambda word: word in names,
        "first_sure": lambda word: names.get(word, False),
    }


def _list_test(name: str) -> Callable[[str], bool]:
    words, lower = listed("words", name), name in any_case()
    return lambda word: (lower or word[0].isupper()) and word.lower() in words


@cache
def _known_as(label: Label) -> frozenset[str]:
    return frozenset(name for name, (known, _) in known_names().items() if known is label)


def _begins_capitalised(word: str) -> bool:
    return word[0].isupper() and word[1:2].isalpha() and not word[1].isupper()


def _is_rare(word: str) -> bool:
    capitalised = word.isalpha() and _begins_capitalised(word) and word[1:].islower()
    return capitalised and word.lower() not in common_words() and word.lower() not in listed("words", "never")


def _is_unknown(word: str) -> bool:
    """Return whether a word may be a name that is in no list: neither a word, a people, a person nor a known name."""
    known = word in first_names() or word in known_names()
    return _is_rare(word) and not known and _ADJECTIVE.fullmatch(word) is None


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word[:2].isupper() and word[:2].isalpha() and word not in listed("excluded", "acronyms")


def _is_camel(word: str) -> bool:
    return _CAMEL.fullmatch(word) is not None and word not in listed("excluded", "camel")


def _is_coined_capitals(word: str) -> bool:
    return (_is_acronym(word) or _is_camel(word)) and word.isalpha() and word not in known_names()


def series_of(spelling: str) -> str | None:
    """Return the series of which a spelling names an edition: "WSHED" of "WSHED4", "ShedCon" of "ShedCon 2018"."""
    edition = _EDITION.fullmatch(spelling)
    return next(filter(None, edition.groups()), None) if edition else None


def _is_edition(word: str) -> bool:
    series = series_of(word)
    usual = listed("excluded", "acronyms") | _known_as(Label.PRODUCT)
    return series is not None and usual.isdisjoint((word, series))


# Patterns of classes

_ITEM = re.compile(r"(\w+)([?*+]?)")
REQUIRED = ("", "+")
"""Marks of a class of which a match has at least one word."""


@cache
def name_patterns() -> tuple[list[tuple[str, str]], ...]:
    """Return the patterns of data/names.toml, each as its classes of words with their marks: "", "?", "*" or "+"."""
    return tuple(_ITEM.findall(pattern["tokens"]) for pattern in data_table("names.toml")["patterns"])


def first_classes(pattern: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the classes of which the first word of a match may be."""
    for name, times in pattern:
        yield name
        if times in REQUIRED:
            return


# Places where notes put people

_HANDLE = re.compile(r"(?<![\w/.])@[^\W\d_](?:[\w-]{0,38}\w)?")
_PERSON = r"@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,2}"
_BULLET = r"[\s\-–—•*>+']{0,8}"
"""What may precede a name or a label: marks of lists, and MediaWiki's quotes for bold."""

_SPEAKER = re.compile(rf"{_BULLET}(?P<who>{_PERSON})\s?:\s(?!\d)")
_BRACKETS = re.compile(r"\((?P<who>[^()]{2,80})\)")
_SEPARATOR = re.compile(r"\s?[,;/&+]\s?|\s(?:and|y|e|et|und|i)\s", re.IGNORECASE)
_GAP = re.compile(r"\s{2,}")
_NAME = re.compile(_PERSON)

_SLOT_VOTES = 3
"""Votes of speakers and brackets, which need each other, or another of their kind; a list of people is enough."""


def person_slots(text: str, *, is_foreign: bool = False) -> Iterator[Candidate]:
    """Yield the places of a masked line where people stand: "@ana", "Present: Ana, Ben", "Ana: …", "… (Ana, Ben)".

    Words in lower case have no votes: they are a name if another line of the event says so. Neither have speakers and
    brackets in a foreign language, whose everyday words are not known here: a label ends in a colon, too.
    """
    votes = 0 if is_foreign else _SLOT_VOTES
    for handle in _HANDLE.finditer(text):
        yield Candidate(Name(*handle.span(), Label.PERSON), ENOUGH)
    list_start = _people_list().match(text)
    if list_start:
        items = list(_items(text, list_start.end(), len(text), is_list=True))
        if is_foreign and _lists_places(item for _, item in items):
            return
        people = (item for item in items if _may_be_person(item[1], in_list=True))
        yield from _candidates((one for one in people if not (is_foreign and _is_nobody(one[1]))), ENOUGH)
        return
    speaker = _SPEAKER.match(text)
    if speaker and _may_be_person(speaker["who"]):
        yield from _candidates([(speaker.start("who"), speaker["who"])], votes)
    for brackets in _BRACKETS.finditer(text):
        before = text[: brackets.start()].split()[-1:]
        if not before or before[0] in first_names():
            continue  # "(aside) …", and "Ana (Example Network)"
        names = list(_items(text, *brackets.span("who"), is_list=False))
        if all(_may_be_person(name) for _, name in names):
            yield from _candidates(names, votes)


def _candidates(items: Iterable[tuple[int, str]], votes: int) -> Iterator[Candidate]:
    for start, item in items:
        if not item.startswith("@"):  # handles are candidates wherever they stand
            yield Candidate(Name(start, start + len(item), Label.PERSON), votes if item[0].isupper() else 0)


def _items(text: str, start: int, end: int, *, is_list: bool) -> Iterator[tuple[int, str]]:
    """Yield the start and the text of each name between commas, slashes and "and", without dates and numbers."""
    for separator in [*_SEPARATOR.finditer(text, start, end), None]:
        whole = text[start : separator.start() if separator else end]
        item = _listed_name(whole) if is_list else whole.strip()
        if item and not any(map(str.isdecimal, item)) and item.casefold() not in listed("excluded", "dates"):
            yield start + whole.index(item), item
        start = separator.end() if separator else end


def _listed_name(item: str) -> str:
    """Return the name that begins an item of a list: "Ana" of "Ana from Example (remote)", "sen" of "sen"."""
    words = _GAP.split(item.split("(", maxsplit=1)[0].strip(f" .:\t{FILLER}"))[0].split(" ")
    particles = listed("words", "particle")
    ends = [place for place, word in enumerate(words) if place and word[:1].islower() and word not in particles]
    return " ".join(words[: ends[0]] if ends else words)


def _may_be_person(text: str, *, in_list: bool = False) -> bool:
    """Return whether a text can be a person's name; in a list of people even an everyday word can ("Salt")."""
    if not _NAME.fullmatch(text) or text.casefold() in listed("excluded", "words") or _is_institution(text):
        return False
    if text.startswith("@") or text in first_names():
        return True
    if text in listed("excluded", "camel"):
        return False
    words = text.split()
    if len(words) == 1:
        shouted = text.isupper() and len(text) > 1  # "here as a person, NOT as a speaker"
        return text.casefold() not in common_words() or (in_list and not shouted)
    usual = any(word.casefold() in common_words() or word.isupper() for word in words)
    return sum(word[0].isupper() for word in words) > 1 and (words[0] in first_names() or not usual)


def _is_nobody(item: str) -> bool:
    """Return whether an item of a list is a stop word or the word for a role ("Studierende") in some language."""
    words = item.casefold().split()
    usual = any(is_stop_word(word) or word in listed("excluded", "roles") for word in words)
    return usual and item.split(maxsplit=1)[0] not in first_names()


def _lists_places(items: Iterable[str]) -> bool:
    """Return whether a list of who was there names places and institutions rather than people."""
    named = list(items)
    institutions = sum(item in known_names() or _is_institution(item) for item in named)
    return institutions > sum(item.split()[0] in first_names() for item in named)


def _is_institution(text: str) -> bool:
    """Return whether a name begins with the word for an institution: "Uni Bonn", "Fondation des Tilleuls"."""
    first, *others = text.casefold().split()
    return bool(others) and first in listed("words", "org_head")


@cache
def _people_list() -> re.Pattern[str]:
    words = "|".join(data_table("names.toml")["slots"]["people"])
    return re.compile(rf"{_BULLET}(?:\w{{1,20}}\s)?(?:{words})(?:\s?\([^()]{{0,20}}\))?\s?:[\s']{{0,5}}", re.IGNORECASE)
