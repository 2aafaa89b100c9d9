"""What an event leaves to be done: questions with their answers, next steps, decisions."""

from pipeline.report.report_view import Steps, collect
from tests.support.annotated import build


def steps(*rows: str) -> Steps:
    return collect(build({"1 Water": "\n".join(rows)})[0].segments)


def test_answers_are_what_stands_under_a_question_at_any_depth() -> None:
    found = steps("* who pays? ‖ question", "\t* the fund", "\t\t* it is empty", "\t* or the council", "* tap")
    [question] = found.questions
    assert [(answer.segment.text, answer.depth) for answer in question.answers] == [
        ("the fund", 1),
        ("it is empty", 2),
        ("or the council", 1),
    ]


def test_a_question_with_nothing_under_it_has_no_answers() -> None:
    [question] = steps("* who pays? ‖ question", "* tap").questions
    assert question.answers == ()


def test_a_question_under_a_question_is_its_own_and_keeps_its_answers() -> None:
    outer, inner = steps("* who pays? ‖ question", "\t* who else? ‖ question", "\t\t* nobody").questions
    assert outer.answers == ()
    assert [answer.segment.text for answer in inner.answers] == ["nobody"]


def test_next_steps_come_by_date_and_the_undated_last_in_reading_order() -> None:
    found = steps(
        "* ask ‖ action",
        "* dig ‖ action date=2026-06-01",
        "* water ‖ action date=2026-05-01",
        "* plant ‖ action",
        "* weed ‖ action date=2026-06-01",
    )
    assert [step.text for step in found.next_steps] == ["water", "dig", "weed", "ask", "plant"]


def test_decisions_are_kept_apart_and_what_was_set_aside_is_none_of_these() -> None:
    found = steps("* off ‖ decision", "* off ‖ decision duplicate", "* why? ‖ question boilerplate")
    assert [decision.line for decision in found.decisions] == [1]
    assert found.questions == ()
