"""The date cases of Microsoft's Recognizers-Text, by kind, and which of them the pipeline passes."""

import datetime as dt
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.tag.date_expressions import find_dates
from pipeline.tag.date_resolution import resolve

ROOT = Path(__file__).resolve().parents[2]
SPECS = ROOT.parent / "shared" / "data" / "dates"
KINDS = ROOT / "tests" / "cases" / "tag" / "dates" / "recognizers-kinds.toml"
FILES = ("DateParser", "DatePeriodParser")
NO_DAY = "0001-01-01"
"""What the specification gives for 30 February."""

DEFAULT_DAY = "2019-06-30T00:00:00"
"""The reference date of the two cases that do not depend on it."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    notes: bool
    exclusive: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Case:
    """A line, the expression `text[start:end]` in it, and the days that it stands for; None for a date without days.

    Where a case has two resolutions the future one counts: a next step lies ahead. `start` is None if the line contains
    no date.
    """

    file: str
    number: int
    text: str
    today: dt.date
    start: int | None
    end: int
    days: tuple[dt.date, dt.date] | None
    kind: str
    notes: bool

    @property
    def tuned(self) -> bool:
        """Whether the case was looked at while the rules were written: those of even numbers, from 0, in file order."""
        return self.number % 2 == 0


def cases() -> list[Case]:
    """Return all cases of the two files, each with its kind."""
    kinds = [
        Kind(raw["name"], raw["notes"], raw.get("end") == "after", re.compile(raw["pattern"]))
        for raw in tomllib.loads(KINDS.read_text(encoding="utf-8"))["kind"]
    ]
    return [
        _case(file, number, raw, kinds)
        for file in FILES
        for number, raw in enumerate(json.loads((SPECS / f"{file}.json").read_text(encoding="utf-8-sig")))
    ]


def passes(case: Case) -> bool:
    """Return whether exactly one date is found in the expression, and stands for exactly those days."""
    found = find_dates(case.text, "en")
    if case.start is None:
        return not found
    overlapping = [date for date in found if date.start < case.end and case.start < date.end]
    if len(overlapping) != 1:
        return False
    days = resolve(overlapping[0], case.today)
    return (None if days is None else (days.first, days.last)) == case.days


def _case(file: str, number: int, raw: dict[str, Any], kinds: list[Kind]) -> Case:
    today = dt.datetime.fromisoformat(raw.get("Context", {}).get("ReferenceDateTime", DEFAULT_DAY)).date()
    text = raw["Input"]
    if not raw["Results"]:
        period = file == "DatePeriodParser"
        name = "a date, but no period" if period else "no date"
        return Case(file, number, text, today, None, 0, None, name, not period)
    result = raw["Results"][0]
    expression = result["Text"].casefold()
    kind = next(kind for kind in kinds if kind.pattern.search(expression))
    start = text.casefold().index(expression)
    days = _days(result["Value"].get("FutureResolution") or {}, exclusive=kind.exclusive)
    return Case(file, number, text, today, start, start + len(expression), days, kind.name, kind.notes)


def _days(value: dict[str, str], *, exclusive: bool) -> tuple[dt.date, dt.date] | None:
    first, last = value.get("date") or value.get("startDate"), value.get("date") or value.get("endDate")
    if first is None or last is None or first == NO_DAY:
        return None
    end = dt.date.fromisoformat(last)
    return dt.date.fromisoformat(first), end - dt.timedelta(days=1) if exclusive and "endDate" in value else end
