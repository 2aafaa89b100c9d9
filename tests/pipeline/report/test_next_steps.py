"""What an event leaves to be done: questions with their answers, next steps and decisions."""

from pipeline.report.next_steps import decisions, next_steps, questions
from pipeline.report.quote_sources import Sources, find_sources
from pipeline.translation import translation
from tests.support.annotated import build


def sources(*lines: str) -> Sources:
    analysis, corpus = build({"1 Water": "\n".join(lines)})
    return find_sources(analysis, corpus.pads, translation(), None)


def test_answers_are_the_notes_below_a_question_at_any_depth() -> None:
    [question] = questions(
        sources("* who pays? ‖ question", "\t* the fund", "\t\t* it is empty", "\t* or the council", "* tap")
    )
    assert [(answer.quote.text, answer.depth) for answer in question.answers] == [
        ("the fund", 1),
        ("it is empty", 2),
        ("or the council", 1),
    ]


def test_a_question_with_nothing_below_it_has_no_answers() -> None:
    [question] = questions(sources("* who pays? ‖ question", "* tap"))
    assert question.answers == ()


def test_a_question_below_a_question_is_separate_and_keeps_its_answers() -> None:
    outer, inner = questions(sources("* who pays? ‖ question", "\t* who else? ‖ question", "\t\t* nobody"))
    assert outer.answers == ()
    assert [answer.quote.text for answer in inner.answers] == ["nobody"]


def test_next_steps_are_sorted_by_date_with_the_undated_last_in_reading_order() -> None:
    steps = next_steps(
        sources(
            "* ask ‖ action",
            "* dig ‖ action date=2026-06-01",
            "* water ‖ action date=2026-05-01",
            "* plant ‖ action",
            "* weed ‖ action date=2026-06-01",
        )
    )
    assert [step.quote.text for step in steps] == ["water", "dig", "weed", "ask", "plant"]


def test_what_was_set_aside_is_no_decision_and_no_question() -> None:
    found = sources("* off ‖ decision", "* off ‖ decision duplicate", "* why? ‖ question boilerplate")
    [own] = decisions(found)
    assert [quote.line for quote in own.quotes] == [1]
    assert questions(found) == ()
