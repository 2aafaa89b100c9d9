"""Asks servers politely: one request at a time, no faster than each allows, and on within its origin only."""

import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urljoin

from fetch import pace
from fetch.credentials import origin
from fetch.errors import PadFailure
from fetch.faults import NoConnection, Unreachable
from fetch.transport import Answer, Ask, Transport

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
