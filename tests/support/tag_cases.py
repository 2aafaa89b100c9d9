"""The case files of tests/cases/tag, read as their README describes them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from fetch.corpus_records import PadId
from pipeline.analysis_records import LineNo, LineRole, Segment, SegmentId

CASES = Path(__file__).parents[1] / "cases" / "tag"
FILES = ("in-the-wild", "synthetic", "negative", "known-failures")


def said(number: int, text: str, **more: object) -> Segment:
    """A segment of an invented pad; `more` are fields of Segment."""
    fields: dict[str, object] = {"pad_id": PadId("garden"), "group": "Garden", "language": "en", **more}
    line = LineNo(number)
    return Segment(id=SegmentId(f"s{number}"), line=line, start=0, end=len(text), text=text, **fields)  # type: ignore[arg-type]


@dataclass(slots=True)
class Block:
    """Lines of a case file up to an empty line, as pairs of what stands before and after the first colon."""

    where: str
    cause: str
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]

    def one(self, key: str) -> str | None:
        return next(iter(self.all(key)), None)


def lines_of(folder: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Place, cause (the comment above) and text of each line that is no comment."""
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
    """A parameter of a test, expected to fail where it stands in known-failures.txt."""
    if "known-failures" not in where:
        return pytest.param(value, id=where)
    assert cause.startswith("cause: "), f"{where}: a known failure needs its cause in a comment above it"
    return pytest.param(value, id=where, marks=pytest.mark.xfail(strict=True, reason=cause))


def blocks(folder: str) -> list[ParameterSet]:
    """All blocks of a folder's four files, as parameters."""
    found = [list(blocks_of(folder, name)) for name in FILES]
    return [param(block, block.where, block.cause) for each in found for block in each]


def aside(number: int, text: str) -> Segment:
    return said(number, text, role=LineRole.BOILERPLATE)
