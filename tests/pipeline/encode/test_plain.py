"""What a line says without its markup."""

import pytest
from hypothesis import given

from pipeline.text import strip_markup
from tests.support.hostile import ANY_TEXT


@pytest.mark.parametrize(
    ("typed", "said"),
    (
        ("**Rain** barrels for _every_ plot", "Rain barrels for every plot"),
        ("see [the plan](https://example.org/plan_(2).pdf) first", "see the plan first"),
        ("[ ] order the hose", "order the hose"),
        ("- [x] order the hose", "order the hose"),
        ("the list is at https://example.org/a?b=c now", "the list is at now"),
        ("![map](plots.png) of the plots", "map of the plots"),
        ("a [bracket] stays", "a [bracket] stays"),
        ("3 * 4 plots", "3 4 plots"),
        ("no markup at all", "no markup at all"),
    ),
)
def test_marks_and_addresses_go_and_words_stay(typed: str, said: str) -> None:
    assert strip_markup(typed) == said


@pytest.mark.parametrize("line", ("https://example.org/plan", "***", ""))
def test_a_line_of_nothing_else_is_left_as_it_is(line: str) -> None:
    assert strip_markup(line) == line


@given(ANY_TEXT)
def test_only_what_was_written_comes_out(line: str) -> None:
    assert set(strip_markup(line)) <= set(line) | {" "}


def test_a_very_long_line_of_brackets_takes_no_time() -> None:
    assert strip_markup("[" * 100_000 + "(" * 100_000).startswith("[")
