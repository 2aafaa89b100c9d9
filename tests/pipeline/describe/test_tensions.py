"""Tensions: two groups' quotes that pull in opposite directions; the cases are in tests/cases/describe/tensions."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from pipeline.describe.tensions import MOST, tensions_of
from pipeline.records import Tension
from tests.hostile import ANY_TEXT
from tests.pipeline.said import bag, said

CASES = Path(__file__).parents[2] / "cases" / "describe" / "tensions"


def cases(name: str) -> list[list[str]]:
    """The lines of each case of a file."""
    text = "\n".join(line for line in (CASES / name).read_text(encoding="utf-8").split("\n") if line[:1] != "#")
    return [part.split("\n") for part in text.strip("\n").split("\n\n")]


def found(one: str, other: str, groups: tuple[str, str] = ("Water", "Soil")) -> tuple[Tension, ...]:
    segments = said(zip(groups, (one, other), strict=True))
    return tensions_of(range(2), segments, bag([segment.text for segment in segments]))


def words(one: str, other: str) -> str | None:
    tensions = found(one, other)
    return " / ".join(tensions[0].words) if tensions else None


@pytest.mark.parametrize(("one", "other", "expected"), cases("synthetic.txt"))
def test_opposite_wishes_about_the_same_thing_are_marked(one: str, other: str, expected: str) -> None:
    assert words(one, other) == expected


@pytest.mark.parametrize(("one", "other", "expected"), cases("synthetic.txt"))
def test_which_group_said_which_changes_nothing(one: str, other: str, expected: str) -> None:
    assert words(other, one) == " / ".join(reversed(expected.split(" / ")))


@pytest.mark.parametrize(("one", "other"), cases("negative.txt"))
def test_what_is_not_at_odds_is_not_marked(one: str, other: str) -> None:
    assert words(one, other) is None
    assert words(other, one) is None


@pytest.mark.xfail(strict=True, reason="the file says why, case by case")
@pytest.mark.parametrize(("one", "other", "expected"), [case[:3] for case in cases("known-failures.txt")])
def test_what_should_be_marked_some_day(one: str, other: str, expected: str) -> None:
    assert words(one, other) == expected


def test_a_group_is_not_set_against_itself() -> None:
    assert found("The list must be centralised", "The list must stay local", ("Water", "Water")) == ()


def test_no_more_are_shown_than_can_be_read() -> None:
    lines = [("Water", "The list must be centralised"), ("Soil", "The list must stay local")] * 3
    segments = said(lines)
    assert len(tensions_of(range(6), segments, bag([one.text for one in segments]))) == MOST


@hypothesis_settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_the_words_are_those_of_the_quotes_whatever_was_typed(one: str, other: str) -> None:
    for first, second in ((one, other), (f"the list must be central {one}", f"{other} list must stay local")):
        for tension in found(first, second):
            assert tension.words[0] in first
            assert tension.words[1] in second
