"""The live report: a page around the report in build/<event> that shows each new one, and what the watch is doing.

    build/<event>/report.html ──► /report/report.html in a frame ◄── live.js ◄── /state, every second
    WatchState ───────────────────────────────────────────────────────────────────┘

The report itself is served byte for byte as it is on disk: its own policy forbids it any request, so the page around it
asks whether there is a new one. It asks again and again rather than keeping a connection open: a browser opens six to a
server, and the seventh window would wait for ever (docs/adr/0042-watching-an-event.md). Only outputs that Padharvest
writes are served, and nothing can be changed.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, abort, render_template

from fetch.files import read_plain
from pipeline.report.formats import FORMATS
from pipeline.report.formats.output_format import spell_out_controls
from pipeline.report.theme import TEMPLATES
from pipeline.serialization import ANALYSIS_FILE, GROUPS_FOLDER
from pipeline.translation import N_, Translation
from pipeline.web.server import Guard, guarded_app

REPORT_FILE = "report.html"

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}

REPORT_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "connect-src 'none'; frame-src 'none'; object-src 'none'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
"""Of outputs: the pages have a policy of their own, which holds as well and names the only style and script."""

SERVED = frozenset({ANALYSIS_FILE, *(name for known in FORMATS for name in (*known.quotes, *known.quotes_nothing))})
SERVED_OF_GROUPS = frozenset(ending for known in FORMATS for ending in known.group_pages)
"""The outputs that are served, and the endings of those in the folder of the groups."""

FIRST = N_("The first report is being made. It appears here when it is done.")


class Work(Enum):
    """What a watch is doing."""

    FETCH = auto()
    ANALYSE = auto()
    WAIT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What has not worked since a time, and why, as a clause; `pads` of `of` pads that were asked for are concerned."""

    since: float
    why: str
    pads: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """What the page shows of a watch; all times are in seconds since 1970.

    `time` is when the work began, or when the wait ends; `remark` says why a fetch waits. `unfetched` began with the
    last answer of a server, `unmade` with the first analysis that failed. `gone` counts pads that servers no longer
    have.
    """

    work: Work
    time: float
    remark: str = ""
    unfetched: Trouble | None = None
    unmade: Trouble | None = None
    gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReport:
    """What is served: the event's outputs in `folder`, its title, and the `state` of its watch."""

    folder: Path
    title: str
    state: Callable[[], WatchState]

    def made(self) -> tuple[str, float]:
        """Return a tag that differs from one report to the next, and when it was made; "" as long as there is none."""
        try:
            known = (self.folder / REPORT_FILE).lstat()
        except OSError:
            return "", 0.0
        return f"{known.st_ino:x}-{known.st_mtime_ns:x}-{known.st_size:x}", known.st_mtime


def clock_time(seconds: float) -> str:
    """Return a time, in seconds since 1970, as the clock of this machine shows it."""
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone():%H:%M}"


def work_sentence(state: WatchState, translation: Translation) -> str:
    """Return what the watch is doing, or when the next fetch is."""
    sentences = {
        Work.FETCH: N_("Fetching since %(time)s."),
        Work.ANALYSE: N_("Making the report since %(time)s."),
        Work.WAIT: N_("Next fetch at %(time)s."),
    }
    sentence = translation.gettext(sentences[state.work], time=clock_time(state.time))
    return f"{sentence} {state.remark}".rstrip()


def trouble_sentences(state: WatchState, translation: Translation) -> list[str]:
    """Return what does not work, and since when."""
    sentences = []
    same = state.unfetched and state.unmade and state.unfetched.why == state.unmade.why
    if state.unfetched and not same:  # a mistake in event.toml keeps both from being done
        sentences.append(_unfetched_sentence(state.unfetched, translation))
    if state.gone:
        sentence = translation.ngettext(
            "%(num)s pad is no longer on its server; the report shows the copy that was kept.",
            "%(num)s pads are no longer on their server; the report shows the copies that were kept.",
            state.gone,
        )
        sentences.append(sentence)
    if failed := state.unmade:
        message = N_("No new report could be made since %(time)s (%(why)s); this is the last good one.")
        sentences.append(translation.gettext(message, time=clock_time(failed.since), why=failed.why))
    return sentences


def _unfetched_sentence(lost: Trouble, translation: Translation) -> str:
    time = clock_time(lost.since)
    if not lost.of:
        message = N_("Nothing could be fetched since %(time)s (%(why)s); the report shows what was fetched before.")
        return translation.gettext(message, time=time, why=lost.why)
    if lost.pads == lost.of:
        message = N_("No answer since %(time)s (%(why)s); the report shows what was fetched before.")
        return translation.gettext(message, time=time, why=lost.why)
    return translation.ngettext(
        "%(num)s pad could not be fetched since %(time)s (%(why)s); the report shows it as it was.",
        "%(num)s pads could not be fetched since %(time)s (%(why)s); the report shows them as they were.",
        lost.pads,
        time=time,
        why=lost.why,
    )


def state_of(live: LiveReport, translation: Translation) -> dict[str, str]:
    """Return what live.js shows: the tag of the report that there is, and sentences."""
    state, (tag, made) = live.state(), live.made()
    values = {"time": clock_time(made)}
    shown = {
        "report": tag,
        "is_from": translation.gettext("The report is of %(time)s.", **values) if tag else "",
        "is_new": translation.gettext("The report is new, of %(time)s.", **values),
        "is_ready": translation.gettext("There is a new report, of %(time)s.", **values),
        "work": work_sentence(state, translation),
        "trouble": " ".join(trouble_sentences(state, translation)),
    }
    return {name: spell_out_controls(text) for name, text in shown.items()}


def make_live_app(live: LiveReport, guard: Guard, translation: Translation, refused: Callable[[], None]) -> Flask:
    """Return the app of a live report; `refused` is called when a browser without access asks for a page."""
    app = guarded_app(guard, translation, refused)

    @app.get("/")
    def page() -> Response:
        state = state_of(live, translation)
        return Response(render_template("live/page.html", title=live.title, state=state), headers=PAGE_HEADERS)

    @app.get("/state")
    def state() -> Response:
        return Response(json.dumps(state_of(live, translation)), mimetype="application/json")

    @app.get("/static/<any('style.css', 'live.css', 'live.js'):name>")
    def static_file(name: str) -> Response:
        path = TEMPLATES / name if name == "style.css" else TEMPLATES / "live" / name
        return Response(path.read_bytes(), mimetype="text/javascript" if name.endswith(".js") else "text/css")

    @app.get("/report/<path:name>")
    def report(name: str) -> Response:
        content = _output(live.folder, name)
        if content is None and name == REPORT_FILE:
            text = translation.gettext(FIRST)
            return Response(text, HTTPStatus.NOT_FOUND, REPORT_HEADERS, mimetype="text/plain")
        if content is None:
            abort(HTTPStatus.NOT_FOUND)
        if name.endswith(".html"):
            return Response(content, headers=REPORT_HEADERS, mimetype="text/html")
        return Response(content, headers={"Content-Disposition": "attachment"}, mimetype="application/octet-stream")

    return app


def _output(folder: Path, name: str) -> bytes | None:
    """Return the content of an output by its name in the folder, None if it is none or there is no such file."""
    parent, _, own = name.rpartition("/")
    of_group = parent == GROUPS_FOLDER and Path(own).suffix in SERVED_OF_GROUPS and not own.startswith(".")
    if name not in SERVED and not of_group:
        return None
    try:
        return read_plain(folder / name, inside=folder)
    except (OSError, ValueError):  # a null byte cannot be in a path
        return None
