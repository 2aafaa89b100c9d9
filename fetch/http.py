"""Secrets of a server, from the environment only; netrc is read by requests itself.

One exchange with a server: within limits of time and size, with its own secrets and nobody else's.

Whether a server's answer is the pad that was asked for. Status 200 is not enough: login pages have it, too.

Asks servers politely: one request at a time, no faster than each allows, and on within its origin only.
"""

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from fetch import http_errors as faults
from fetch import rate_limit as pace
from fetch.errors import PadFailure
from fetch.http_errors import BrokenOff, Limits, NoConnection, Unreachable

API_KEY = "PADHARVEST_APIKEY"
SESSION = "PADHARVEST_SESSION"
USER = "PADHARVEST_USER"
PASSWORD = "PADHARVEST_PASSWORD"  # noqa: S105 - the variable's name, not its value


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What we may show to one origin, and to no other; never printed.

    `session` is Etherpad's `sessionID` cookie for group pads, `basic` a user and a password, `api_key` the HTTP API's.
    """

    origin: str | None = None
    session: str | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)

    def fits(self, url: str) -> bool:
        """Whether these are for the server of `url`."""
        return self.origin is not None and origin(url) == self.origin


def from_environment(server: str | None, environment: Mapping[str, str] = os.environ) -> Credentials:
    """The credentials for the event's `server`, none where it has none: secrets are for one named server."""
    if server is None:
        return Credentials()
    user, password = environment.get(USER), environment.get(PASSWORD)
    return Credentials(
        origin=origin(server),
        session=environment.get(SESSION) or None,
        basic=(user, password) if user and password else None,
        api_key=environment.get(API_KEY) or None,
    )


def origin(url: str) -> str:
    """Scheme, host and port of a URL (RFC 6454), which is what a credential is for."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request: a GET, or a POST of `form`; `max_bytes` of the answer's body, unpacked, are read."""

    url: str
    max_bytes: int
    etag: str | None = None
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered; `too_big` means that `body` was cut off at the limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    too_big: bool = False


class Transport:
    """Sends one request at a time over kept-alive connections."""

    def __init__(self, credentials: Credentials, limits: Limits) -> None:
        self._credentials: Final = credentials
        self._limits: Final = limits
        self._session = _session()

    def send(self, ask: Ask) -> Answer:
        """The answer; raises PadFailure.

        Asked again at once where the connection breaks off: a server may close an idle one just as we use it.
        """
        try:
            return self._bounded(ask)
        except BrokenOff:
            return self._bounded(ask)

    def _bounded(self, ask: Ask) -> Answer:
        """One exchange in a thread that is left behind at the time limit.

        No socket's timeout ends a slow drip of headers, a name server that hangs or an endless handshake.
        """
        done: queue.Queue[Answer | BaseException] = queue.Queue()
        session = self._session

        def work() -> None:
            try:
                done.put(self._exchange(session, ask))
            except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits
                done.put(error)

        threading.Thread(target=work, daemon=True).start()
        try:
            result = done.get(timeout=self._limits.total)
        except queue.Empty:
            self._session = _session()
            result = TimeoutError()
        if isinstance(result, BaseException):
            raise faults.told(result, self._limits) from result
        return result

    def _exchange(self, session: requests.Session, ask: Ask) -> Answer:
        deadline = time.monotonic() + self._limits.total
        prepared = self._prepared(session, ask)
        settings = session.merge_environment_settings(prepared.url, {}, stream=True, verify=None, cert=None)
        timeout = (self._limits.connect, self._limits.read)
        with session.send(prepared, allow_redirects=False, timeout=timeout, **settings) as response:
            body = bytearray()
            while len(body) <= ask.max_bytes and (chunk := response.raw.read1(CHUNK, decode_content=True)):
                body += chunk
                if time.monotonic() > deadline:
                    raise TimeoutError
            return Answer(
                status=response.status_code,
                headers=response.headers,
                body=bytes(body[: ask.max_bytes]),
                too_big=len(body) > ask.max_bytes,
            )

    def _prepared(self, session: requests.Session, ask: Ask) -> requests.PreparedRequest:
        """The request with this server's secrets; its path as asked, as requests takes `/p/%2e%2e/` for a step up."""
        ours = self._credentials if self._credentials.fits(ask.url) else Credentials()
        headers = {"If-None-Match": ask.etag} if ask.etag else {}
        if ours.session:
            headers["Cookie"] = f"sessionID={ours.session}"
        method = "GET" if ask.form is None else "POST"
        form = dict(ask.form) if ask.form is not None else None
        request = requests.Request(method, ask.url, headers=headers, data=form, auth=ours.basic)
        prepared = session.prepare_request(request)
        prepared.url = urlunsplit(urlsplit(str(prepared.url))._replace(path=urlsplit(ask.url).path))
        return prepared


def _session() -> requests.Session:
    """A session that keeps no cookies: what one pad's answer sets is no business of the next."""
    session = requests.Session()
    session.headers["User-Agent"] = "padharvest"
    session.headers["Accept-Encoding"] = "gzip"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


OK = 200
NOT_MODIFIED = 304


