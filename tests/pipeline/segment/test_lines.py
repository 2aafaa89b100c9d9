"""The case files of tests/cases/segment/lines: what each line of a pad is (see the README beside them)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fetch.corpus_records import Pad
from pipeline.segment import segment
from pipeline.segment_records import LineRole
from tests.support.builders import pad

CASES = Path(__file__).parents[2] / "cases" / "segment" / "lines"


@dataclass
class Case:
    """An event: its pads' lines with their roles, the prompts it names, the segments of its content."""

    title: str
    prompts: list[str] = field(default_factory=list)
    groups: list[tuple[str, list[str]]] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
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


def read_cases(name: str) -> Iterator[Case]:
    for part in ("\n" + (CASES / name).read_text(encoding="utf-8")).split("\n== ")[1:]:
        title, *lines = part.split("\n")
        case = Case(title)
        for line in filter(None, lines):
            case.add(line)
        yield case


def check(case: Case) -> None:
    reading = segment(case.pads(), case.prompts)
    texts = [f"{line}" for _, lines in case.groups for line in lines]
    actual = [f"{line.role.value:12}|{text}" for line, text in zip(reading.lines, texts, strict=True)]
    assert actual == [f"{role:12}|{text}" for role, text in zip(case.roles, texts, strict=True)]
    if case.segments:
        content = {(line.pad_id, line.number) for line in reading.lines if line.role is LineRole.CONTENT}
        assert [item.text for item in reading.segments if (item.pad_id, item.line) in content] == case.segments


@pytest.mark.parametrize("case", tuple(read_cases("synthetic.txt")), ids=lambda case: case.title)
def test_a_line_has_the_role_that_the_case_gives(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", tuple(read_cases("negative.txt")), ids=lambda case: case.title)
def test_a_statement_is_not_taken_for_something_else(case: Case) -> None:
    check(case)


@pytest.mark.xfail(strict=True, reason="the title of the case says why")
@pytest.mark.parametrize("case", tuple(read_cases("known-failures.txt")), ids=lambda case: case.title)
def test_known_failures_still_fail(case: Case) -> None:
    check(case)
