"""Kinds, owners and deadlines in notes of a language: the cases of tests/cases/tag/facts, tagged as one event each.

Run as a module to print how many facts of each kind are found and right in some of the files.
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
    return [one.name for one in tagged(file).entities if one.label is Label.DATE ]


def _report(file: str) -> None:
    pairs = list(zip(lines(file), segments(file), strict=True))
    for kind in _FACTS:
        found = [line for line, segment in pairs if segment.kind is kind]
        wanted = sum(line.kind == kind for line, _ in pairs)
        print(f"{file}: {kind}: found {len(found)}, right {sum(line.kind == kind for line in found)} of {wanted}")
    for key in ("owner", "due"):
        values = [(line.facts.get(key), getattr(segment, key)) for line, segment in pairs]
        found_, right = sum(is_ is not None for _, is_ in values), sum(want == is_ is not None for want, is_ in values)
        print(f"{file}: {key}: found {found_}, right {right} of {sum(want is not None for want, _ in values)}")


def main(names: list[str]) -> None:
    """Print what is found in the files `names`, and each line that differs from its label."""
    for file in names or files():
        _report(file)
        if "held-out" in file:
            continue
        for line, segment in zip(lines(file), segments(file), strict=True):
            facts = {key: getattr(segment, key) for key in ("owner", "due") if getattr(segment, key)}
            if segment.kind != line.kind or facts != line.facts:
                print(f"   {line.where.partition(':')[2]} {line.kind} {line.facts} but {segment.kind} {facts}: {line.text}")
        print("   dates:", "; ".join(dates(file)))


if __name__ == "__main__":
    main(sys.argv[1:])
