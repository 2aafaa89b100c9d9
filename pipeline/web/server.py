"""Serve a page on this machine: who may see and change it, the app around the curation page, the socket.

    request ──► host? ──► cookie? ──► to change anything: sent by a page of ours? ──► page or decision

The page holds personal data and writes a file, and any website that the same browser has open can send requests to this
machine. So the server listens on the loopback address only, and checks three things: that a request calls it by the
address that it has (a website whose name was pointed at 127.0.0.1 calls it by that name: DNS rebinding), that it has
the cookie, and, to change anything, that it was sent by a page of ours. docs/adr/0025-curation-page-security.md gives
the reasons. The live report (live_report.py) is served in the same way.
"""

import hmac
import logging
import secrets
import socket
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

import typer
from flask import Flask, Request, Response, redirect, render_template, request
from jinja2 import StrictUndefined
from markupsafe import Markup
from waitress import create_server
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Reply

from fetch.corpus_records import Event
from fetch.errors import LOG, UserMistake, log_unexpected
from pipeline.report.formats.html import escape
from pipeline.report.formats.output_format import spell_out_controls
from pipeline.report.report_records import ConcernView, GroupMark
from pipeline.report.theme import TEMPLATES
from pipeline.translation import N_, Translation, install_translation, report_translation
from pipeline.web.curation_session import CurationSession
from pipeline.web.routes import add_changes, add_edits, add_pages

HOST = "127.0.0.1"

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every response that sets no others.

The referrer policy is not `no-referrer`, with which browsers send `Origin: null` from our forms (fetch.spec.whatwg.org,
"append a request Origin header"); no address of our pages is secret.
"""

WRONG_HOST = N_("Please use the address that the terminal shows; Padharvest answers to no other.")
NOT_OURS = N_("This was not sent from Padharvest's own page, so nothing was changed.")
NO_ACCESS = N_("Please open the address that the terminal shows; each address there opens the page once.")
NOT_FOUND = N_("There is no such page.")
USED = N_("This address has been used already.")
UNEXPECTED = N_("Something went wrong inside Padharvest; the details are at the end of %(log)s.")
STILL_SAVED = N_("Everything that was saved is still in curation.toml. Go back in your browser to continue.")

MOST_BYTES = 200_000
"""Of a form: a thousand selected quotes."""

READING = frozenset({"GET", "HEAD"})
THREADS = 4
"""A browser asks for a page, two style sheets and a script at once."""


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True)
class Guard:
    """The secrets of one run, in memory only, and what they admit.

    An address with `ticket` opens the page once, so that it is useless to whoever finds it in the browser's history or
    the list of processes. `cookie` lets a browser see the page; `token`, which is in our forms only, lets it change
    anything.
    """

    port: int = 0
    cookie: str = field(default_factory=_secret)
    token: str = field(default_factory=_secret)
    ticket: str = ""

    @property
    def host(self) -> str:
        """Return the host that requests must name."""
        return f"{HOST}:{self.port}"

    @property
    def cookie_name(self) -> str:
        """Return a name of its own for each port, because browsers send cookies to all ports of a host."""
        return f"padharvest-{self.port}"

    def address(self) -> str:
        """Return a new address that opens the page once; the one before it becomes invalid."""
        self.ticket = _secret()
        return f"http://{self.host}/open/{self.ticket}"

    def opens(self, ticket: str) -> bool:
        """Return whether `ticket` is that of the address, which becomes invalid with it."""
        if not self.ticket or not _same(ticket, self.ticket):
            return False
        self.ticket = ""
        return True

    def refuses(self, request: Request) -> str:
        """Return why a request may not see what it asks for, or change what it would change; "" if it may."""
        if request.headers.get("Host", "") != self.host:
            return WRONG_HOST
        if request.endpoint == "opened":
            return ""
        if not _same(request.cookies.get(self.cookie_name, ""), self.cookie):
            return NO_ACCESS
        origin = request.headers.get("Origin", f"http://{self.host}")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        ours = origin == f"http://{self.host}" and site == "same-origin"
        if request.method not in READING and not (ours and _same(request.form.get("token", ""), self.token)):
            return NOT_OURS
        return ""


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())


def make_app(session: CurationSession, guard: Guard, translation: Translation, refused: Callable[[], None]) -> Flask:
    """Return the app of an event; `refused` is called when a browser without access asks for a page."""
    app = guarded_app(guard, translation, refused)
    app.jinja_env.globals.update(token=guard.token, event_id=session.path.parent.name)
    app.jinja_env.globals.update(page_of_lines=page_of_lines, page_of_concern=page_of_concern)
    add_pages(app, session, translation)
    add_changes(app, session, translation)
    add_edits(app, session, translation)
    _handle_errors(app, translation)
    return app


def guarded_app(guard: Guard, translation: Translation, refused: Callable[[], None]) -> Flask:
    """Return an app without pages that answers only whom `guard` admits; `refused` is called as in `make_app`."""
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_BYTES, MAX_FORM_PARTS=2000)
    _set_up_templates(app, translation)
    _admit(app, guard, translation, refused)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST)
        not_found = translation.gettext(NOT_FOUND) if status is HTTPStatus.NOT_FOUND else ""
        return _plain(not_found or error.description or error.name, status)

    return app


def page_of_lines(group: GroupMark) -> str:
    """Return the address of the page with all lines of a group."""
    return f"/lines/{group.number}"


def page_of_concern(concern: ConcernView) -> str:
    """Return the address of a concern's page."""
    return f"/concern/{concern.anchor.removeprefix('concern-')}"


