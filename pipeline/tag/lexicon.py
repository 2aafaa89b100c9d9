"""The word lists of data/, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LISTS = Path(__file__).parent / "data"


@cache
def vocabulary() -> dict[str, Any]:
    """Return data/names.toml: word lists, patterns and exceptions of the rules for names."""
    return tomllib.loads((LISTS / "names.toml").read_text(encoding="utf-8"))


@cache
def common_words() -> frozenset[str]:
    """English words that are no names when they open a line with a capital."""
    return frozenset(_lines("common_words.txt"))


@cache
def first_names() -> dict[str, bool]:
    """Given names; True for those that are nothing else, False for those that are also words or places."""
    return {line.removesuffix(" ?"): not line.endswith(" ?") for line in _lines("first_names.txt")}


@cache
def given_names() -> frozenset[str]:
    """Return the given names of `first_names` in lower case."""
    return frozenset(name.lower() for name in first_names())


@cache
def known_names() -> dict[str, tuple[str, str]]:
    """Surface form to its label and main form: places, and what known.txt lists."""
    known = {place: ("PLACE", place) for place in places()}
    for line in _lines("known.txt"):
        label, _, forms = line.partition("\t")
        written = forms.split(" = ")
        known.update(dict.fromkeys(written, (label, written[0])))
    return known


@cache
def places() -> tuple[str, ...]:
    """Countries, regions and large cities."""
    return tuple(_lines("places.txt"))


@cache
def place_words() -> frozenset[str]:
    """Return the words of all places in lower case."""
    return frozenset(word for place in places() for word in place.lower().split())


def _lines(name: str) -> list[str]:
    text = (LISTS / name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]
