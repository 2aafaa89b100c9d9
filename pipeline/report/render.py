"""From the view to the text of each file: Jinja templates for pages, Python's csv for tables."""

import base64
import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from pipeline.report.escapes import cell, html, markdown, visible, wiki
from pipeline.report.report_records import ReportView, Rows
from pipeline.report.words import TEMPLATES
from pipeline.translation import Translation, install_translation


def render(view: ReportView, translation: Translation) -> dict[str, str]:
    """The text of report.html, report.wiki, report.md, concerns.csv, quotes.csv and entities.csv, by file name."""
    return {
        "report.html": _page("report.html", view, translation, visible, html),
        "report.wiki": _page("report.wiki", view, translation, wiki, wiki),
        "report.md": _page("report.md", view, translation, markdown, markdown),
        "concerns.csv": _table(view.tables.concerns),
        "quotes.csv": _table(view.tables.quotes),
        "entities.csv": _table(view.tables.entities),
    }


@dataclass(frozen=True, slots=True)
class Inlined:
    """A style or script that goes into the page, and its hash as a Content-Security-Policy names it."""

    text: Markup
    digest: Markup


def _page(
    name: str, view: ReportView, translation: Translation, printed: Callable[[str], str], quote: Callable[[str], str]
) -> str:
    inlined = {"style": _inlined("style.css"), "script": _inlined("script.js")}
    return _template(name, translation, printed, quote).render(view=view, **inlined)


@cache
def _template(
    name: str, translation: Translation, printed: Callable[[str], str], quote: Callable[[str], str]
) -> Template:
    """A template with everything that it prints passed through `printed`, so that nothing can be forgotten.

    The `quote` filter is for verbatim pad text. In HTML Jinja escapes what `printed` returns; markup of the
    templates' own macros passes as it is.
    """

    def inert(value: object) -> object:
        return printed(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=name.endswith(".html"),
        finalize=inert,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    install_translation(environment, translation, printed)
    environment.filters["quote"] = lambda text: Markup(quote(text))  # noqa: S704 - escaped by `quote`
    return environment.get_template(name)


def _inlined(name: str) -> Inlined:
    """The file `name` of templates/; the hash is CSP's (w3.org/TR/CSP3, "hash-source")."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inlined(text=Markup(text), digest=Markup(f"sha256-{digest}"))  # noqa: S704 - files of ours


def _table(rows: Rows) -> str:
    """CSV as RFC 4180 has it, every cell made safe for spreadsheets; the byte order mark tells Excel it is UTF-8."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerows([cell(content) for content in row] for row in rows)
    return file.getvalue()
