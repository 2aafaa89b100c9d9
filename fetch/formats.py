"""The formats of exported pads (.txt, .md, .html, .etherpad): from the bytes of a file to text and structure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from fetch.corpus_records import FetchedPad, LineStructure, TextRemark, TextRemarkKind
from fetch.etherpad_export import MAX_LEVEL, read_export, struck_spans
from fetch.files import MAX_EXPORT, MAX_TEXT, decode_file, read_bytes, without_surrogates

FORMS = {".txt": "txt", ".md": "markdown", ".html": "html", ".htm": "html", ".etherpad": "etherpad"}
"""The form of a file, by its ending."""


def form_of(path: Path) -> str | None:
    """Return the form of an exported file, by its ending, or None if there is no such form."""
    return FORMS.get(path.suffix.lower())


def read_file(path: Path, *, inside: Path | None = None) -> bytes:
    """Return the bytes of an exported file; raises PadFailure if it is unreadable or too big for its form.

    `inside` is the folder in which no link is followed, None for a file that the user named himself.
    """
    return read_bytes(path, MAX_EXPORT if form_of(path) == "etherpad" else MAX_TEXT, inside=inside)


def read_pad(data: bytes, form: str) -> FetchedPad:
    """Return the pad in the bytes of an exported file; raises PadFailure, with a clause, if there is none."""
    if form == "etherpad":
        pad = read_export(data)
    else:
        decoded = decode_file(data)
        pad = FetchedPad(text=decoded.text, form=form, remarks=decoded.remarks, text_remarks=decoded.text_remarks)
    if form == "html":
        text, structure = read_html(pad.text)
        uncertain = (remark for remark in pad.text_remarks if remark.kind is not TextRemarkKind.NUL)
        lost = (*uncertain, TextRemark(kind=TextRemarkKind.FROM_HTML))
        pad = replace(pad, text=text, structure=structure, text_remarks=lost)
    return pad if pad.text.strip() else replace(pad, remarks=(*pad.remarks, "it is empty"))


SILENT = frozenset({"head", "script", "style", "template", "title", "noscript"})
STRUCK = frozenset({"s", "strike", "del"})
LISTS = frozenset({"ul", "ol"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = HEADINGS | frozenset(
    {"address", "article", "blockquote", "div", "dd", "dl", "dt", "footer", "header", "hr", "main", "nav", "p"}
    | {"pre", "section", "table", "tr"}
)
CELLS = frozenset({"td", "th"})

SPACE = re.compile(r"[ \t\n\r\f]+")
"""ASCII whitespace as HTML defines it (WHATWG)."""


@dataclass(slots=True)
class _List:
    """An open list: its kind is bullet, number or, for Etherpad's class of that name, indent."""

    kind: str
    count: int = 0


@dataclass(slots=True)
class _Line:
    """A line that is being read: its markup, what is known about its list item, and pieces (text, whether struck)."""

    markup: str = ""
    item: LineStructure = field(default_factory=LineStructure)
    heading: int = 0
    pieces: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)

    def structure(self) -> LineStructure:
        struck = struck_spans(self.pieces, len(self.markup))
        return replace(self.item, prefix=len(self.markup), heading=self.heading, struck=struck)


def read_html(source: str) -> tuple[str, tuple[LineStructure, ...]]:
    """Return the text in an HTML export, in the form of Etherpad's text export, and the structure of its lines."""
    reader = _HtmlReader()
    reader.parse(source.replace("\0", "\ufffd"))
    reader.end_line()
    text = "".join(f"{line.markup}{line.text}\n" for line in reader.lines)
    return text, (*(line.structure() for line in reader.lines), LineStructure())


_LOST_IN_HTML = (
    *(code for code in range(0x3001) if chr(code).isspace()),
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0xFDD0, 0xFDF0),
    *(plane | last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
)

INK = str.maketrans({chr(code): unescape(f"&#{code};").strip() for code in _LOST_IN_HTML})
"""What HTML keeps of white space, controls and noncharacters: mostly nothing, of NEL `…` (WHATWG, 13.2.5.80)."""

EMPTY_ITEM = re.compile(r"(\t+)(?:(\* )|([0-9.]+\. ))")


def structure_from_html(text: str, source: str) -> tuple[LineStructure, ...] | None:
    """Return what `source`, the HTML of a pad, says about the lines of its plain text; None if they do not fit.

    HTML does not keep each space and control character of a line, numbers lists differently, and has no empty items.
    """
    html_text, structure = read_html(source)
    known = (pair for pair in zip(html_text.split("\n"), structure, strict=True) if pair[0].translate(INK))
    lines: list[LineStructure] = []
    following = next(known, None)
    for line in text.split("\n"):
        transferred = _transferred(*following, line) if following else None
        if transferred is not None:
            following = next(known, None)
        elif (empty := EMPTY_ITEM.match(line)) and not line[empty.end() :].translate(INK):
            tabs, bullet, _ = empty.groups()
            transferred = LineStructure(prefix=empty.end(), level=len(tabs), bullet=bool(bullet), ordered=not bullet)
        elif line.translate(INK):
            return None
        lines.append(transferred or LineStructure())
    return None if following else tuple(lines)


