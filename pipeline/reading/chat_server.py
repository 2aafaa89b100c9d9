"""Questions to a server that speaks the OpenAI-compatible chat protocol, with a key that goes nowhere else.

ChatPrompt ──► ChatServer (fields that the server accepts, waits, attempts) ──► exchange (one request) ──► ChatAnswer
clause_of: what an exception of an exchange means for the user
is_loopback: whether an address is this machine, so that nothing leaves it
"""

import ipaddress
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import requests
import urllib3

from fetch.errors import PadharvestError
from pipeline.reading.chat_protocol import (
    BROKE_OFF,
    BUSY,
    CUT,
    KEY_VARIABLE,
    REDIRECTS,
    ChatAnswer,
    ChatPrompt,
    Dialect,
    Refusal,
    Response,
    outcome_of,
)

MOST_CHARACTERS_PER_TOKEN = 8
"""No tokenizer packs more of a text into a token on average (English has 4 to 5): a server that counts fewer tokens has
cut the question, as Ollama does without a word (its issue 4967)."""

NO_CHAT_SERVER = "it is not a chat server; the address should look like http://localhost:11434/v1"


class ChatFailure(PadharvestError):
    """A server gave no answer that can be used; asking it the next question would most likely fail as well."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLimits:
    """Seconds to connect and for a whole answer, and its most bytes.

    A local model without a GPU writes 2 to 10 tokens a second and sends nothing until it is done.
    """

    connect: float = 10.0
    total: float = 600.0
    size: int = 4_000_000


def is_loopback(url: str) -> bool:
    r"""Return whether a URL's host is this machine by its very name; no name is looked up.

    The URL is parsed as requests does: parsers disagree about the host of odd ones, such as "http://a\@b".
    """
    try:
        host = (urllib3.util.parse_url(url).host or "").strip("[]").lower()
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Return the host of a URL, with its port and without a login, as sentences name it."""
    try:
        parts = urllib3.util.parse_url(url)
    except ValueError:
        return "the server"
    return f"{parts.host or 'the server'}{f':{parts.port}' if parts.port else ''}"


class BearerKey(requests.auth.AuthBase):
    """Puts the key into a header of each request. As requests' `auth` it also keeps ~/.netrc from taking its place."""

    def __init__(self, key: str) -> None:
        self._key: Final = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request with the header; requests calls this as it prepares one."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request

    @property
    def can_be_sent(self) -> bool:
        """Whether the key may stand in a header."""
        return re.fullmatch(r"[!-~]*", self._key) is not None

    def scrub(self, text: str) -> str:
        """Return a text without the key."""
        return text.replace(self._key, "…") if self._key else text


class ChatServer:
    """Asks one model one question at a time.

    `url` is the address that the protocol's paths are added to, usually ending in /v1. `sleep` waits for some seconds,
    and `report` shows a line of progress to the user.
    """

    def __init__(  # noqa: PLR0913 - a server, and the edges of this machine
        self,
        url: str,
        model: str,
        key: str | None = None,
        *,
        limits: ChatLimits,
        sleep: Callable[[float], None],
        report: Callable[[str], None],
    ) -> None:
        self.host: Final = host_of(url)
        self.model: Final = model
        self._url: Final = url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
        self._key: Final = BearerKey((key or "").strip())
        self._limits: Final = limits
        self._sleep: Final = sleep
        self._report: Final = report
        self._dialect = Dialect()
        self._warned = False
        if not self._key.can_be_sent:
            raise self._failure(f"{KEY_VARIABLE} contains a character that no key has, such as a space")

    def ask(self, prompt: ChatPrompt) -> ChatAnswer:
        """Return the model's answer; raises ChatFailure. What the server was found to accept is kept for the next."""
        dialect = self._dialect
        while True:
            outcome = self._ask_patiently(dialect.request(self.model, prompt))
            if isinstance(outcome, ChatAnswer):
                self._dialect = dialect
                self._warn_if_cut(prompt, outcome)
                return outcome
            simpler = dialect.after(outcome)
            if simpler is None:
                raise self._failure(outcome.clause())
            dialect = simpler

    def _warn_if_cut(self, prompt: ChatPrompt, answer: ChatAnswer) -> None:
        """Report, once, that the server seems to have read a part of the question only."""
        if self._warned or not 0 < answer.tokens_in * MOST_CHARACTERS_PER_TOKEN < len(prompt.text):
            return
        self._warned = True
        self._report(
            f"{self.host} seems to have read only {answer.tokens_in} tokens of the question: "
            "lower context_tokens, or start it with a larger context"
        )

    def _failure(self, clause: str) -> ChatFailure:
        end = "" if clause.endswith(("?", ".")) else "."
        return ChatFailure(f"{self.host}, model {self.model}: {clause}{end}")

    def _ask_patiently(self, body: Mapping[str, object]) -> ChatAnswer | Refusal:
        """Return the answer or the refusal that a request ends in, after waits and further attempts."""
        refusals = 0
        while True:
            outcome = self._ask_once(body)
            if isinstance(outcome, ChatAnswer) or refusals >= len(outcome.delays):
                return outcome
            seconds = outcome.delays[refusals]
            refusals += 1
            trouble = "is busy" if outcome.status in BUSY else "failed to answer"
            self._report(
                f"{self.host} {trouble}; asking again in {seconds:.0f} s ({refusals} of {len(outcome.delays)})"
            )
            self._sleep(seconds)

    def _ask_once(self, body: Mapping[str, object]) -> ChatAnswer | Refusal:
        """Exchange one request; raises ChatFailure where a further attempt would be useless."""
        try:
            response = exchange(self._url, self._key, body, self._limits)
        except Exception as error:
            clause = clause_of(error, self._limits)
            if clause is None:
                raise
            if clause == BROKE_OFF:
                return Refusal(status=CUT, message=BROKE_OFF)
            raise self._failure(clause) from error
        if response.status in REDIRECTS:
            target = self._key.scrub(_origin(response.headers.get("Location", "")))
            raise self._failure(f"it redirects to {target}, which is not followed; use the address of that place")
        if len(response.body) > self._limits.size:
            raise self._failure(f"it sent more than {self._limits.size / 1e6:g} MB, which is no answer")
        outcome = outcome_of(response)
        if outcome is None:
            raise self._failure(NO_CHAT_SERVER)
        return replace(outcome, message=self._key.scrub(outcome.message)) if isinstance(outcome, Refusal) else outcome


