"""Questions to a chat server: an answer, or one plain sentence, whatever the server does; and the key stays here."""

import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import pytest
import requests

from pipeline.reading.chat_protocol import (
    BROKEN_DELAYS,
    BUSY_DELAYS,
    MAX_DELAY,
    ChatAnswer,
    ChatPrompt,
    retry_after,
)
from pipeline.reading.chat_server import ChatFailure, ChatLimits, ChatServer, is_loopback
from tests.support.chat_server import JSON, PATH, ScriptedChat, content, refused, running_chat, written
from tests.support.fake_server import Reaction, answer, raw, redirect

KEY = "sk-only-for-tests-0123456789"
SCHEMA = {
    "type": "object",
    "properties": {"line": {"type": "integer"}},
    "required": ["line"],
    "additionalProperties": False,
}
PROMPT = ChatPrompt(text="Which line? ¿Qué?", schema=SCHEMA, answer_tokens=50)
FINE = '{"line": 1}'
HASTY = ChatLimits(connect=2, total=0.3, size=1_000_000)
PATIENT = ChatLimits(connect=5, total=30)

BY_SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
AS_LLAMA_CPP = {"type": "json_object", "schema": SCHEMA}
AS_OBJECT = {"type": "json_object"}


@dataclass
class User:
    """Somebody who asks a server: what they waited, and what they were shown."""

    chat: ScriptedChat
    waits: list[float] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)

    def server(self, key: str | None = KEY, limits: ChatLimits = PATIENT, url: str = "") -> ChatServer:
        return ChatServer(
            url or self.chat.url, "tiny", key, limits=limits, sleep=self.waits.append, report=self.progress.append
        )

    def ask(self, *reactions: Reaction, limits: ChatLimits = PATIENT) -> ChatAnswer:
        self.chat.script(*reactions)
        return self.server(limits=limits).ask(PROMPT)

    def complaint(self, *reactions: Reaction, limits: ChatLimits = PATIENT) -> str:
        """What follows the host and the model in the sentence on a failure."""
        with pytest.raises(ChatFailure) as failure:
            self.ask(*reactions, limits=limits)
        host = self.chat.web.base.removeprefix("http://")
        assert failure.value.exit_code == 1
        assert "\n" not in str(failure.value)
        assert KEY not in str(failure.value)
        beginning, complaint = str(failure.value).split(": ", 1)
        assert beginning == f"{host}, model tiny"
        return complaint

    def formats(self) -> list[object]:
        return [question.get("response_format") for question in self.chat.questions]


@pytest.fixture
def user() -> Iterator[User]:
    with running_chat() as chat:
        yield User(chat)


