"""Requests to servers: one at a time, within their rate limits and ours, with secrets that go to one server only.

Client (redirects, rate limits, giving up) ──► Transport (one exchange, credentials, time and size) ──► requests
translate_error: what an exception of requests or urllib3 means for a pad, as a clause without URLs or secrets
content_of: whether an answer is the pad that was asked for; login pages have status 200, too
"""

import math
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
import urllib3

from fetch.errors import PadFailure
from fetch.rate_limit import DEFAULT_WINDOW, MAX_DELAY, RateLimits, delay_after_answer, delay_after_refusal, is_silence

OK = 200
NOT_MODIFIED = 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})
RATE_LIMITED = frozenset({429, 503})

MAX_REDIRECTS = 5
"""Etherpad's own need one."""

MAX_REFUSALS = 3
"""How often one request waits and is sent again after a 429 or 503."""

MAX_UNANSWERED = 3
"""Requests in a row that a server may leave unanswered before it is not asked again in this run."""

INVALID_ADDRESS = "its address, or that of a redirect, is not valid; check the link."

SESSION = re.compile(r"[!-:<-~]+")
"""What a cookie can hold; several sessions are separated by commas."""

INVALID_SESSION = (
    "the session in PADHARVEST_SESSION contains a line break, a space or another character that no session has; "
    "set it again."
)


class Unreachable(PadFailure):
    """A server gave no complete answer: it is down, hangs, closes the connection or cannot prove who it is."""


class NoConnection(Unreachable):
    """There was not even a connection, so asking the server for another export is useless."""


class BrokenOff(Unreachable):
    """The connection ended before the answer did."""


class Silent(Unreachable):
    """The server did not begin an answer; Etherpad 1.9.4 and later treat requests beyond their limit so."""


class RedirectLoop(PadFailure):
    """A server's redirects lead back to an address that was asked already."""


class Gone(PadFailure):
    """There is no such pad."""


class Locked(PadFailure):
    """The pad is there for others, but not for us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds to connect, between two bytes, and for a whole answer.

    Etherpad since 1.9.4 leaves requests beyond its limit unanswered, so `read` must end; it takes some seconds to
    begin the full export of a pad with thousands of revisions, so `read` must not be short.
    """

    connect: float = 10.0
    read: float = 40.0
    total: float = 180.0


def translate_error(error: BaseException, limits: Limits) -> BaseException:
    """Return the PadFailure that an exception of requests or urllib3 means; other exceptions are returned as given."""
    known = (
        (
            requests.exceptions.ProxyError,
            NoConnection,
            "cannot be asked, since the proxy in HTTP_PROXY or HTTPS_PROXY fails; check its address",
        ),
        (requests.exceptions.SSLError, NoConnection, "cannot prove who it is (its TLS certificate is not valid)"),
        (urllib3.exceptions.SSLError, NoConnection, "cannot prove who it is (its TLS certificate is not valid)"),
        (requests.exceptions.ConnectTimeout, NoConnection, f"accepted no connection within {limits.connect:g} s"),
        (requests.exceptions.ReadTimeout, Silent, f"was silent for {limits.read:g} s; fetch again later"),
        (urllib3.exceptions.ReadTimeoutError, Unreachable, f"fell silent for {limits.read:g} s in its answer"),
        (TimeoutError, Unreachable, f"had not finished its answer after {limits.total:g} s"),
        (urllib3.exceptions.DecodeError, PadFailure, "sent an answer that cannot be unpacked (broken gzip)"),
    )
    for kind, failure, clause in known:
        if isinstance(error, kind):
            return failure(f"its server {clause}.")
    if isinstance(error, ValueError):  # of requests, which parses redirects too, or of urllib
        return PadFailure(INVALID_ADDRESS)
    if isinstance(error, requests.exceptions.ConnectionError):
        cause = error.args[0] if error.args else None
        reason = getattr(cause, "reason", cause)  # urllib3's exception, of which requests tells some apart only here
        if isinstance(reason, urllib3.exceptions.NameResolutionError):
            return NoConnection("there is no server of that name; check the link.")
        if isinstance(reason, urllib3.exceptions.NewConnectionError):
            return NoConnection("nothing answers at its server's address; check the link, or fetch again when it runs.")
    if isinstance(error, requests.exceptions.RequestException | urllib3.exceptions.HTTPError | OSError):
        return BrokenOff("its server broke off in the middle of its answer; fetch again later.")
    return error


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The secrets for one server and no other; never printed.

    `session` is Etherpad's `sessionID` cookie for group pads, `basic` a user and a password, `api_key` the HTTP API's.
    """

    origin: str | None = None
    session: str | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)


def credentials_from(environment: Mapping[str, str], server: str | None) -> Credentials:
    """Return the secrets in the environment, which are for the event's `server`; none without a server."""
    if server is None:
        return Credentials()
    user, password = environment.get("PADHARVEST_USER"), environment.get("PADHARVEST_PASSWORD")
    return Credentials(
        origin=origin_of(server),
        session=environment.get("PADHARVEST_SESSION", "").strip() or None,
        basic=(user, password) if user and password else None,
        api_key=environment.get("PADHARVEST_APIKEY", "").strip() or None,
    )


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL (RFC 6454), which is what a credential is for; raises PadFailure."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as error:
        raise PadFailure(INVALID_ADDRESS) from error
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer of a server; `too_big` means that `body` was cut off at the limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    too_big: bool = False


