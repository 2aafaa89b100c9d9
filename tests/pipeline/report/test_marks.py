"""Groups are told apart by initials, lines and concerns by anchors, whatever they are called."""

import re

from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import PadId
from pipeline.report.quote_sources import concern_anchor, group_marks, line_anchor
from tests.support.hostile import ANY_TEXT

NAMES = st.lists(st.one_of(ANY_TEXT, st.sampled_from(["Water", "water", "Wa", "1", "Working group 1"])), unique=True)


def initials(*names: str) -> list[str]:
    return [mark.initials for mark in group_marks(names)]


def test_initials_remind_of_the_name() -> None:
    assert initials("Partnerships", "Capacity building", "Bees") == ["Pa", "CB", "Be"]


def test_link_words_do_not_count_as_words() -> None:
    assert initials("Children & the gate", "The group of elders") == ["CG", "El"]


def test_numbered_groups_bear_their_number() -> None:
    assert initials("Table 1", "Table 12", "Vision 2030") == ["T1", "T12", "Vi"]
    assert initials("ES2002", "ES2003") == ["Es", "E03"]


def test_names_that_begin_alike_get_other_letters_and_names_without_letters_a_number() -> None:
    assert initials("Water", "Wagons", "Walls", "???", "") == ["Wa", "Wg", "Wl", "4", "5"]


def test_initials_are_taken_from_any_script() -> None:
    assert initials("Почва", "水の管理", "قهوة") == ["По", "水の", "قه"]


@given(NAMES)
def test_no_two_groups_share_initials_or_anchor(names: list[str]) -> None:
    marks = group_marks(names)
    assert len({mark.initials.casefold() for mark in marks}) == len(names)
    assert len({mark.anchor for mark in marks}) == len(names)


@given(st.lists(st.tuples(ANY_TEXT, st.integers(1, 3000)), unique=True))
def test_no_two_lines_share_an_anchor_and_none_holds_what_a_link_or_selector_would_act_on(
    lines: list[tuple[str, int]],
) -> None:
    anchors = {line_anchor(PadId(pad), number) for pad, number in lines}
    assert len(anchors) == len(lines)
    assert all(re.fullmatch(r"pad-[A-Za-z0-9_-]*-l[0-9]+", anchor) for anchor in anchors)


def test_plain_names_stay_readable_in_anchors() -> None:
    assert line_anchor(PadId("water-2"), 7) == "pad-water-2-l7"
    assert line_anchor(PadId("a/b c"), 1) == "pad-a_2Fb_20c-l1"
    assert concern_anchor("c-1f3a") == "concern-c-1f3a"
