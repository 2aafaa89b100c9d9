"""From rows to the same rows with the headings that nobody marked as such.

A false heading hides a statement from the concerns, a missed one costs a little context. So a line is a heading only
if it is short, has nothing of a statement about it (data/statement_words.toml), and something stands under it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.segment.rows import BOLD, COLON, TITLE, Row, Shape
from pipeline.segment.words import is_question, is_statement, normal, plain, words

_BOLD = re.compile(r"(\*\*|__|''')(?=\S)([^*]+?)\1:?|(\*\*|__|''')([^*]+):\3")
_NO_TITLE = frozenset("(_*~[<")
_BOLD_WORDS, _TITLE_WORDS, _COLON_WORDS, _FIRST_WORDS = 8, 6, 5, 12
_PARAGRAPH_WORDS = 12  # a paragraph this long under a short line makes a title of it
_NOTES = 0.4  # more short loose lines than this, and the pad is notes without bullets: no guessing


def find(rows: Sequence[Row], names: Sequence[str] = (), *, guess: bool = True) -> list[Row]:
    """Mark headings: `rank` above 0, shape `HEADING`; `names` are what the pad itself is called.

    Without `guess` only those that are marked as headings are.
    """
    page = _Page(rows, frozenset(filter(None, map(normal, names))))
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
        count = len(words(row.text))
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
            if normal(self.rows[at].text) in self.names:
                return True
            if not self.notes and (self.next[at] > at + 1 or below.shape in {Shape.ITEM, Shape.HEADING}):
                return True
        if not apart or count > _TITLE_WORDS:
            return False
        if below.shape is Shape.ITEM:
            return True
        long = below.shape is Shape.TEXT and len(words(below.text)) >= _PARAGRAPH_WORDS
        return long and not self.notes and self.next[at] > at + 1 and _is_title_case(self.rows[at].text)

    def _is_apart(self, at: int) -> bool:
        """Whether nothing but a blank line, a list or a heading stands directly above."""
        return at == 0 or self.rows[at - 1].shape is not Shape.TEXT

    def _is_loose(self, at: int) -> bool:
        """Whether a row is a short line without a mark, and not the lead of a list."""
        row = self.rows[at]
        leads = at in self.next and self.rows[self.next[at]].shape is Shape.ITEM
        return row.shape is Shape.TEXT and not row.level and not leads and len(words(row.text)) < _PARAGRAPH_WORDS


def _is_title_case(text: str) -> bool:
    """Whether all words but the small ones begin with a capital; scripts without capitals pass."""
    return not any(word[0].islower() for word in plain(text).split() if len(word) > 3)  # noqa: PLR2004 - "of", "and"
