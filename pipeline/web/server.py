"""Who may see and change an event's decisions: from a request's headers and form to a refusal, or none.

The page holds personal data and writes a file, and any website that the same browser has open can send requests to
this machine. So it listens on the loopback address only, and asks three things of a request: that it calls the server
by the address it has (a website whose name was pointed at 127.0.0.1 calls it by that name: DNS rebinding), that it
bears the cookie, and, to change anything, that it was sent by a page of ours. docs/adr/0025-curation-page-security.md gives the reasons.

The app around the pages: who may ask, how templates print, what answers bear, and what a mistake looks like.

Serve the page on this machine until it is interrupted: the shell around the app, with socket and browser.
"""

import hmac
import logging
import secrets
import socket
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType

import typer
from flask import Flask, Response, abort, redirect, render_template, request
from jinja2 import StrictUndefined
from markupsafe import Markup
from waitress import create_server
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Reply

from fetch.errors import UserMistake, log_unexpected
from pipeline.report.formats import html
from pipeline.report.formats.escapes import spell_out_controls
from pipeline.report.formats.output_format import TEMPLATES
from pipeline.web.curation_session import Desk
from pipeline.web.routes import add_changes, add_pages

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


MOST_BYTES = 200_000
"""Of a form: a thousand chosen quotes."""

LOOKS = frozenset({"GET", "HEAD"})

STILL_THERE = "Everything that was saved is still in curation.toml. Go back in your browser to go on."

PLAIN = {HTTPStatus.NOT_FOUND: "There is no such page.", HTTPStatus.FORBIDDEN: "This address was used already."}


def make_app(desk: Desk, guard: Guard, title: str, refused: Callable[[], None]) -> Flask:
    """The page of the event called `title`; `refused` is called when a browser without access asked for it."""
    app = Flask(__name__, template_folder=str(TEMPLATES / "curate"), static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_BYTES, MAX_FORM_PARTS=2000)
    _print_inert(app, guard)
    _let_in(app, guard, refused)
    _keep_out(app, guard, refused)
    add_pages(app, desk, title)
    add_changes(app, desk, title)
    _tell_mistakes(app)
    return app


def _print_inert(app: Flask, guard: Guard) -> None:
    """As in the report: everything printed is escaped, and characters that act on the text around them are named."""

    def inert(value: object) -> object:
        return spell_out_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.finalize = inert
    environment.filters["quote"] = html.escape
    app.context_processor(lambda: {"token": guard.token})


def _let_in(app: Flask, guard: Guard, refused: Callable[[], None]) -> None:
    @app.get("/open/<ticket>", endpoint="opened")
    def opened(ticket: str) -> Reply:
        if request.method != "GET" or not guard.opens(ticket):
            refused()
            abort(HTTPStatus.FORBIDDEN)
        response = redirect("/", HTTPStatus.SEE_OTHER)
        response.set_cookie(guard.cookie_name, guard.cookie, httponly=True, samesite="Strict")
        return response


def _keep_out(app: Flask, guard: Guard, refused: Callable[[], None]) -> None:
    @app.before_request
    def check() -> Response | None:
        why = guard.refuses_host(request.headers.get("Host", ""))
        if why is None and request.endpoint != "opened":
            why = guard.refuses(request.cookies.get(guard.cookie_name, ""))
            if why is not None:
                refused()
            elif request.method not in LOOKS:
                why = guard.refuses_change(dict(request.headers), request.form.get("token", ""))
        return None if why is None else Response(f"{why}\n", HTTPStatus.FORBIDDEN, mimetype="text/plain")

    @app.after_request
    def seal(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response


def _tell_mistakes(app: Flask) -> None:
    @app.errorhandler(UserMistake)
    def mistake(error: UserMistake) -> tuple[str, int]:
        return render_template("mistake.html", sentence=str(error)), HTTPStatus.CONFLICT

    @app.errorhandler(HTTPException)
    def plain(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST)
        return Response(f"{PLAIN.get(status, error.description or error.name)}\n", status, mimetype="text/plain")

    @app.errorhandler(Exception)
    def ours(error: Exception) -> Response:
        sentence = log_unexpected(error)
        typer.echo(sentence, err=True)
        return Response(f"{sentence} {STILL_THERE}\n", HTTPStatus.INTERNAL_SERVER_ERROR, mimetype="text/plain")


THREADS = 4
"""One person's browser asks for a page, two styles and a script at once."""


def serve(desk: Desk, title: str, port: int, say: Callable[[str], None], *, browser: bool) -> None:
    """Serve the event called `title` until Ctrl-C; `port` 0 is any free one, `say` is told what the user should know.

    Raises UserMistake where the port cannot be had, or where curation.toml has a mistake in it.
    """
    desk.state()
    guard = Guard()
    listening = _listen(port)
    guard.port = listening.getsockname()[1]

    def refused() -> None:
        if not guard.has_ticket:
            say(f"To open the page once more: {guard.address()}")

    logging.getLogger("waitress").setLevel(logging.ERROR)
    server = create_server(make_app(desk, guard, title, refused), sockets=[listening], threads=THREADS, ident=None)
    address = guard.address()
    say(f"Decide here: {address}\nEvery step is saved in {desk.path}. To end, press Ctrl-C here.")
    try:
        if browser and _can_open():
            webbrowser.open(address)
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def _listen(port: int) -> socket.socket:
    """A listening socket on the loopback address only."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise UserMistake(f"Port {port} cannot be had on this machine; leave --port out to get a free one.") from error
    return listening


def _can_open() -> bool:
    """Whether there is a browser with a window: one in the terminal would take over the terminal."""
    try:
        return type(webbrowser.get()) is not webbrowser.GenericBrowser
    except webbrowser.Error:
        return False
