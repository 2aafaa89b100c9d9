"""Which model reads: event.toml and the environment."""

import pytest

from fetch.corpus_records import Scalar
from fetch.errors import UserMistake
from pipeline.reading.reading_settings import MODEL_VARIABLE, URL_VARIABLE, ReadingSettings, reading_settings

LOCAL = "http://localhost:11434/v1"


def settings(values: dict[str, Scalar], **environment: str) -> ReadingSettings:
    return reading_settings(values, environment, "spring")


def test_without_anything_files_are_pasted_and_prompts_may_be_long() -> None:
    reads = settings({})
    assert (reads.url, reads.host, reads.is_local, reads.context) == ("", "", False, 32768)


def test_a_server_is_asked_short_prompts_unless_it_takes_more() -> None:
    assert settings({"url": LOCAL, "model": "small"}).context == 8192
    assert settings({"url": LOCAL, "model": "small", "context_tokens": 20_000}).context == 20_000


def test_the_environment_goes_over_the_file() -> None:
    reads = settings(
        {"url": LOCAL, "model": "small"}, **{URL_VARIABLE: "https://ai.example.org/v1/", MODEL_VARIABLE: "large"}
    )
    assert (reads.url, reads.model, reads.host) == ("https://ai.example.org/v1", "large", "ai.example.org")
    assert not reads.is_local


@pytest.mark.parametrize(
    ("values", "passes"),
    (
        ({}, ("codebook", "coding", "facts", "summary")),
        ({"facts": False}, ("codebook", "coding", "summary")),
        ({"summary": False}, ("codebook", "coding", "facts")),
        ({"concerns": False}, ("facts",)),
    ),
)
def test_each_pass_can_be_left_out(values: dict[str, Scalar], passes: tuple[str, ...]) -> None:
    assert settings(values).passes == passes


@pytest.mark.parametrize(
    ("values", "sentence"),
    (
        ({"url": LOCAL}, "model is missing: which model should localhost:11434 use? "),
        ({"url": "localhost:11434"}, 'url: expected an address, like "http://localhost:11434/v1".'),
        (
            {"url": "https://me:pass@ai.example.org/v1"},
            "url: contains a login; take it out and set PADHARVEST_READING_KEY.",
        ),
        ({"context_tokens": 100}, "context_tokens: expected a larger number, not 100."),
        ({"modell": "x"}, "modell is not a known key; did you mean model?"),
        ({"key": "secret"}, "key is not a known key"),
        ({"send_names": "yes"}, "send_names: expected true or false, not 'yes'."),
    ),
)
def test_a_mistake_is_one_sentence(values: dict[str, Scalar], sentence: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        settings(values)
    assert str(mistake.value).startswith(f"corpus/spring/event.toml: [reading] {sentence}")
    assert "pass" not in str(mistake.value).replace("passes", "")


def test_a_mistake_in_the_environment_names_the_variable() -> None:
    with pytest.raises(UserMistake, match=f"^{URL_VARIABLE}: url: expected an address"):
        settings({}, **{URL_VARIABLE: "ollama"})
