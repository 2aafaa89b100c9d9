"""What goes wrong between us and a server, as a clause for a pad's sentence; no URL, and so no secret, is repeated."""

from dataclasses import dataclass

import requests
import urllib3

from fetch.errors import PadFailure


class Unreachable(PadFailure):
    """No answer could be had from a server: it is down, hangs, breaks off or is not who it says it is."""


class NoConnection(Unreachable):
    """Not even a connection (no such name, somebody else's certificate), so no other way of asking is worth a try."""


class Down(NoConnection):
    """Nothing listens at the server's address."""


class BrokenOff(Unreachable):
    """The connection ended before the answer did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds to connect, between two bytes, and for a whole answer.

    Etherpad after 1.8 leaves a request hanging that comes too often, so `read` must end; its full export of a pad
    with some thousand revisions takes some seconds to begin, so `read` must not be short.
    """

    connect: float = 10.0
    read: float = 40.0
    total: float = 180.0


def told(error: BaseException, limits: Limits) -> BaseException:
    """The failure that an exception of requests or urllib3 means; what is none of theirs comes back as it is."""
    known = (
        (requests.exceptions.SSLError, NoConnection, "cannot prove who it is (its TLS certificate is not valid)"),
        (urllib3.exceptions.SSLError, NoConnection, "cannot prove who it is (its TLS certificate is not valid)"),
        (requests.exceptions.ConnectTimeout, NoConnection, f"took no connection within {limits.connect:g} s"),
        (requests.exceptions.ReadTimeout, Unreachable, f"was silent for {limits.read:g} s; perhaps asked too often"),
        (urllib3.exceptions.ReadTimeoutError, Unreachable, f"fell silent for {limits.read:g} s in its answer"),
        (TimeoutError, Unreachable, f"had not finished its answer after {limits.total:g} s"),
        (urllib3.exceptions.DecodeError, PadFailure, "sent an answer that cannot be unpacked (broken gzip)"),
    )
    for kind, failure, clause in known:
        if isinstance(error, kind):
            return failure(f"its server {clause}.")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema | UnicodeError):
        return PadFailure("its address is none; check the link.")
    if isinstance(error, requests.exceptions.ConnectionError):
        return _connection(error)
    if isinstance(error, requests.exceptions.RequestException | urllib3.exceptions.HTTPError | OSError):
        return BrokenOff("its server broke off in the middle of its answer.")
    return error


def _connection(error: requests.exceptions.ConnectionError) -> Unreachable:
    """Which of the things that requests calls a connection error it was; urllib3 holds the cause."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return NoConnection("there is no server of that name.")
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return Down("nothing answers at its server's address.")
    return BrokenOff("its server broke off in the middle of its answer.")