class Refusal(PadFailure):
    """A server answered, but not with the pad."""


class Gone(Refusal):
    """There is no such pad."""


class Locked(Refusal):
    """The pad is there for others, not for us."""


REASONS = {
    401: "its server asks for a login; put it into ~/.netrc, or into PADHARVEST_USER and PADHARVEST_PASSWORD.",
    403: "its server does not show it to us; a group's pad needs the cookie sessionID, in PADHARVEST_SESSION.",
    404: "its server has no pad of that name.",
    410: "its server has no pad of that name any more.",
    429: "its server still finds that we ask too often; try again later.",
}
KINDS = {401: Locked, 403: Locked, 404: Gone, 410: Gone}

TEXT = ("text/plain",)
ETHERPAD = ("application/octet-stream", "application/json")
MARKDOWN = ("text/markdown", "text/x-markdown", "text/plain")


def body_of(answer: Answer, types: tuple[str, ...]) -> bytes:
    """The body of an answer that is what was asked for: 200, an attachment, of one of `types`; raises Refusal."""
    if answer.status != OK:
        sentence = REASONS.get(answer.status, f"its server could not give it (HTTP {answer.status}).")
        raise KINDS.get(answer.status, Refusal)(sentence)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    attached = answer.headers.get("Content-Disposition", "").strip().lower().startswith("attachment")
    if not attached or kind not in types:
        raise Refusal(f"its server sent {kind or 'something'} instead of the pad; is a login needed?")
    if answer.too_big:
        raise Refusal(f"it is larger than {len(answer.body) / 1e6:.0f} MB.")
    return answer.body


HOPS = 5
"""Redirects followed; Etherpad's own makes one."""

REFUSED_FOR_NOW = frozenset({429, 503})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REFUSALS = 3
"""How often one request waits out a refusal."""

SILENCES = 3
"""Requests in a row that a server may leave unanswered; after that it is not asked again in this run."""


class Circle(PadFailure):
    """A server's redirects lead back to where we were."""


class Client:
    """Knows of each server when it may be asked next, and whether it is worth asking.

    `sleep` and `say` are the shell's: to wait, and to tell the user that we wait.
    """

    def __init__(self, transport: Transport, sleep: Callable[[float], None], say: Callable[[str], None]) -> None:
        self._transport: Final = transport
        self._sleep: Final = sleep
        self._say: Final = say
        self._not_before: dict[str, float] = {}
        self._silences: dict[str, int] = {}
        self._given_up: dict[str, str] = {}

    def get(self, url: str, max_bytes: int, etag: str | None = None) -> Answer:
        """The answer to a GET; raises Unreachable, Circle, and PadFailure where a redirect leads elsewhere."""
        asked = [url]
        while True:
            answer = self._ask(Ask(url=asked[-1], max_bytes=max_bytes, etag=etag))
            place = answer.headers.get("Location")
            if answer.status not in REDIRECTS or not place:
                return answer
            asked.append(_onward(asked, place))

    def post(self, url: str, form: Mapping[str, str], max_bytes: int) -> Answer:
        """The answer to a POST of `form`, whatever it is; raises Unreachable."""
        return self._ask(Ask(url=url, max_bytes=max_bytes, form=form))

    def _ask(self, ask: Ask) -> Answer:
        """Ask when the server's limit allows it, and again after a refusal that names a time we can wait."""
        server = origin(ask.url)
        for refusal in range(REFUSALS + 1):
            self._wait(server)
            answer = self._heard(server, ask)
            refused = answer.status in REFUSED_FOR_NOW
            seconds = pace.pause_after_refusal(answer.headers) if refused else pace.pause(answer.headers)
            if seconds > pace.PATIENCE:
                self._given_up[server] = f"its server wants to be left alone for {seconds / 60:.0f} minutes."
                raise NoConnection(self._given_up[server])
            self._not_before[server] = time.monotonic() + seconds
            if not refused or refusal == REFUSALS:
                break
        return answer

    def _heard(self, server: str, ask: Ask) -> Answer:
        """One exchange, unless the server has been silent too often."""
        if server in self._given_up:
            raise NoConnection(self._given_up[server])
        try:
            answer = self._transport.send(ask)
        except Unreachable as failure:
            self._silences[server] = self._silences.get(server, 0) + 1
            if self._silences[server] == SILENCES:
                self._given_up[server] = f"{str(failure).rstrip('.')}, three times in a row; it was not asked again."
            raise
        self._silences[server] = 0
        return answer

    def _wait(self, server: str) -> None:
        seconds = self._not_before.get(server, 0.0) - time.monotonic()
        if seconds > 0:
            self._say(f"{server} takes the next request in {seconds:.0f} s")
            self._sleep(seconds)


def _onward(asked: list[str], place: str) -> str:
    """Where a redirect leads, as long as that is the same server and new; credentials thus never travel."""
    target = urljoin(asked[-1], place)
    if origin(target) != origin(asked[0]):
        raise PadFailure(f"its server sends us on to {origin(target)}, which we do not follow; use a link to there.")
    if target in asked or len(asked) > HOPS:
        raise Circle("its server sends us round in circles; check the pad's name.")
    return target
