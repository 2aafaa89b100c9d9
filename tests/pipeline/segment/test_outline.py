"""Where a statement stands: headings, prompt, list level, parent bullet, the question that it answers."""

import pytest

from pipeline.segment import segment
from pipeline.segment_records import Checkbox, LineRole, Segment
from tests.support.builders import pad


def read(text: str, prompts: tuple[str, ...] = ()) -> dict[str, Segment]:
    """The segments of one pad by their text."""
    return {item.text: item for item in segment([pad("Barn", text)], prompts).segments}


def parents(text: str) -> dict[str, str | None]:
    """For each segment of a pad what it hangs under."""
    found = read(text)
    names = {item.id: item.text for item in found.values()}
    return {text: names[item.parent] if item.parent else None for text, item in found.items()}


def levels(text: str) -> dict[str, int]:
    return {text: item.level for text, item in read(text).items()}


def test_headings_make_a_path() -> None:
    found = read("# Barn\n## Roof\n- leaks\n### Gutter\n- rusty\n## Floor\n- cold")
    assert found["leaks"].headings == ("Barn", "Roof")
    assert found["rusty"].headings == ("Barn", "Roof", "Gutter")
    assert found["cold"].headings == ("Barn", "Floor")


def test_guessed_headings_fall_under_marked_ones() -> None:
    found = read("# Barn\n*Roof\n\t* leaks\n**North side:**\n\t* rusty\nWishes:\n\t* a ladder\n*Floor\n\t* cold")
    assert found["leaks"].headings == ("Barn", "Roof")
    assert found["rusty"].headings == ("Barn", "Roof", "North side")
    assert found["a ladder"].headings == ("Barn", "Roof", "North side", "Wishes")
    assert found["cold"].headings == ("Barn", "Floor")


def test_a_prompt_asks_until_a_heading_of_its_rank_or_above() -> None:
    text = "# Barn\n## What is wrong?\n- it leaks\n### Roof\n- rust\n## Other things\n- the cat"
    found = read(text, ("What is wrong?",))
    assert found["it leaks"].prompt == "What is wrong?"
    assert found["rust"].prompt == "What is wrong?"
    assert found["rust"].headings == ("Barn", "Roof")
    assert found["the cat"].prompt is None


def test_the_nearest_prompt_above_counts_in_the_wording_of_the_event() -> None:
    found = read("Who decides\n- the cooks\nHOW?\n- by vote", ("Who decides?", "How?"))
    assert found["the cooks"].prompt == "Who decides?"
    assert found["by vote"].prompt == "How?"


def test_a_prompt_that_is_a_bullet_asks_for_the_bullets_under_it_alone() -> None:
    found = read("- Done?\n  - roof\n- the cat is back", ("Done?",))
    assert found["roof"].prompt == "Done?"
    assert found["the cat is back"].prompt is None


def test_a_prompt_that_is_a_bullet_among_its_answers_asks_for_all_that_follow() -> None:
    found = read("- Done?\n- roof\n- floor", ("Done?",))
    assert found["roof"].prompt == found["floor"].prompt == "Done?"


def test_an_answer_behind_its_prompt_on_the_line_is_under_it() -> None:
    found = read("- Who decides? The cooks.\n- Why?", ("Who decides?", "Why?"))
    assert found["The cooks."].prompt == "Who decides?"
    assert found["Who decides?"].role is LineRole.BOILERPLATE


def test_a_short_answer_that_reads_like_a_prompt_stays_an_answer() -> None:
    found = read("## Done\n- roof\n- Done. Sam has the bill.", ("Done",))
    assert found["Done."].role is LineRole.CONTENT


def test_a_label_that_is_a_prompt_asks_for_what_is_behind_it() -> None:
    found = read("Who: the cooks and whoever washes up\nHow: by vote after dinner", ("Who", "How"))
    assert found["Who: the cooks and whoever washes up"].prompt == "Who"
    assert found["How: by vote after dinner"].prompt == "How"


