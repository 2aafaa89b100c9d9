"""Settings: the `[settings]` table of event.toml."""

from dataclasses import replace

import pytest

from fetch.errors import UserMistake
from pipeline.segment_records import LineRole, Segment
from pipeline.settings import Settings, from_event, languages_compared_by_wording
from tests.support.labelled_segments import segments_of


def test_keys_that_are_given_replace_the_defaults() -> None:
    assert from_event({"similarity": 0.2}, "camp") == Settings(similarity=0.2)


def test_the_seed_of_an_older_event_file_is_ignored() -> None:
    assert from_event({"seed": 0, "most_concerns": 9}, "camp") == Settings(most_concerns=9)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    (
        ("similarty", 0.2, "similarty is not a known key; did you mean similarity?"),
        ("most_concerns", "many", "most_concerns: expected a whole number, not 'many'."),
        ("similarity", "loose", "similarity: expected a number, not 'loose'."),
    ),
)
def test_a_mistake_names_file_and_key_and_what_was_expected(key: str, value: str | float, sentence: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        from_event({key: value}, "camp")
    assert str(mistake.value) == f"corpus/camp/event.toml: [settings] {sentence}"


def segments(*languages: str) -> list[Segment]:
    return [
        replace(one, language=language)
        for one, language in zip(segments_of(("Soil", f"note {code}") for code in languages), languages, strict=True)
    ]


def test_a_language_that_two_notes_are_in_is_and_english_is_not() -> None:
    assert languages_compared_by_wording(segments("en", "es", "es", "en", "ru", "ru", "und", "und"), "") == {"es", "ru"}


def test_one_note_is_too_little_to_say_that_an_event_is_written_in_a_language() -> None:
    assert not languages_compared_by_wording(segments("en", "de", "en"), "")


def test_what_was_set_aside_does_not_count() -> None:
    first, second = segments("es", "es")
    assert not languages_compared_by_wording([first, replace(second, role=LineRole.DUPLICATE)], "")


def test_an_encoder_of_the_users_own_reads_every_language() -> None:
    assert not languages_compared_by_wording(segments("es", "es"), "a-multilingual-model")
