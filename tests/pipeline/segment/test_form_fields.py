"""Which lines belong to the form at the head of an event's pads."""

import pytest

from pipeline.segment import segment
from pipeline.segment_records import Kind
from tests.support.builders import pad

NOTES = (
    "the oven smokes",
    "the piano sings",
    "the saw bites",
    "bees swarm early",
    "glue dries slowly",
    "wool is scarce",
)


def fields(*texts: str) -> set[str]:
    """The lines that are fields of a form."""
    found = segment([pad(f"Group {number}", text) for number, text in enumerate(texts)], ()).segments
    return {one.text for one in found if one.kind is Kind.OTHER and one.prompt and one.text.startswith(one.prompt)}


def text(head: str, notes: int = 6) -> str:
    """A pad with a head, and so many notes under it."""
    return "\n".join([head, "", *(f"- {note} in {head.rsplit(maxsplit=1)[-1]}" for note in NOTES[:notes])])


@pytest.mark.parametrize("mark", ("", "- ", "* "))
def test_fields_next_to_each_other_in_several_pads_are_a_form(mark: str) -> None:
    heads = [f"{mark}Zielgruppe: {who}\n{mark}Ablauf: {how}" for who, how in (("alle", "Runde"), ("Neue", "Vortrag"))]
    assert fields(*map(text, heads)) == {"Zielgruppe: alle", "Zielgruppe: Neue", "Ablauf: Runde", "Ablauf: Vortrag"}


def test_a_field_answers_its_label() -> None:
    pads = [pad(name, text(f"Zielgruppe: {name}\nAblauf: {name}s Runde")) for name in ("alle", "Neue")]
    prompts = {one.prompt for one in segment(pads, ()).segments if one.kind is Kind.OTHER}
    assert prompts == {"Zielgruppe", "Ablauf"}


@pytest.mark.parametrize(
    "heads",
    (
        ("Zielgruppe: alle", "Zielgruppe: Neue"),  # a single field
        ("Zielgruppe: alle\nAblauf: Runde", "Public: tous\nDurée: 1h"),  # another form in each pad
        ("Ana: it is late\nBen: it is cold", "Ana: it is wet\nBen: it is dark"),  # speakers
        ("Idea: a\nNext: b\nIdea: c\nNext: d", "Idea: e\nNext: f\nIdea: g\nNext: h"),  # kinds of remark
    ),
)
def test_other_labels_are_no_form(heads: tuple[str, str]) -> None:
    assert fields(*map(text, heads)) == set()


def test_fields_that_are_all_that_a_group_wrote_are_its_notes() -> None:
    heads = ["Problem: the oven smokes\nIdea: sweep it", "Problem: the saw bites\nIdea: file it"]
    assert fields(*(text(head, notes=0) for head in heads)) == set()


def test_fields_further_down_are_notes() -> None:
    under = "Problem: the oven smokes\nIdea: sweep it", "Problem: the saw bites\nIdea: file it"
    assert fields(*(f"{text('# Notes')}\n{fields_under}" for fields_under in under)) == set()


def test_under_the_heading_for_the_minutes_stand_notes() -> None:
    found = segment([pad("Group", "## Protokoll\n- Schulung durch Frauennotruf Kiel, Kosten")], ()).segments
    assert [one.role.value for one in found] == ["content"]
