"""How a finished page in HTML is read: the text that readers see, what is marked as a quote, and the line it names.

Where browsers could read a page in another way it is refused. The standard library's parser takes anything, and far
longer.
"""

import html
import re
from functools import lru_cache
from typing import NamedTuple

ROWS_ATTRIBUTE = "data-rows"
"""Of the element with all lines as data, on the index page of a large report."""

CONTROL_ATTRIBUTE = "data-cp"
"""Of the element that stands for a control character: its code point in hexadecimal."""

_LINE_LINK = re.compile(r"(?:(?:\.\./(?:[^/]+/)?)?(?:report|groups/[^/]+)\.html)?#pad-.*-l[0-9]+")
"""A link to a line of the same page, of the report, or of a group's page, also of another event."""

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_TEXT_ONLY = frozenset({"textarea", "title"})
"""Elements in which tags are text."""
_OTHER_RULES = frozenset({"frameset", "iframe", "noembed", "noframes", "noscript", "plaintext", "template", "xmp"})
"""Elements whose content browsers do not show, or do not parse as they do elsewhere."""
_HOLD_NO_ELEMENTS = _TEXT_ONLY | _OTHER_RULES

_TOKEN = re.compile(
    r"""
      <!doctype\ html> | <!--(?!-?>)(?:(?!--!?>).)*-->
    | <style>[^<]*(?:<(?!(?i:/style))[^<]*)*</style>
    | <script>[^<]*(?:<(?!(?i:/?script)|!--)[^<]*)*</script>
    | <(/)?([a-z][a-z0-9-]*|linearGradient|radialGradient|clipPath)
      ((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*\s*/?)>
      (?(1)|(?:(?<!/>)([^<]*)</\2>)?)
    """,
    re.VERBOSE | re.DOTALL,
)
"""The last group is the text of an element that holds nothing else: half of them, which are read at once."""

ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""")
"""Its name and its value, in double or in single quotation marks."""

_REMEMBERED = 32768
"""So many attributes are read once only: most quotes stand on several pages, with the same place and link."""

_SHOWN = 40
"""So many characters of a page are repeated in a message."""


class _Mark(NamedTuple):
    """What an element is marked as; `box` is the code point of the control character that it stands for."""

    place: str | None
    links_to_line: bool
    has_rows: bool
    box: str | None


@lru_cache(_REMEMBERED)
def _mark_of(name: str, written: str) -> _Mark | None:
    """Return what an element is marked as by its name and its attributes, if anything."""
    attributes: dict[str, str] = {}
    for key, double, single in ATTRIBUTE.findall(written):
        attributes.setdefault(key.lower(), html.unescape(double or single))  # browsers take the first of two
    mark = _Mark(
        place=attributes.get("data-quote", "" if name == "blockquote" else None),
        links_to_line=_LINE_LINK.fullmatch(attributes.get("href", "")) is not None,
        has_rows=ROWS_ATTRIBUTE in attributes,
        box=attributes.get(CONTROL_ATTRIBUTE),
    )
    return None if mark == (None, False, False, None) else mark


class PageParser:
    """Collects the text of a page, the place, text and line of marked elements as `quotes`, and rows as `line_data`.

    Raises ValueError for all that browsers could read in another way: elements must be closed in turn, attributes be in
    quotation marks, and names be in small letters.

    Of the page and of each open element there are its name, its first link to a line, and how many quotes had no line
    when it began; of a marked one, by its depth, the mark and how much text there was.
    """

    def __init__(self, markup: str) -> None:
        self.text: list[str] = []
        self.quotes: list[list[str]] = []
        self.line_data: list[str] = []
        self._names = [""]
        self._lines: list[str | None] = [None]
        self._without_line_before = [0]
        self._without_line: list[list[str]] = []
        self._marks: dict[int, tuple[_Mark, int]] = {}
        self._box: int | None = None
        first, *tokens = _TOKEN.split(markup)
        self._read_text(first)
        for end, name, attributes, content, text in zip(*(tokens[part::5] for part in range(5)), strict=True):
            if end:
                self._close(name)
            elif name and name not in _VOID:
                self._begin(name, attributes, content)
            elif content is not None:
                raise ValueError(f"</{name}> closes nothing")
            if text:
                self._read_text(text)
        if len(self._names) > 1:
            raise ValueError(f"<{self._names[-1]}> is not closed")

    def _read_text(self, text: str) -> None:
        if "<" in text:
            raise ValueError(f"{text[text.index('<') :][:_SHOWN]!r} is not read alike by all browsers")
        if self._box is None:
            self.text.append(html.unescape(text) if "&" in text else text)

    def _begin(self, name: str, attributes: str, content: str | None) -> None:
        """Begin an element, or read it with its end if it has nothing but text as its `content`."""
        mark = _mark_of(name, attributes) if attributes or name == "blockquote" else None
        if content is None:
            if name in _HOLD_NO_ELEMENTS:
                raise ValueError(f"<{name}> must not stand here, or holds more than text")
            self._open(name, mark)
            if attributes.endswith("/"):
                if "svg" not in self._names:
                    raise ValueError(f"<{name}/> is not closed by its slash")
                self._close(name)
        elif name in _OTHER_RULES:
            raise ValueError(f"<{name}> must not stand here")
        elif mark:
            self._open(name, mark)
            self._read_text(content)
            self._close(name)
        elif self._box is None:
            self.text.append(html.unescape(content) if "&" in content else content)

    def _open(self, name: str, mark: _Mark | None) -> None:
        self._names.append(name)
        self._lines.append(None)
        self._without_line_before.append(len(self._without_line))
        if mark:
            depth = len(self._names)
            self._marks[depth] = mark, len(self.text)
            if mark.box is not None and self._box is None:
                self.text.append(chr(int(mark.box, 16)))
                self._box = depth

    def _close(self, name: str) -> None:
        depth = len(self._names)
        if self._names[-1] != name:
            raise ValueError(f"</{name}> closes {f'<{self._names[-1]}>' if depth > 1 else 'nothing'}")
        if depth in self._marks:
            self._close_marked(*self._marks.pop(depth))
            if self._box == depth:
                self._box = None
        self._names.pop()
        line, before = self._lines.pop(), self._without_line_before.pop()
        if line is None:
            return
        if len(self._without_line) > before:
            for quote in self._without_line[before:]:
                quote[2] = line
            del self._without_line[before:]
        self._lines[-1] = self._lines[-1] or line

    def _close_marked(self, mark: _Mark, start: int) -> None:
        text = "".join(self.text[start:])
        if mark.has_rows:
            self.line_data.append(text)
        if mark.place is not None:
            self.quotes.append([mark.place, text, ""])
            self._without_line.append(self.quotes[-1])
        if mark.links_to_line:
            self._lines[-1] = text
