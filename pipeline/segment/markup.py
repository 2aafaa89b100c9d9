"""From a pad's rows to rows that know their neighbours' markup: comments, code, tables, and headings.

From rows to the same rows with the headings that nobody marked as such.

A false heading hides a statement from the concerns, a missed one costs a little context. So a line is a heading only
if it is short, has nothing of a statement about it (data/statement_words.toml), and something stands under it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from fetch.corpus_records import Pad
from pipeline.segment.lines import BOLD, COLON, LEAKED, TITLE, Row, Shape
from pipeline.text import is_question, is_statement, normalize, normalized_words, strip_emphasis, trim

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
        if alone and len(normalized_words(title.text)) <= _TITLE_WORDS and not title.text.endswith((".", ",", ";")):
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
                if len(normalized_words(out[back].text)) <= _LEAKED_WORDS and not out[back].text.endswith(
                    (".", ";", ",")
                ):
                    out[back] = replace(out[back], shape=Shape.HEADING, rank=LEAKED)
    return out


_BOLD = re.compile(r"(\*\*|__|''')(?=\S)([^*]+?)\1:?|(\*\*|__|''')([^*]+):\3")
_NO_TITLE = frozenset("(_*~[<")
_BOLD_WORDS, _TITLE_WORDS_headings, _COLON_WORDS, _FIRST_WORDS = 8, 6, 5, 12
_PARAGRAPH_WORDS = 12  # a paragraph this long under a short line makes a title of it
_NOTES = 0.4  # more short loose lines than this, and the pad is notes without bullets: no guessing


def find_headings(rows: Sequence[Row], names: Sequence[str] = (), *, guess: bool = True) -> list[Row]:
    """Mark headings: `rank` above 0, shape `HEADING`; `names` are what the pad itself is called.

    Without `guess` only those that are marked as headings are.
    """
    page = _Page(rows, frozenset(filter(None, map(normalize, names))))
    out = list(rows)
    for at, row in enumerate(rows):
        if rank := page.rank(at) if guess else row.rank:
            out[at] = replace(row, shape=Shape.HEADING, rank=rank, level=0)
    return out


class _Page:
    """A pad's rows with what is asked about them again and again."""

    def __init__(self, rows: Sequence[Row], names: frozenset[str]) -> None:
        self.rows = rows
        self.names = names
        written = [at for at, row in enumerate(rows) if row.shape not in {Shape.BLANK, Shape.COMMENT, Shape.RULE}]
        self.first = written[0] if written else -1
        self.next: dict[int, int] = dict(pairwise(written))
        loose = [at for at in written[1:] if self._is_loose(at)]
        self.notes = len(loose) > _NOTES * (len(written) - 1)

    def rank(self, at: int) -> int:
        row = self.rows[at]
        if row.rank:
            return row.rank
        if row.shape is not Shape.TEXT or row.level or at not in self.next:
            return 0
        return self._unmarked(at, row)

    def _unmarked(self, at: int, row: Row) -> int:
        count = len(normalized_words(row.text))
        if not count or is_question(row.text) or is_statement(row.text) or row.text[-1] in ".!;,…":
            return 0
        if count <= _BOLD_WORDS and _BOLD.fullmatch(row.text):
            return BOLD
        if count <= _COLON_WORDS and row.text.endswith(":") and ":" not in row.text[:-1]:
            broken = self.next[at] == at + 1 and self.rows[at + 1].text[0].islower() and not self.rows[at + 1].marked
            return 0 if broken else COLON
        if ":" in row.text or row.text[0].islower() or row.text[0] in _NO_TITLE:
            return 0
        return TITLE if self._is_title(at, count) else 0

    def _is_title(self, at: int, count: int) -> bool:
        below = self.rows[self.next[at]]
        apart = self._is_apart(at)
        if at == self.first and count <= _FIRST_WORDS:
            if normalize(self.rows[at].text) in self.names:
                return True
            if not self.notes and (self.next[at] > at + 1 or below.shape in {Shape.ITEM, Shape.HEADING}):
                return True
        if not apart or count > _TITLE_WORDS_headings:
            return False
        if below.shape is Shape.ITEM:
            return True
        long = below.shape is Shape.TEXT and len(normalized_words(below.text)) >= _PARAGRAPH_WORDS
        return long and not self.notes and self.next[at] > at + 1 and _is_title_case(self.rows[at].text)

    def _is_apart(self, at: int) -> bool:
        """Whether nothing but a blank line, a list or a heading stands directly above."""
        return at == 0 or self.rows[at - 1].shape is not Shape.TEXT

    def _is_loose(self, at: int) -> bool:
        """Whether a row is a short line without a mark, and not the lead of a list."""
        row = self.rows[at]
        leads = at in self.next and self.rows[self.next[at]].shape is Shape.ITEM
        return (
            row.shape is Shape.TEXT
            and not row.level
            and not leads
            and len(normalized_words(row.text)) < _PARAGRAPH_WORDS
        )


def _is_title_case(text: str) -> bool:
    """Whether all words but the small ones begin with a capital; scripts without capitals pass."""
    return not any(word[0].islower() for word in strip_emphasis(text).split() if len(word) > 3)  # noqa: PLR2004 - "of", "and"