def drip(request: BaseHTTPRequestHandler) -> None:
    """Send a byte of the body every now and then, for as long as the test lasts or three seconds."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(30):
        request.wfile.write(b" ")
        threading.Event().wait(0.1)
    request.close_connection = True


def drip_of_headers(request: BaseHTTPRequestHandler) -> None:
    for number in range(30):
        request.wfile.write(f"{'HTTP/1.1 200 OK' if not number else f'X-{number}: 1'}\r\n".encode())
        threading.Event().wait(0.1)
    request.close_connection = True


def silence(request: BaseHTTPRequestHandler) -> None:
    threading.Event().wait(3)  # longer than any limit of these tests
    request.close_connection = True


def test_a_question_is_one_message_with_the_model_the_schema_and_fixed_settings(user: User) -> None:
    assert user.ask(written(FINE)).text == FINE
    [request] = user.chat.web.requests
    assert request.path == PATH
    assert user.chat.questions == [
        {
            "model": "tiny",
            "messages": [{"role": "user", "content": "Which line? ¿Qué?"}],
            "temperature": 0,
            "seed": 0,
            "max_tokens": 50,
            "response_format": BY_SCHEMA,
        }
    ]


def test_an_answer_counts_its_tokens_and_says_whether_it_was_cut_off(user: User) -> None:
    whole = user.ask(written(FINE, usage={"prompt_tokens": 7, "completion_tokens": 3}))
    assert whole == ChatAnswer(text=FINE, tokens_in=7, tokens_out=3, cut_off=False)
    cut = user.ask(written('{"li', "length", usage={"prompt_tokens": "7", "completion_tokens": -1}))
    assert cut == ChatAnswer(text='{"li', tokens_in=0, tokens_out=0, cut_off=True)


def test_a_server_that_cuts_the_question_is_noticed_by_its_count_and_reported_once(user: User) -> None:
    user.chat.script(written(FINE, usage={"prompt_tokens": 2050}))
    server = user.server()
    long = ChatPrompt(text="one two " * 2_200, schema=SCHEMA, answer_tokens=50)
    short = ChatPrompt(text="one two " * 2_000, schema=SCHEMA, answer_tokens=50)
    server.ask(short)
    assert user.progress == []
    server.ask(long)
    server.ask(long)
    [line] = user.progress
    assert "seems to have read only 2050 tokens of the question: lower context_tokens" in line


ANSWERS = {
    "JSON in a code fence, with chatter": (written(f"Sure!\n```json\n{FINE}\n```"), f"Sure!\n```json\n{FINE}\n```"),
    "thinking before the JSON": (written(f"<think>Hm, 1?</think>\n{FINE}"), f"<think>Hm, 1?</think>\n{FINE}"),
    "thinking apart from the JSON": (written(FINE, reasoning_content="Hm, 1?"), FINE),
    "nothing but thinking": (written(None, reasoning_content="Hm, 1?"), ""),
    "a list of parts": (
        written([{"type": "thinking"}, {"type": "text", "text": '{"line"'}, {"type": "text", "text": ": 1}"}]),
        FINE,
    ),
    "a refusal": (written(None, refusal="I cannot help with that."), "I cannot help with that."),
    "nothing": (written(""), ""),
    "half of a pair of surrogates": (written("\ud83d!"), "?!"),
    "100,000 tokens": (written("word " * 100_000), "word " * 100_000),
}


@pytest.mark.parametrize(("reaction", "text"), ANSWERS.values(), ids=ANSWERS)
def test_what_the_model_wrote_is_returned_as_it_is(user: User, reaction: Reaction, text: str) -> None:
    assert user.ask(reaction).text == text


NO_KEY = "the key is missing, wrong or not for this model; set PADHARVEST_READING_KEY."
NO_MODEL = "it has no such model, or this is not its address. Does the address end in /v1?"
NO_SERVER = "it is not a chat server; the address should look like http://localhost:11434/v1."
TOO_LONG = "the question is longer than its context; lower context_tokens, or start it with a larger context."
BROKE_OFF = "the connection broke off before the answer was complete."
TOO_LATE = "it had not finished its answer after 0.3 s; take a faster model or lower context_tokens."
PAGE = "<!DOCTYPE html><title>Welcome</title>"


def not_followed(place: str) -> str:
    return f"it redirects to {place}, which is not followed; use the address of that place."


FAILURES = {
    "a wrong key, repeated by the server": (refused(401, f"Incorrect API key provided: {KEY}"), NO_KEY),
    "a key without a right to the model": (refused(403, "forbidden"), NO_KEY),
    "an unknown model, as Ollama says it": (refused(404, 'model "tiny" not found, try pulling it first'), NO_MODEL),
    "an unknown model, as llama-cpp-python says it": (
        refused(400, "The model `tiny` does not exist", code="model_not_found"),
        NO_MODEL,
    ),
    "an unknown model, as a gateway says it": (refused(400, "tiny is not a valid model ID"), NO_MODEL),
    "an unknown path": (content({"detail": "Not Found"}, 404), NO_MODEL),
    "an unknown page": (answer(PAGE, "text/html", 404, attached=False), NO_MODEL),
    "a context too small, as OpenAI says it": (
        refused(400, "Please reduce the length of the messages.", code="context_length_exceeded", param="messages"),
        TOO_LONG,
    ),
    "a context too small, as llama.cpp says it": (
        refused(400, "the request exceeds the available context size", type="exceed_context_size_error"),
        TOO_LONG,
    ),
    "a context too small, as vLLM says it": (
        refused(400, "'max_tokens' is too large: 900. This model's maximum context length is 512 tokens."),
        TOO_LONG,
    ),
    "a question too large": (answer("", status=413, attached=False), TOO_LONG),
    "no credit": (
        refused(429, "You exceeded your current quota.", code="insufficient_quota"),
        "the account behind the key has no credit left.",
    ),
    "an error of another kind": (
        refused(418, "I am a\n teapot\x1b[31m."),
        "it could not answer (HTTP 418): I am a teapot [31m.",
    ),
    "an error without words": (answer("", status=418, attached=False), "it could not answer (HTTP 418)."),
    "an error that repeats the key": (
        refused(418, f"Header: Bearer {KEY}"),
        "it could not answer (HTTP 418): Header: Bearer ….",
    ),
    "a web page": (answer(PAGE, "text/html", attached=False), NO_SERVER),
    "plain text": (answer("Ollama is running", attached=False), NO_SERVER),
    "an empty answer": (answer("", JSON, attached=False), NO_SERVER),
    "JSON that is no object": (content([1]), NO_SERVER),
    "JSON nested beyond all measure": (answer("[" * 200_000, JSON, attached=False), NO_SERVER),
    "no choices": (content({"id": "x"}), NO_SERVER),
    "an empty list of choices": (content({"choices": []}), NO_SERVER),
    "a choice without a message": (content({"choices": [{"text": FINE}]}), NO_SERVER),
    "a redirect": (redirect("https://elsewhere.example.org/v1"), not_followed("https://elsewhere.example.org")),
    "a redirect on the same server": (redirect("/login"), not_followed("another page")),
    "a redirect to nonsense": (redirect("http://[/"), not_followed("the server")),
    "an error inside of a success": (
        content({"error": {"message": "Upstream said no", "code": 402}}),
        "it could not answer (HTTP 402): Upstream said no.",
    ),
    "broken gzip": (
        answer(b"no gzip", JSON, attached=False, headers={"Content-Encoding": "gzip"}),
        "it sent an answer that cannot be unpacked.",
    ),
}


@pytest.mark.parametrize(("reaction", "sentence"), FAILURES.values(), ids=FAILURES)
def test_a_failure_that_would_happen_again_is_one_sentence_at_once(
    user: User, reaction: Reaction, sentence: str
) -> None:
    assert user.complaint(reaction) == sentence
    assert user.waits == []


def test_an_answer_larger_than_any_real_one_is_refused(user: User) -> None:
    assert user.complaint(written("x" * 1_000_000), limits=ChatLimits(total=30, size=1_000_000)) == (
        "it sent more than 1 MB, which is no answer."
    )


DRIPS = {"a drip": drip, "a drip of headers": drip_of_headers, "silence": silence}


@pytest.mark.parametrize("reaction", DRIPS.values(), ids=DRIPS)
def test_an_answer_that_takes_too_long_is_given_up_however_it_arrives(user: User, reaction: Reaction) -> None:
    assert user.complaint(reaction, limits=HASTY) == TOO_LATE
    assert user.waits == []


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PASSING = {
    "a fault of the server": (refused(500, "oops"), "it could not answer (HTTP 500): oops."),
    "a gateway's page": (answer(PAGE, "text/html", 502, attached=False), "it could not answer (HTTP 502)."),
    "a gateway's timeout": (answer(PAGE, "text/html", 504, attached=False), "it could not answer (HTTP 504)."),
    "a connection that is closed": (raw(), BROKE_OFF),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9\r\n"), BROKE_OFF),
    "a body cut short": (raw(HEAD + b'Content-Length: 999\r\n\r\n{"choices": ['), BROKE_OFF),
    "chunks cut short": (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), BROKE_OFF),
    "truncated JSON": (answer('{"choices": [{"message": {"con', JSON, attached=False), BROKE_OFF),
}


@pytest.mark.parametrize(("reaction", "sentence"), PASSING.values(), ids=PASSING)
def test_a_failure_that_may_pass_is_tried_again_and_then_a_sentence(
    user: User, reaction: Reaction, sentence: str
) -> None:
    assert user.ask(reaction, written(FINE)).text == FINE
    assert user.waits == [BROKEN_DELAYS[0]]
    user.waits.clear()
    assert user.complaint(reaction) == sentence
    assert user.waits == list(BROKEN_DELAYS)


def test_a_busy_server_is_asked_again_when_it_says_and_the_user_is_shown_why(user: User) -> None:
    busy = refused(429, "Slow down.", {"Retry-After": "7"})
    assert user.ask(busy, busy, written(FINE)).text == FINE
    assert user.waits == [7, 7]
    host = user.chat.web.base.removeprefix("http://")
    assert user.progress[0] == f"{host} is busy; asking again in 7 s (1 of 5)"


def test_a_server_that_is_always_busy_ends_in_a_sentence(user: User) -> None:
    sentence = "it is still too busy; run again later, and only what is missing is asked."
    assert user.complaint(refused(429, "Slow down.", {"Retry-After": "86400"})) == sentence
    assert user.waits == [MAX_DELAY] * len(BUSY_DELAYS)


def test_a_server_that_loads_its_model_is_waited_for(user: User) -> None:
    loading = refused(503, "Loading model", type="unavailable_error")
    assert user.ask(loading, loading, loading, written(FINE)).text == FINE
    assert user.waits == list(BUSY_DELAYS[:3])


NOON = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    (
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "Mon, 23 Nov 2026 12:01:00 GMT", "Date": NOON}, 60),
        ({"Retry-After": NOON, "Date": "Mon, 23 Nov 2026 12:01:00 GMT"}, 0),
        ({"Retry-After": NOON}, None),
        ({"Retry-After": "soon", "Date": NOON}, None),
        ({"Retry-After": "-3", "Date": NOON}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 12:01:00 -0000", "Date": NOON}, None),
        ({}, None),
    ),
)
def test_retry_after_is_seconds_or_a_date_on_the_servers_clock(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def only(*formats: object) -> Callable[[dict[str, object]], Reaction | str]:
    """A server that knows these formats, and calls all others invalid without naming them."""
    return lambda question: FINE if question.get("response_format") in formats else refused(400, "Invalid request.")


LADDER = [BY_SCHEMA, AS_LLAMA_CPP, AS_OBJECT, None]


@pytest.mark.parametrize("known", LADDER, ids=("json_schema", "json_object with a schema", "json_object", "none"))
def test_the_strictest_format_that_the_server_knows_is_found_once(user: User, known: object) -> None:
    user.chat.reply_with(only(known))
    server = user.server()
    assert [server.ask(PROMPT).text for _ in range(3)] == [FINE] * 3
    assert user.formats() == [*LADDER[: LADDER.index(known) + 1], known, known]


def test_a_server_that_refuses_every_format_ends_in_its_own_words(user: User) -> None:
    assert user.complaint(refused(422, "Bad chat template.")) == "it could not answer (HTTP 422): Bad chat template."
    assert user.formats() == LADDER


FORMAT_REFUSALS = {
    "llama-cpp-python": refused(500, "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type')}]"),
    "LM Studio": content({"error": "'response_format.type' must be 'json_schema' or 'text'"}, 400),
    "FastAPI": content({"detail": [{"loc": ["body", "response_format", "type"], "msg": "no"}]}, 422),
    "OpenRouter": refused(404, "No endpoints found that support response_format", code=404),
    "vLLM without a grammar": refused(501, "Structured output is not supported"),
}


@pytest.mark.parametrize("refusal", FORMAT_REFUSALS.values(), ids=FORMAT_REFUSALS)
def test_a_refusal_of_the_format_is_known_whatever_its_status(user: User, refusal: Reaction) -> None:
    assert user.ask(refusal, written(FINE)).text == FINE
    assert user.formats() == [BY_SCHEMA, AS_LLAMA_CPP]
    assert user.waits == []


PARAMETERS = {
    "another name for the length": (
        refused(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", param="max_tokens"),
        {"temperature": 0, "seed": 0, "max_completion_tokens": 50},
    ),
    "no length": (refused(400, "Unknown field: max_tokens"), {"temperature": 0, "seed": 0}),
    "no temperature": (
        refused(400, "Only the default is supported.", param="temperature", code="unsupported_value"),
        {"seed": 0, "max_tokens": 50},
    ),
    "no seed, as Gemini says it": (
        content([{"error": {"code": 400, "message": 'Invalid JSON payload received. Unknown name "seed"'}}], 400),
        {"temperature": 0, "max_tokens": 50},
    ),
    "no seed, as Mistral says it": (
        content({"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"]}]}, 422),
        {"temperature": 0, "max_tokens": 50},
    ),
}


@pytest.mark.parametrize(("refusal", "left"), PARAMETERS.values(), ids=PARAMETERS)
def test_a_setting_that_the_server_refuses_is_not_sent_again(
    user: User, refusal: Reaction, left: dict[str, int]
) -> None:
    user.chat.script(refusal, written(FINE))
    server = user.server()
    server.ask(PROMPT)
    server.ask(PROMPT)
    for question in user.chat.questions[1:]:
        others = {"model": "tiny", "messages": question["messages"], "response_format": BY_SCHEMA}
        assert question == others | left


def test_refusals_of_several_fields_are_met_one_by_one(user: User) -> None:
    refusals = [
        refused(400, "no", param="max_tokens"),
        refused(400, "no", param="seed"),
        refused(400, "no", param="response_format"),
        refused(400, "no", param="temperature"),
    ]
    user.ask(*refusals, written(FINE))
    assert user.chat.questions[-1] == {
        "model": "tiny",
        "messages": [{"role": "user", "content": PROMPT.text}],
        "response_format": AS_LLAMA_CPP,
    }


def test_the_key_is_in_one_header_and_nowhere_else(user: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    user.chat.script(refused(500, f"{KEY}?"), written(FINE))
    server = user.server()
    server.ask(PROMPT)
    for request in user.chat.web.requests:
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        rest = {**request.headers, "Authorization": ""}
        assert KEY not in f"{request.path} {rest} {request.body!r}"
    assert KEY not in f"{server!r} {vars(server)!r} {caplog.text} {user.progress}"


def test_without_a_key_no_header_is_sent_even_if_netrc_has_a_login(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests.sessions, "get_netrc_auth", lambda _: ("user", "password"))
    monkeypatch.setattr("pipeline.reading.chat_server.is_loopback", lambda _: False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    user.chat.script(written(FINE))
    user.server(key=None).ask(PROMPT)
    user.server(key="  ").ask(PROMPT)
    assert [request.headers.get("Authorization") for request in user.chat.web.requests] == [None, None]


@pytest.mark.parametrize("key", ("two words", "line\nbreak", "ключ"))
def test_a_key_that_fits_no_header_is_refused_without_showing_it(user: User, key: str) -> None:
    with pytest.raises(ChatFailure, match="PADHARVEST_READING_KEY contains a character that no key has") as failure:
        user.server(key=key)
    assert key not in str(failure.value)


def test_nothing_for_this_machine_goes_through_a_proxy(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert user.ask(written(FINE)).text == FINE


def test_cookies_are_not_sent_back(user: User) -> None:
    cookie = answer(json.dumps({"choices": [{"message": {"content": FINE}}]}), JSON, headers={"Set-Cookie": "a=b"})
    user.chat.script(cookie)
    server = user.server()
    server.ask(PROMPT)
    server.ask(PROMPT)
    assert [request.headers.get("Cookie") for request in user.chat.web.requests] == [None, None]


@pytest.mark.parametrize("ending", ("", "/", "/chat/completions"))
def test_the_address_may_end_as_people_copy_it(user: User, ending: str) -> None:
    user.chat.script(written(FINE))
    user.server(url=user.chat.url + ending).ask(PROMPT)
    assert user.chat.web.paths() == [PATH]


UNREACHABLE = {
    "http://127.0.0.1:1/v1": "127.0.0.1:1, model tiny: nothing answers at its address; is it started?",
    "http://nowhere.invalid/v1": "nowhere.invalid, model tiny: there is no server of that name.",
    "localhost:1/v1": "the server, model tiny: its address is not valid; it should look like http://localhost:11434/v1.",
    "http://[/v1": "the server, model tiny: its address is not valid; it should look like http://localhost:11434/v1.",
}


@pytest.mark.parametrize(("url", "sentence"), UNREACHABLE.items())
def test_an_address_where_nothing_is_ends_in_a_sentence(
    user: User, url: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ChatFailure) as failure:
        user.server(url=url).ask(PROMPT)
    assert str(failure.value) == sentence
    assert user.waits == []


def test_a_server_without_tls_where_tls_is_expected_ends_in_a_sentence(user: User) -> None:
    with pytest.raises(ChatFailure, match="it cannot prove who it is"):
        user.server(url=user.chat.url.replace("http:", "https:")).ask(PROMPT)


def test_an_interruption_while_waiting_ends_at_once(user: User) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    user.chat.script(refused(429, "Slow down."))
    server = ChatServer(user.chat.url, "tiny", limits=PATIENT, sleep=interrupt, report=user.progress.append)
    with pytest.raises(KeyboardInterrupt):
        server.ask(PROMPT)
    assert len(user.chat.questions) == 1


def test_an_interruption_while_the_model_thinks_ends_at_once(user: User) -> None:
    def interrupt(request: BaseHTTPRequestHandler) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        silence(request)

    user.chat.script(interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background process ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            user.server().ask(PROMPT)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("url", "loopback"),
    (
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST/v1", True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://[::1]:8080/v1", True),
        ("https://api.example.org/v1", False),
        ("http://localhost.example.org/v1", False),
        ("http://192.168.0.7:11434/v1", False),
        ("http://0.0.0.0:11434/v1", False),
        ("http://localhost@example.org/v1", False),
        ("http://example.org\\@localhost/v1", False),
        ("http://example.org#@localhost/v1", False),
        ("http://[/v1", False),
        ("localhost", True),
        ("", False),
    ),
)
def test_a_loopback_address_is_this_machine_by_its_name(url: str, loopback: bool) -> None:  # noqa: FBT001 - expected
    assert is_loopback(url) is loopback