class Transport:
    """Sends one request at a time over connections that are kept open; `clock` gives seconds."""

    def __init__(self, credentials: Credentials, limits: Limits, clock: Callable[[], float]) -> None:
        self._credentials: Final = credentials
        self._limits: Final = limits
        self._clock: Final = clock
        self._session = _new_session()

    def send(self, request: requests.Request, max_bytes: int) -> Response:
        """Return the answer, with at most `max_bytes` of its unpacked body; raises PadFailure.

        A request is repeated once if the connection breaks off: a server may close an idle one just as it is used.
        """
        try:
            return self._send_in_time(request, max_bytes)
        except BrokenOff:
            return self._send_in_time(request, max_bytes)

    def _send_in_time(self, request: requests.Request, max_bytes: int) -> Response:
        """Exchange a request and its answer in a thread that is abandoned at the time limit.

        No timeout of a socket ends headers that drip slowly, a name server that hangs or an endless handshake.
        """
        outcome: Future[Response] = Future()
        session = self._session

        def exchange() -> None:
            try:
                outcome.set_result(self._exchange(session, request, max_bytes))
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                outcome.set_exception(error)

        threading.Thread(target=exchange, daemon=True).start()
        try:
            return outcome.result(self._limits.total)
        except Exception as error:
            if not outcome.done():
                self._session = _new_session()
            raise translate_error(error, self._limits) from error

    def _exchange(self, session: requests.Session, request: requests.Request, max_bytes: int) -> Response:
        prepared = self._prepare(session, request)
        settings = session.merge_environment_settings(prepared.url, {}, stream=True, verify=None, cert=None)
        timeout = (self._limits.connect, self._limits.read)
        sent = self._clock()
        with session.send(prepared, allow_redirects=False, timeout=timeout, **settings) as response:
            status = response.status_code
            if is_silence(status, self._clock() - sent):
                raise Silent(f"its server was silent to the gateway in front of it (HTTP {status}); fetch again later.")
            body = response.raw.read(max_bytes + 1, decode_content=True)
            too_big = len(body) > max_bytes
            return Response(status=status, headers=response.headers, body=body[:max_bytes], too_big=too_big)

    def _prepare(self, session: requests.Session, request: requests.Request) -> requests.PreparedRequest:
        """Return the request with the secrets for its server, and its path unchanged (requests resolves `%2E%2E`).

        A login is sent in UTF-8 (RFC 7617, 2.1), as Etherpad reads it; requests would send Latin-1.
        """
        known = self._credentials if self._credentials.origin == origin_of(request.url) else Credentials()
        login = known.basic or _login_in_netrc(request.url)
        request.auth = tuple(part.encode("utf-8", "surrogateescape") for part in login) if login else None
        if known.session:
            if not SESSION.fullmatch(known.session):
                raise PadFailure(INVALID_SESSION)
            request.headers["Cookie"] = f"sessionID={known.session}"
        prepared = session.prepare_request(request)
        prepared.url = urlunsplit(urlsplit(str(prepared.url))._replace(path=urlsplit(request.url).path))
        return prepared


def _login_in_netrc(url: str) -> tuple[str, str] | None:
    """Return the user and the password for a URL's host in ~/.netrc, if there are any; raises PadFailure."""
    try:
        return requests.utils.get_netrc_auth(url)
    except UnicodeDecodeError as error:
        raise PadFailure("~/.netrc, where its login may be, is not UTF-8; save it as UTF-8.") from error


def _new_session() -> requests.Session:
    """Return a session that ignores cookies: what a server sets with one pad is not sent with the next."""
    session = requests.Session()
    session.headers["User-Agent"] = "padharvest"
    session.headers["Accept-Encoding"] = "gzip"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


