"""From a pad's text to its rows: each line with its marks told apart from what was written.

What counts as a mark, and Etherpad's habits behind it (a plain-text export, versions 1.8 to 3.3): lists are N tabs for
level N, then `* ` or `1. `; a heading comes out as `*Heading`, its level lost. People also type Markdown and MediaWiki
markup, bullets of other programs, and arrows.

From rows to the same rows with list levels: 1 for the outermost bullets, 0 for prose.

From rows read from the text alone to rows as the pad's editor knew them: lists, headings, struck-out text.

Where an editor was used, a list item or heading is what it says; nobody has to guess it. People type dashes, `#` and
check boxes in plain lines all the same, and those are still read; but a `*` in a plain line is not what a text export
leaves of a list or heading, so it was written as text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from fetch.corpus_records import LineStructure, Pad
from pipeline.text import is_white, trim

# Ranks order the path of headings: 1 to 6 are the levels that Markdown's and MediaWiki's marks give; below them come
# Etherpad's `*Heading`, bold lines, plain title lines and `Label:` lines, in the order in which people nest them.
LEAKED, BOLD, TITLE, COLON = 7, 8, 9, 10
TAB = 4  # columns; what editors and Markdown take a tab for where list levels are concerned


class Shape(Enum):
    """What a line looks like, taken by itself and with its neighbours' markup."""

    BLANK = auto()
    RULE = auto()  # a drawn line, a table's separator, a code fence
    HEADING = auto()  # marked as one, its level known
    ITEM = auto()  # of a list
    TEXT = auto()
    TABLE = auto()  # a row of a table
    HEADER = auto()  # the row above a table's separator
    COMMENT = auto()  # <!-- not shown by Markdown -->
    CODE = auto()  # between fences


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    r"""A line of a pad: `pad.text[start:end]` is the line without its `\n`, `pad.text[body:stop]` is `text`.

    `indent` is the column of the first mark; `tabs` says that it is made of tabs alone. `rank` is a heading's place
    in the path, 1 outermost, 0 for no heading. `level` is the list level, 0 for none.
    `marked` says that a mark stands in front, `leaked` that it is a `*` stuck to the text; `task` is the check box.
    `struck` are the pad's spans struck out on this line; `gone` says that no word of it is left.
    """

    number: int
    start: int
    end: int
    body: int
    stop: int
    text: str
    shape: Shape
    indent: int = 0
    tabs: bool = False
    depth: int = 1
    rank: int = 0
    level: int = 0
    task: str = ""
    marked: bool = False
    leaked: bool = False
    struck: tuple[tuple[int, int], ...] = ()
    gone: bool = False

    @property
    def said(self) -> str:
        """The text without what was struck out of it."""
        spans = [(max(0, start - self.body), max(0, end - self.body)) for start, end in self.struck]
        gone = {at for start, end in spans for at in range(start, end)}
        return "".join(char for at, char in enumerate(self.text) if at not in gone) if gone else self.text


_RULE = re.compile(r"(?:[-=_*~#+–—─═.·•]\s{0,3}){3,}")
_HASH = re.compile(r"(#{1,6})(?=\s|$)|(#{2,6})(?=[^\W\d_])")
_WIKI = re.compile(r"(={1,6})(?=[^=])")
_QUOTE = re.compile(r">+(?=\s|[^\W\d_]|[\"“'*]|$)")
_BULLET = re.compile(
    r"(?:\*{2,6}|[-*+•‣◦▪▫●○■□·–—−⁃∙➢➤❖»→]|[-=]\\?>)(?=\s|$)"  # a mark, then white
    r"|[•‣◦▪▫●■⁃∙➢➤❖](?=\S)"  # unmistakable even without
    r"|[-–](?=[^\W\d_])"  # typed in haste
)
# `*Heading`, or a bullet typed in haste; `*emphasis*` is neither.
_STAR = re.compile(r"\*(?=[^\s*][^*]*$)")
_NUMBER = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){1,4}[.)]|\(?\d{1,3}\)|\d{1,3}\.|\(?[a-zA-Z]\)|\(?[ivx]{2,4}\))(?=\s|$)"
    r"|\d{1,2}\.(?=[^\W\d_a-z])"
)
BOX = re.compile(r"\[([ xX>/<~\-✓✔]?)\](?=\s|$)|\[ \]|[☐☑☒](?=\s)")
_HEADING_WORDS = 30  # a longer line behind a # is a paragraph
_MAX_MARKS = 5  # "> 1. - [ ] " is four


