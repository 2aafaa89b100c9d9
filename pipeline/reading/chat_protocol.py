"""The OpenAI-compatible chat protocol as servers speak it: what is asked, what is answered, what is refused and why.

ChatPrompt ──► Dialect (which optional fields a server accepts, found out by its refusals) ──► body of a request
status, headers and body of a response ──► outcome_of ──► ChatAnswer, or Refusal: what it means, when to ask again
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

KEY_VARIABLE = "PADHARVEST_READING_KEY"

BUSY_DELAYS = (5.0, 10.0, 20.0, 20.0, 20.0)
"""Seconds to wait each time that a busy server (429, 503) does not say how long: llama.cpp loads a model for a minute.
It is asked again as often as this has entries, whether it says how long or not."""

BROKEN_DELAYS = (2.0, 5.0)
"""Seconds before each further attempt after a fault of the server or a cut connection."""

MAX_DELAY = 600.0
"""Seconds; a longer `Retry-After` is cut to this, and the next refusal names the rest."""

MAX_QUOTED = 200
"""Characters of a server's own message that a sentence repeats."""

CUT = 0
"""Stands for the status of an answer that did not arrive whole."""

OK = 200
REDIRECTS = range(300, 400)
NO_KEY = frozenset({401, 403})
NOT_FOUND = 404
TOO_LARGE = 413
BUSY = frozenset({429, 503, 529})  # 529 is Anthropic's "overloaded"
BROKEN = frozenset({CUT, 500, 502, 504})
BAD_REQUEST = frozenset({400, 422, 501})
"""Answers to a request with a field that the server does not know."""

FORMAT_WORDS = re.compile(r"response_format|json_schema|json_object|grammar|structured.output")
CONTEXT_WORDS = re.compile(r"context[ _](?:length|window|size)|(?:prompt|input) is too long")
MODEL_WORDS = re.compile(r"model_not_found|(?:not a valid|unknown) model|\bmodel\b.*\b(?:not found|not exist)\b")
QUOTA_WORDS = re.compile(r"insufficient_quota|exceeded your current quota|credit balance")
"""Patterns for what servers write into their errors, in lower case: OpenAI, llama.cpp, Ollama, vLLM, LM Studio,
OpenRouter, DeepSeek, Mistral, Gemini. Collected in 2026 from their documentation, source and issue trackers."""

BROKE_OFF = "the connection broke off before the answer was complete"
TOO_LONG = "the question is longer than its context; lower context_tokens, or start it with a larger context"
UNKNOWN_MODEL = "it has no such model, or this is not its address. Does the address end in /v1?"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPrompt:
    """A question: its text, the JSON Schema of an object as answer, and the most tokens of the answer."""

    text: str
    schema: Mapping[str, object]
    answer_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAnswer:
    """What a model wrote; tokens are 0 where the server does not count them; `cut_off` at the most tokens allowed."""

    text: str
    tokens_in: int
    tokens_out: int
    cut_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer of a server to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _schema_format(schema: Mapping[str, object]) -> object:
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}


def _llama_format(schema: Mapping[str, object]) -> object:
    return {"type": "json_object", "schema": schema}  # as llama.cpp spells it


