"""From a pad's rows to blocks: a bullet or a paragraph, with the lines that an editor or a mail program wrapped.

In a pad a line break mostly means something: a new note. It is the wrap of a longer text only where the line was too
full for the next word, or where a line breaks off and the next goes on in lower case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.segment.rows import Row, Shape

_LONG = 50  # columns; a shorter line was not broken off by anybody's width
_WIDTHS = range(60, 101)  # columns at which editors and mail programs wrap
_BAND = 12  # columns below the width in which wrapped lines end
_PROOF, _SHARE, _MOST = 4, 0.25, 0.95  # full lines, their share of those that go on, and lines within the width
_FINAL = (".", "!", "?", ":", ";", "…")
_OPEN = (",", "(", "/", "&")
_TEXT = frozenset({Shape.TEXT, Shape.ITEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows `first` to `last`, both included, that make one text."""

    first: int
    last: int


def join(rows: Sequence[Row], content: Sequence[bool]) -> Iterator[Block]:
    """The blocks of a pad in order, made of the rows that are content; every other row is in none."""
    width = wrapped_at(rows)
    first = -1
    for at, row in enumerate(rows):
        if not content[at]:
            continue
        first = at if first < 0 else first
        below = at + 1
        if below < len(rows) and content[below] and goes_on(rows[first], row, rows[below], width):
            continue
        yield Block(first=first, last=at)
        first = -1


def wrapped_at(rows: Sequence[Row]) -> int:
    """The column at which a pad was wrapped throughout; 0 if it was not."""
    lengths = sorted(_length(row) for row in rows if row.text)
    width = lengths[int(_MOST * (len(lengths) - 1))] if lengths else 0
    if width not in _WIDTHS:
        return 0
    followed = [_length(row) for row, below in pairwise(rows) if _may_follow(row, below)]
    full = sum(width - _BAND <= length <= width for length in followed)
    return width if full >= max(_PROOF, _SHARE * len(followed)) else 0


def goes_on(head: Row, row: Row, below: Row, width: int) -> bool:
    """Whether the text that `head` begins and `row` carries on goes on in the line below; `width` is the pad's."""
    if not _may_follow(row, below):
        return False
    under = head.shape is Shape.TEXT or below.indent > head.indent
    if width and _length(row) <= width < _length(row) + 1 + len(below.text.split(None, 1)[0]):
        return True
    if not under or row.text.endswith(_FINAL) or not (below.text[0].islower() or below.text[0] == "("):
        return False
    if head.text[0].islower() and not row.text.endswith(_OPEN):
        return False
    return _length(row) >= _LONG or head.shape is Shape.ITEM or row.text.endswith(_OPEN)


def _length(row: Row) -> int:
    return row.stop - row.start


def _may_follow(row: Row, below: Row) -> bool:
    """Whether the line below could be more of the same text: prose directly under prose or a bullet, without a mark.

    A line that something was struck out of stays by itself, so that each line has words of its own left.
    """
    if row.struck or below.struck:
        return False
    return row.shape in _TEXT and below.shape is Shape.TEXT and not below.marked
