"""The case files of tests/cases/tag, in the formats that their README describes, and segments for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from fetch.corpus_records import PadId
from pipeline.segment_records import LineNo, LineRole, Segment, SegmentId
from pipeline.text import checkbox_state

CASES = Path(__file__).parents[1] / "cases" / "tag"
FILES = ("in-the-wild", "synthetic", "negative", "known-failures")


def make_segment(number: int, text: str, **more: object) -> Segment:
    """Return a segment of an invented pad, on line `number`; `more` are fields of Segment."""
    fields: dict[str, object] = {
        "pad_id": PadId("garden"),
        "group": "Garden",
        "language": "en",
        "checkbox": checkbox_state(text),
        **more,
    }
    line = LineNo(number)
    return Segment(id=SegmentId(f"s{number}"), line=line, start=0, end=len(text), text=text, **fields)  # type: ignore[arg-type]


def make_boilerplate(number: int, text: str) -> Segment:
    """Return a segment that was set aside, such as a list of those present."""
    return make_segment(number, text, role=LineRole.BOILERPLATE)


@dataclass(slots=True)
class Block:
    """Lines of a case file up to an empty line, as pairs of key and value."""

    where: str
    cause: str
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]

    def first(self, key: str) -> str | None:
        return next(iter(self.all(key)), None)


def lines_of(folder: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the place, the cause (the comment above) and the text of each line that is no comment."""
    cause = ""
    for number, line in enumerate((CASES / folder / f"{name}.txt").read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("#"):
            cause = line.lstrip("# ")
        else:
            yield f"{folder}/{name}.txt:{number}", cause, line


def blocks_of(folder: str, name: str) -> Iterator[Block]:
    block: Block | None = None
    for where, cause, line in lines_of(folder, name):
        if not line.strip():
            block = None
            continue
        if block is None:
            block = Block(where, cause)
            yield block
        key, _, value = line.partition(":")
        block.pairs.append((key, value.strip()))


def param(value: object, where: str, cause: str) -> ParameterSet:
    """Return a parameter of a test, which is expected to fail if it is in known-failures.txt."""
    if "known-failures" not in where:
        return pytest.param(value, id=where)
    assert cause.startswith("cause: "), f"{where}: a known failure needs its cause in a comment above it"
    return pytest.param(value, id=where, marks=pytest.mark.xfail(strict=True, reason=cause))


def blocks(folder: str) -> list[ParameterSet]:
    """Return all blocks of a folder's four files as parameters."""
    return [param(block, block.where, block.cause) for name in FILES for block in blocks_of(folder, name)]
