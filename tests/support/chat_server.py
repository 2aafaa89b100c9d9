"""A chat server that answers as well or as badly as a test wants, by a script or by a function."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.support.fake_server import FakeServer, Reaction, answer, in_turn, running

JSON = "application/json"
PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class ScriptedChat:
    """A running chat server: how it reacts to questions, and which it received."""

    web: FakeServer

    @property
    def url(self) -> str:
        """What a user writes into event.toml."""
        return f"{self.web.base}/v1"

    @property
    def questions(self) -> list[dict[str, object]]:
        """The JSON of the requests so far."""
        return [json.loads(request.body) for request in self.web.requests]

    def script(self, *reactions: Reaction) -> None:
        """React to the questions from now on with one after the other, and with the last one from then on."""
        self.web.reactions[PATH] = in_turn(*reactions)

    def reply_with(self, function: Callable[[dict[str, object]], Reaction | str]) -> None:
        """React to each question with what a function makes of its JSON: a reaction, or the text of an answer."""

        def react(request: BaseHTTPRequestHandler) -> None:
            reply = function(self.questions[-1])
            (written(reply) if isinstance(reply, str) else reply)(request)

        self.web.reactions[PATH] = react


def written(text: object, finish: str = "stop", usage: object = None, **message: object) -> Reaction:
    """React with a chat completion whose message has that content and further keys."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}
    return content({"object": "chat.completion", "choices": [choice], "usage": usage})


def refused(status: int, message: str, headers: dict[str, str] | None = None, **codes: object) -> Reaction:
    """React with an error as OpenAI writes it."""
    body = json.dumps({"error": {"message": message, **codes}})
    return answer(body, JSON, status, attached=False, headers=headers)


def content(value: object, status: int = 200) -> Reaction:
    """React with any JSON."""
    return answer(json.dumps(value), JSON, status, attached=False)


def question_text(question: dict[str, object]) -> str:
    """Return the text of the one message of a question."""
    messages = question["messages"]
    assert isinstance(messages, list)
    assert len(messages) == 1
    return str(messages[0]["content"])


@contextmanager
def running_chat() -> Iterator[ScriptedChat]:
    """Run a chat server on a free port of this machine until the block ends."""
    with running() as web:
        yield ScriptedChat(web)