FORMATS: tuple[Callable[[Mapping[str, object]], object], ...] = (
    _schema_format,
    _llama_format,
    lambda _: {"type": "json_object"},
    lambda _: None,
)
"""The spellings of structured output, from the strictest to none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The optional fields that a server accepts: index of the format, name of the length, settings that are sent as 0.

    Models that "think" refuse `temperature` and want `max_completion_tokens`; some gateways refuse `seed`.
    """

    format: int = 0
    length: str | None = "max_tokens"
    zeros: tuple[str, ...] = ("temperature", "seed")

    def request(self, model: str, prompt: ChatPrompt) -> dict[str, object]:
        """Return the body of a request."""
        body: dict[str, object] = {"model": model, "messages": [{"role": "user", "content": prompt.text}]}
        body |= dict.fromkeys(self.zeros, 0)
        if self.length:
            body[self.length] = prompt.answer_tokens
        form = FORMATS[self.format](prompt.schema)
        return body | ({"response_format": form} if form else {})

    def after(self, refusal: "Refusal") -> "Dialect | None":
        """Return the dialect to try after a refusal; None if no field of ours can be the reason."""
        names_format = refusal.names(FORMAT_WORDS)
        if names_format and self.format + 1 < len(FORMATS):
            return replace(self, format=self.format + 1)
        if refusal.status not in BAD_REQUEST or refusal.is_final:
            return None
        if self.length == "max_tokens" and refusal.names("max_completion_tokens"):
            return replace(self, length="max_completion_tokens")
        if self.length and refusal.names(self.length):
            return replace(self, length=None)
        for name in self.zeros:
            if refusal.names(rf"\b{name}\b"):
                return replace(self, zeros=tuple(zero for zero in self.zeros if zero != name))
        return replace(self, format=self.format + 1) if self.format + 1 < len(FORMATS) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error of a server: status, its own message on one line, codes beside it, seconds that it asks us to wait."""

    status: int
    message: str
    codes: str = ""
    wait: float | None = None

    def names(self, pattern: str | re.Pattern[str]) -> bool:
        """Return whether a pattern is found in the message or the codes, which are compared in lower case."""
        return re.search(pattern, f"{self.message} {self.codes}".lower()) is not None

    @property
    def is_final(self) -> bool:
        """Whether no other spelling of the request would help."""
        return self.names(CONTEXT_WORDS) or self.names(MODEL_WORDS)

    @property
    def delays(self) -> tuple[float, ...]:
        """The seconds to wait before each further attempt at the same request."""
        if self.status in BUSY and not self.names(QUOTA_WORDS):
            return BUSY_DELAYS if self.wait is None else (min(self.wait, MAX_DELAY),) * len(BUSY_DELAYS)
        faults = self.status in BROKEN and not self.names(FORMAT_WORDS) and not self.is_final
        return BROKEN_DELAYS if faults else ()

    def clause(self) -> str:
        """Return what is wrong and what to do."""
        known = (
            (self.status == CUT, self.message),
            (self.status in NO_KEY, f"the key is missing, wrong or not for this model; set {KEY_VARIABLE}"),
            (self.status == TOO_LARGE or self.names(CONTEXT_WORDS), TOO_LONG),
            (self.status == NOT_FOUND or self.names(MODEL_WORDS), UNKNOWN_MODEL),
            (self.names(QUOTA_WORDS), "the account behind the key has no credit left"),
            (self.status in BUSY, "it is still too busy; run again later, and only what is missing is asked"),
        )
        quoted = f": {self.message[:MAX_QUOTED]}" if self.message else ""
        return next((text for applies, text in known if applies), f"it could not answer (HTTP {self.status}){quoted}")


def outcome_of(response: Response) -> ChatAnswer | Refusal | None:
    """Return what a response says; None if no chat server says such a thing."""
    content = _parsed(response.body)
    if response.status != OK:
        return _refusal(response.status, content, response)
    if isinstance(content, dict) and content.get("error"):  # gateways pass on errors of the servers behind them so
        code = content["error"].get("code") if isinstance(content["error"], dict) else None
        return _refusal(code if isinstance(code, int) and code >= min(BAD_REQUEST) else 400, content, response)
    if content is None and response.body.lstrip().startswith(b"{"):
        return Refusal(status=CUT, message=BROKE_OFF)
    return _answer(content)


def _refusal(status: int, content: object, response: Response) -> Refusal:
    """Return an error with the server's own words, which servers put into different places."""
    if isinstance(content, list) and content:  # Gemini wraps the object in a list
        content = content[0]
    if not isinstance(content, dict):
        page = response.body.lstrip().startswith(b"<")
        text = "" if page else response.body.decode(errors="replace")
        return Refusal(status=status, message=_one_line(text), wait=retry_after(response.headers))
    error = content.get("error") or content.get("detail") or content.get("message") or ""
    codes = ""
    if isinstance(error, dict):
        codes = _one_line(f"{error.get('code')} {error.get('param')} {error.get('type')}")
        error = error.get("message") or error
    message = _one_line(error if isinstance(error, str) else json.dumps(error))
    return Refusal(status=status, message=message, codes=codes, wait=retry_after(response.headers))


def _answer(content: object) -> ChatAnswer | None:
    """Return the answer in the content of a response; None if there is none."""
    choices = content.get("choices") if isinstance(content, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(content, dict) or not isinstance(choice, dict) or not isinstance(message, dict):
        return None
    usage = content.get("usage")
    return ChatAnswer(
        text=_text(message.get("content")) or _text(message.get("refusal")),
        tokens_in=_count(usage, "prompt_tokens"),
        tokens_out=_count(usage, "completion_tokens"),
        cut_off=choice.get("finish_reason") == "length",
    )


def _text(content: object) -> str:
    """Return a text, or the texts of a list of parts, in valid Unicode: JSON can escape half of a pair."""
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict) and part.get("type") == "text")
        return "".join(_text(part.get("text")) for part in parts)
    return content.encode(errors="replace").decode() if isinstance(content, str) else ""


def _count(usage: object, name: str) -> int:
    number = usage.get(name) if isinstance(usage, dict) else None
    return number if type(number) is int and number > 0 else 0


def _parsed(body: bytes) -> object:
    """Return the JSON of a body; None if it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError, too
        return None


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:5000]).split())


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that `Retry-After` (RFC 9110, 10.2.3) names; a date is compared with the server's own."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value):
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return max(wait.total_seconds(), 0.0)
