"""The case files of tests/cases/segment/lines: what each line of a pad is (see the README beside them)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fetch.corpus_records import Pad
from pipeline.analysis_records import LineRole
from pipeline.segment import segment
from tests.support.builders import pad

CASES = Path(__file__).parents[2] / "cases" / "segment" / "lines"


@dataclass
class Case:
    """One event: its pads' lines with their roles, the prompts it names, the segments of its content."""

    title: str
    prompts: list[str] = field(default_factory=list)
    groups: list[tuple[str, list[str]]] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        if line.startswith("prompt: "):
            self.prompts.append(line.removeprefix("prompt: "))
        elif line.startswith("-- "):
            self.groups.append((line.removeprefix("-- "), []))
        elif line.startswith("> "):
            self.segments.append(line.removeprefix("> ").replace("⏎", "\n"))
        else:
            role, _, text = line.partition("|")
            self.roles.append(role.strip())
            self.groups[-1][1].append(text)

    def pads(self) -> list[Pad]:
        return [pad(group, "\n".join(lines)) for group, lines in self.groups]


def read(name: str) -> Iterator[Case]:
    for part in ("\n" + (CASES / name).read_text(encoding="utf-8")).split("\n== ")[1:]:
        title, *lines = part.split("\n")
        case = Case(title)
        for line in filter(None, lines):
            case.take(line)
        yield case


def check(case: Case) -> None:
    reading = segment(case.pads(), case.prompts)
    texts = [f"{line}" for _, lines in case.groups for line in lines]
    got = [f"{line.role.value:12}|{text}" for line, text in zip(reading.lines, texts, strict=True)]
    assert got == [f"{role:12}|{text}" for role, text in zip(case.roles, texts, strict=True)]
    if case.segments:
        content = {(line.pad_id, line.number) for line in reading.lines if line.role is LineRole.CONTENT}
        assert [one.text for one in reading.segments if (one.pad_id, one.line) in content] == case.segments


@pytest.mark.parametrize("case", tuple(read("synthetic.txt")), ids=lambda case: case.title)
def test_a_line_is_what_the_case_says(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", tuple(read("negative.txt")), ids=lambda case: case.title)
def test_a_statement_is_not_taken_for_something_else(case: Case) -> None:
    check(case)


@pytest.mark.xfail(strict=True, reason="the title of the case says why")
@pytest.mark.parametrize("case", tuple(read("known-failures.txt")), ids=lambda case: case.title)
def test_what_we_still_get_wrong(case: Case) -> None:
    check(case)
