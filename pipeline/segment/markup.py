"""From a pad's rows to rows that know their neighbours' markup: comments, code, tables, and headings."""

import re
from collections.abc import Sequence
from dataclasses import replace

from fetch.records import Pad
from pipeline.segment.rows import LEAKED, Row, Shape
from pipeline.segment.words import trim, words

_FENCES = ("```", "~~~")
_SEPARATOR = re.compile(r"[\s|:+-]*-[\s|:+-]*")
_TITLE_WORDS = 12
_LEAKED_WORDS = 20
_RUN = 3  # so many `# lines` in a row are MediaWiki's numbered list, so many `*lines` bullets typed in haste


def resolve(pad: Pad, rows: Sequence[Row]) -> list[Row]:
    """The same rows, in the shape that the lines around them give them."""
    return _underlined(_leaked(_numbered(_tables(pad, _fenced(pad, _commented(pad, rows))))))


def _bare(pad: Pad, row: Row, shape: Shape) -> Row:
    """The row with its marks given back to its text: inside comments and code a dash is a dash."""
    body, stop = trim(pad.text, row.start, row.end)
    return replace(row, shape=shape, body=body, stop=stop, text=pad.text[body:stop], rank=0, task="", leaked=False)


def _commented(pad: Pad, rows: Sequence[Row]) -> list[Row]:
    """HTML comments, over several lines too; one that is never closed ends with its line."""
    closes: list[int | None] = [None] * (len(rows) + 1)
    for at in range(len(rows) - 1, -1, -1):
        closes[at] = at if "-->" in pad.text[rows[at].start : rows[at].end] else closes[at + 1]
    out, last = list(rows), -1
    for at, row in enumerate(rows):
        if at > last and row.text.startswith("<!--"):
            within = "-->" in row.text and not row.text.endswith("-->")
            close = closes[at]
            last = at - 1 if within else at if close is None else close
        if at <= last and row.start < row.end and row.shape is not Shape.BLANK:
            out[at] = _bare(pad, row, Shape.COMMENT)
    return out


def _fenced(pad: Pad, rows: Sequence[Row]) -> list[Row]:
    """Code between fences: no marks, no headings; a fence without a partner is only itself."""
    out, opened = list(rows), -1
    for at, row in enumerate(rows):
        mark = row.text[:3]
        if row.shape is Shape.COMMENT or mark not in _FENCES or mark in row.text[3:]:
            continue
        out[at] = _bare(pad, row, Shape.RULE)
        if opened < 0:
            opened = at
        elif mark == out[opened].text[:3]:
            out[opened + 1 : at] = [_code(pad, inner) for inner in rows[opened + 1 : at]]
            opened = -1
    return out


def _code(pad: Pad, row: Row) -> Row:
    bare = _bare(pad, row, Shape.CODE)
    return bare if bare.text else replace(bare, shape=Shape.BLANK)


def _tables(pad: Pad, rows: Sequence[Row]) -> list[Row]:
    """Rows of pasted tables: cells between pipes, or between tabs in two or more lines alike."""
    out = list(rows)
    for at, row in enumerate(rows):
        if row.shape in {Shape.COMMENT, Shape.CODE, Shape.BLANK, Shape.HEADING}:
            continue
        above = out[at - 1] if at else None
        if _is_separator(row):
            out[at] = _bare(pad, row, Shape.RULE)
            if above and "|" in above.text:
                out[at - 1] = _bare(pad, above, Shape.HEADER)
        elif "|" in row.text and (_is_piped(row) or (above and (above.shape is Shape.TABLE or _is_separator(above)))):
            out[at] = _bare(pad, row, Shape.TABLE if row.text.strip("| \t") else Shape.BLANK)
        elif above and row.shape is Shape.TEXT and _columns(row) > 1 and _columns(row) == _columns(rows[at - 1]):
            out[at - 1 : at + 1] = [replace(above, shape=Shape.TABLE), replace(row, shape=Shape.TABLE)]
    return out


def _is_separator(row: Row) -> bool:
    return "|" in row.text and _SEPARATOR.fullmatch(row.text) is not None


def _is_piped(row: Row) -> bool:
    return row.text.startswith("|") and "|" in row.text[1:]


def _columns(row: Row) -> int:
    return sum(1 for cell in row.text.split("\t") if cell.strip()) if row.shape is Shape.TEXT else 0


def _numbered(rows: Sequence[Row]) -> list[Row]:
    """MediaWiki's `# item` lists, which look like headings of the first level but stand in a block."""
    out, run = list(rows), 0
    for at, row in enumerate(rows):
        run = run + 1 if row.shape is Shape.HEADING and row.rank == 1 else 0
        if run >= _RUN:
            for back in range(at - run + 1 if run == _RUN else at, at + 1):
                out[back] = replace(rows[back], shape=Shape.ITEM, rank=0)
    return out


def _underlined(rows: Sequence[Row]) -> list[Row]:
    """Titles with a line of `===` or `---` under them (Setext)."""
    out = list(rows)
    for at in range(1, len(rows)):
        title, line = rows[at - 1], rows[at]
        if line.shape is not Shape.RULE or title.shape is not Shape.TEXT or set(line.text) not in ({"="}, {"-"}):
            continue
        alone = at == 1 or rows[at - 2].shape in {Shape.BLANK, Shape.HEADING, Shape.RULE, Shape.COMMENT}
        if alone and len(words(title.text)) <= _TITLE_WORDS and not title.text.endswith((".", ",", ";")):
            out[at - 1] = replace(title, shape=Shape.HEADING, rank=1 if "=" in line.text else 2)
    return out


def _leaked(rows: Sequence[Row]) -> list[Row]:
    """Etherpad's `*Heading`: a `*` stuck to the text, unless several stand together or it is a whole sentence."""
    out, run = list(rows), 0
    for at, row in enumerate(rows):
        run = run + 1 if row.leaked else 0
        ended = not row.leaked or at + 1 == len(rows) or not rows[at + 1].leaked
        if row.leaked and ended and run < _RUN:
            for back in range(at - run + 1, at + 1):
                if len(words(out[back].text)) <= _LEAKED_WORDS and not out[back].text.endswith((".", ";", ",")):
                    out[back] = replace(out[back], shape=Shape.HEADING, rank=LEAKED)
    return out
