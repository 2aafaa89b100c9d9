"""How long to wait before the next request to a server, from what its last answer said. Pure; the client sleeps."""

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

WINDOW = 90.0
"""Seconds of Etherpad's default rate limit window, for servers that limit but do not say for how long."""

PATIENCE = 600.0
"""Seconds; a server that wants a longer wait is left for today, and a window that is longer is a clock gone wrong."""

Headers = Mapping[str, str]


def pause(headers: Headers) -> float:
    """Seconds until the server takes another request of ours: 0 while its `X-RateLimit-Remaining` is above 0.

    `X-RateLimit-Reset` is on the server's clock, so it is compared with the `Date` of the same answer, never with ours.
    """
    remaining = _number(headers.get("X-RateLimit-Remaining"))
    if remaining is None or remaining > 0:
        return 0.0
    return _until_reset(headers)


def pause_after_refusal(headers: Headers) -> float:
    """Seconds that a 429 or 503 asks us to wait: `Retry-After` (RFC 9110, 10.2.3), else the window's end."""
    said = headers.get("Retry-After")
    seconds = _number(said)
    if seconds is None and said:
        seconds = _between(headers.get("Date"), said)
    return _until_reset(headers) if seconds is None else max(seconds, 0.0)


def _until_reset(headers: Headers) -> float:
    reset, date = _number(headers.get("X-RateLimit-Reset")), _date(headers.get("Date"))
    seconds = reset - date.timestamp() if reset is not None and date else WINDOW
    return max(seconds, 0.0) if seconds <= PATIENCE else WINDOW


def _between(earlier: str | None, later: str) -> float | None:
    start, end = _date(earlier), _date(later)
    return (end - start).total_seconds() if start and end else None


def _number(value: str | None) -> float | None:
    return float(value) if value and re.fullmatch(r"[0-9]{1,12}", value) else None


def _date(value: str | None) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