def _origin(location: str) -> str:
    """Return the scheme and host that a redirect leads to."""
    scheme = "https://" if location.lower().startswith("https://") else ""
    return f"{scheme}{host_of(location)}" if "//" in location else "another page"


def exchange(url: str, key: BearerKey, body: Mapping[str, object], limits: ChatLimits) -> Response:
    """Send a request and return its answer; raises what requests and urllib3 raise, and TimeoutError.

    A thread does it, which is abandoned at the time limit: no timeout of a socket ends an answer that drips slowly,
    and a thread that waits for a socket could not be interrupted by Ctrl-C.
    """
    outcome: Future[Response] = Future()

    def send() -> None:
        try:
            outcome.set_result(_send(url, key, body, limits))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            outcome.set_exception(error)

    threading.Thread(target=send, daemon=True).start()
    return outcome.result(limits.total)


class _Session(requests.Session):
    """A session in which nothing is a redirect: requests reads and parses even those that it does not follow."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return no address, whatever the headers say."""


def _send(url: str, key: BearerKey, body: Mapping[str, object], limits: ChatLimits) -> Response:
    """Send a request over a connection of its own: a kept one may have been closed while the model was thinking."""
    with _Session() as session:
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.trust_env = not is_loopback(url)  # a proxy would carry the notes off this machine
        headers = {"User-Agent": "padharvest", "Accept-Encoding": "identity"}
        timeout = (limits.connect, limits.total)
        with session.post(
            url, json=body, headers=headers, auth=key, timeout=timeout, stream=True, allow_redirects=False
        ) as response:
            content = response.raw.read(limits.size + 1, decode_content=True)
            return Response(status=response.status_code, headers=response.headers, body=content)


def clause_of(error: Exception, limits: ChatLimits) -> str | None:
    """Return what an exception of an exchange means for the user; None if it is not one of an exchange."""
    cause = error.args[0] if isinstance(error, requests.exceptions.ConnectionError) and error.args else None
    reason = getattr(cause, "reason", cause)  # urllib3's exception, of which requests tells some apart only here
    late = f"it had not finished its answer after {limits.total:g} s; take a faster model or lower context_tokens"
    known: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (requests.exceptions.SSLError, "it cannot prove who it is (its TLS certificate is not valid)"),
        (requests.exceptions.ConnectTimeout, f"it accepted no connection within {limits.connect:g} s"),
        ((requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError, TimeoutError), late),
        (urllib3.exceptions.DecodeError, "it sent an answer that cannot be unpacked"),
        (ValueError, "its address is not valid; it should look like http://localhost:11434/v1"),
        (urllib3.exceptions.NameResolutionError, "there is no server of that name"),
        (urllib3.exceptions.NewConnectionError, "nothing answers at its address; is it started?"),
        ((requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError), BROKE_OFF),
    )
    return next((clause for kind, clause in known if isinstance(error, kind) or isinstance(reason, kind)), None)
