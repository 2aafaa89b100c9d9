"""report.html: one page that loads nothing, with every line of every pad; and such a page for each group."""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

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
    escaped = markupsafe.escape(text)
    if text.isprintable():  # as in `spell_out_controls`
        return escaped
    return Markup(_CONTROL.sub(_box, escaped))  # noqa: S704 - escaped, but for boxes of ours


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
class _Mark:
    """What an open element is marked as; its text begins at index `start` of all text."""

    start: int
    place: str | None
    links_to_line: bool


class _Parser:
    """Collects the text of a page, and as `quotes` the place, text and line of marked elements.

    Raises ValueError for all that browsers could read in another way: elements must be closed in turn, attributes be in
    quotation marks, and names be in small letters. The standard library's parser takes anything, and five times as long.

    Of each open element there are its name, its first link to a line, and how many quotes had no line when it began.
    """

    def __init__(self, markup: str) -> None:
        self.text: list[str] = []
        self.quotes: list[list[str]] = []
        self._names: list[str] = []
        self._lines: list[str | None] = [None]
        self._without_line_before: list[int] = []
        self._without_line: list[list[str]] = []
        self._marks: dict[int, _Mark] = {}
        self._box: int | None = None
        first, *tokens = _TOKEN.split(markup)
        self._read_text(first)
        for end, name, attributes, text in zip(*(tokens[part::4] for part in range(4)), strict=True):
            if end:
                self._close(name)
            elif name and name not in _VOID:
                self._begin(name, attributes)
            if text:
                self._read_text(text)
        if self._names:
            raise ValueError(f"<{self._names[-1]}> is not closed")

    def _read_text(self, text: str) -> None:
        if "<" in text:
            raise ValueError(f"{text[text.index('<') :][:_SHOWN]!r} is not read alike by all browsers")
        if self._box is None:
            self.text.append(html.unescape(text) if "&" in text else text)

    def _begin(self, name: str, written: str) -> None:
        if name in _OTHER_RULES or (self._names and self._names[-1] in _TEXT_ONLY):
            raise ValueError(f"<{name}> must not stand here")
        self._names.append(name)
        self._lines.append(None)
        self._without_line_before.append(len(self._without_line))
        if name == "blockquote" or "data-" in written or "href" in written or not written.islower():
            self._mark(name, written)
        if written.endswith("/"):
            if "svg" not in self._names:
                raise ValueError(f"<{name}/> is not closed by its slash")
            self._close(name)

    def _mark(self, name: str, written: str) -> None:
        """Note what the innermost open element is marked as by its attributes."""
        attributes: dict[str, str] = {}
        for key, double, single in _ATTRIBUTE.findall(written):
            attributes.setdefault(key.lower(), html.unescape(double or single))  # browsers take the first of two
        place = attributes.get("data-quote", "" if name == "blockquote" else None)
        links_to_line = _LINE_LINK.fullmatch(attributes.get("href", "")) is not None
        if place is not None or links_to_line:
            self._marks[len(self._names)] = _Mark(len(self.text), place, links_to_line)
        if CONTROL_ATTRIBUTE in attributes and self._box is None:
            self.text.append(chr(int(attributes[CONTROL_ATTRIBUTE], 16)))
            self._box = len(self._names)

    def _close(self, name: str) -> None:
        depth = len(self._names)
        if not depth or self._names[-1] != name:
            raise ValueError(f"</{name}> closes {f'<{self._names[-1]}>' if depth else 'nothing'}")
        if self._box == depth:
            self._box = None
        if depth in self._marks:
            self._close_marked(self._marks.pop(depth))
        self._names.pop()
        line, before = self._lines.pop(), self._without_line_before.pop()
        if line is None:
            return
        for quote in self._without_line[before:]:
            quote[2] = line
        del self._without_line[before:]
        self._lines[-1] = self._lines[-1] or line

    def _close_marked(self, mark: _Mark) -> None:
        text = "".join(self.text[mark.start :])
        if mark.place is not None:
            self.quotes.append([mark.place, text, ""])
            self._without_line.append(self.quotes[-1])
        if mark.links_to_line:
            self._lines[-1] = text


FORMAT = Format(
    render=render,
    read_back=read_back,
    quotes={"report.html": shown_lines},
    group_pages={".html": shown_lines},
)
