"""Control characters are spelled out, characters are written as references, and both can be inverted."""

from hypothesis import given

from pipeline.report.formats.escapes import from_references, restore_controls, spell_out_controls, to_references
from tests.support.hostile import ANY_TEXT, HOSTILE


def test_control_characters_are_spelled_out_and_so_is_the_bracket_that_begins_a_spelling() -> None:
    assert spell_out_controls("a\0b") == "a⟦U+0000⟧b"
    assert spell_out_controls("\U0001fffe") == "⟦U+1FFFE⟧"
    assert spell_out_controls("⟦U+0000⟧") == "⟦U+27E6⟧U+0000⟧"
    harmless = "tab\tnewline\nzero width \u200b, joined 👩🏽‍🌾"
    assert spell_out_controls(harmless) == harmless


@given(ANY_TEXT)
def test_spelling_out_is_inverted_to_the_character(text: str) -> None:
    assert restore_controls(spell_out_controls(text)) == text


@given(ANY_TEXT)
def test_references_hold_no_character_of_the_text_and_are_decoded_to_it(text: str) -> None:
    assert not set(to_references(text)) - set("&#0123456789ltgamp;")
    assert from_references(to_references(text)) == text


def test_the_hostile_cases_are_read_as_their_file_says() -> None:
    assert len(HOSTILE) > 80
    assert "trailing  \nspaces  " in HOSTILE
    assert "back\\slash \\* \\<b>" in HOSTILE
    assert "# heading" in HOSTILE
