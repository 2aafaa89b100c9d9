"""A small web server that answers as well or as badly as a test wants."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.pad_writer import PadWriter

Reaction = Callable[[BaseHTTPRequestHandler], None]

TXT = "text/plain; charset=utf-8"
ETHERPAD = "application/octet-stream; charset=utf-8"


@dataclass(frozen=True)
class Received:
    """A request that the server received."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""


def silence(request: BaseHTTPRequestHandler) -> None:
    """Give no answer for as long as the client waits for one."""
    request.rfile.read(1)
    request.close_connection = True


@dataclass
class RateLimit:
    """Etherpad's limit of exports: `size` in a window of `seconds`, which begins with the first request.

    A request beyond it is met with `refusal`; every answer to an export has the headers `names`.
    """

    clock: Callable[[], float]
    size: int = 10
    seconds: int = 90
    refusal: Reaction = silence
    names: tuple[str, ...] = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    beyond: int = 0
    used: int = 0
    end: float = 0.0

    def use(self, requests: int = 1) -> None:
        """Count requests of this machine, or of another at the same address."""
        if self.clock() >= self.end:
            self.used, self.end = 0, self.clock() + self.seconds
        self.used += requests

    def headers(self) -> dict[str, str]:
        values = {
            "X-RateLimit-Limit": self.size,
            "X-RateLimit-Remaining": max(self.size - self.used, 0),
            "X-RateLimit-Reset": math.ceil(self.end),
        }
        return {name: str(values[name]) for name in self.names}

    def admits(self, request: BaseHTTPRequestHandler) -> bool:
        """Count a request; one beyond the limit is dealt with here."""
        self.use()
        if self.used <= self.size:
            return True
        self.beyond += 1
        self.refusal(request)
        return False


@dataclass
class FakeServer:
    """A running server: the requests it received, and its reactions by path; all other paths are answered with 404.

    Its clock is `clock`, and its exports are limited by `limit`.
    """

    base: str = ""
    requests: list[Received] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    limit: RateLimit | None = None

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def pad(self, name: str, reaction: Reaction, form: str = "etherpad") -> None:
        """React so to requests for a pad's export."""
        self.reactions[f"/p/{name}/export/{form}"] = reaction


def answer(
    body: bytes | str = b"",
    kind: str = TXT,
    status: int = 200,
    *,
    attached: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Reaction:
    """Return a reaction that answers correctly."""
    content = body.encode() if isinstance(body, str) else body

    def react(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        if attached:
            request.send_header("Content-Disposition", 'attachment; filename="x"')
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    return react


def export(
    pad: PadWriter, name: str = "pad", etag: str = 'W/"1"', headers: Mapping[str, str] | None = None
) -> Reaction:
    """Return a reaction that gives a pad's full export, and 304 for its ETag."""
    whole = answer(pad.export(name), ETHERPAD, headers={"ETag": etag, **(headers or {})})
    unchanged = answer(b"", TXT, 304, attached=False, headers=headers)

    def react(request: BaseHTTPRequestHandler) -> None:
        (unchanged if request.headers.get("If-None-Match") == etag else whole)(request)

    return react


def redirect(place: str) -> Reaction:
    return answer(status=302, attached=False, headers={"Location": place})


def raw(*pieces: bytes, then: Callable[[], object] = lambda: None) -> Reaction:
    """Return a reaction that sends bytes as they are, calls `then` and closes the connection."""

    def react(request: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            request.wfile.write(piece)
        request.wfile.flush()
        then()
        request.close_connection = True

    return react


def in_turn(*reactions: Reaction) -> Reaction:
    """Return a reaction that uses one after the other, and the last one from then on."""
    left = list(reactions)

    def react(request: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(request)

    return react


@contextmanager
def running() -> Iterator[FakeServer]:
    """Run a server on a free port of this machine until the block ends."""
    fake = FakeServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        limited = False

        def do_GET(self) -> None:
            self._react(b"")

        def do_POST(self) -> None:
            self._react(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _react(self, body: bytes) -> None:
            fake.requests.append(Received(self.path, dict(self.headers), body))
            nothing = answer("Cannot GET", "text/html", 404, attached=False)
            self.limited = fake.limit is not None and "/export/" in self.path
            with suppress(BrokenPipeError, ConnectionResetError):
                if fake.limit is None or not self.limited or fake.limit.admits(self):
                    fake.reactions.get(self.path.partition("?")[0], nothing)(self)

        def end_headers(self) -> None:
            if fake.limit is not None and self.limited:
                for name, value in fake.limit.headers().items():
                    self.send_header(name, value)
            super().end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(fake.clock() if timestamp is None else timestamp, usegmt=True)

        def log_message(self, *_: object) -> None:
            """Quiet: what was asked is in `server.requests`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