def _set_up_templates(app: Flask, translation: Translation) -> None:
    """Escape everything that is printed, and name control characters, as in the report."""

    def inert(value: object) -> object:
        return spell_out_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.finalize = inert
    environment.filters["quote"] = escape
    environment.globals.update(language=translation.language, direction=translation.direction)
    install_translation(environment, translation, spell_out_controls)


def _admit(app: Flask, guard: Guard, translation: Translation, refused: Callable[[], None]) -> None:
    @app.get("/open/<ticket>", endpoint="opened")
    def opened(ticket: str) -> Reply:
        if request.method != "GET" or not guard.opens(ticket):
            refused()
            return _plain(translation.gettext(USED), HTTPStatus.FORBIDDEN)
        response = redirect("/", HTTPStatus.SEE_OTHER)
        response.set_cookie(guard.cookie_name, guard.cookie, httponly=True, samesite="Strict")
        return response

    @app.before_request
    def check() -> Response | None:
        reason = guard.refuses(request)
        if reason == NO_ACCESS:
            refused()
        return _plain(translation.gettext(reason), HTTPStatus.FORBIDDEN) if reason else None

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _handle_errors(app: Flask, translation: Translation) -> None:
    @app.errorhandler(UserMistake)
    def mistake(error: UserMistake) -> tuple[str, int]:
        return render_template("curate/mistake.html", sentence=str(error)), HTTPStatus.CONFLICT

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        typer.echo(log_unexpected(error), err=True)
        text = f"{translation.gettext(UNEXPECTED, log=str(LOG))} {translation.gettext(STILL_SAVED)}"
        return _plain(text, HTTPStatus.INTERNAL_SERVER_ERROR)


def _plain(text: str, status: HTTPStatus) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain")


def serve(session: CurationSession, event: Event, port: int, echo: Callable[[str], None], *, browser: bool) -> None:
    """Serve the page of an event until Ctrl-C; `port` 0 is any free one, `echo` prints what the user should know.

    The page is in the language of the event's report. Raises UserMistake if the port is taken, if curation.toml has a
    mistake in it, or if there is no translation into the language.
    """
    segments = session.event().draft.found.segments
    own = report_translation(event.language, segments)
    with listening(port, lambda guard, refused: make_app(session, guard, own, refused), echo) as (server, address):
        echo(f"Decide here: {address}\nEvery decision is saved in {session.path}. Press Ctrl-C here to stop.")
        with suppress(KeyboardInterrupt):
            if browser:
                open_browser(address)
            server.run()


class Server(Protocol):
    """A server of waitress, which has no types."""

    def run(self) -> None:
        """Answer requests until Ctrl-C."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


@contextmanager
def listening(
    port: int, make: Callable[[Guard, Callable[[], None]], Flask], echo: Callable[[str], None]
) -> Iterator[tuple[Server, str]]:
    """Yield a server that listens on `port` but does not answer yet, and the address that opens it once.

    `make` returns the app, given its guard and what to call when a browser has no access, which `echo` then says.
    Raises UserMistake if the port is taken.
    """
    guard = Guard()
    bound = _listen(port)
    guard.port = bound.getsockname()[1]

    def refused() -> None:
        if not guard.ticket:
            echo(f"To open the page again: {guard.address()}")

    logging.getLogger("waitress").setLevel(logging.ERROR)
    server: Server = create_server(make(guard, refused), sockets=[bound], threads=THREADS, ident=None)
    with closing(server):
        yield server, guard.address()


def _listen(port: int) -> socket.socket:
    """Return a listening socket on the loopback address only."""
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise UserMistake(f"Port {port} is not available; leave --port out to get a free one.") from error


def open_browser(address: str) -> None:
    """Open `address` if there is a browser with a window; one in the terminal would take the terminal over."""
    with suppress(webbrowser.Error):
        if type(webbrowser.get()) is not webbrowser.GenericBrowser:
            webbrowser.open(address)
