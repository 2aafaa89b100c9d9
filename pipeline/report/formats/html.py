"""report.html: one page that loads nothing, with every line of every pad; and such a page for each group."""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

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
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

CONTROL_ATTRIBUTE = "data-cp"
"""Of the element that stands for a control character: its code point in hexadecimal."""

_CONTROL = re.compile(f"[{CONTROLS}]")
_LINE_LINK = re.compile(r"(?:\.\./report\.html)?#pad-.*-l[0-9]+")
"""A link to a line of the same page, or from a group's page to one of the report."""

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_TEXT_ONLY = frozenset({"textarea", "title"})
"""Elements in which tags are text."""
_OTHER_RULES = frozenset({"frameset", "iframe", "noembed", "noframes", "noscript", "plaintext", "template", "xmp"})
"""Elements whose content browsers do not show, or do not parse as they do elsewhere."""

_TOKEN = re.compile(
    r"""
      <!doctype\ html> | <!--(?!-?>)(?:(?!--!?>).)*-->
    | <style>[^<]*(?:<(?!(?i:/style))[^<]*)*</style>
    | <script>[^<]*(?:<(?!(?i:/?script)|!--)[^<]*)*</script>
    | <(/?)([a-z][a-z0-9-]*|linearGradient|radialGradient|clipPath)
      ((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*\s*/?)>
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""")
_READ_ATTRIBUTE = re.compile(f"data-quote|{CONTROL_ATTRIBUTE}|href", re.IGNORECASE)
_SHOWN = 40
"""So many characters of a page are repeated in a message."""


def render(view: ReportView, translation: Translation) -> dict[str, str]:
    """Render the pages, with their style and script inside; those of groups have no search and need no script."""
    introduction = Markup(introduction_html(view.introduction))  # noqa: S704 - its own markup is escaped
    style, script = _inlined("style.css"), _inlined("script.js", "search.js")
    escapes = {"inert": spell_out_controls, "quote": escape}
    inlined: dict[str, object] = {"style": style, "script": script, "introduction": introduction}
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

    name: str
    start: int = 0
    place: str | None = None
    links_to_line: bool = False
    is_box: bool = False
    line: str | None = None
    unattributed: list[list[str]] = field(default_factory=list)


class _Parser:
    """Collects the text of a page, and as `quotes` the place, text and line of marked elements.

    Raises ValueError for all that browsers could read in another way: elements must be closed in turn, attributes be in
    quotation marks, and names be in small letters. The standard library's parser takes anything, and five times as long.
    """

    def __init__(self, markup: str) -> None:
        self.text: list[str] = []
        self.quotes: list[list[str]] = []
        self._open = [_Element("")]
        first, *tokens = _TOKEN.split(markup)
        self._read_text(first)
        for end, name, attributes, text in zip(*(tokens[part::4] for part in range(4)), strict=True):
            if end:
                self._close(name)
            elif name and name not in _VOID:
                self._begin(name, attributes)
                if attributes.endswith("/"):
                    self._close(name)
            if text:
                self._read_text(text)
        if len(self._open) > 1:
            raise ValueError(f"<{self._open[-1].name}> is not closed")

    def _read_text(self, text: str) -> None:
        if "<" in text:
            raise ValueError(f"{text[text.index('<') :][:_SHOWN]!r} is not read alike by all browsers")
        if not self._open[-1].is_box:
            self.text.append(html.unescape(text) if "&" in text else text)

    def _begin(self, name: str, written: str) -> None:
        parent = self._open[-1]
        if name in _OTHER_RULES or parent.name in _TEXT_ONLY:
            raise ValueError(f"<{name}> must not stand here")
        if written.endswith("/") and not any(element.name == "svg" for element in self._open):
            raise ValueError(f"<{name}/> is not closed by its slash")
        element = _Element(name, len(self.text), "" if name == "blockquote" else None, is_box=parent.is_box)
        self._open.append(element)
        if not _READ_ATTRIBUTE.search(written):
            return
        attributes: dict[str, str] = {}
        for key, double, single in _ATTRIBUTE.findall(written):
            attributes.setdefault(key.lower(), html.unescape(double or single))  # browsers take the first of two
        element.place = attributes.get("data-quote", element.place)
        element.links_to_line = _LINE_LINK.fullmatch(attributes.get("href", "")) is not None
        if CONTROL_ATTRIBUTE in attributes:
            self.text.append(chr(int(attributes[CONTROL_ATTRIBUTE], 16)))
            element.start, element.is_box = len(self.text), True

    def _close(self, name: str) -> None:
        element, parent = self._open.pop(), self._open[-1] if self._open else None
        if element.name != name or parent is None:
            raise ValueError(f"</{name}> closes <{element.name}>" if element.name else f"</{name}> closes nothing")
        if element.place is not None or element.links_to_line:
            text = "".join(self.text[element.start :])
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
