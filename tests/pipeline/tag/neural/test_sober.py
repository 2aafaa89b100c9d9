"""What is believed of the names that the model sees."""

import pytest

from pipeline.records import Label
from pipeline.tag.neural.sober import sober
from pipeline.tag.spans import Name

PERSON, ORG, PLACE, PRODUCT, DATE = Label.PERSON, Label.ORG, Label.PLACE, Label.PRODUCT, Label.DATE


def believed(seen: str, label: Label, *lines: str) -> list[list[str]]:
    """`seen` in each of `lines`, as the model sees it, to what is left of it."""
    names = [[Name(line.index(seen), line.index(seen) + len(seen), label)] for line in lines]
    kept = sober(lines, names)
    return [[line[name.start : name.end] for name in of_line] for line, of_line in zip(lines, kept, strict=True)]


def test_a_title_is_no_part_of_a_name() -> None:
    assert believed("Dr. Okonkwo", PERSON, "we asked Dr. Okonkwo") == [["Okonkwo"]]


def test_two_people_are_not_one() -> None:
    assert believed("Zsofia/Bartek", PERSON, "Zsofia/Bartek to ask") == [["Zsofia"]]


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
