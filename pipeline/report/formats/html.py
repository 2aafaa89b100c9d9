"""report.html: one page that loads nothing, with every line of every pad; and such a page for each group."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import markupsafe
from markupsafe import Markup

from pipeline.report.formats.introduction import introduction_html
from pipeline.report.formats.output_format import (
    CONTROLS,
    TEMPLATES,
    Format,
    ReadQuote,
    code_point,
    render_group_pages,
    render_template,
    shown_lines,
    spell_out_controls,
)
from pipeline.report.formats.wikitext import script_forms, script_patterns
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

CONTROL_ATTRIBUTE = "data-cp"
"""Of the element that stands for a control character: its code point in hexadecimal."""

_CONTROL = re.compile(f"[{CONTROLS}]")
_LINE_LINK = re.compile(r"(?:\.\./report\.html)?#pad-.*-l[0-9]+")
"""A link to a line of the same page, or from a group's page to one of the report."""

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def render(view: ReportView, translation: Translation) -> dict[str, str]:
    """Render the pages, with their style and script inside; those of groups have no search and need no script."""
    introduction = Markup(introduction_html(view.introduction))  # noqa: S704 - its own markup is escaped
    style, script = _inlined("style.css"), _inlined("script.js", "search.js", "copy.js")
    escapes = {"inert": spell_out_controls, "quote": escape}
    inlined: dict[str, object] = {"style": style, "script": script, "introduction": introduction}
    inlined["wikitext"] = {"forms": script_forms(translation), "active": script_patterns()}
    return {
        **render_template(view, translation, name="report.html", inert=spell_out_controls, quote=escape, **inlined),
        **render_group_pages(view, translation, ending=".html", **escapes, style=style),
    }


def _inlined(*names: str) -> dict[str, Markup]:
    """Return the text of files, and its hash as a policy names it (w3.org/TR/CSP3, "hash-source")."""
    text = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return {"text": Markup(text), "digest": Markup(f"sha256-{digest}")}  # noqa: S704 - files of ours


def escape(text: str) -> Markup:
    """Return `text` as HTML: nothing of it is markup, and a control character is a small box with its name."""
    return Markup(_CONTROL.sub(_box, markupsafe.escape(text)))  # noqa: S704 - escaped, but for boxes of ours


def _box(control: re.Match[str]) -> str:
    return f'<span class="cp" {CONTROL_ATTRIBUTE}="{ord(control[0]):04x}">{code_point(control[0])}</span>'


def unescape(markup: str) -> str:
    """Return the text that readers see in `markup`, with the control characters that boxes stand for."""
    return "".join(_Parser(markup).text)


def read_back(page: str) -> Iterator[ReadQuote]:
    """Return the text of every element that is marked `data-quote`; raise ValueError for a blockquote that is not.

    The line that it is attributed to is in the link to a line that is nearest: the first one in the smallest element
    that holds both.
    """
    for quote in _Parser(page).quotes:
        yield ReadQuote.at(*quote)


@dataclass(slots=True)
class _Element:
    """An open element, whose text begins at index `start` of all text; `line` is the first link to a line in it."""

    start: int = 0
    place: str | None = None
    links_to_line: bool = False
    is_box: bool = False
    line: str | None = None
    unattributed: list[list[str]] = field(default_factory=list)


class _Parser(HTMLParser):
    """Collects the text of a page, and as `quotes` the place, text and line of marked elements."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.quotes: list[list[str]] = []
        self._open = [_Element()]
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        attributes = dict(attrs)
        code = attributes.get(CONTROL_ATTRIBUTE)
        if code is not None:
            self.text.append(chr(int(code, 16)))
        links_to_line = _LINE_LINK.fullmatch(attributes.get("href") or "") is not None
        is_box = code is not None or self._open[-1].is_box
        place = attributes.get("data-quote", "" if tag == "blockquote" else None)
        self._open.append(_Element(len(self.text), place, links_to_line, is_box))

    def handle_data(self, data: str) -> None:
        if not self._open[-1].is_box:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        element, parent = self._open.pop(), self._open[-1]
        text = "".join(self.text[element.start :]) if element.place is not None or element.links_to_line else ""
        if element.place is not None:
            self.quotes.append([element.place, text, ""])
            element.unattributed.append(self.quotes[-1])
        if element.links_to_line:
            element.line = text
        if element.line is None:
            parent.unattributed += element.unattributed
            return
        for quote in element.unattributed:
            quote[2] = element.line
        parent.line = parent.line or element.line


FORMAT = Format(
    render=render,
    read_back=read_back,
    quotes={"report.html": shown_lines},
    group_pages={".html": shown_lines},
)