@pytest.mark.parametrize("indent", ("\t", "  ", "    "))
def test_a_bullet_hangs_under_the_nearest_one_above_that_is_less_deep(indent: str) -> None:
    one, two, three = (indent * depth for depth in (1, 2, 3))
    text = f"{one}* roof\n{two}* north\n{three}* rust\n{two}* south\n{one}* floor\n{three}* cold"
    assert parents(text) == {
        "roof": None,
        "north": "roof",
        "rust": "north",
        "south": "roof",
        "floor": None,
        "cold": "floor",
    }


def test_a_bullet_hangs_under_the_last_sentence_of_the_one_above() -> None:
    assert parents("- It leaks. Since May.\n  - nobody cares")["nobody cares"] == "Since May."


def test_blank_lines_do_not_end_a_list_but_headings_and_paragraphs_do() -> None:
    assert parents("- roof\n\n    - rust")["rust"] == "roof"
    assert parents("- roof\n# Floor\n    - rust")["rust"] is None
    assert parents("- roof\n\nWe had a long talk about the floor.\n\n    - rust")["rust"] is None


def test_bullets_hang_under_the_line_that_leads_on_to_them() -> None:
    assert parents("What do we need most?\n\n- light")["light"] == "What do we need most?"
    assert parents("We need these things most of all:\n\n- light")["light"] == "We need these things most of all:"
    assert parents("We need many things.\n- light")["light"] == "We need many things."
    assert parents("We need many things.\n\n- light")["light"] is None


def test_an_indented_line_without_a_mark_hangs_under_its_bullet() -> None:
    assert parents("- The roof leaks.\n    Sam saw it.\n- cold") == {
        "The roof leaks.": None,
        "Sam saw it.": "The roof leaks.",
        "cold": None,
    }


def test_an_answer_hangs_under_its_question() -> None:
    text = "- Q: Who has the key?\n- A: Nobody. Ask Sam.\n- Q: Why?\n    - A: Long story."
    assert parents(text) == {
        "Q: Who has the key?": None,
        "A: Nobody.": "Q: Who has the key?",
        "Ask Sam.": "Q: Who has the key?",
        "Q: Why?": None,
        "A: Long story.": "Q: Why?",
    }
    assert parents("Q: Who? A: Sam.")["A: Sam."] == "Q: Who?"
    german = "- Frage: Wer hat den Schlüssel?\n- Antwort: Niemand."
    assert parents(german)["Antwort: Niemand."] == "Frage: Wer hat den Schlüssel?"


def test_tabs_are_levels_where_etherpad_wrote_the_list() -> None:
    assert levels("\t* one\n\t\t1. two\n\t\t\t1.1. three") == {"one": 1, "two": 2, "three": 3}
    assert levels("\t\t* two\n\t* one") == {"two": 2, "one": 1}


def test_indentation_is_levels_where_people_typed_it() -> None:
    assert levels("- one\n  - two\n     - three\n   - also two\n - also one") == {
        "one": 1,
        "two": 2,
        "three": 3,
        "also two": 2,
        "also one": 1,
    }
    assert levels("* one\n\t* two\n** also two\nprose") == {"one": 1, "two": 2, "also two": 2, "prose": 0}


def test_the_lines_of_a_wrapped_bullet_share_its_level() -> None:
    reading = segment([pad("Barn", "- The roof leaks where the gutter meets\n  the wall")], ())
    assert [line.level for line in reading.lines] == [1, 1]
    assert [(item.line, item.level) for item in reading.segments] == [(1, 1)]


@pytest.mark.parametrize(
    ("box", "state"),
    (
        ("[ ]", Checkbox.OPEN),
        ("[]", Checkbox.OPEN),
        ("[>]", Checkbox.OPEN),
        ("☐", Checkbox.OPEN),
        ("[x]", Checkbox.DONE),
        ("[-]", Checkbox.DONE),
    ),
)
def test_a_check_box_belongs_to_the_first_sentence_behind_it(box: str, state: Checkbox) -> None:
    found = read(f"- {box} fix the roof (Sam). It is urgent.")
    assert found["fix the roof (Sam)."].checkbox is state
    assert found["It is urgent."].checkbox is None
