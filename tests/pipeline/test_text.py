"""Words: what texts are compared by and concerns are named with."""

import pytest
from hypothesis import given

from pipeline.text import is_stop_word, stem, unique_name, words
from tests.support.hostile import ANY_TEXT


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("The pump, again!", ["The", "pump", "again"]),
        ("follow-up on Ana’s list", ["follow", "up", "on", "Ana’s", "list"]),
        ("see https://pads.example.org/p/pump or www.example.org/x", ["see", "or"]),
        ("ask @ana, or bo@example.org", ["ask", "or", "bo"]),
        ("12 sheds in 2026, IPv6 too", ["sheds", "in", "IPv6", "too"]),
        ("Насос снова сломан", ["Насос", "снова", "сломан"]),
        ("🌱 … — 7", []),
    ),
)
def test_words_are_runs_of_letters_that_are_no_number_address_or_handle(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text)] == expected


@given(ANY_TEXT)
def test_a_word_is_where_it_says_it_is(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end] == word.text
        assert word.text


def test_words_are_found_in_time_that_grows_with_the_text_whatever_it_holds() -> None:
    for piece in ("a@", "http", "https://", "w", "'", "@", "_"):
        assert isinstance(words(piece * 50_000), list)


def test_forms_of_a_word_share_a_stem() -> None:
    assert stem("Reviewers") == stem("reviewing") == stem("review")
    assert stem("поливать") == stem("полив")


@pytest.mark.parametrize("word", ("The", "und", "que", "это", "don't", "don’t", "x"))
def test_function_words_of_several_languages_and_single_letters_are_stop_words(word: str) -> None:
    assert is_stop_word(word)


@pytest.mark.parametrize("word", ("pump", "state", "local", "насос"))
def test_words_that_name_things_are_none(word: str) -> None:
    assert not is_stop_word(word)


def test_the_first_name_that_is_free_is_taken_and_the_last_is_numbered_where_none_is() -> None:
    taken = {"gate"}
    given = [unique_name(names, taken) for names in (["Gate", "Shed"], ["GATE", "Shed"], ["Gate"])]
    assert given == ["Shed", "Shed-2", "Gate-2"]
    assert taken == {"gate", "shed", "shed-2", "gate-2"}
