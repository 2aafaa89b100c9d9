"""Which lines belong to the template that the pads share."""

from dataclasses import replace

import pytest

from pipeline.segment import segment
from pipeline.segment.template import required_groups
from pipeline.segment_records import LineRole
from tests.support.builders import pad

ANSWERS = (
    *("the oven smokes", "the piano sings", "the saw bites", "bees swarm early", "glue dries slowly", "wool is scarce"),
    *("rain comes in", "keys get lost", "tea runs out", "ink fades", "clay cracks", "rust everywhere"),
)


def roles(*texts: str, prompts: tuple[str, ...] = ()) -> list[list[str]]:
    """The roles of the lines of each pad."""
    pads = [pad(f"Group {number}", text) for number, text in enumerate(texts)]
    lines = segment(pads, prompts).lines
    return [[line.role.value for line in lines if line.pad_id == written.pad_id] for written in pads]


@pytest.mark.parametrize(("groups", "need"), ((1, 2), (2, 2), (3, 2), (4, 2), (5, 3), (6, 3), (8, 3), (50, 3)))
def test_three_groups_are_needed_or_half_of_fewer_than_six_but_never_one(groups: int, need: int) -> None:
    assert required_groups(groups) == need


@pytest.mark.parametrize("groups", (2, 3, 5, 8, 12))
def test_a_marked_question_in_every_pad_is_a_prompt(groups: int) -> None:
    texts = [f"# Table {number}\n## What is wrong here?\n- {ANSWERS[number]}" for number in range(groups)]
    assert {row[1] for row in roles(*texts)} == {"prompt"}
    assert {row[2] for row in roles(*texts)} == {"content"}


def test_a_single_pad_has_no_template() -> None:
    text = "## What is wrong here?\n- rain\n## What is wrong here?\n- rust"
    assert roles(text)[0] == ["heading", "content", "heading", "content"]


def test_two_pads_of_one_group_count_once() -> None:
    text = "# Barn\n## Only ours\n- rain comes in"
    pads = [pad("Barn", text), pad("Barn again", text), pad("Mill", "- no"), pad("Dock", "- yes")]
    assert segment(pads, ()).lines[1].role is LineRole.PROMPT
    pads[1] = replace(pads[1], group="Barn")
    assert segment(pads, ()).lines[1].role is LineRole.HEADING


def test_the_title_of_the_pads_is_no_prompt() -> None:
    texts = [f"# Notes of the tables\n## What is wrong here?\n- {answer}" for answer in ANSWERS[:4]]
    assert roles(*texts)[0] == ["heading", "prompt", "content"]


def test_numbered_prompts_that_differ_in_nothing_else_stay_apart() -> None:
    texts = [f"# T{n}\n## Goal 1\n- {ANSWERS[n]}\n## Goal 2\n- {ANSWERS[n + 6]}" for n in range(6)]
    pads = [pad(f"Group {number}", text) for number, text in enumerate(texts)]
    assert [item.prompt for item in segment(pads, ()).segments] == ["Goal 1", "Goal 2"] * 6


def test_figures_filled_into_a_template_are_boilerplate() -> None:
    texts = [f"# T{n}\n## In numbers\n- Chairs: {n + 3}\n- Visitors: ~{n}0\n- {ANSWERS[n]}" for n in range(6)]
    assert {tuple(row[2:]) for row in roles(*texts)} == {("boilerplate", "boilerplate", "content")}


def test_named_prompts_are_found_with_small_edits_and_only_those() -> None:
    text = "- WHO should be involved\n- Who should be invited?\n- Who should bee involved?\n- Who pays"
    assert roles(text, prompts=("Who should be involved?",))[0] == ["prompt", "content", "prompt", "content"]


def test_a_label_left_empty_by_some_groups_is_a_prompt_and_filled_in_it_asks() -> None:
    texts = [f"# T{n}\nBiggest worry:\n- {ANSWERS[n]}" for n in range(5)] + ["# T6\nBiggest worry: that nobody stays"]
    pads = [pad(f"Group {number}", text) for number, text in enumerate(texts)]
    reading = segment(pads, ())
    assert {item.prompt for item in reading.segments} == {"Biggest worry"}
    assert reading.segments[-1].text == "Biggest worry: that nobody stays"
    assert reading.segments[-1].role is LineRole.CONTENT


def test_an_instruction_under_a_heading_is_boilerplate_and_the_heading_asks() -> None:
    lead = "Please list up to three things that went wrong today:"
    texts = [f"# T{n}\n## Today\n\n{lead}\n- {ANSWERS[n]}" for n in range(4)]
    assert roles(*texts)[0] == ["heading", "prompt", "empty", "boilerplate", "content"]
    reading = segment([pad(f"Group {number}", text) for number, text in enumerate(texts)], ())
    assert {item.prompt for item in reading.segments} == {"Today"}


def test_a_sentence_with_a_colon_that_no_heading_is_over_asks_itself() -> None:
    lead = "Please list up to three things that went wrong today:"
    texts = [f"# T{n}\n- {ANSWERS[n + 6]}\n\n{lead}\n- {ANSWERS[n]}" for n in range(4)]
    assert roles(*texts)[0][3] == "prompt"
