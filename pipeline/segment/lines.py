"""Parse the lines of a pad: the marks in front of each line apart from what was written, and its list level.

pad.text -> parse_lines        marks of Etherpad's export, Markdown and MediaWiki, bullets of other programs, arrows
         -> apply_structure    where the pad came with its editor's structure: that instead of what marks suggest
         -> resolve_context    (markup.py)
         -> assign_list_levels 1 for the outermost bullets, 0 for prose
         -> apply_structure    again, since the two steps before guess

A plain-text export of Etherpad (1.8 to 3.3) has N tabs for list level N, then `* ` or `1. `; a heading becomes
`*Heading` and loses its level. In a pad with structure, such a `*` in a plain line was typed by somebody and is text;
dashes, `#` and check boxes are still parsed there, because people type them in plain lines too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from fetch.corpus_records import LineStructure, Pad
from pipeline.segment_records import Checkbox
from pipeline.text import CHECKBOX, checkbox_state, trim

# Ranks order the path of headings: 1 to 6 are the levels that Markdown's and MediaWiki's marks give; below them come
# Etherpad's `*Heading`, bold lines, plain title lines and `Label:` lines, in the order in which people nest them.
STAR_RANK, BOLD_RANK, TITLE_RANK, LABEL_RANK = 7, 8, 9, 10
TAB = 4  # columns; what editors and Markdown take a tab for where list levels are concerned


class LineType(Enum):
    """What a line is by its own marks and its neighbours'."""

    BLANK = auto()
    RULE = auto()  # a drawn line, a table's separator, a code fence
    HEADING = auto()
    LIST_ITEM = auto()
    TEXT = auto()
    TABLE_ROW = auto()
    TABLE_HEADER = auto()  # the row above a table's separator
    COMMENT = auto()  # <!-- not shown by Markdown -->
    CODE = auto()  # between fences


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLine:
    r"""A line of a pad: `pad.text[start:end]` is the line without its `\n`, `pad.text[text_start:text_end]` is `text`.

    `indent` is the column of the first mark; `tab_indented` means that it consists of tabs alone. `marker_depth` is
    the depth that the marker itself shows (`**`, `1.2.`), `level` the list level, 0 for none. `rank` is a heading's
    place in the path, 1 outermost, 0 for no heading. `marked` means that a mark is in
    front of the text, `starred` that it is a `*` directly before the text. `struck` has the pad's spans that are struck
    out on this line; `all_struck` means that no word of it is left.
    """

    number: int
    start: int
    end: int
    text_start: int
    text_end: int
    text: str
    type: LineType = LineType.TEXT
    indent: int = 0
    tab_indented: bool = False
    marker_depth: int = 1
    rank: int = 0
    level: int = 0
    checkbox: Checkbox | None = None
    marked: bool = False
    starred: bool = False
    struck: tuple[tuple[int, int], ...] = ()
    all_struck: bool = False

    @property
    def columns(self) -> int:
        """The length of the line with its marks, without white space at its end."""
        return self.text_end - self.start

    @property
    def kept_text(self) -> str:
        """The text without what was struck out of it."""
        if not self.struck:
            return self.text
        struck = {place for start, end in self.struck for place in range(start, end)}
        return "".join(char for place, char in enumerate(self.text, self.text_start) if place not in struck)

    def with_text(self, pad_text: str, start: int, end: int, **changes: Any) -> "ParsedLine":  # noqa: ANN401 - of any field
        """Return the line with the text at `start:end` of the pad, trimmed, and with other `changes`."""
        left, right = trim(pad_text, start, max(start, end))
        return replace(self, text_start=left, text_end=right, text=pad_text[left:right], **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPad:
    """A pad with its lines; `housekeeping` are the indices of those with names, dates and links (boilerplate.py)."""

    pad: Pad
    lines: tuple[ParsedLine, ...]
    housekeeping: frozenset[int]


_RULE = re.compile(r"(?:[-=_*~#+–—─═.·•]\s{0,3}){3,}")
_HASH = re.compile(r"(#{1,6})(?=\s|$)|(#{2,6})(?=[^\W\d_])")
_WIKI = re.compile(r"(={1,6})(?=[^=])")
_QUOTE = re.compile(r">+(?=\s|[^\W\d_]|[\"“'*]|$)")
_BULLET = re.compile(
    r"(?:\*{2,6}|[-*+•‣◦▪▫●○■□·–—−⁃∙➢➤❖»→]|[-=]\\?>)(?=\s|$)"
    r"|[•‣◦▪▫●■⁃∙➢➤❖](?=\S)"  # unmistakable even without a space
    r"|[-–](?=[^\W\d_])"  # typed in haste
)
# `*Heading`, or a bullet typed in haste; `*emphasis*` is neither.
_STAR = re.compile(r"\*(?=[^\s*][^*]*$)")
_NUMBER = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){1,4}[.)]|\(?\d{1,3}\)|\d{1,3}\.|\(?[a-zA-Z]\)|\(?[ivx]{2,4}\))(?=\s|$)"
    r"|\d{1,2}\.(?=[^\W\d_a-z])"
)
_HEADING_WORDS = 30  # a longer line behind a # is a paragraph
_MAX_MARKERS = 5  # "> 1. - [ ] " has four


