"""A pad exported as HTML becomes text in the form of Etherpad's text export, and its structure.

The bytes of an exported file become a pad's text, with structure where its kind has some.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from fetch import files as disk
from fetch.changesets import Malformed
from fetch.corpus_records import FetchedPad, LineStructure, Structure
from fetch.errors import PadFailure
from fetch.etherpad_export import read_export
from fetch.files import decode, without_surrogates

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
"""What HTML takes for white space (WHATWG, ASCII whitespace)."""

DEEPEST = 99


@dataclass(slots=True)
class _List:
    """A list that is open: numbered, with bullets, or (Etherpad's class `indent`) neither."""

    kind: str
    count: int


@dataclass(slots=True)
class _Line:
    """A line being read."""

    prefix: str = ""
    level: int = 0
    kind: str = ""
    heading: int = 0
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    struck: list[tuple[int, int]] = field(default_factory=list)

    def structure(self) -> LineStructure:
        offset = len(self.prefix)
        return LineStructure(
            prefix=offset,
            level=self.level,
            bullet=self.kind == "bullet",
            ordered=self.kind == "number",
            heading=self.heading,
            struck=tuple((start + offset, end + offset) for start, end in self.struck),
        )


def read_html(source: str) -> tuple[str, Structure]:
    """The text in an HTML export, list items with tabs and bullets or numbers, and the structure of its lines."""
    reader = _Reader()
    reader.feed(source.replace("\0", "\ufffd"))
    reader.close()
    lines = reader.finished()
    text = "".join(f"{line.prefix}{''.join(line.pieces)}\n" for line in lines)
    return text, Structure(lines=(*(line.structure() for line in lines), LineStructure()))


class _Reader(HTMLParser):
    """Collects lines; forgiving, since Etherpad's own export leaves list items unclosed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[_Line] = []
        self._line = _Line()
        self._lists: list[_List] = []
        self._heading = 0
        self._struck = 0
        self._silent = 0
        self._pre = 0

    def finished(self) -> list[_Line]:
        self._end()
        return self._lines

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count(tag, 1)
        if tag == "br":
            self._end(even_empty=True)
        elif tag in LISTS:
            self._end()
            self._lists.append(_opened(tag, dict(attrs)))
        elif tag == "li":
            self._end()
            self._item()
        elif tag in BLOCKS:
            self._end()
            self._heading = int(tag[1]) if tag in HEADINGS else self._heading
        elif tag in CELLS and self._line.length:
            self._write(" | ")

    def handle_endtag(self, tag: str) -> None:
        self._count(tag, -1)
        if tag in LISTS or tag in BLOCKS or tag == "li":
            self._end()
        if tag in LISTS and self._lists:
            self._lists.pop()
        if tag in HEADINGS:
            self._heading = 0

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre:
            first, *others = data.split("\n")
            self._write(first)
            for other in others:
                self._end(even_empty=True)
                self._write(other)
        else:
            self._write(SPACE.sub(" ", data).replace("\xa0", " "))

    def _count(self, tag: str, step: int) -> None:
        """How deep we are inside of what changes the meaning of text."""
        if tag in STRUCK:
            self._struck = max(self._struck + step, 0)
        elif tag in SILENT:
            self._silent = max(self._silent + step, 0)
        elif tag == "pre":
            self._pre = max(self._pre + step, 0)

    def _write(self, text: str) -> None:
        line = self._line
        text = without_surrogates(text if line.length or self._pre else text.removeprefix(" "))
        end = line.length + len(text)
        if text and self._struck:
            start = line.struck.pop()[0] if line.struck and line.struck[-1][1] == line.length else line.length
            line.struck.append((start, end))
        line.heading = line.heading or (self._heading if text.strip() else 0)
        line.pieces.append(text)
        line.length = end

    def _item(self) -> None:
        level = min(len(self._lists), DEEPEST)
        kind = self._lists[-1].kind if self._lists else "bullet"
        mark = {"bullet": "* ", "number": "", "indent": ""}[kind]
        if kind == "number":
            self._lists[-1].count += 1
            mark = f"{self._lists[-1].count}. "
        self._line = _Line(prefix="\t" * level + mark, level=level, kind=kind)

    def _end(self, *, even_empty: bool = False) -> None:
        """End the line, if there is anything on it or a `<br>` ends it empty."""
        if even_empty or any(piece.strip() for piece in self._line.pieces):
            self._lines.append(self._line)
        self._line = _Line()


def _opened(tag: str, attributes: Mapping[str, str | None]) -> _List:
    if tag == "ul":
        return _List("indent" if "indent" in (attributes.get("class") or "").split() else "bullet", 0)
    start = attributes.get("start") or "1"
    return _List("number", int(start[:9]) - 1 if start.isdecimal() else 0)


FORMS = {".txt": "txt", ".md": "markdown", ".html": "html", ".htm": "html", ".etherpad": "etherpad"}
"""What a file's ending says of its form."""


def form_of(path: Path) -> str | None:
    """The form of an export, by its ending; None for what is none."""
    return FORMS.get(path.suffix.lower())


def bytes_of(path: Path) -> bytes:
    """The bytes of an export; raises PadFailure, with a clause, where it cannot be read or is too big for its form."""
    return disk.read_bytes(path, disk.MAX_EXPORT if form_of(path) == "etherpad" else disk.MAX_TEXT)


def read(data: bytes, form: str) -> FetchedPad:
    """The pad in an export's bytes; raises PadFailure, with a clause, where there is none in it."""
    if form == "etherpad":
        return _export(data)
    decoded = decode(data)
    text, structure = read_html(decoded.text) if form == "html" else (decoded.text, None)
    return FetchedPad(text=text, form=form, structure=structure, remarks=(*decoded.remarks, *_empty(text)))


def _export(data: bytes) -> FetchedPad:
    try:
        export = read_export(data)
    except Malformed as error:
        raise PadFailure(f"it is no export of an Etherpad ({error})") from error
    return FetchedPad(
        text=export.text,
        form="etherpad",
        revision=export.revision,
        edited_at=export.edited_at,
        structure=export.structure,
        raw=data,
        remarks=_empty(export.text),
    )


def _empty(text: str) -> tuple[str, ...]:
    return () if text.strip() else ("it is empty",)
