"""Settings: the `[settings]` table of event.toml."""

import pytest

from fetch.errors import UserMistake
from pipeline.settings import Settings, from_event


def test_keys_that_are_given_replace_the_defaults() -> None:
    assert from_event({"similarity": 0.2}, "camp") == Settings(similarity=0.2)


def test_the_seed_of_an_older_event_file_is_ignored() -> None:
    assert from_event({"seed": 0, "most_concerns": 9}, "camp") == Settings(most_concerns=9)


@pytest.mark.parametrize(("key", "value"), (("seeds", 0), ("most_concerns", "many")))
def test_a_mistake_names_the_file_the_key_and_the_known_keys(key: str, value: str | int) -> None:
    sentence = rf"^corpus/camp/event\.toml: \[settings\] {key}: .*; known keys are encoder,"
    with pytest.raises(UserMistake, match=sentence):
        from_event({key: value}, "camp")
