"""What surrounds the model: the lines it reads, their alignment, and the names that are kept."""

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
def test_a_capital_or_a_handle_promises_a_name(line: str) -> None:
    assert prefilter(line)


@pytest.mark.parametrize("line", ("", "—", "The pump breaks", "bring what I have", "12 chairs", "- we need more time"))
def test_what_a_start_or_i_explains_promises_none(line: str) -> None:
    assert not prefilter(line)


def test_marks_and_addresses_leave_one_space() -> None:
    line = mask_unreadable("- **Ana** will   ask https://example.org/a/b the _Borrowhouse_ people")
    assert align(line).text == "- Ana will ask the Borrowhouse people"


def test_a_name_finds_its_place_in_the_line() -> None:
    line = mask_unreadable("see [the  Tool   Library](https://example.org) by May")
    read = align(line)
    start = read.text.index("Tool Library")
    placed = read.to_source(Name(start, start + len("Tool Library"), Label.ORG))
    assert line[placed.start : placed.end] == "Tool   Library"


@given(ANY_TEXT, st.data())
def test_every_chunk_stands_where_it_stood(line: str, data: st.DataObject) -> None:
    read = align(line)
    chunks = read.text.split(" ") if read.text else []
    assert chunks == line.replace(FILLER, " ").split()
    if chunks:
        chunk = data.draw(st.sampled_from(range(len(chunks))))
        start = read.starts[chunk]
        placed = read.to_source(Name(start, start + len(chunks[chunk]), Label.ORG))
        assert line[placed.start : placed.end] == chunks[chunk]


def believed(seen: str, label: Label, *lines: str) -> list[list[str]]:
    """`seen` in each of `lines`, as the model sees it, to what is left of it."""
    names = [[Name(line.index(seen), line.index(seen) + len(seen), label)] for line in lines]
    kept = postfilter(lines, names)
    return [[line[name.start : name.end] for name in of_line] for line, of_line in zip(lines, kept, strict=True)]


def test_a_title_is_no_part_of_a_name() -> None:
    assert believed("Dr. Okonkwo", PERSON, "we asked Dr. Okonkwo") == [["Okonkwo"]]


def test_two_people_are_not_one() -> None:
    assert believed("Zsofia/Bartek", PERSON, "Zsofia/Bartek to ask") == [["Zsofia"]]


@pytest.mark.parametrize("handle", ("@thockin", "thockin@", "sig@thockin"))
def test_a_name_in_a_handle_or_an_address_is_the_whole_of_it(handle: str) -> None:
    line = f"ask {handle}: what now?"
    start = line.index("thockin")
    [[name]] = postfilter([line], [[Name(start, start + len("thockin"), PERSON)]])
    assert line[name.start : name.end] == handle


def test_two_names_in_one_address_are_one() -> None:
    line = "ask zsofia@bartek"
    assert postfilter([line], [[Name(4, 10, PERSON), Name(11, 17, PERSON)]]) == [[Name(4, 17, PERSON)]]


def test_dates_are_left_to_the_rules() -> None:
    assert believed("two weeks", DATE, "in two weeks") == [[]]


@pytest.mark.parametrize("role", ("Minister", "Deputy Minister", "Chair"))
def test_a_role_is_nobody(role: str) -> None:
    assert believed(role, PERSON, f"the {role} said so") == [[]]


def test_everyday_words_written_small_are_no_name() -> None:
    assert believed("working group", ORG, "ask the working group", "the working group said") == [[], []]


def test_everyday_words_may_be_a_name_where_it_is_written_like_one() -> None:
    assert believed("Red Cross", ORG, "ask the Red Cross") == [["Red Cross"]]


def test_a_single_word_is_a_product_where_two_lines_have_it() -> None:
    assert believed("Inkscape", PRODUCT, "we use Inkscape") == [[]]
    assert believed("Inkscape", PRODUCT, "we use Inkscape", "teach Inkscape") == [["Inkscape"], ["Inkscape"]]


def test_a_line_that_is_repeated_is_one_line() -> None:
    assert believed("Inkscape", PRODUCT, "we use Inkscape", "we use Inkscape") == [[], []]


def test_a_place_may_be_seen_once() -> None:
    assert believed("Tromsø", PLACE, "we met in Tromsø") == [["Tromsø"]]