def parse_lines(text: str) -> list[ParsedLine]:
    r"""Return one line for each piece of `text.split("\n")`, so that a final `\n` leaves an empty last line."""
    lines, start = [], 0
    for number, raw in enumerate(text.split("\n"), 1):
        lines.append(_parse_line(text, number, start, start + len(raw)))
        start += len(raw) + 1
    return lines


def _parse_line(text: str, number: int, start: int, end: int) -> ParsedLine:
    left, right = trim(text, start, end)
    line = ParsedLine(
        number=number,
        start=start,
        end=end,
        text_start=left,
        text_end=right,
        text=text[left:right],
        indent=len("".join(filter(str.isspace, text[start:left])).expandtabs(TAB)),
        tab_indented=left > start and not text[start:left].strip("\t"),
    )
    if _RULE.fullmatch(line.text):
        return replace(line, type=LineType.RULE)
    line = _parse_heading(text, line) or _parse_markers(text, line)
    return line if line.text else replace(line, type=LineType.BLANK, rank=0)


def _parse_heading(text: str, line: ParsedLine) -> ParsedLine | None:
    """Return the line as a heading where Markdown or MediaWiki marks it as one."""
    start, end = line.text_start, line.text_end
    if line.indent >= TAB:
        return None
    if mark := _HASH.match(line.text):
        if line.text.count(" ") > _HEADING_WORDS:
            return replace(line.with_text(text, start + mark.end(), end), marked=True)
        closing = len(line.text) - len(line.text.rstrip("#"))
    elif (mark := _WIKI.match(line.text)) and len(line.text) > 2 * len(mark[1]) and line.text.endswith(mark[1]):
        closing = len(mark[1])
    else:
        return None
    heading = line.with_text(text, start + mark.end(), end - closing)
    return replace(heading, type=LineType.HEADING, rank=len(mark[0]))


def _parse_markers(text: str, line: ParsedLine) -> ParsedLine:
    """Return the line without the markers in front of it; a list item if one of them is a list's."""
    end, depth, is_item, checkbox = 0, 1, False, None
    for _ in range(_MAX_MARKERS):
        patterns = (_QUOTE, _BULLET, _NUMBER, CHECKBOX) if end else (_QUOTE, _BULLET, _STAR, _NUMBER, CHECKBOX)
        marker = next((match for pattern in patterns if (match := pattern.match(line.text, end))), None)
        if marker is None:
            break
        is_item = is_item or marker.re is not _QUOTE
        stars, numbers = marker[0].startswith("**"), len(re.findall(r"\d+", marker[0]))
        depth = max(depth, len(marker[0]) if stars else numbers)  # `**` is of the second level, `1.2.` too
        end = trim(line.text, marker.end(), len(line.text))[0]
        if marker.re is CHECKBOX:
            checkbox = checkbox_state(marker[0])
            break
    return line.with_text(
        text,
        line.text_start + end,
        line.text_end,
        type=LineType.LIST_ITEM if is_item else LineType.TEXT,
        marker_depth=depth,
        checkbox=checkbox,
        marked=end > 0,
        starred=line.indent == 0 and _STAR.match(line.text) is not None,
    )


_SLACK = 1  # columns by which bullets of one level may be out of line