def _transferred(html_line: str, known: LineStructure, line: str) -> LineStructure | None:
    """Return what is known about a line of HTML for the same line of plain text; None if it is another line."""
    mark = r"\* " if known.bullet else r"[0-9.]+\. " if known.ordered else ""
    markup = re.match(f"\t{{{known.level}}}{mark}" if known.level else r"\*" if known.heading else "", line)
    if markup is None and known.level:
        return None
    prefix = markup.end() if markup else 0
    content = line[prefix:]
    if html_line[known.prefix :].translate(INK) != content.translate(INK):
        return None
    places = [prefix + at for at, character in enumerate(content) if character.translate(INK)] if known.struck else []
    struck = []
    for start, end in known.struck:
        before, inside = (len(part.translate(INK)) for part in (html_line[known.prefix : start], html_line[start:end]))
        if inside:
            struck.append((places[before], places[before + inside - 1] + 1))
    return replace(known, prefix=prefix, struck=tuple(struck))


class TolerantParser(HTMLParser):
    """Python's parser for pages that anybody wrote: it reads any text, in a time that grows with its length."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def parse(self, source: str) -> None:
        """Parse a whole page. A `<` without any `>` after it is text: Python's parser reads to the end at every one."""
        closed, end, rest = source.rpartition(">")
        self.feed(f"{closed}{end}{rest.replace('<', '&lt;')}")
        self.close()

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 - as in Python's
        """Skip `<![…>` as browsers do; some versions of Python raise AssertionError for most words behind `<![`."""
        return self.parse_bogus_comment(i, report)


class _HtmlReader(TolerantParser):
    """Collects lines from any HTML; Etherpad's own export leaves list items unclosed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[_Line] = []
        self._line = _Line()
        self._lists: list[_List] = []
        self._heading = 0
        self._depth = {"struck": 0, "silent": 0, "pre": 0}

    def end_line(self, *, even_empty: bool = False) -> None:
        """Begin a new line; an empty one counts only if `even_empty` (after `<br>`)."""
        if even_empty or self._line.text.strip():
            self.lines.append(self._line)
        self._line = _Line()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count(tag, 1)
        if tag == "br":
            self.end_line(even_empty=True)
        elif tag in LISTS:
            self.end_line()
            self._lists.append(_open_list(tag, dict(attrs)))
        elif tag == "li":
            self.end_line()
            self._begin_item()
        elif tag in BLOCKS:
            self.end_line()
            self._heading = int(tag[1]) if tag in HEADINGS else self._heading
        elif tag in CELLS and self._line.pieces:
            self._write(" | ")

    def handle_endtag(self, tag: str) -> None:
        self._count(tag, -1)
        if tag in LISTS or tag in BLOCKS or tag == "li":
            self.end_line()
        if tag in LISTS and self._lists:
            self._lists.pop()
        if tag in HEADINGS:
            self._heading = 0

    def handle_data(self, data: str) -> None:
        if self._depth["silent"]:
            return
        if not self._depth["pre"]:
            self._write(SPACE.sub(" ", data).replace("\xa0", " "))
            return
        first, *others = data.split("\n")
        self._write(first)
        for line in others:
            self.end_line(even_empty=True)
            self._write(line)

    def _count(self, tag: str, step: int) -> None:
        """Count the open elements that change what text means."""
        kind = "struck" if tag in STRUCK else "silent" if tag in SILENT else tag
        if kind in self._depth:
            self._depth[kind] = max(self._depth[kind] + step, 0)

    def _write(self, text: str) -> None:
        line = self._line
        text = without_surrogates(text if line.pieces or self._depth["pre"] else text.removeprefix(" "))
        if text:
            line.pieces.append((text, self._depth["struck"] > 0))
            line.heading = line.heading or (self._heading if text.strip() else 0)

    def _begin_item(self) -> None:
        level = min(len(self._lists), MAX_LEVEL)
        current = self._lists[-1] if self._lists else _List("bullet")
        current.count += 1
        mark = {"bullet": "* ", "number": f"{current.count}. ", "indent": ""}[current.kind]
        item = LineStructure(level=level, bullet=current.kind == "bullet", ordered=current.kind == "number")
        self._line = _Line(markup="\t" * level + mark, item=item)


def _open_list(tag: str, attributes: Mapping[str, str | None]) -> _List:
    if tag == "ul":
        return _List("indent" if "indent" in (attributes.get("class") or "").split() else "bullet")
    start = attributes.get("start") or "1"
    return _List("number", int(start[:9]) - 1 if start.isdecimal() else 0)
