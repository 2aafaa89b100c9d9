"""The report's English: templates/strings.toml, and how numbers and dates are said."""

import calendar
import datetime as dt
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


ABOUT = tuple(cast("list[str]", _STRINGS["about"]["text"]))
"""What the report is and is not, in paragraphs."""

MONTHS = tuple(cast("list[str]", _STRINGS["months"]))


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


def day(date: dt.date) -> str:
    """`3 May 2026`, in the report's language whatever the machine's is."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def deadline(first: dt.date, last: dt.date) -> str:
    """The days that a deadline names, both ends included: `3 May 2026`, `June 2026`, `July–September 2026`, `2030`.

    Days that are no whole months are told by the last, which counts: `by 20 June 2026`.
    """
    if first == last:
        return day(last)
    ends_a_month = last.day == calendar.monthrange(last.year, last.month)[1]
    if first.year != last.year or first.day != 1 or not ends_a_month:
        return f"by {day(last)}"
    if (first.month, last.month) == (1, len(MONTHS)):
        return str(last.year)
    names = dict.fromkeys((MONTHS[first.month - 1], MONTHS[last.month - 1]))
    return f"{'–'.join(names)} {last.year}"


def moment(iso: str) -> str:
    """`4 May 2026, 12:00 UTC` from ISO 8601 in UTC; what is no such time is left as it is."""
    try:
        when = dt.datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day(when.date())}, {when:%H:%M} UTC"


def listed(names: tuple[str, ...]) -> str:
    """`Water, Soil and Bees`."""
    *first, last = names or ("",)
    return f"{', '.join(first)} and {last}" if first else last
