"""The page's addresses: from a request to a page, or to a decision in the file and back to where it was made."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from pipeline.curate.desk import Desk, StaleError, State
from pipeline.curate.forms import Refused, decision_of
from pipeline.curate.questions import ask_page
from pipeline.curate.records import AskPage
from pipeline.curate.view import View
from pipeline.curation.emit import concern_id
from pipeline.errors import UserMistake
from pipeline.report.words import TEMPLATES

STALE = (
    "The decisions were changed since this page was loaded, in another window or in the file itself. Nothing of that "
    "is lost, and what you did just now was not saved. Below is how things are now; please decide again."
)

MOST_DIGITS = 8


def add_pages(app: Flask, desk: Desk, title: str) -> None:
    """What can be looked at."""

    def view() -> View:
        return View(desk.state(), title)

    @app.get("/")
    def overview() -> str:
        return _page("overview", view().overview())

    @app.get("/concern/<wanted>")
    def concern(wanted: str) -> str | Reply:
        page = view().concern(wanted, _number(request.args, "at"))
        return redirect("/", HTTPStatus.SEE_OTHER) if page is None else _page("concern", page)

    @app.get("/ask")
    def ask() -> str:
        state = desk.state()
        shown = View(state, title)
        page = ask_page(shown, state, desk.skipped)
        return _page("asked", shown.decisions()) if page is None else _page("ask", page)

    @app.get("/rest")
    def rest() -> str:
        return _page("rest", view().rest(_number(request.args, "number"), _number(request.args, "at")))

    @app.get("/decisions")
    def decisions() -> str:
        return _page("decisions", view().decisions())

    @app.get("/static/<any('style.css', 'curate.css', 'curate.js'):name>")
    def static_file(name: str) -> Response:
        path = TEMPLATES / name if name == "style.css" else TEMPLATES / "curate" / name
        return Response(path.read_bytes(), mimetype="text/javascript" if name.endswith(".js") else "text/css")


def add_changes(app: Flask, desk: Desk, title: str) -> None:
    """What can be changed: a decision more, or one less."""

    def again(alert: str, status: HTTPStatus) -> tuple[str, int]:
        state = desk.state()
        return _again(alert, View(state, title), status, lambda view: ask_page(view, state, desk.skipped))

    @app.post("/decide")
    def decide() -> Reply | tuple[str, int]:
        fields = request.form.to_dict(flat=False)
        try:
            state = desk.decide(lambda state: decision_of(fields, state), request.form.get("version", ""))
        except StaleError:
            return again(STALE, HTTPStatus.CONFLICT)
        except (Refused, UserMistake) as error:
            return again(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
        return redirect(_back(state, "saved"), HTTPStatus.SEE_OTHER)

    @app.post("/skip")
    def skip() -> Reply:
        desk.skip(request.form.get("quote", ""))
        return redirect("/ask", HTTPStatus.SEE_OTHER)

    @app.post("/take-back")
    def take_back() -> Reply | tuple[str, int]:
        try:
            state = desk.take_back(_number(request.form, "decision"), request.form.get("version", ""))
        except StaleError:
            return again(STALE, HTTPStatus.CONFLICT)
        return redirect(_back(state, "undone"), HTTPStatus.SEE_OTHER)


def _page(name: str, page: object, alert: str = "") -> str:
    return render_template(f"{name}.html", page=page, alert=alert, said=request.args.get("said", ""))


def _again(alert: str, view: View, status: HTTPStatus, ask: Callable[[View], AskPage | None]) -> tuple[str, int]:
    """The page that a refused form was on, as it is now, with the reason."""
    at = _number(request.form, "at")
    match request.form.get("page"):
        case "concern" if page := view.concern(request.form.get("here", ""), at):
            return _page("concern", page, alert), status
        case "ask" if question := ask(view):
            return _page("ask", question, alert), status
        case "rest":
            return _page("rest", view.rest(_number(request.form, "number"), at), alert), status
        case "decisions":
            return _page("decisions", view.decisions(), alert), status
        case _:
            return _page("overview", view.overview(), alert), status


def _back(state: State, said: str) -> str:
    """The page that a form was on, or, where its concern is gone, the first."""
    at = _number(request.form, "at")
    match request.form.get("page"):
        case "concern" if here := _still_there(state):
            return f"/concern/{here}?{urlencode({'at': at, 'said': said})}"
        case "rest":
            return f"/rest?{urlencode({'number': _number(request.form, 'number'), 'at': at, 'said': said})}"
        case "decisions" | "ask" as name:
            return f"/{name}?said={said}"
        case _:
            return f"/?said={said}"


def _still_there(state: State) -> str | None:
    """The id of the concern that a form was on: under a new name, or an old one again, it has another."""
    name = " ".join(request.form.get("name", "").split())
    concerns = state.curated.concerns
    ids = {*(str(one.id) for one in concerns), *map(concern_id, state.curated.outcome.empty)}
    renamed = [str(concern_id(name))] if request.form.get("do") in {"rename", "merge"} else []
    holding = [str(one.id) for one in concerns if request.form.get("of") in one.segment_ids]
    return next((one for one in (*renamed, request.form.get("here", ""), *holding) if one in ids), None)


def _number(fields: Mapping[str, str], field: str) -> int:
    """A number from the address or a form, 0 where it is none."""
    text = fields.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
