"""Secrets of a server, from the environment only; netrc is read by requests itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

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
