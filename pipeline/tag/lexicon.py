"""The word lists of data/, read once."""

from functools import cache
from pathlib import Path

_LISTS = Path(__file__).parent / "data"


@cache
def common_words() -> frozenset[str]:
    """English words that are no names when they open a line with a capital."""
    return frozenset(_lines("common_words.txt"))


@cache
def first_names() -> dict[str, bool]:
    """Given names; True for those that are nothing else, False for those that are also words or places."""
    return {line.removesuffix(" ?"): not line.endswith(" ?") for line in _lines("first_names.txt")}


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


def _lines(name: str) -> list[str]:
    text = (_LISTS / name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]
