"""Answers that follow their question."""

import pytest

from pipeline.segment import segment
from pipeline.segment_records import Kind, Segment
from pipeline.tag import tag
from tests.support.builders import corpus


def tagged(text: str) -> dict[str, Segment]:
    segments = tag(segment(corpus({"Soup": text}).pads, ()).segments, None).segments
    return {one.text: one for one in segments}


def answer_to(text: str, question: str) -> str | None:
    segments = tagged(text)
    answer = segments[question].answer
    return next((one.text for one in segments.values() if one.id == answer), None)


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    (
        (
            "* Q: should we cook again?\n* A: why not, half this room came for the soup\n",
            "Q: should we cook again?",
            "A: why not, half this room came for the soup",
        ),
        ("* who pays?\n* Answer - the town\n", "who pays?", "Answer - the town"),
        ("* wer zahlt?\n* Antwort: die Stadt\n", "wer zahlt?", "Antwort: die Stadt"),
        ("* qui paie ?\n* Réponse : la mairie\n", "qui paie ?", "Réponse : la mairie"),
        ("* who pays?\n* nobody knew at first\n* A: the town\n", "who pays?", "A: the town"),
        ("* who pays?\n* who cooks?\n* A: Ana\n", "who cooks?", "A: Ana"),
    ),
)
def test_a_label_after_a_question_makes_an_answer(text: str, question: str, answer: str) -> None:
    assert answer_to(text, question) == answer


@pytest.mark.parametrize(
    "text",
    (
        "* who pays?\n* a town nobody knows\n",
        "* who pays?\n* the answer is not known\n",
        "* who pays?\n* one\n* two\n* three\n* A: the town\n",
        "* A: the town\n* who pays?\n",
        "* who pays?\n",
    ),
)
def test_other_lines_are_no_answers(text: str) -> None:
    assert answer_to(text, "who pays?") is None


def test_the_first_answer_counts() -> None:
    assert answer_to("* who pays?\n* A: the town\n* A: the church\n", "who pays?") == "A: the town"


def test_an_answer_that_is_worded_as_a_question_is_a_statement() -> None:
    assert tagged("* Q: shall we cook?\n* A: why not?\n")["A: why not?"].kind is Kind.STATEMENT
