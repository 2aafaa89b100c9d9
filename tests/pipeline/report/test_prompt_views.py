"""What groups answered under the prompts that they share, and who left one out."""

from collections.abc import Mapping

from pipeline.report.report_records import PromptView
from pipeline.report.report_view import build
from pipeline.translation import translation
from tests.support.analysis import analysis_of
from tests.support.builders import corpus

TEMPLATE = "What is the matter?\n{matter}\n\nWho does what?\n{steps}\n"
PADS = {
    "Water": TEMPLATE.format(matter="* the pump breaks\n* nobody knows who pays", steps="* Ana asks the town"),
    "Soil": TEMPLATE.format(matter="* who pays for repairs", steps=""),
    "Kids": TEMPLATE.replace("matter?", "MATTER").format(matter="* the gate is open at night", steps="* Ben locks it"),
    "Bees": "",
}


def prompts(pads: Mapping[str, str] = PADS) -> tuple[PromptView, ...]:
    event = corpus(pads)
    return build(analysis_of(event), event, translation()).prompts


def test_each_prompt_of_the_template_has_the_answers_of_each_group_in_its_words() -> None:
    matter, steps = prompts()
    assert [(own.group.name, [quote.text for quote in own.items]) for own in matter.answers] == [
        ("Water", ["the pump breaks", "nobody knows who pays"]),
        ("Soil", ["who pays for repairs"]),
        ("Kids", ["the gate is open at night"]),
    ]
    assert [quote.text for own in steps.answers for quote in own.items] == ["Ana asks the town", "Ben locks it"]


def test_a_wording_with_other_capitals_and_punctuation_is_the_same_prompt() -> None:
    assert [prompt.text for prompt in prompts()] == ["What is the matter?", "Who does what?"]


def test_who_left_a_prompt_out_is_named_if_it_wrote_anything() -> None:
    matter, steps = prompts()
    assert (matter.answered, matter.left_out) == ("3 of 3 groups answered", "")
    assert (steps.answered, steps.left_out) == ("2 of 3 groups answered", "Soil")


def test_the_table_has_a_cell_for_every_group() -> None:
    matter, _ = prompts()
    assert [(own.group.name, own.count, own.wrote) for own in matter.counts] == [
        ("Water", 2, True),
        ("Soil", 1, True),
        ("Kids", 1, True),
        ("Bees", 0, False),
    ]


def test_answers_are_searched_by_the_number_of_their_prompt() -> None:
    event = corpus(PADS)
    view = build(analysis_of(event), event, translation())
    assert view.search.prompts == ("What is the matter?", "Who does what?")
    lines = [line for own in view.by_group for pad in own.pads for line in pad.lines]
    numbered = {"".join(part.text for part in line.parts): dict(line.facets).get("p") for line in lines}
    assert numbered["* who pays for repairs"] == numbered["* the gate is open at night"] == "1"
    assert numbered["* Ben locks it"] == "2"
    assert numbered["What is the matter?"] is None


def test_without_a_shared_template_there_are_no_prompts() -> None:
    assert prompts({"Water": "* the pump breaks\n", "Soil": "* compost is full\n"}) == ()
