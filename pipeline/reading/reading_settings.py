"""Which model reads an event, where it is, and what it may see: event.toml's `[reading]` and the environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from fetch.corpus_records import Scalar
from fetch.errors import UserMistake, validation_sentence
from pipeline.reading.chat_protocol import KEY_VARIABLE
from pipeline.reading.chat_server import is_loopback

URL_VARIABLE = "PADHARVEST_READING_URL"
MODEL_VARIABLE = "PADHARVEST_READING_MODEL"

SERVER_CONTEXT, WINDOW_CONTEXT = 8192, 32768
"""Tokens that models of 2025 take at least: those that run on a laptop, and those behind chat windows."""

LEAST_CONTEXT = 3000
"""Tokens of the smallest context in which a prompt has room for lines of several groups."""


def _check_url(url: str) -> str:
    """Return the address of a server without its last slash; refuse one with a login, which would be passed on."""
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_server = False
    if url and not is_server:
        raise ValueError('expected an address, like "http://localhost:11434/v1"')
    if "@" in url:
        raise ValueError(f"contains a login; take it out and set {KEY_VARIABLE}")
    return url.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """The `[reading]` table of event.toml; a key is in the environment only, and is never printed.

    Without a `url`, prompts are written to files and answers are read from files.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    url: Annotated[str, AfterValidator(_check_url)] = ""
    """Of a server that speaks the OpenAI-compatible chat protocol, up to `/v1`."""

    model: str = ""
    """The model's name on that server; in a chat window, what the window calls it."""

    context_tokens: Annotated[int, Field(ge=LEAST_CONTEXT)] | None = None
    """Tokens of question and answer together that the model takes; see `context`."""

    seconds: Annotated[int, Field(ge=1)] = 600
    """The longest wait for one answer; a laptop without a graphics card writes some five tokens a second."""

    send_names: bool = False
    """Whether names of persons are sent to another machine as they are, not as `Person 3`."""

    concerns: bool = True
    facts: bool = True
    summary: bool = True
    """Which passes are wanted: the codebook with the coding, kinds with owners and dates, summaries of concerns."""

    @property
    def context(self) -> int:
        """Tokens that a prompt and its answer may have: what small models take on a server, more in a chat window."""
        return self.context_tokens or (SERVER_CONTEXT if self.url else WINDOW_CONTEXT)

    @property
    def passes(self) -> tuple[str, ...]:
        """The names of the passes that are wanted; a summary needs concerns."""
        return (
            *(("codebook", "coding") if self.concerns else ()),
            *(("facts",) if self.facts else ()),
            *(("summary",) if self.summary and self.concerns else ()),
        )

    @property
    def host(self) -> str:
        """The server's host and port, "" without a server."""
        return urlsplit(self.url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the model is on this machine, so that nothing leaves it."""
        return bool(self.url) and is_loopback(self.url)


def reading_settings(values: Mapping[str, Scalar], environment: Mapping[str, str], event_id: str) -> ReadingSettings:
    """Return what event.toml's `[reading]` says, and over it the environment; raises UserMistake naming the key."""
    settings = _validated(values, f"corpus/{event_id}/event.toml: [reading] ")
    for name, variable in (("url", URL_VARIABLE), ("model", MODEL_VARIABLE)):
        if environment.get(variable):
            value = _validated({name: environment[variable]}, f"{variable}: ")
            settings = replace(settings, **{name: getattr(value, name)})
    if settings.url and not settings.model:
        raise UserMistake(
            f"corpus/{event_id}/event.toml: [reading] model is missing: which model should {settings.host} use? "
            f'Write model = "…", or set {MODEL_VARIABLE}.'
        )
    return settings


def _validated(values: Mapping[str, Scalar], prefix: str) -> ReadingSettings:
    try:
        return TypeAdapter(ReadingSettings).validate_json(json.dumps(dict(values)))
    except ValidationError as error:
        known = {"": [known.name for known in fields(ReadingSettings)]}
        expected = {"greater_than_equal": "expected a larger number"}
        raise UserMistake(validation_sentence(error, prefix, known, expected=expected)) from error
