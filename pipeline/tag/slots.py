"""Where notes put people: attendee lines, "Ana: …", "@ana", "(Ana, Ben)" after a task."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.tag.lexicon import common_words, first_names, vocabulary
from pipeline.tag.wording import FILLER

_HANDLE = re.compile(r"(?<![\w/.])@[^\W\d_](?:[\w-]{0,38}\w)?")
_SPEAKER = re.compile(r"^[\s\-–—•*>+]{0,8}(?P<who>@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,2})\s?:\s")
_BRACKETS = re.compile(r"\((?P<who>[^()]{2,80})\)")
_BETWEEN = re.compile(r"\s?[,;/&+]\s?|\s(?:and|y|e|et|und|i)\s", re.IGNORECASE)
_GAP = re.compile(r"\s{2,}")
_NAME = re.compile(r"^@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,2}$")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where a person may stand: `text[start:end]`; `kind` says which (list, speaker, brackets, handle)."""

    start: int
    end: int
    kind: str


def find_slots(text: str) -> Iterator[Slot]:
    """An unmarked line to the places in it where people stand, likely ones only."""
    for match in _HANDLE.finditer(text):
        yield Slot(match.start(), match.end(), "handle")
    listed = _people_line().match(text)
    if listed:
        yield from _items(text, listed.end(), len(text), "list")
        return
    speaker = _SPEAKER.match(text)
    if speaker and not text[speaker.end() : speaker.end() + 1].isdigit() and _is_name(speaker["who"]):
        yield Slot(speaker.start("who"), speaker.end("who"), "speaker")
    for brackets in _BRACKETS.finditer(text):
        before = text[: brackets.start()].split()[-1:]
        if not before or before[0] in first_names():
            continue  # "(aside) …", and "Ana (Example Network)"
        yield from _items(text, brackets.start("who"), brackets.end("who"), "brackets")


def _items(text: str, start: int, end: int, kind: str) -> Iterator[Slot]:
    """The names between commas, slashes and "and"; none of brackets in which something else stands too."""
    at, items = start, []
    for match in [*_BETWEEN.finditer(text, start, end), None]:
        stop = match.start() if match else end
        item = text[at:stop]
        shown = _name_in(item) if kind == "list" else item.strip()
        if shown and not any(sign.isdecimal() for sign in shown) and shown.casefold() not in _dates():
            items.append((at + item.index(shown), shown))
        at = match.end() if match else end
    if kind == "brackets" and not all(_is_name(shown) for _, shown in items):
        return
    for where, shown in items:
        if _is_name(shown, listed=kind == "list"):
            yield Slot(where, where + len(shown), kind)


def _name_in(item: str) -> str:
    """The name that an item of a list begins with: "Ana" of "Ana from Example (remote)", "sen" of "sen"."""
    words = _GAP.split(item.split("(", maxsplit=1)[0].strip(f" .:\t{FILLER}"))[0].split(" ")
    ends = [at for at, word in enumerate(words) if at and word[:1].islower() and word not in _particles()]
    return " ".join(words[: ends[0]] if ends else words)


def _is_name(text: str, *, listed: bool = False) -> bool:
    """Whether it can be a name; in a list of people even a word that means something ("Salt")."""
    if not _NAME.match(text) or text.casefold() in _nobodies():
        return False
    words = text.lstrip("@").split()
    capitals = [word for word in words if word[0].isupper()]
    if text.startswith("@"):
        return True
    if len(words) > 1:
        usual = any(word.casefold() in common_words() or word.isupper() for word in words)
        return len(capitals) > 1 and (words[0] in first_names() or not usual)
    everyday = text.casefold() in common_words()
    shouted = text.isupper() and len(text) > 1  # "here as a person, NOT as a speaker"
    return text in first_names() or not everyday or (listed and not shouted)


@cache
def _nobodies() -> frozenset[str]:
    return frozenset(vocabulary()["nobody"]["words"])


@cache
def _particles() -> frozenset[str]:
    return frozenset(vocabulary()["words"]["particle"])


@cache
def _dates() -> frozenset[str]:
    """Words of dates that stand beside names in brackets: "(Ana, Friday)"."""
    return frozenset(vocabulary()["nobody"]["dates"])


@cache
def _people_line() -> re.Pattern[str]:
    words = "|".join(vocabulary()["slots"]["people"])
    return re.compile(
        rf"^[\s\-–—•*>+]{{0,8}}(?:\w{{1,20}}\s)?(?:{words})(?:\s?\([^()]{{0,20}}\))?\s?:\s?", re.IGNORECASE
    )