class Client:
    """Waits until a server accepts the next request, follows redirects, and gives up servers that do not answer.

    `limits` knows when servers accept requests, `sleep` waits for some seconds, and `report` shows a line of progress
    to the user.
    """

    def __init__(
        self,
        transport: Transport,
        limits: RateLimits,
        sleep: Callable[[float], None],
        report: Callable[[str], None],
    ) -> None:
        self._transport: Final = transport
        self._limits: Final = limits
        self._sleep: Final = sleep
        self._report: Final = report
        self._unanswered: dict[str, int] = {}
        self._given_up: dict[str, str] = {}

    def get(self, url: str, max_bytes: int, etag: str | None = None) -> Response:
        """Return the answer to a GET; raises Unreachable, RedirectLoop, and PadFailure for a redirect elsewhere."""
        visited = [url]
        while True:
            headers = {"If-None-Match": etag} if etag else {}
            response = self._send(requests.Request("GET", visited[-1], headers), max_bytes)
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or not location:
                return response
            visited.append(_redirect_target(visited, location))

    def post(self, url: str, form: Mapping[str, str], max_bytes: int) -> Response:
        """Return the answer to a POST of `form`, whatever its status; raises Unreachable."""
        return self._send(requests.Request("POST", url, data=form), max_bytes)

    def _send(self, request: requests.Request, max_bytes: int) -> Response:
        """Send a request, unless its server left too many in a row without a complete answer."""
        server = origin_of(request.url)
        if server in self._given_up:
            raise NoConnection(self._given_up[server])
        try:
            response = self._send_in_next_window(server, request, max_bytes)
        except Unreachable as failure:
            self._unanswered[server] = self._unanswered.get(server, 0) + 1
            if self._unanswered[server] == MAX_UNANSWERED:
                what = str(failure).partition(";")[0].rstrip(".")
                self._given_up[server] = f"{what}, three times in a row; it was not asked again."
            raise
        self._unanswered[server] = 0
        return response

    def _send_in_next_window(self, server: str, request: requests.Request, max_bytes: int) -> Response:
        """Send a request, and an export that is met with silence once more when the rate limit's window is over.

        An earlier fetch, or somebody else at the same address, may have used up the limit in the first window.
        """
        try:
            return self._send_when_accepted(server, request, max_bytes)
        except Silent:
            if not _is_export(request) or self._unanswered.get(server):
                raise
            self._wait_for(server, "does not answer, perhaps because it was asked too often; it is asked again")
        return self._send_when_accepted(server, request, max_bytes)

    def _send_when_accepted(self, server: str, request: requests.Request, max_bytes: int) -> Response:
        """Send a request when the rate limit allows it, and again after a refusal that names an acceptable time."""
        for refusals in range(MAX_REFUSALS + 1):
            self._wait_for(server)
            response = self._exchange(server, request, max_bytes)
            refused = response.status in RATE_LIMITED
            seconds = (delay_after_refusal if refused else delay_after_answer)(response.headers)
            if seconds > MAX_DELAY:
                self._given_up[server] = f"its server asks for a pause of {seconds / 60:.0f} minutes."
                raise NoConnection(self._given_up[server])
            self._limits.close(server, self._limits.now() + seconds)
            if not refused or refusals == MAX_REFUSALS:
                break
        return response

    def _wait_for(self, server: str, why: str = "accepts the next request") -> None:
        wait = self._limits.seconds_left(server)
        if wait > 0:
            self._report(f"{server} {why} in {math.ceil(wait)} s")
            self._sleep(wait)

    def _exchange(self, server: str, request: requests.Request, max_bytes: int) -> Response:
        """Send a request now; after silence about an export, its server is not asked before the window has ended."""
        sent = self._limits.now()
        try:
            return self._transport.send(request, max_bytes)
        except Silent:
            if _is_export(request):
                self._limits.close(server, sent + DEFAULT_WINDOW)  # the window had begun before
            raise


def _is_export(request: requests.Request) -> bool:
    """Return whether a request counts towards Etherpad's rate limit, which is on exports (and imports)."""
    return "/export/" in urlsplit(request.url).path


def _redirect_target(visited: list[str], location: str) -> str:
    """Return where a redirect leads, if that is the same server and a new address; so credentials never travel."""
    try:
        target = urljoin(visited[-1], location)
        scheme = urlsplit(target).scheme
    except ValueError as error:
        raise PadFailure(INVALID_ADDRESS) from error
    if scheme not in {"http", "https"}:
        raise PadFailure(f'its server redirects to an address that begins with "{scheme[:20]}:"; check its link.')
    origin = origin_of(target)
    if origin != origin_of(visited[0]):
        raise PadFailure(f"its server redirects to {origin}, which is not followed; use a link to there.")
    if target in visited or len(visited) > MAX_REDIRECTS:
        raise RedirectLoop("its server redirects in circles; check the pad's name.")
    return target


REFUSALS = {
    401: (Locked, "its server asks for a login; put it into ~/.netrc, or PADHARVEST_USER and PADHARVEST_PASSWORD."),
    403: (Locked, "its server does not show it to us; a group's pad needs a session, in PADHARVEST_SESSION."),
    404: (Gone, "its server has no pad of that name."),
    410: (Gone, "its server no longer has a pad of that name."),
    429: (PadFailure, "its server still finds that we ask too often; try again later."),
}


def content_of(response: Response, types: tuple[str, ...]) -> bytes:
    """Return the body of an answer that is what was asked for: an attachment of one of `types`; raises PadFailure."""
    if response.status != OK:
        other = (PadFailure, f"its server could not give it (HTTP {response.status}).")
        refusal, sentence = REFUSALS.get(response.status, other)
        raise refusal(sentence)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    attached = response.headers.get("Content-Disposition", "").strip().lower().startswith("attachment")
    if not attached or kind not in types:
        raise PadFailure(f"its server sent {kind or 'something'} instead of the pad; is a login needed?")
    if response.too_big:
        raise PadFailure(f"it is larger than {len(response.body) / 1e6:.0f} MB.")
    return response.body