def parse_lines(pad: Pad) -> tuple[Row, ...]:
    r"""The rows of a pad, one for each piece of `text.split("\n")`, so that a final `\n` leaves an empty last row."""
    return tuple(_rows(pad.text))


def _rows(text: str) -> Iterator[Row]:
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        yield _row(number, start, line)
        start += len(line) + 1


def _row(number: int, start: int, line: str) -> Row:
    at, end = trim(line, 0, len(line))
    whole = Row(
        number=number,
        start=start,
        end=start + len(line),
        body=start + at,
        stop=start + end,
        text=line[at:end],
        shape=Shape.TEXT,
        indent=_column(line[:at]),
        tabs=at > 0 and line[:at].strip("\t") == "",
    )
    if at == end:
        return _as(whole, Shape.BLANK)
    if _is_rule(whole.text):
        return _as(whole, Shape.RULE)
    row = _heading(whole) or _marked(whole)
    return row if row.text else replace(row, shape=Shape.BLANK, rank=0)


def _as(row: Row, shape: Shape, cut: int = 0, drop: int = 0) -> Row:
    """The row in another shape, `cut` characters of its text taken off in front and `drop` behind, then trimmed."""
    left, right = trim(row.text, cut, len(row.text) - drop)
    return replace(row, shape=shape, body=row.body + left, stop=row.body + right, text=row.text[left:right])


def _column(indentation: str) -> int:
    """The column that white characters in front lead to; a tab goes on to the next multiple of `TAB`."""
    column = 0
    for char in indentation:
        if char == "\t":
            column += TAB - column % TAB
        else:
            column += char.isspace()
    return column


def _is_rule(text: str) -> bool:
    return _RULE.fullmatch(text) is not None


def _heading(row: Row) -> Row | None:
    """The row as a heading where Markdown or MediaWiki marks it as one; none where they do not."""
    if row.indent >= TAB:
        return None
    mark = _HASH.match(row.text)
    if mark and row.text.count(" ") > _HEADING_WORDS:
        return replace(_as(row, Shape.TEXT, mark.end()), marked=True)
    if mark:
        drop = len(row.text) - len(row.text.rstrip("#"))
        return replace(_as(row, Shape.HEADING, mark.end(), drop), rank=len(mark[0]))
    if (mark := _WIKI.match(row.text)) and len(row.text) > 2 * len(mark[1]) and row.text.endswith(mark[1]):
        return replace(_as(row, Shape.HEADING, len(mark[1]), len(mark[1])), rank=len(mark[1]))
    return None


def _marked(row: Row) -> Row:
    """The row without the marks in front of it; an item of a list if one of them says so."""
    at, depth, task, item = 0, 1, "", False
    leaked = row.indent == 0 and _STAR.match(row.text) is not None
    for _ in range(_MAX_MARKS):
        mark = _next_mark(row.text, at)
        if mark is None:
            break
        pattern, found = mark
        item = item or pattern is not _QUOTE
        depth = max(depth, _depth(found[0]))
        at = trim(row.text, found.end(), len(row.text))[0]
        if pattern is BOX:
            task = found[0]
            break
    return replace(
        _as(row, Shape.ITEM if item else Shape.TEXT, at), depth=depth, task=task, marked=at > 0, leaked=leaked
    )


def _next_mark(text: str, at: int) -> tuple[re.Pattern[str], re.Match[str]] | None:
    for pattern in (_QUOTE, _BULLET, _NUMBER, BOX) if at else (_QUOTE, _BULLET, _STAR, _NUMBER, BOX):
        if found := pattern.match(text, at):
            return pattern, found
    return None


