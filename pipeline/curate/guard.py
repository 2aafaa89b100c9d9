"""Who may see and change an event's decisions: from a request's headers and form to a refusal, or none.

The page holds personal data and writes a file, and any website that the same browser has open can send requests to
this machine. So it listens on the loopback address only, and asks three things of a request: that it calls the server
by the address it has (a website whose name was pointed at 127.0.0.1 calls it by that name: DNS rebinding), that it
bears the cookie, and, to change anything, that it was sent by a page of ours. docs/adr/0014-curation-page.md tells why.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

HOST = "127.0.0.1"

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
)
"""Of every answer. The referrer policy is not `no-referrer`, with which browsers send `Origin: null` from forms of ours
(fetch.spec.whatwg.org, "append a request Origin header"); no address that a page of ours can have is secret."""

WRONG_HOST = "Padharvest answers on the address that the terminal shows, and by no other name."
NOT_OURS = "This was not sent from Padharvest's own page, so nothing was changed."
NO_ACCESS = "Please open the address that the terminal shows; each of its addresses opens the page once."


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True)
class Guard:
    """The secrets of one run, made anew each time: they are kept in memory only.

    An address with `_ticket` opens the page once and is void then, so that it tells nothing to whoever finds it in the
    browser's history or the list of processes. `cookie` lets a browser see the page, `token`, which stands in our forms
    only, lets it change anything.
    """

    port: int = 0
    cookie: str = field(default_factory=_secret)
    token: str = field(default_factory=_secret)
    _ticket: str = ""

    @property
    def host(self) -> str:
        """What requests must call the server."""
        return f"{HOST}:{self.port}"

    @property
    def cookie_name(self) -> str:
        """A browser sends cookies to all ports of a host, so that each server needs a name of its own."""
        return f"padharvest-{self.port}"

    @property
    def has_ticket(self) -> bool:
        """Whether an address was given out that nobody has opened yet."""
        return bool(self._ticket)

    def address(self) -> str:
        """A new address that opens the page once; the one before it is void."""
        self._ticket = _secret()
        return f"http://{self.host}/open/{self._ticket}"

    def opens(self, ticket: str) -> bool:
        """Whether `ticket` is the one that was given out; it is void from now on."""
        if not self._ticket or not _same(ticket, self._ticket):
            return False
        self._ticket = ""
        return True

    def refuses_host(self, host: str) -> str | None:
        """Why a request that calls the server `host` is not answered at all, if so."""
        return None if host == self.host else WRONG_HOST

    def refuses(self, cookie: str) -> str | None:
        """Why a request may not see anything, if so."""
        return None if _same(cookie, self.cookie) else NO_ACCESS

    def refuses_change(self, headers: Mapping[str, str], token: str) -> str | None:
        """Why a request that may see the page may change nothing, if so."""
        origin = headers.get("Origin", f"http://{self.host}")
        site = headers.get("Sec-Fetch-Site", "same-origin")
        ours = origin == f"http://{self.host}" and site == "same-origin" and _same(token, self.token)
        return None if ours else NOT_OURS


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())
