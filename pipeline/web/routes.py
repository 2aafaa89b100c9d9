"""The addresses of the curation page: from a request to a page, or from a form to a decision and back to its page."""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from types import MappingProxyType

from flask import Flask, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from fetch.errors import UserMistake
from pipeline.anchors import Anchor, anchor_of
from pipeline.curation.concern_editor import named_concern_id
from pipeline.curation.decisions import (
    Belongs,
    ConcernRef,
    Decision,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    Redact,
    Rename,
    Split,
    StateDue,
    StateKind,
    StateOwner,
)
from pipeline.curation.fact_decisions import words_in_quote
from pipeline.curation.redaction import redact_quote, redact_words
from pipeline.report.theme import TEMPLATES
from pipeline.segment_records import Kind, Segment
from pipeline.translation import N_, Translation
from pipeline.web.curation_session import CuratedEvent, CurationSession, OutdatedPageError, RefusedFormError
from pipeline.web.event_editing import edit_of, preview
from pipeline.web.event_files import OutdatedFileError
from pipeline.web.page_views import PageViews

MOST_NAME = 120
"""Characters of a concern's name; labels of the program have two to six words."""

IDENTIFYING_QUOTES = 3
"""Quotes that identify a concern without a given name: enough that one may be edited, few enough to read."""

OUTDATED = N_(
    "The decisions were changed since this page was loaded, in another window or in the file itself, so your last step "
    "was not saved. The page now shows how things are; please decide again."
)
OUTDATED_FILE = N_(
    "The file was changed since this page was loaded, in another window or by another program, so your last step was "
    "not saved. What you typed is still here; if you save it now, it replaces what the file says."
)
NOT_TAKEN_BACK = N_(
    "The file was changed since that step, so the step cannot be taken back here; edit the file by hand."
)


class _Form:
    """The fields of a form by their meaning; raises RefusedFormError if one is missing or out of date."""

    def __init__(self, fields: MultiDict[str, str], event: CuratedEvent) -> None:
        self.fields = fields
        self._event = event
        self.segments = event.draft.found.segments

    def name(self) -> str:
        """Return the name that was typed, in one line."""
        name = " ".join(self.fields.get("name", "").split())
        if not name:
            raise RefusedFormError(N_("Please type a name first."))
        if len(name) > MOST_NAME:
            message = N_("This name has %(length)s characters; please use at most %(most)s.")
            raise RefusedFormError(message, length=len(name), most=MOST_NAME)
        return name.encode("utf-8", "replace").decode()

    def segment(self) -> Segment:
        """Return the quote that the form is about."""
        segment = next((segment for segment in self.segments if segment.id == self.fields.get("quote")), None)
        if segment is None:
            raise RefusedFormError(N_("This quote no longer exists."))
        return segment

    def quote(self) -> Anchor:
        """Return the anchor of the quote that the form is about."""
        return anchor_of(self.segment(), self.segments)

    def words(self, field: str) -> str:
        """Return the words in the field as the quote has them, in one line; "" if there are none."""
        typed = self.fields.get(field, "")
        found = words_in_quote(typed, self.segment().text) or ""
        if typed.strip() and not found:
            raise RefusedFormError(
                N_("The quote does not contain these words. Please type words as they stand in it, or none.")
            )
        return " ".join(found.split())

    def of_kind(self, kind: Kind) -> StateKind:
        """Return that the quote is of this kind."""
        return StateKind(quote=self.quote(), kind=kind)

    def redacted_words(self) -> Redact:
        """Return the redaction of the words that were typed."""
        try:
            return redact_words(self.fields.get("words", ""))
        except ValueError as error:
            message = N_("Please type the words to redact; they need at least one letter or digit.")
            raise RefusedFormError(message) from error

    def chosen(self, *, needed: bool = False) -> tuple[Anchor, ...]:
        """Return the anchors of all selected quotes, in reading order."""
        wanted = set(self.fields.getlist("chosen"))
        if needed and not wanted:
            raise RefusedFormError(N_("Please select quotes first; the key x selects the current one."))
        return tuple(anchor_of(segment, self.segments) for segment in self.segments if segment.id in wanted)

    def concern(self, field: str = "concern") -> ConcernRef:
        """Return the concern whose id is in the field.

        It is identified by the name it was given, or else by quotes that the program put there, because another concern
        may get its label.
        """
        concern_id = self.fields.get(field)
        if not concern_id:
            raise RefusedFormError(N_("Please choose a concern first."))
        for name in self._event.curated.outcome.empty:
            if named_concern_id(name) == concern_id:
                return ConcernRef(name=name)
        concern = next((known for known in self._event.curated.concerns if known.id == concern_id), None)
        if concern is None:
            raise RefusedFormError(N_("This concern no longer exists."))
        if concern.named:
            return ConcernRef(name=concern.label)
        drafts = (draft for draft in self._event.draft.found.concerns if draft.id == concern_id)
        exemplars = next(drafts, concern).exemplar_ids[:IDENTIFYING_QUOTES]
        quotes = tuple(anchor_of(segment, self.segments) for segment in self.segments if segment.id in exemplars)
        return ConcernRef(name=concern.label, quotes=quotes)

    def belonging(self) -> Belongs:
        """Return that the quote belongs to the concern; in others it stays if the program put it in all of them."""
        quote, concerns = self.segment().id, self._event.curated.concerns
        holding = [concern.id for concern in concerns if quote in concern.segment_ids]
        also = self.fields.get("concern") in holding and len(holding) > 1
        return Belongs(quote=self.quote(), concern=self.concern(), also=also)

    def two_concerns(self) -> tuple[ConcernRef, ConcernRef]:
        """Return the concerns that are to be merged."""
        concern, other = self.concern(), self.concern("to")
        if concern == other:
            raise RefusedFormError(N_("Please choose another concern to merge this one with."))
        return concern, other


