"""What later events wrote again: next steps, ticked or not, and questions, answered or not."""

import pytest

from pipeline.across.across_records import AcrossEvents
from tests.support.compared_events import compared, event, three_days


@pytest.fixture(scope="module")
def across() -> AcrossEvents:
    return compared(three_days())


def steps_of(first: str, second: str) -> list[tuple[str, bool]]:
    """Return the next steps of a first event that a second one has again, and whether they are ticked there."""
    events = (event("one", "One", None, {"1 Water": first}), event("two", "Two", None, {"1 Soil": second}))
    return [(step.step.text, step.ticked) for step in compared(events).steps]


def test_a_next_step_whose_box_is_ticked_in_a_later_event_was_ticked(across: AcrossEvents) -> None:
    assert [(step.step.text, step.owner, step.ticked) for step in across.steps] == [
        ("Ana asks the council for a key", "Ana", True),
        ("Ben writes down what the pump costs", "Ben", False),
    ]


def test_the_last_event_that_has_a_next_step_decides() -> None:
    ticked = {"1 Soil": "* Ana asks the council for a key   ‖ done"}
    not_ticked = {"1 Soil": "* Ana asks the council for a key   ‖ action open"}
    events = [
        event(f"e{number}", "Day", None, pads) for number, pads in enumerate((not_ticked, ticked, not_ticked), start=1)
    ]
    [step] = compared(events).steps
    assert (len(step.later), step.ticked) == (2, False)


@pytest.mark.parametrize(
    ("later", "is_same"),
    (
        ("Ana asks the council for the key", True),
        ("Ana will ask the council for a key", True),
        ("Ana asks the council for 2 keys", False),
        ("Ana asks the district for money", False),
    ),
)
def test_a_next_step_is_recognised_in_nearly_the_same_words(later: str, *, is_same: bool) -> None:
    found = steps_of("* Ana asks the council for a key   ‖ action", f"* {later}   ‖ done")
    assert found == ([("Ana asks the council for a key", True)] if is_same else [])


def test_steps_with_other_numbers_or_of_two_words_are_not_the_same() -> None:
    assert (
        steps_of(
            "* add the meeting to the calendar of 2025 ‖ action", "* add the meeting to the calendar of 2026 ‖ done"
        )
        == []
    )
    assert steps_of("* send it ‖ action", "* send it ‖ done") == []


def test_a_step_that_was_ticked_already_is_not_followed() -> None:
    assert steps_of("* Ana asks the council for a key ‖ done", "* Ana asks the council for a key ‖ done") == []


def test_a_question_that_a_later_event_asks_again_with_a_note_below_it_may_be_answered(across: AcrossEvents) -> None:
    permit, honey = across.questions
    assert [one.event for one in permit.asked] == ["day1", "day2"]
    assert ([one.text for one in permit.answers], permit.answered_later) == (["yes, one for each hive"], True)
    assert (honey.answers, honey.answered_later) == ((), False)


def test_an_answer_in_the_event_that_asked_first_is_no_later_one() -> None:
    asked = "* do we need a permit for the hives?   ‖ question"
    events = (
        event("one", "One", None, {"1 Bees": f"{asked}\n    * yes, one for each hive"}),
        event("two", "Two", None, {"1 Soil": asked}),
    )
    [question] = compared(events).questions
    assert (len(question.answers), question.answered_later) == (1, False)


def test_a_question_that_one_event_asks_twice_is_not_asked_again() -> None:
    asked = "* do we need a permit for the hives?   ‖ question"
    events = (
        event("one", "One", None, {"1 Bees": asked, "2 Soil": asked}),
        event("two", "Two", None, {"1 Soil": "* rain"}),
    )
    assert compared(events).questions == ()
