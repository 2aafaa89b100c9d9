"""HTTP errors: what an exception of requests or urllib3 means for a pad, as a clause without URLs or secrets."""

from dataclasses import dataclass

import requests
import urllib3

from fetch.errors import PadFailure


class Unreachable(PadFailure):
    """A server gave no complete answer: it is down, hangs, closes the connection or cannot prove who it is."""


class NoConnection(Unreachable):
    """There was not even a connection, so asking the server for another export is useless."""


class Down(NoConnection):
    """Nothing listens at the server's address."""


class BrokenOff(Unreachable):
    """The connection ended before the answer did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds to connect, between two bytes, and for a whole answer.

    Etherpad after 1.8 leaves requests beyond its limit without an answer, so `read` must end; it takes some seconds to
    begin the full export of a pad with thousands of revisions, so `read` must not be short.
    """

    connect: float = 10.0
    read: float = 40.0
    total: float = 180.0


def translate_error(error: BaseException, limits: Limits) -> BaseException:
    """Return the PadFailure that an exception of requests or urllib3 means; other exceptions are returned as given."""
    known = (
        (requests.exceptions.SSLError, NoConnection, "cannot prove who it is (its TLS certificate is not valid)"),
        (urllib3.exceptions.SSLError, NoConnection, "cannot prove who it is (its TLS certificate is not valid)"),
        (requests.exceptions.ConnectTimeout, NoConnection, f"accepted no connection within {limits.connect:g} s"),
        (requests.exceptions.ReadTimeout, Unreachable, f"was silent for {limits.read:g} s; perhaps asked too often"),
        (urllib3.exceptions.ReadTimeoutError, Unreachable, f"fell silent for {limits.read:g} s in its answer"),
        (TimeoutError, Unreachable, f"had not finished its answer after {limits.total:g} s"),
        (urllib3.exceptions.DecodeError, PadFailure, "sent an answer that cannot be unpacked (broken gzip)"),
    )
    for kind, failure, clause in known:
        if isinstance(error, kind):
            return failure(f"its server {clause}.")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema | UnicodeError):
        return PadFailure("its address is not valid; check the link.")
    if isinstance(error, requests.exceptions.ConnectionError):
        cause = error.args[0] if error.args else None
        reason = getattr(cause, "reason", cause)  # urllib3's exception, of which requests tells some apart only here
        if isinstance(reason, urllib3.exceptions.NameResolutionError):
            return NoConnection("there is no server of that name.")
        if isinstance(reason, urllib3.exceptions.NewConnectionError):
            return Down("nothing answers at its server's address.")
    if isinstance(error, requests.exceptions.RequestException | urllib3.exceptions.HTTPError | OSError):
        return BrokenOff("its server broke off in the middle of its answer.")
    return error
