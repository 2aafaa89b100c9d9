"""What a line does, by the cases of tests/cases/tag/kinds."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from _pytest.mark import ParameterSet

from pipeline.segment_records import Checkbox, Kind, LineRole, Segment
from pipeline.tag import tag
from tests.support.tag_cases import FILES, lines_of, make_segment, param


@dataclass(frozen=True)
class Case:
    kind: str
    text: str
    heading: str
    parent: str
    language: str


def cases() -> Iterator[ParameterSet]:
    for name in FILES:
        context = {"=": "", ">": "", "@": "en"}
        for where, cause, line in lines_of("kinds", name):
            if line[:1] in context:
                context[line[0]] = line[1:].strip()
            elif line:
                kind, _, text = line.partition(": ")
                yield param(Case(kind, text, context["="], context[">"], context["@"]), where, cause)


def tagged(case: Case) -> Segment:
    above = [make_segment(1, case.parent, language=case.language)] if case.parent else []
    segment = make_segment(
        2,
        case.text,
        headings=(case.heading,) if case.heading else (),
        parent=above[0].id if above else None,
        language=case.language,
    )
    return tag([*above, segment], None).segments[-1]


@pytest.mark.parametrize("case", list(cases()))
def test_a_line_is_of_the_kind_that_its_words_and_context_tell(case: Case) -> None:
    kind = case.kind.removeprefix("not ")
    assert (tagged(case).kind == kind) is (not case.kind.startswith("not "))


def lines_with_empty_answers() -> Iterator[ParameterSet]:
    for name in FILES:
        for where, cause, line in lines_of("empty_answers", name):
            if line:
                yield param((line, name != "negative"), where, cause)


@pytest.mark.parametrize("case", list(lines_with_empty_answers()))
def test_an_answer_that_says_nothing_is_other_and_one_that_says_something_is_not(case: tuple[str, bool]) -> None:
    line, is_empty = case
    segment = make_segment(1, line, headings=("Next steps",))
    assert (tag([segment], None).segments[0].kind is Kind.OTHER) is is_empty


def test_a_prompt_counts_as_a_heading() -> None:
    segment = make_segment(1, "a letter to the city", prompt="What are the next steps?")
    assert tag([segment], None).segments[0].kind is Kind.ACTION


def test_a_segment_that_had_an_open_check_box_is_an_action() -> None:
    segment = make_segment(1, "a letter to the city", checkbox=Checkbox.OPEN)
    assert tag([segment], None).segments[0].kind is Kind.ACTION


def test_a_segment_that_was_set_aside_is_other_whatever_its_words() -> None:
    roles = (LineRole.BOILERPLATE, LineRole.DUPLICATE)
    segments = [make_segment(number, "Who pays for the roof?", role=role) for number, role in enumerate(roles)]
    assert {segment.kind for segment in tag(segments, None).segments} == {Kind.OTHER}


def test_a_line_in_which_a_known_person_takes_a_task_is_an_action_without_a_heading() -> None:
    table = make_segment(1, "Present: Quim, Ana", role=LineRole.BOILERPLATE)
    task, fact = make_segment(2, "Quim to ask the baker"), make_segment(3, "the roof to the left leaks")
    kinds = [segment.kind for segment in tag([table, task, fact], None).segments]
    assert kinds == [Kind.OTHER, Kind.ACTION, Kind.STATEMENT]
