"""Rate limits: how long to wait before the next request to a server, computed from the headers of its last answer."""

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

DEFAULT_WINDOW = 90.0
"""Seconds of Etherpad's default rate limit window, for servers that do not tell theirs."""

MAX_DELAY = 600.0
"""Seconds; a server that asks for a longer wait is not asked again, and a longer window means a wrong clock."""

Headers = Mapping[str, str]


def delay_after_answer(headers: Headers) -> float:
    """Return the seconds until a server accepts another request: 0 while its `X-RateLimit-Remaining` is above 0."""
    remaining = _number(headers.get("X-RateLimit-Remaining"))
    return 0.0 if remaining is None or remaining > 0 else _seconds_to_reset(headers)


def delay_after_refusal(headers: Headers) -> float:
    """Return the seconds that a 429 or 503 asks us to wait: `Retry-After` (RFC 9110, 10.2.3), else to the reset."""
    value = headers.get("Retry-After")
    seconds = _number(value)
    if seconds is None:
        start, end = _date(headers.get("Date")), _date(value)
        if start is None or end is None:
            return _seconds_to_reset(headers)
        seconds = (end - start).total_seconds()
    return max(seconds, 0.0)


def _seconds_to_reset(headers: Headers) -> float:
    """Return the seconds to `X-RateLimit-Reset`, which is on the server's clock, as is the answer's `Date`."""
    reset, date = _number(headers.get("X-RateLimit-Reset")), _date(headers.get("Date"))
    seconds = reset - date.timestamp() if reset is not None and date else DEFAULT_WINDOW
    return max(seconds, 0.0) if seconds <= MAX_DELAY else DEFAULT_WINDOW


def _number(value: str | None) -> float | None:
    return float(value) if value and re.fullmatch(r"[0-9]{1,12}", value) else None


def _date(value: str | None) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
