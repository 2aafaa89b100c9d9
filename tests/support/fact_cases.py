"""Kinds, owners and deadlines in notes of a language: the cases of tests/cases/tag/facts, tagged as one event each.

Run as a module with the names of files, or none for all, to print how many facts are found and right.
"""

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from pipeline.segment_records import Kind, Label, Segment
from pipeline.tag import Tagged, tag
from tests.support.tag_cases import CASES, lines_of, make_boilerplate, make_segment

EVENT = dt.date(2026, 5, 9)
_FACTS = (Kind.ACTION, Kind.DECISION, Kind.QUESTION)


@dataclass(slots=True)
class Line:
    """A line of notes and what a careful reader makes of it."""

    where: str
    kind: str
    text: str
    heading: str
    cause: str
    facts: dict[str, str] = field(default_factory=dict)


def files() -> list[str]:
    """Return the names of the case files: the language, behind "held-out-" for lines kept apart from the rules."""
    return sorted(path.stem for path in (CASES / "facts").glob("*.txt"))


@cache
def lines(file: str) -> tuple[Line, ...]:
    """Return the lines of a file in order, with the owner and the deadline that follow them."""
    return tuple(_lines(file))


def _lines(file: str) -> Iterator[Line]:
    heading, line = "", None
    for where, cause, text in lines_of("facts", file):
        key, _, value = text.partition(": ")
        if text.startswith("="):
            heading = text[1:].strip()
        elif key in ("owner", "due") and line:
            line.facts[key] = value
        elif text and key not in ("present", "dates"):
            line = Line(where, key, value, heading, cause)
            yield line


def header(file: str, key: str) -> str:
    """Return what a file says under `present` (the line with the attendees) or `dates` (parted by "; ")."""
    return next((text.partition(": ")[2] for _, _, text in lines_of("facts", file) if text.startswith(f"{key}: ")), "")


@cache
def tagged(file: str) -> Tagged:
    """Tag the lines of a file as one event."""
    language = file.removeprefix("held-out-")
    notes = [
        make_segment(number, line.text, headings=(line.heading,) if line.heading else (), language=language)
        for number, line in enumerate(lines(file), 1)
    ]
    return tag([make_boilerplate(0, header(file, "present")), *notes], EVENT)


def segments(file: str) -> tuple[Segment, ...]:
    """Return the tagged segments in the order of `lines`."""
    return tagged(file).segments[1:]


def dates(file: str) -> list[str]:
    """Return the dates that are found, in order of first mention."""
    return [one.name for one in tagged(file).entities if one.label is Label.DATE]


def facts_of(segment: Segment) -> dict[str, str]:
    """Return the owner and the deadline of a segment, as far as it has them."""
    return {key: value for key, value in (("owner", segment.owner), ("due", segment.due)) if value}


def report(file: str) -> list[str]:
    """Return how many facts of each kind are found in a file, and how many of them are right."""
    pairs = list(zip(lines(file), segments(file), strict=True))
    counts = {
        str(kind): [(line.kind == kind or None, segment.kind is kind or None) for line, segment in pairs]
        for kind in _FACTS
    } | {
        key: [(line.facts.get(key), facts_of(segment).get(key)) for line, segment in pairs] for key in ("owner", "due")
    }
    return [
        f"{file}: {name}: found {sum(is_ is not None for _, is_ in values)}, "
        f"right {sum(is_ == want is not None for want, is_ in values)} of {sum(want is not None for want, _ in values)}"
        for name, values in counts.items()
    ]


if __name__ == "__main__":
    for each in sys.argv[1:] or files():
        print(*report(each), sep="\n")  # noqa: T201 - a tool for the terminal
