"""What a form of the page asks for: from its fields and the state that it was made from to a decision, or a refusal.

The page's addresses: from a request to a page, or to a decision in the file and back to where it was made.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from fetch.errors import UserMistake
from pipeline.analysis_records import Concern, Segment
from pipeline.curation import Anchor, ConcernRef, Decision, anchor_of
from pipeline.curation.board import concern_id
from pipeline.curation.decisions import Belongs, HideConcern, HideQuote, Merge, New, NotAConcern, NotHere, Rename, Split
from pipeline.curation.redaction import redact_quote, redact_words
from pipeline.report.words import TEMPLATES
from pipeline.web.curation_session import Desk, StaleError, State
from pipeline.web.page_records import AskPage
from pipeline.web.page_views import View, ask_page

MOST_NAME = 120
"""Characters of a concern's name; labels of the program have two to six words."""

KNOWN_BY = 3
"""Quotes that a concern without a given name is known by: enough that one may be edited, few enough to read."""


class Refused(Exception):
    """The form cannot be a decision; one plain sentence says why."""


class Form:
    """The fields of a form, each asked for by what it means; raises Refused where it is missing or out of date."""

    def __init__(self, fields: Mapping[str, Sequence[str]], state: State) -> None:
        """`fields` has each field's values."""
        self._fields = fields
        self._state = state
        self._segments = state.found.segments

    def value(self, field: str) -> str:
        """The first value of a field, "" where it has none."""
        return next(iter(self._fields.get(field, ())), "")

    def name(self) -> str:
        """The name that was typed, in one line."""
        name = " ".join(self.value("name").split())
        if not name:
            raise Refused("Please type a name first.")
        if len(name) > MOST_NAME:
            raise Refused(f"That name has {len(name)} characters; please use {MOST_NAME} at most.")
        return name.encode("utf-8", "replace").decode()

    def segment(self) -> Segment:
        """The quote that the form is about."""
        wanted = self.value("quote")
        found = next((one for one in self._segments if one.id == wanted), None)
        if found is None:
            raise Refused("That quote is not there any more.")
        return found

    def quote(self) -> Anchor:
        """Its anchor."""
        return anchor_of(self.segment(), self._segments)

    def chosen(self) -> tuple[Anchor, ...]:
        """The anchors of all quotes that were chosen, in reading order."""
        wanted = set(self._fields.get("chosen", ()))
        return tuple(anchor_of(one, self._segments) for one in self._segments if one.id in wanted)

    def concern(self, field: str = "concern") -> ConcernRef:
        """The concern whose id the field bears."""
        wanted = self.value(field)
        if not wanted:
            raise Refused("Please choose a concern first.")
        for one in self._state.curated.concerns:
            if one.id == wanted:
                return self._ref(one)
        for name in self._state.curated.outcome.empty:
            if concern_id(name) == wanted:
                return ConcernRef(name=name)
        raise Refused("That concern is not there any more.")

    def _ref(self, concern: Concern) -> ConcernRef:
        """By the name it was given, or else by quotes that the program put there; else its label could be another's."""
        if concern.named:
            return ConcernRef(name=concern.label)
        drafts = (one for one in self._state.found.concerns if one.id == concern.id)
        best = next(drafts, concern).exemplar_ids[:KNOWN_BY]
        quotes = tuple(anchor_of(one, self._segments) for one in self._segments if one.id in best)
        return ConcernRef(name=concern.label, quotes=quotes)


def _merge(form: Form) -> Decision:
    one, other = form.concern(), form.concern("to")
    if one == other:
        raise Refused("Please choose another concern to merge it with.")
    return Merge(concerns=(one, other), name=form.name())


def _split(form: Form) -> Decision:
    quotes = form.chosen()
    if not quotes:
        raise Refused("Please choose quotes first: x chooses the one you are at.")
    return Split(concern=form.concern(), quotes=quotes, name=form.name())


def _words(form: Form) -> Decision:
    try:
        return redact_words(form.value("words"))
    except ValueError as error:
        raise Refused("Please type the words to redact; they need a letter or a digit.") from error


def _whole(form: Form, state: State) -> Decision:
    return redact_quote(form.segment(), state.found.segments)


MAKE: Mapping[str, Callable[[Form], Decision]] = MappingProxyType(
    {
        "belongs": lambda form: Belongs(quote=form.quote(), concern=form.concern()),
        "move": lambda form: Belongs(quote=form.quote(), concern=form.concern("to")),
        "not here": lambda form: NotHere(quote=form.quote(), concern=form.concern()),
        "in none": lambda form: NotHere(quote=form.quote()),
        "hide quote": lambda form: HideQuote(quote=form.quote()),
        "redact words": _words,
        "rename": lambda form: Rename(concern=form.concern(), name=form.name()),
        "merge": _merge,
        "split": _split,
        "new": lambda form: New(name=form.name(), quotes=form.chosen()),
        "not a concern": lambda form: NotAConcern(concern=form.concern()),
        "hide concern": lambda form: HideConcern(concern=form.concern()),
    }
)
"""What the field `do` may say, besides `redact quote`."""


def decision_of(fields: Mapping[str, Sequence[str]], state: State) -> Decision:
    """The decision that a form asks for; raises Refused with a sentence for the user."""
    form = Form(fields, state)
    do = form.value("do")
    if do == "redact quote":
        return _whole(form, state)
    if do not in MAKE:
        raise Refused("The page asked for something that is not known here; please load it again.")
    return MAKE[do](form)


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