_FACTS: Mapping[str, Callable[[_Form], Decision]] = {
    **{f"kind {kind}": partial(_Form.of_kind, kind=kind) for kind in Kind},
    "owner": lambda form: StateOwner(quote=form.quote(), owner=form.words("owner")),
    "due": lambda form: StateDue(quote=form.quote(), due=form.words("due")),
}
"""Values of the field `do` that leave a quote where it is."""

_MAKE: Mapping[str, Callable[[_Form], Decision]] = {
    **_FACTS,
    "belongs": _Form.belonging,
    "move": lambda form: Belongs(quote=form.quote(), concern=form.concern("to")),
    "not here": lambda form: NotHere(quote=form.quote(), concern=form.concern()),
    "in none": lambda form: NotHere(quote=form.quote()),
    "hide quote": lambda form: HideQuote(quote=form.quote()),
    "redact quote": lambda form: redact_quote(form.segment(), form.segments),
    "redact words": _Form.redacted_words,
    "rename": lambda form: Rename(concern=form.concern(), name=form.name()),
    "merge": lambda form: Merge(concerns=form.two_concerns(), name=form.name()),
    "split": lambda form: Split(quotes=form.chosen(needed=True), concern=form.concern(), name=form.name()),
    "new": lambda form: New(name=form.name(), quotes=form.chosen()),
    "not a concern": lambda form: NotAConcern(concern=form.concern()),
    "hide concern": lambda form: HideConcern(concern=form.concern()),
}
"""The values of the field `do`."""


def decision_of(fields: MultiDict[str, str], event: CuratedEvent) -> Decision:
    """Return the decision that a form asks for; raises RefusedFormError."""
    make = _MAKE.get(fields.get("do", ""))
    if make is None:
        raise RefusedFormError(N_("The page asked for something unknown; please load it again."))
    return make(_Form(fields, event))


def add_pages(app: Flask, session: CurationSession, translation: Translation) -> None:
    """Add what can be looked at."""

    @app.get("/", defaults={"name": "overview"})
    @app.get("/<any(ask, rest, facts, decisions):name>")
    def page(name: str) -> str:
        return _render(name, session, translation) or _render("asked", session, translation)

    @app.get("/event")
    def event() -> str:
        return _render("event", session, translation)

    @app.get("/lines/<int:number>")
    def lines(number: int) -> str | Reply:
        return _render("lines", session, translation, number=number) or redirect("/", HTTPStatus.SEE_OTHER)

    @app.get("/concern/<concern_id>")
    def concern(concern_id: str) -> str | Reply:
        page = _render("concern", session, translation, concern_id=concern_id)
        return page or redirect("/", HTTPStatus.SEE_OTHER)

    @app.get("/static/<any('style.css', 'curate.css', 'curate.js'):name>")
    def static_file(name: str) -> Response:
        path = TEMPLATES / name if name == "style.css" else TEMPLATES / "curate" / name
        return Response(path.read_bytes(), mimetype="text/javascript" if name.endswith(".js") else "text/css")


def add_changes(app: Flask, session: CurationSession, translation: Translation) -> None:
    """Add what can be changed: one decision more, or one less."""

    @app.errorhandler(OutdatedPageError)
    def refuse_outdated(_: OutdatedPageError) -> tuple[str, int]:
        return _refuse(translation.gettext(OUTDATED), HTTPStatus.CONFLICT, session, translation)

    @app.errorhandler(RefusedFormError)
    def refuse_form(error: RefusedFormError) -> tuple[str, int]:
        alert = translation.gettext(error.message, **error.values)
        return _refuse(alert, HTTPStatus.UNPROCESSABLE_ENTITY, session, translation)

    @app.post("/decide")
    def decide() -> Reply | tuple[str, int]:
        try:
            event = session.decide(lambda event: decision_of(request.form, event), request.form.get("version", ""))
        except UserMistake as error:
            return _refuse(str(error), HTTPStatus.UNPROCESSABLE_ENTITY, session, translation)
        return redirect(_page_of_form(event, "saved"), HTTPStatus.SEE_OTHER)

    @app.post("/skip")
    def skip() -> Reply:
        session.skip(request.form.get("quote", ""))
        return redirect("/ask", HTTPStatus.SEE_OTHER)

    @app.post("/take-back")
    def take_back() -> Reply:
        if "edit" in request.form:
            event = session.take_back_edit(_number("edit"))
        else:
            event = session.take_back(_number("decision"), request.form.get("version", ""))
        return redirect(_page_of_form(event, "undone"), HTTPStatus.SEE_OTHER)


