"""Settings: the `[settings]` table of event.toml."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import Event
from fetch.errors import UserMistake
from fetch.event_file import parse_event
from pipeline.reading.reading_settings import ReadingSettings, reading_settings
from pipeline.segment_records import LineRole, Segment
from pipeline.settings import Settings, from_event, languages_compared_by_wording
from tests.support.damaged import ANY_VALUE, as_toml, assert_plain
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


PATH = Path("corpus/camp/event.toml")
READERS: tuple[tuple[str, Callable[[Event], object]], ...] = (
    ("settings", lambda event: from_event(event.settings, event.id)),
    ("reading", lambda event: reading_settings(event.reading, {}, event.id)),
)
KEYS = [field.name for field in (*fields(Settings), *fields(ReadingSettings))]


@given(st.sampled_from(READERS), st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), ANY_VALUE, max_size=3))
def test_whatever_stands_in_a_table_of_settings_it_is_settings_or_one_sentence(
    reader: tuple[str, Callable[[Event], object]], table: dict[str, object]
) -> None:
    name, read = reader
    try:
        settings = read(parse_event(as_toml({"title": "Camp", name: table}), PATH))
    except UserMistake as mistake:
        assert_plain(mistake, f"{PATH}: ")
        return
    assert "nan" not in repr(settings)
