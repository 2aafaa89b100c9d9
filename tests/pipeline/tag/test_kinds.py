"""What a line does, by the cases of tests/cases/tag/kinds."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from _pytest.mark import ParameterSet

from pipeline.analysis_records import Kind, LineRole, Segment
from pipeline.tag import tag
from tests.support.tag_cases import FILES, lines_of, param, said


@dataclass(frozen=True)
class Case:
    kind: str
    text: str
    heading: str
    parent: str
    language: str


def cases() -> Iterator[ParameterSet]:
    for name in FILES:
        around = {"=": "", ">": "", "@": "en"}
        for where, cause, line in lines_of("kinds", name):
            if line[:1] in around:
                around[line[0]] = line[1:].strip()
            elif line:
                kind, _, text = line.partition(": ")
                yield param(Case(kind, text, around["="], around[">"], around["@"]), where, cause)


def tagged(case: Case) -> Segment:
    above = [said(1, case.parent, language=case.language)] if case.parent else []
    segment = said(
        2,
        case.text,
        headings=(case.heading,) if case.heading else (),
        parent=above[0].id if above else None,
        language=case.language,
    )
    return tag([*above, segment], None).segments[-1]


@pytest.mark.parametrize("case", list(cases()))
def test_a_line_does_what_its_words_and_surroundings_say(case: Case) -> None:
    wanted = case.kind.removeprefix("not ")
    assert (tagged(case).kind == wanted) is (not case.kind.startswith("not "))


def test_a_prompt_counts_as_a_heading() -> None:
    segment = said(1, "a letter to the city", prompt="What are the next steps?")
    assert tag([segment], None).segments[0].kind is Kind.ACTION


def test_a_segment_that_stood_behind_an_open_checkbox_is_an_action() -> None:
    segment = said(1, "a letter to the city", kind=Kind.ACTION)
    assert tag([segment], None).segments[0].kind is Kind.ACTION


def test_what_was_set_aside_is_other_whatever_it_says() -> None:
    roles = (LineRole.BOILERPLATE, LineRole.DUPLICATE)
    segments = [said(number, "Who pays for the roof?", role=role) for number, role in enumerate(roles)]
    assert {segment.kind for segment in tag(segments, None).segments} == {Kind.OTHER}


def test_somebody_known_takes_a_task_without_a_heading() -> None:
    table = said(1, "Present: Quim, Ana", role=LineRole.BOILERPLATE)
    task, fact = said(2, "Quim to ask the baker"), said(3, "the roof to the left leaks")
    kinds = [segment.kind for segment in tag([table, task, fact], None).segments]
    assert kinds == [Kind.OTHER, Kind.ACTION, Kind.STATEMENT]
