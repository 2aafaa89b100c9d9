"""The app around the pages: who may ask, how templates print, what answers bear, and what a mistake looks like."""

from collections.abc import Callable
from http import HTTPStatus

import typer
from flask import Flask, Response, abort, redirect, render_template, request
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Reply

from pipeline.curate.desk import Desk
from pipeline.curate.guard import HEADERS, Guard
from pipeline.curate.pages import add_changes, add_pages
from pipeline.errors import UserMistake
from pipeline.log import keep
from pipeline.report.escape.html import html
from pipeline.report.escape.visible import visible
from pipeline.report.words import TEMPLATES

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
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.finalize = inert
    environment.filters["quote"] = html
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
        sentence = keep(error)
        typer.echo(sentence, err=True)
        return Response(f"{sentence} {STILL_THERE}\n", HTTPStatus.INTERNAL_SERVER_ERROR, mimetype="text/plain")
