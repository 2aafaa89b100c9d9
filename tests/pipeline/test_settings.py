"""Settings: the `[settings]` table of event.toml."""

import pytest

from fetch.errors import UserMistake
from pipeline.settings import Settings, from_event


def test_keys_that_are_given_replace_the_defaults() -> None:
    assert from_event({"similarity": 0.2}, "camp") == Settings(similarity=0.2)


def test_the_seed_of_an_older_event_file_is_ignored() -> None:
    assert from_event({"seed": 0, "most_concerns": 9}, "camp") == Settings(most_concerns=9)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    (
        ("similarty", 0.2, "similarty is not a known key; did you mean similarity?"),
        ("most_concerns", "many", "most_concerns: expected a whole number, not 'many'"),
        ("similarity", "loose", "similarity: expected a number, not 'loose'"),
    ),
)
def test_a_mistake_names_the_file_and_the_key_and_what_was_expected(
    key: str, value: str | float, sentence: str
) -> None:
    with pytest.raises(UserMistake) as mistake:
        from_event({key: value}, "camp")
    assert str(mistake.value) == f"corpus/camp/event.toml: [settings] {sentence}."
