"""When a server accepts the next request: read from its answers, and kept on disk for the next fetch.

answer's headers ──► delay_after_answer, delay_after_refusal ──► RateLimits ◄──► corpus/.rate-limits.json

Etherpad counts the exports that an address asks for in a window of time, whoever asks for them and in however many
runs. Versions since 1.9.4 leave requests beyond the limit without an answer, so what a fetch has learnt must reach
the next.
"""

import datetime as dt
import fcntl
import json
import math
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

RATE_LIMITS_FILE = ".rate-limits.json"

DEFAULT_WINDOW = 90.0
"""Seconds of Etherpad's default rate limit window, for servers that do not tell theirs."""

MAX_DELAY = 600.0
"""Seconds; a server that asks for a longer wait is not asked again, and a longer window means a wrong clock."""

MAX_FILE = 100_000
"""Bytes of the file: more than a thousand servers."""

BAD_GATEWAY, GATEWAY_TIMEOUT = 502, 504

GATEWAY_WAITED = 5.0
"""Seconds; a 502 that takes as long is about a server that was silent (Apache's), a quick one about a server that is
down."""


class RateLimits:
    """The time before which each server is not to be asked, in a file that all fetches of a corpus share.

    Servers are named by scheme, host and port. `clock` gives seconds since 1970, which other processes and later runs
    share. The file spares waiting for a server that stays silent and is nothing more: one that is damaged, or cannot
    be read or written, is done without.
    """

    def __init__(self, file: Path | None, clock: Callable[[], float]) -> None:
        self._file: Final = file
        self._clock: Final = clock
        self._not_before: dict[str, float] = {}

    def now(self) -> float:
        """Return the time, in seconds since 1970."""
        return self._clock()

    def seconds_left(self, server: str) -> float:
        """Return the seconds until a server accepts the next request, at most MAX_DELAY; 0 if it does so now."""
        times = (self._valid(known).get(server, 0.0) for known in (self._not_before, self._load()))
        return max(max(times) - self._clock(), 0.0)

    def close(self, server: str, until: float) -> None:
        """Record that a server accepts no request before the time `until`, unless a later time is known already."""
        if until <= self._clock():
            return
        self._not_before[server] = max(until, self._valid(self._not_before).get(server, 0.0))
        if self._file is None:
            return
        try:
            with _locked(self._file, fcntl.LOCK_EX) as handle:
                known = self._valid(_parse(os.read(handle, MAX_FILE)))
                known[server] = float(math.ceil(max(until, known.get(server, 0.0))))
                content = json.dumps({"schema": 1, "not_before": known}, indent=2, sort_keys=True).encode()
                os.ftruncate(handle, 0)
                os.pwrite(handle, content + b"\n", 0)
        except OSError:
            return

    def _load(self) -> dict[str, float]:
        if self._file is None or not self._file.exists():
            return {}
        try:
            with _locked(self._file, fcntl.LOCK_SH) as handle:
                return _parse(os.read(handle, MAX_FILE))
        except OSError:
            return {}

    def _valid(self, known: Mapping[str, float]) -> dict[str, float]:
        """Return the times that are ahead; one too far ahead was written with a wrong clock."""
        now = self._clock()
        return {server: until for server, until in known.items() if now < until <= now + MAX_DELAY + 1}


@contextmanager
def _locked(file: Path, lock: int) -> Iterator[int]:
    """Open a regular file (made if there is none) and hold a lock on it; raises OSError.

    It is rewritten in place, since a lock on a file that is replaced would not keep out who waits for it. A process
    that is killed in between leaves a damaged file, which says nothing.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(file, flags, mode=0o666)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{file} is not a regular file")
        fcntl.flock(handle, lock)
        yield handle
    finally:
        os.close(handle)


def _parse(content: bytes) -> dict[str, float]:
    """Return the time for each server in the file's content, none if it is damaged."""
    try:
        known = json.loads(content)["not_before"]
        return {str(server): float(until) for server, until in known.items()}
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def is_silence(status: int, seconds: float) -> bool:
    """Return whether an answer that took that long is a gateway's whose server was silent."""
    return status == GATEWAY_TIMEOUT or (status == BAD_GATEWAY and seconds >= GATEWAY_WAITED)


def delay_after_answer(headers: Mapping[str, str]) -> float:
    """Return the seconds until a server accepts another request: 0 while its `X-RateLimit-Remaining` is above 0."""
    remaining = _number(headers.get("X-RateLimit-Remaining"))
    return 0.0 if remaining is None or remaining > 0 else _seconds_to_reset(headers)


def delay_after_refusal(headers: Mapping[str, str]) -> float:
    """Return the seconds that a 429 or 503 asks us to wait: `Retry-After` (RFC 9110, 10.2.3), else to the reset."""
    value = headers.get("Retry-After")
    seconds = _number(value)
    if seconds is None:
        start, end = _date(headers.get("Date")), _date(value)
        if start is None or end is None:
            return _seconds_to_reset(headers)
        seconds = (end - start).total_seconds()
    return max(seconds, 0.0)


def _seconds_to_reset(headers: Mapping[str, str]) -> float:
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
