"""One exchange with a server: within limits of time and size, with its own secrets and nobody else's."""

import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import requests

from fetch import faults
from fetch.credentials import Credentials
from fetch.faults import BrokenOff, Limits

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