def _depth(mark: str) -> int:
    """How deep a mark says it is: `**` is of the second level, `1.2.` too."""
    return len(mark) if mark.startswith("**") else len(re.findall(r"\d+", mark)) or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A pad with its rows; `routine` are those, by index, that are housekeeping (see routine.py)."""

    pad: Pad
    rows: tuple[Row, ...]
    routine: frozenset[int]


_SLACK = 1  # columns by which bullets of one level may be out of line


def nest(rows: Sequence[Row]) -> list[Row]:
    """Give each row its level: by tabs where Etherpad wrote the list, by indentation where people did.

    A line without a mark that is indented under a bullet hangs under it and has the level that its column gives it.
    """
    items = [row for row in rows if row.shape is Shape.ITEM]
    exported = bool(items) and all(row.tabs for row in items)
    out: list[Row] = []
    stack: list[int] = []
    for row in rows:
        if row.shape is Shape.ITEM:
            column = row.indent + 2 * (row.depth - 1)
            level = row.indent // TAB if exported else _enter(stack, column)
            if exported:
                stack[:] = [TAB * (n + 1) for n in range(level)]
        elif row.shape is Shape.TEXT and stack and row.indent > stack[0] + _SLACK:
            level = 1 + sum(column + _SLACK < row.indent for column in stack)
        else:
            level = 0
            if row.shape is not Shape.BLANK:
                stack.clear()
        out.append(replace(row, level=level))
    return out


def _enter(stack: list[int], column: int) -> int:
    """The level of a column among the open ones; deeper ones are closed, a new one is opened."""
    while stack and column < stack[-1]:
        stack.pop()
    if not stack or column > stack[-1] + _SLACK:
        stack.append(column)
    return len(stack)


_ASIDE = frozenset({Shape.COMMENT, Shape.CODE})


def correct(pad: Pad, rows: Sequence[Row]) -> list[Row]:
    """The same rows in the shape, and with the level and rank, that the pad's structure gives; without it, as read.

    To be asked again after anything that guesses. A line of which no letter or digit is left outside what was struck
    out becomes a blank one that is `gone`.
    """
    if pad.structure is None:
        return list(rows)
    return [_row_structured(pad, row, line) for row, line in zip(rows, pad.structure.lines, strict=True)]


def has_headings(pad: Pad) -> bool:
    """Whether the pad's editor marked headings, so that none need be guessed."""
    return pad.structure is not None and any(line.heading for line in pad.structure.lines)


def cut(text: str, span: tuple[int, int], struck: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a span of `text` around its struck-out parts; pieces without a letter or digit are dropped.

    A span that nothing was struck out of is given back as it is.
    """
    inside = [(start, end) for start, end in struck if start < span[1] and end > span[0]]
    if not inside:
        yield span
        return
    begins = [span[0], *(end for _, end in inside)]
    ends = [*(start for start, _ in inside), span[1]]
    for begin, end in zip(begins, ends, strict=True):
        left, right = trim(text, begin, max(begin, end))
        if any(char.isalnum() for char in text[left:right]):
            yield left, right


def _row_structured(pad: Pad, row: Row, line: LineStructure) -> Row:
    placed = replace(_placed(pad, row, line), struck=tuple(_spans(row, line)))
    gone = _is_gone(pad.text, placed)
    if placed.text and not gone:
        return placed
    return replace(placed, shape=Shape.BLANK, text="", stop=placed.body, rank=0, level=0, task="", gone=gone)


def _placed(pad: Pad, row: Row, line: LineStructure) -> Row:
    """The row in its shape; comments and code are what they are whatever stands in front of their lines."""
    if row.shape in _ASIDE or row.gone:
        return row
    if line.heading:
        return replace(_bare(pad, row, line.prefix), shape=Shape.HEADING, rank=min(line.heading, 6))
    if line.bullet or line.ordered:
        item = replace(_bare(pad, row, line.prefix), shape=Shape.ITEM, level=max(line.level, 1), marked=True)
        box = BOX.match(item.text)
        body, stop = trim(pad.text, item.body + (box.end() if box else 0), item.stop)
        return replace(item, task=box[0] if box else "", body=body, stop=stop, text=pad.text[body:stop])
    if line.level:
        return replace(_bare(pad, row, line.prefix), shape=Shape.TEXT, level=line.level)
    start = trim(pad.text, row.start, row.end)[0]
    if row.marked and pad.text.startswith("*", start):
        return replace(_bare(pad, row, 0), shape=Shape.TEXT)
    return row


def _bare(pad: Pad, row: Row, prefix: int) -> Row:
    """The row without the guesses: its text is all behind `prefix`."""
    body, stop = trim(pad.text, min(row.start + max(prefix, 0), row.end), row.end)
    return replace(
        row, body=body, stop=stop, text=pad.text[body:stop], rank=0, depth=1, task="", marked=False, leaked=False
    )


def _spans(row: Row, line: LineStructure) -> Iterator[tuple[int, int]]:
    """The struck-out spans as places in the pad, kept within the line."""
    for start, end in line.struck:
        span = max(row.start, row.start + start), min(row.end, row.start + end)
        if span[0] < span[1]:
            yield span


def _is_gone(text: str, row: Row) -> bool:
    """Whether what was written on a line is struck out, but for a comma or the like."""
    if row.gone:
        return True
    within = [(max(start, row.body), min(end, row.stop)) for start, end in row.struck]
    written = any(not is_white(char) for start, end in within for char in text[start:end])
    return written and not any(True for _ in cut(text, (row.body, row.stop), row.struck))