def add_edits(app: Flask, session: CurationSession, translation: Translation) -> None:
    """Add what edits the event's own files, and the preview of an introduction."""

    @app.errorhandler(OutdatedFileError)
    def refuse_outdated(_: OutdatedFileError) -> tuple[str, int]:
        alert = NOT_TAKEN_BACK if "edit" in request.form else OUTDATED_FILE
        return _refuse(translation.gettext(alert), HTTPStatus.CONFLICT, session, translation)

    @app.post("/edit")
    def edit() -> Reply | tuple[str, int]:
        wanted = edit_of(request.form, session, translation)
        try:
            session.edit(wanted.name, wanted.make, request.form.get("version", ""), wanted.words)
        except UserMistake as error:
            return _refuse(str(error), HTTPStatus.UNPROCESSABLE_ENTITY, session, translation)
        return redirect(f"/event?at={_number('at')}&done=saved", HTTPStatus.SEE_OTHER)

    @app.post("/preview")
    def show_preview() -> str:
        if "alone" in request.form:
            return render_template("curate/preview.html", preview=preview(request.form.get("introduction", "")))
        return _render("event", session, translation, typed=request.form)


def _refuse(alert: str, status: HTTPStatus, session: CurationSession, translation: Translation) -> tuple[str, int]:
    """Return the page that the form was on, as it is now but with what was typed, and the reason."""
    name, concern_id = request.form.get("page", ""), request.form.get("here", "")
    page = _render(name, session, translation, concern_id=concern_id, alert=alert, typed=request.form)
    return page or _render("overview", session, translation, alert=alert), status


def _render(  # noqa: PLR0913 - one for each thing that a page may need
    name: str,
    session: CurationSession,
    translation: Translation,
    *,
    concern_id: str = "",
    number: int = 0,
    alert: str = "",
    typed: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return a page as it is now, "" if it does not exist; the address or the form says which part of it.

    `typed` are the fields of a form that was not saved.
    """
    views = PageViews(session.event(), translation)
    at = _number("at")
    pages: Mapping[str, Callable[[], object]] = {
        "overview": views.overview,
        "concern": lambda: views.concern(concern_id, at, stay="stay" in request.args),
        "facts": lambda: views.facts(_kind(), _number("number"), at),
        "ask": lambda: views.question(session.skipped),
        "asked": str,
        "rest": lambda: views.rest(_number("number"), at),
        "decisions": views.decisions,
        "lines": lambda: views.lines(number),
        "event": lambda: views.event(typed, at),
    }
    page = pages[name]() if name in pages else None
    if page is None:
        return ""
    done = request.args.get("done", "")
    return render_template(
        f"curate/{name}.html", status=views.status(), page=page, kinds=views.kinds(), alert=alert, done=done
    )


def _page_of_form(event: CuratedEvent, done: str) -> str:
    """Return the address of the page that a form was on, or of the first page if its concern is gone."""
    at = _number("at")
    match request.form.get("page"):
        case "concern" if concern_id := _concern_of_form(event):
            stay = "&stay" if request.form.get("do") in _FACTS else ""
            return f"/concern/{concern_id}?at={at}&done={done}{stay}"
        case "facts":
            return f"/facts?list={_kind()}&number={_number('number')}&at={at}&done={done}"
        case "rest":
            return f"/rest?number={_number('number')}&at={at}&done={done}"
        case "decisions" | "ask" | "event" as name:
            return f"/{name}?done={done}"
        case _:
            return f"/?done={done}"


def _concern_of_form(event: CuratedEvent) -> str | None:
    """Return the id of the concern that a form was on; with another name it has another id."""
    name = " ".join(request.form.get("name", "").split())
    concerns = event.curated.concerns
    ids = {*(str(concern.id) for concern in concerns), *map(named_concern_id, event.curated.outcome.empty)}
    renamed = [str(named_concern_id(name))] if request.form.get("do") in {"rename", "merge"} else []
    holding = [str(concern.id) for concern in concerns if request.form.get("of") in concern.segment_ids]
    return next(filter(ids.__contains__, (*renamed, request.form.get("here", ""), *holding)), None)


def _number(field: str) -> int:
    """Return a number from the address or the form, 0 if it is none."""
    return max(0, request.values.get(field, 0, type=int))


def _kind() -> Kind:
    """Return the kind whose list the address or the form is about: next steps, if it is about none."""
    return next((kind for kind in Kind if kind == request.values.get("list")), Kind.ACTION)
