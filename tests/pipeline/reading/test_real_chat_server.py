"""What llama.cpp's chat server does with our questions, and what becomes of its answers here."""

import json
import threading
from collections.abc import Iterator

import jsonschema
import pytest
import requests

from pipeline.reading.chat_protocol import FORMATS, ChatPrompt, Dialect
from pipeline.reading.chat_server import ChatFailure, ChatLimits, ChatServer
from tests.support.llama_server import CONTEXT_TOKENS, LlamaServer, running_or_skipped

pytestmark = pytest.mark.reading_server

KEY = "only-for-tests"
SCHEMA = {
    "type": "object",
    "properties": {
        "lines": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {"line": {"type": "integer", "maximum": 9}, "kind": {"enum": ["question", "statement"]}},
                "required": ["line", "kind"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["lines"],
    "additionalProperties": False,
}
PROMPT = ChatPrompt(
    text="Say of each line whether it is a question or a statement, as JSON.\n1 Who pays?\n2 We pay.",
    schema=SCHEMA,
    answer_tokens=300,
)
CHAPTERS = {"type": "array", "minItems": 60, "maxItems": 60, "items": {"type": "string", "minLength": 50}}
ESSAY = ChatPrompt(
    text="Write a very long story about a harvest.",
    schema={"type": "object", "properties": {"story": CHAPTERS}, "required": ["story"], "additionalProperties": False},
    answer_tokens=6000,
)
"""The server cannot end before 3000 characters, which take it ten seconds or more."""


@pytest.fixture(scope="module")
def llama() -> Iterator[LlamaServer]:
    with running_or_skipped(key=KEY) as server:
        yield server


class User:
    """Somebody who asks the server: waits are skipped, and the progress is kept."""

    def __init__(self, llama: LlamaServer) -> None:
        self.llama = llama
        self.progress: list[str] = []

    def server(self, path: str = "", key: str = KEY, total: float = 300) -> ChatServer:
        return ChatServer(
            self.llama.url + path,
            self.llama.model,
            key,
            limits=ChatLimits(total=total),
            sleep=lambda _: None,
            report=self.progress.append,
        )


@pytest.fixture
def user(llama: LlamaServer) -> User:
    return User(llama)


def test_an_answer_satisfies_the_schema(user: User) -> None:
    answer = user.server().ask(PROMPT)
    jsonschema.validate(json.loads(answer.text), SCHEMA)
    assert answer.tokens_in > 20
    assert answer.tokens_out > 5
    assert not answer.cut_off
    assert user.progress == []


def test_the_same_question_has_the_same_answer(user: User) -> None:
    server = user.server()
    assert server.ask(PROMPT) == server.ask(PROMPT)


def test_the_server_refuses_json_schema_and_follows_its_own_spelling(user: User) -> None:
    statuses = []
    for index in range(len(FORMATS)):
        body = Dialect(format=index).request(user.llama.model, PROMPT)
        response = requests.post(
            f"{user.llama.url}/chat/completions", json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=300
        )
        statuses.append(response.status_code)
    assert statuses == [500, 200, 200, 200]


def test_an_answer_longer_than_allowed_is_cut_off(user: User) -> None:
    answer = user.server().ask(ChatPrompt(text=PROMPT.text, schema=SCHEMA, answer_tokens=3))
    assert answer.cut_off
    assert answer.tokens_out == 3


def test_a_wrong_key_is_refused(user: User) -> None:
    with pytest.raises(ChatFailure, match="the key is missing, wrong or not for this model"):
        user.server(key="another").ask(PROMPT)


def test_an_unknown_path_is_known_as_such(user: User) -> None:
    with pytest.raises(ChatFailure, match=r"Does the address end in /v1\?"):
        user.server(path="/v9").ask(PROMPT)


def test_a_question_longer_than_the_context_is_known_as_such(user: User) -> None:
    text = "harvest " * (CONTEXT_TOKENS + 1)
    with pytest.raises(ChatFailure, match="the question is longer than its context"):
        user.server().ask(ChatPrompt(text=text, schema=SCHEMA, answer_tokens=10))
    assert user.progress == []


def test_an_answer_that_takes_too_long_is_given_up(user: User) -> None:
    with pytest.raises(ChatFailure, match=r"it had not finished its answer after 0\.5 s"):
        user.server(total=0.5).ask(ESSAY)


def test_a_server_that_stops_in_the_middle_of_an_answer_ends_in_a_sentence() -> None:
    with running_or_skipped() as llama:
        user = User(llama)
        user.server(key="").ask(PROMPT)
        threading.Timer(1.0, llama.stop).start()
        with pytest.raises(ChatFailure) as failure:
            user.server(key="").ask(ESSAY)
    assert str(failure.value).endswith("nothing answers at its address; is it started?")
    assert "failed to answer; asking again in 2 s (1 of 2)" in user.progress[0]
