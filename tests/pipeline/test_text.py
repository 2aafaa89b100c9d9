"""What a word, an address, a check box and markup are."""

import re
from dataclasses import replace

import pytest
from hypothesis import given

from pipeline.text import (
    FILLER,
    checkbox_state,
    is_question,
    is_stop_word,
    line_languages,
    lower_letters,
    mask_unreadable,
    mask_variables,
    normalize,
    stem,
    strip_emphasis,
    strip_markup,
    unique_name,
    words,
)
from tests.support.hostile import ANY_TEXT
from tests.support.labelled_segments import segments_of


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("The pump, again!", ["The", "pump", "again"]),
        ("follow-up on Ana’s list", ["follow", "up", "on", "Ana’s", "list"]),
        ("see https://pads.example.org/p/pump or WWW.example.org/x", ["see", "or"]),
        ("ask @ana, or bo@example.org", ["ask", "or", "bo"]),
        ("12 sheds in 2026, IPv6 too", ["sheds", "in", "IPv6", "too"]),
        ("Насос снова сломан", ["Насос", "снова", "сломан"]),
        ("l'accueil, qu’on n’a pas aujourd'hui", ["l", "accueil", "qu", "on", "n", "a", "pas", "aujourd'hui"]),
        ("don't, o'clock, Ana's, L'Hospitalet", ["don't", "o'clock", "Ana's", "L", "Hospitalet"]),
        ("jede*r, Helfer*innen: Erstis:innen", ["jede*r", "Helfer*innen", "Erstis:innen"]),
        ("habitant·e·s, *note*: in **bold**", ["habitant·e·s", "note", "in", "bold"]),
        ("🌱 … — 7", []),
    ),
)
def test_words_are_runs_of_letters_without_numbers_addresses_and_handles(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text)] == expected


@given(ANY_TEXT)
def test_a_word_is_at_its_offsets(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end] == word.text
        assert word.text


def test_words_are_found_in_linear_time() -> None:
    for piece in ("a@", "http", "https://", "w", "'", "@", "_"):
        assert isinstance(words(piece * 50_000), list)


def test_forms_of_a_word_share_a_stem() -> None:
    assert stem("Reviewers") == stem("reviewing") == stem("review")
    assert stem("поливать") == stem("полив")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    (
        ("Feedback: Workshop", "en", "de"),
        ("Ana, Bo, 12", "und", "de"),
        ("this is a whole line in English", "en", "en"),
        ("le local est trop petit", "fr", "fr"),
    ),
)
def test_a_short_line_is_in_the_language_of_its_pad(text: str, language: str, expected: str) -> None:
    german = [replace(one, language="de") for one in segments_of([("Wasser", "Pumpe"), ("Wasser", "Rohr")])]
    [line] = segments_of([("Wasser", text)])
    assert line_languages([*german, replace(line, language=language)])[-1] == expected


@pytest.mark.parametrize("word", ("The", "und", "jede*r", "que", "это", "don't", "don’t", "x"))
def test_function_words_of_several_languages_and_single_letters_are_stop_words(word: str) -> None:
    assert is_stop_word(word)


@pytest.mark.parametrize("word", ("pump", "state", "local", "насос"))
def test_nouns_are_not_stop_words(word: str) -> None:
    assert not is_stop_word(word)


def test_lines_with_the_same_words_have_the_same_normal_form() -> None:
    assert normalize("**Next Steps:**") == normalize("next steps…") == "next steps"


def test_numbers_dates_and_addresses_are_masked() -> None:
    assert mask_variables("Notes of the 3rd call, 5 May: https://pads.example.org/p/x") == "notes of the 0 call 0 0 0"


def test_the_first_free_name_is_taken_and_the_last_is_numbered_if_none_is_free() -> None:
    taken = {"gate"}
    given = [unique_name(names, taken) for names in (["Gate", "Shed"], ["GATE", "Shed"], ["Gate"])]
    assert given == ["Shed", "Shed-2", "Gate-2"]
    assert taken == {"gate", "shed", "shed-2", "gate-2"}


@pytest.mark.parametrize("text", ("Who pays?", "**Who pays?**", "Wer bezahlt das", "誰が払いますか？"))
def test_a_question_ends_in_a_mark_or_begins_with_a_question_word(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ("How we work.", "Ana pays", ""))
def test_other_lines_are_not_questions(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize("text", ("[ ] a", "[] a", "- [ ] a", "[>] a", "[/] a", "☐ a", "[ ]a", "[?] a"))
def test_a_check_box_is_open(text: str) -> None:
    assert checkbox_state(text) == "open"


@pytest.mark.parametrize("text", ("[x] a", "* [X] a", "[✓] a", "☑ a", "✅ a", "[-] a", "[✗] a", "[ x ] a", "[x]a"))
def test_a_ticked_or_crossed_out_check_box_is_done(text: str) -> None:
    assert checkbox_state(text) == "done"


@pytest.mark.parametrize("text", ("a [ ] b", "[x](https://example.org)", "[1] a", ""))
def test_other_brackets_are_not_check_boxes(text: str) -> None:
    assert checkbox_state(text) is None


def test_emphasis_and_the_final_colon_are_stripped() -> None:
    assert strip_emphasis("**Next steps:**") == strip_emphasis("== Next steps ==") == "Next steps"


@pytest.mark.parametrize(
    ("typed", "expected"),
    (
        ("**Rain** barrels for _every_ plot", "Rain barrels for every plot"),
        ("see [the plan](https://example.org/plan_(2).pdf) first", "see the plan first"),
        ("[ ] order the hose", "order the hose"),
        ("- [x] order the hose", "order the hose"),
        ("the list is at https://example.org/a?b=c now", "the list is at now"),
        ("![map](plots.png) of the plots", "map of the plots"),
        ("a [bracket] stays", "a [bracket] stays"),
        ("order ✅ the hose [x] now", "order ✅ the hose [x] now"),
        ("3 * 4 plots", "3 4 plots"),
        ("no markup at all", "no markup at all"),
    ),
)
def test_marks_and_addresses_are_stripped_and_words_stay(typed: str, expected: str) -> None:
    assert strip_markup(typed) == expected


@pytest.mark.parametrize("line", ("https://example.org/plan", "***", ""))
def test_a_line_without_words_is_left_as_it_is(line: str) -> None:
    assert strip_markup(line) == line


@given(ANY_TEXT)
def test_stripping_markup_adds_no_characters(line: str) -> None:
    assert set(strip_markup(line)) <= set(line) | {" "}


def test_a_very_long_line_of_brackets_takes_no_time() -> None:
    assert strip_markup("[" * 100_000 + "(" * 100_000).startswith("[")


def test_lower_letters_are_those_that_a_pattern_without_case_takes_for_each_other() -> None:
    letters = list(map(chr, range(0x2200)))  # as far as there are Latin ones
    for letter in "abcdefghijklmnopqrstuvwxyzäöüßéèñçõ":
        alike = re.compile(letter, re.IGNORECASE)
        assert [one for one in letters if alike.match(one)] == [one for one in letters if lower_letters(one) == letter]


@given(ANY_TEXT)
def test_lower_letters_keep_offsets(text: str) -> None:
    assert len(lower_letters(text)) == len(text)


@given(ANY_TEXT)
def test_masking_keeps_offsets(text: str) -> None:
    assert len(mask_unreadable(text)) == min(len(text), 2000)


def test_addresses_are_masked_and_brackets_around_them_stay() -> None:
    assert mask_unreadable("(https://a.org) *b_c*") == f"({FILLER * 13})  b_c "