def assign_list_levels(lines: Sequence[ParsedLine]) -> list[ParsedLine]:
    """Return the lines with their list levels: by tabs if Etherpad wrote the lists, by indentation if people did.

    A line without a mark that is indented under a bullet belongs to it and has the level that its column gives it.
    """
    items = [line for line in lines if line.type is LineType.LIST_ITEM]
    exported = bool(items) and all(line.tab_indented for line in items)
    levelled: list[ParsedLine] = []
    columns: list[int] = []  # of the open levels
    for line in lines:
        level = 0
        if line.type is LineType.LIST_ITEM and exported:
            level = line.indent // TAB
            columns = [TAB * (n + 1) for n in range(level)]
        elif line.type is LineType.LIST_ITEM:
            level = _open_level(columns, line.indent + 2 * (line.marker_depth - 1))
        elif line.type is LineType.TEXT and columns and line.indent > columns[0] + _SLACK:
            level = 1 + sum(column + _SLACK < line.indent for column in columns)
        elif line.type is not LineType.BLANK:
            columns.clear()
        levelled.append(replace(line, level=level) if level != line.level else line)
    return levelled


def _open_level(columns: list[int], column: int) -> int:
    """Return the level of a column among the open ones, after closing deeper ones and opening its own."""
    while columns and column < columns[-1]:
        columns.pop()
    if not columns or column > columns[-1] + _SLACK:
        columns.append(column)
    return len(columns)


def apply_structure(pad: Pad, lines: Sequence[ParsedLine]) -> list[ParsedLine]:
    """Return the lines with the type, level and rank of the pad's structure; unchanged if the pad has none.

    A line that has no letter or digit outside of what was struck out becomes a blank one that is `all_struck`.
    """
    if pad.structure is None:
        return list(lines)
    return [
        _without_struck(pad.text, _structured(pad.text, line, known), known)
        for line, known in zip(lines, pad.structure, strict=True)
    ]


def _structured(text: str, line: ParsedLine, known: LineStructure) -> ParsedLine:
    """Return the line as its editor knew it; comments and code remain what they are, whatever their lines are."""
    if line.type in {LineType.COMMENT, LineType.CODE} or line.all_struck:
        return line
    plain = replace(
        line.with_text(text, min(line.start + max(known.prefix, 0), line.end), line.end),
        rank=0,
        marker_depth=1,
        checkbox=None,
        marked=False,
        starred=False,
    )
    if known.heading:
        return replace(plain, type=LineType.HEADING, rank=min(known.heading, 6))
    if known.bullet or known.ordered:
        box = CHECKBOX.match(plain.text)
        item = plain.with_text(text, plain.text_start + (box.end() if box else 0), plain.text_end)
        checkbox = checkbox_state(box[0]) if box else None
        return replace(item, type=LineType.LIST_ITEM, level=max(known.level, 1), marked=True, checkbox=checkbox)
    if known.level:
        return replace(plain, type=LineType.TEXT, level=known.level)
    if line.marked and text.startswith("*", trim(text, line.start, line.end)[0]):
        return replace(plain.with_text(text, line.start, line.end), type=LineType.TEXT)
    return line


def _without_struck(text: str, line: ParsedLine, known: LineStructure) -> ParsedLine:
    """Return the line with the spans that were struck out, blank if no word is left."""
    spans = ((max(line.start, line.start + start), min(line.end, line.start + end)) for start, end in known.struck)
    line = replace(line, struck=tuple((start, end) for start, end in spans if start < end))
    within = [(max(start, line.text_start), min(end, line.text_end)) for start, end in line.struck]
    any_struck = any(start < end for start, end in within)
    rest = remaining_spans(text, (line.text_start, line.text_end), line.struck)
    all_struck = line.all_struck or (any_struck and next(rest, None) is None)
    if line.text and not all_struck:
        return line
    return replace(
        line.with_text(text, line.text_start, line.text_start),
        type=LineType.BLANK,
        rank=0,
        level=0,
        checkbox=None,
        all_struck=all_struck,
    )


def remaining_spans(text: str, span: tuple[int, int], struck: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what is left of a span of `text` around its struck-out parts, without pieces of signs only.

    A span that nothing was struck out of is returned as it is.
    """
    inside = [(start, end) for start, end in struck if start < span[1] and end > span[0]]
    if not inside:
        yield span
        return
    starts = [span[0], *(end for _, end in inside)]
    ends = [*(start for start, _ in inside), span[1]]
    for start, end in zip(starts, ends, strict=True):
        left, right = trim(text, start, max(start, end))
        if any(char.isalnum() for char in text[left:right]):
            yield left, right
