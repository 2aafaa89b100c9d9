"""The filters around the named-entity model: lines that it reads, their alignment, and names that are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.analysis_records import Label
from pipeline.tag.name_patterns import Name
from pipeline.tag.ner_filters import align, postfilter, prefilter
from pipeline.text import FILLER, mask_unreadable
from tests.support.hostile import ANY_TEXT

PERSON, ORG, PLACE, PRODUCT, DATE = Label.PERSON, Label.ORG, Label.PLACE, Label.PRODUCT, Label.DATE


@pytest.mark.parametrize("line", ("ask Ana", "Ana: bring it", "@ana", "the OSM people", "we met in Łódź", "iCal"))
def test_a_line_with_a_handle_or_an_unexplained_capital_may_contain_a_name(line: str) -> None:
    assert prefilter(line)


@pytest.mark.parametrize("line", ("", "—", "The pump breaks", "bring what I have", "12 chairs", "- we need more time"))
def test_a_capital_that_the_start_of_a_line_or_i_explains_is_no_sign_of_a_name(line: str) -> None:
    assert not prefilter(line)


def test_marks_and_addresses_become_one_space() -> None:
    line = mask_unreadable("- **Ana** will   ask https://example.org/a/b the _Borrowhouse_ people")
    assert align(line).text == "- Ana will ask the Borrowhouse people"


def test_the_offsets_of_a_name_lead_back_to_the_source_line() -> None:
    line = mask_unreadable("see [the  Tool   Library](https://example.org) by May")
    aligned = align(line)
    start = aligned.text.index("Tool Library")
    name = aligned.to_source(Name(start, start + len("Tool Library"), Label.ORG))
    assert line[name.start : name.end] == "Tool   Library"


@given(ANY_TEXT, st.data())
def test_every_chunk_leads_back_to_the_source_line(line: str, data: st.DataObject) -> None:
    aligned = align(line)
    chunks = aligned.text.split(" ") if aligned.text else []
    assert chunks == line.replace(FILLER, " ").split()
    if chunks:
        chunk = data.draw(st.sampled_from(range(len(chunks))))
        start = aligned.starts[chunk]
        name = aligned.to_source(Name(start, start + len(chunks[chunk]), Label.ORG))
        assert line[name.start : name.end] == chunks[chunk]


def filtered(predicted: str, label: Label, *lines: str) -> list[list[str]]:
    """What remains of the name `predicted` in each of `lines`."""
    names = [[Name(line.index(predicted), line.index(predicted) + len(predicted), label)] for line in lines]
    kept = postfilter(lines, names)
    return [[line[name.start : name.end] for name in names] for line, names in zip(lines, kept, strict=True)]


def test_a_title_is_no_part_of_a_name() -> None:
    assert filtered("Dr. Okonkwo", PERSON, "we asked Dr. Okonkwo") == [["Okonkwo"]]


def test_a_slash_ends_the_name_of_a_person() -> None:
    assert filtered("Zsofia/Bartek", PERSON, "Zsofia/Bartek to ask") == [["Zsofia"]]


@pytest.mark.parametrize("handle", ("@thockin", "thockin@", "sig@thockin"))
def test_a_name_in_a_handle_or_an_address_is_extended_to_the_whole_of_it(handle: str) -> None:
    line = f"ask {handle}: what now?"
    start = line.index("thockin")
    [[name]] = postfilter([line], [[Name(start, start + len("thockin"), PERSON)]])
    assert line[name.start : name.end] == handle


def test_two_names_in_one_address_become_one() -> None:
    line = "ask zsofia@bartek"
    assert postfilter([line], [[Name(4, 10, PERSON), Name(11, 17, PERSON)]]) == [[Name(4, 17, PERSON)]]


def test_dates_are_left_to_the_rules() -> None:
    assert filtered("two weeks", DATE, "in two weeks") == [[]]


@pytest.mark.parametrize("role", ("Minister", "Deputy Minister", "Chair"))
def test_a_role_is_no_person(role: str) -> None:
    assert filtered(role, PERSON, f"the {role} said so") == [[]]


def test_everyday_words_in_lower_case_are_no_name() -> None:
    assert filtered("working group", ORG, "ask the working group", "the working group said") == [[], []]


def test_capitalised_everyday_words_may_be_a_name() -> None:
    assert filtered("Red Cross", ORG, "ask the Red Cross") == [["Red Cross"]]


def test_a_single_word_is_a_product_if_two_lines_contain_it() -> None:
    assert filtered("Inkscape", PRODUCT, "we use Inkscape") == [[]]
    assert filtered("Inkscape", PRODUCT, "we use Inkscape", "teach Inkscape") == [["Inkscape"], ["Inkscape"]]


def test_a_repeated_line_counts_once() -> None:
    assert filtered("Inkscape", PRODUCT, "we use Inkscape", "we use Inkscape") == [[], []]


def test_a_place_needs_one_line_only() -> None:
    assert filtered("Tromsø", PLACE, "we met in Tromsø") == [["Tromsø"]]
