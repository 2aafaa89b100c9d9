"""Which languages of an event are compared by wording only."""

from dataclasses import replace

from pipeline.analysis_records import LineRole, Segment
from pipeline.settings import languages_compared_by_wording
from tests.support.labelled_segments import said


def segments(*languages: str) -> list[Segment]:
    return [
        replace(one, language=language)
        for one, language in zip(said(("Soil", f"note {code}") for code in languages), languages, strict=True)
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
