"""Words of the curation page and of decisions that are not in the gettext catalogue yet."""

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import cast

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
"""Beside the package, wherever the program is started from."""

_STRINGS = tomllib.loads((TEMPLATES / "strings.toml").read_text(encoding="utf-8"))


def strings(table: str) -> MappingProxyType[str, str]:
    """A table of strings.toml."""
    return MappingProxyType(cast("dict[str, str]", _STRINGS[table]))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 line`, `1,204 lines`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def strength(raised: int, groups: int, clear: int) -> str:
    """By how many of the groups that wrote anything: `5 of 8 groups`; never a percentage of so few.

    Fewer that are `clear` about it are told apart: `5 of 8 groups, 3 clearly`.
    """
    return f"{raised} of {out_of(raised, groups, clear)}"


def out_of(raised: int, groups: int, clear: int) -> str:
    """What stands after the number of groups that raised a concern: `8 groups`, or `8 groups, 3 clearly`."""
    return count(groups, "group") + ("" if clear >= raised else f", {clear or 'none'} clearly")


def listed(names: tuple[str, ...]) -> str:
    """`Water, Soil and Bees`."""
    *first, last = names or ("",)
    return f"{', '.join(first)} and {last}" if first else last
