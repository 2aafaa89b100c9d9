"""Resolve the markup that spans lines (comments, code, tables), and find headings, also those that nobody marked.

A false heading hides a statement from the concerns, a missed one costs a little context. So an unmarked line is a
heading only if it is short, has nothing of a statement about it (data/statement_words.toml), and is followed by
something that it could be the title of.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from fetch.corpus_records import Pad
from pipeline.segment.lines import BOLD_RANK, LABEL_RANK, STAR_RANK, TITLE_RANK, LineType, ParsedLine
from pipeline.text import is_invisible, is_question, is_statement, normalize, normalized_words, strip_emphasis

_FENCES = ("```", "~~~")
_TABLE_SEPARATOR = re.compile(r"[\s|:+]*-[\s|:+-]*")
_UNDERLINED_WORDS = 12
_STARRED_WORDS = 20
_RUN = 3  # so many `# lines` in a row are MediaWiki's numbered list, so many `*lines` bullets typed in haste


def resolve_context(pad: Pad, lines: Sequence[ParsedLine]) -> list[ParsedLine]:
    """Return the lines with the types that the lines around them give them."""
    resolved = list(lines)
    _resolve_comments(pad.text, resolved)
    _resolve_code(pad.text, resolved)
    _resolve_tables(pad.text, resolved)
    _resolve_numbered_lists(resolved)
    _resolve_starred(resolved)
    _resolve_underlined(resolved)
    return resolved


def _unparsed(pad_text: str, line: ParsedLine, line_type: LineType) -> ParsedLine:
    """Return the line with its marks given back to its text: inside comments and code a dash is a dash."""
    whole = line.with_text(pad_text, line.start, line.end)
    return replace(whole, type=line_type, rank=0, checkbox=None, starred=False)


def _resolve_comments(text: str, lines: list[ParsedLine]) -> None:
    """Find HTML comments, over several lines too; one that is never closed ends with its line."""
    closings: list[int | None] = [None] * (len(lines) + 1)
    for at in range(len(lines) - 1, -1, -1):
        closings[at] = at if "-->" in text[lines[at].start : lines[at].end] else closings[at + 1]
    last = -1
    for at, line in enumerate(lines):
        if at > last and line.text.startswith("<!--"):
            text_follows = "-->" in line.text and not line.text.endswith("-->")
            closing = closings[at]
            last = at - 1 if text_follows else at if closing is None else closing
        if at <= last and line.start < line.end and line.type is not LineType.BLANK:
            lines[at] = _unparsed(text, line, LineType.COMMENT)


def _resolve_code(text: str, lines: list[ParsedLine]) -> None:
    """Find code between fences, which has no marks and headings; a fence without a partner is only itself."""
    opening = -1
    for at, line in enumerate(lines):
        fence = line.text[:3]
        if line.type is LineType.COMMENT or fence not in _FENCES or fence in line.text[3:]:
            continue
        lines[at] = _unparsed(text, line, LineType.RULE)
        if opening < 0:
            opening = at
        elif fence == lines[opening].text[:3]:
            for inner in range(opening + 1, at):
                code = _unparsed(text, lines[inner], LineType.CODE)
                lines[inner] = code if code.text else replace(code, type=LineType.BLANK)
            opening = -1


def _resolve_tables(text: str, lines: list[ParsedLine]) -> None:
    """Find the rows of pasted tables: cells between pipes, or between tabs in two or more lines alike."""
    columns = [_tabbed_columns(line) for line in lines]
    for at, line in enumerate(lines):
        if line.type in {LineType.COMMENT, LineType.CODE, LineType.BLANK, LineType.HEADING}:
            continue
        above = lines[at - 1] if at else None
        if _is_separator(line):
            lines[at] = _unparsed(text, line, LineType.RULE)
            if above and "|" in above.text:
                lines[at - 1] = _unparsed(text, above, LineType.TABLE_HEADER)
        elif "|" in line.text and (
            (line.text.startswith("|") and "|" in line.text[1:])
            or (above and (above.type is LineType.TABLE_ROW or _is_separator(above)))
        ):
            is_blank = all(char == "|" or is_invisible(char) for char in line.text)
            lines[at] = _unparsed(text, line, LineType.BLANK if is_blank else LineType.TABLE_ROW)
        elif above and columns[at] > 1 and columns[at] == columns[at - 1]:
            lines[at - 1] = replace(above, type=LineType.TABLE_ROW)
            lines[at] = replace(line, type=LineType.TABLE_ROW)


def _is_separator(line: ParsedLine) -> bool:
    return "|" in line.text and _TABLE_SEPARATOR.fullmatch(line.text) is not None


def _tabbed_columns(line: ParsedLine) -> int:
    return sum(1 for cell in line.text.split("\t") if cell.strip()) if line.type is LineType.TEXT else 0


def _resolve_numbered_lists(lines: list[ParsedLine]) -> None:
    """Find MediaWiki's `# item` lists, which look like headings of the first level but stand in a block."""
    run = 0
    is_top_heading = [line.type is LineType.HEADING and line.rank == 1 for line in lines]
    for at in range(len(lines)):
        run = run + 1 if is_top_heading[at] else 0
        if run >= _RUN:
            for item in range(at - run + 1 if run == _RUN else at, at + 1):
                lines[item] = replace(lines[item], type=LineType.LIST_ITEM, rank=0)


def _resolve_starred(lines: list[ParsedLine]) -> None:
    """Find Etherpad's `*Heading`s, unless several stand together or the line is a whole sentence."""
    run = 0
    for at, line in enumerate(lines):
        run = run + 1 if line.starred else 0
        is_last = at + 1 == len(lines) or not lines[at + 1].starred
        if run and is_last and run < _RUN:
            for heading in range(at - run + 1, at + 1):
                text = lines[heading].text
                if text and len(normalized_words(text)) <= _STARRED_WORDS and not text.endswith((".", ";", ",")):
                    lines[heading] = replace(lines[heading], type=LineType.HEADING, rank=STAR_RANK)


def _resolve_underlined(lines: list[ParsedLine]) -> None:
    """Find titles with a line of `===` or `---` under them (Setext)."""
    before = [line.type for line in lines]
    closes = {LineType.BLANK, LineType.HEADING, LineType.RULE, LineType.COMMENT}
    for at, (title, rule) in enumerate(pairwise(lines)):
        if rule.type is not LineType.RULE or before[at] is not LineType.TEXT or set(rule.text) not in ({"="}, {"-"}):
            continue
        is_short = len(normalized_words(title.text)) <= _UNDERLINED_WORDS and not title.text.endswith((".", ",", ";"))
        if is_short and (at == 0 or before[at - 1] in closes):
            lines[at] = replace(title, type=LineType.HEADING, rank=1 if "=" in rule.text else 2)


_BOLD = re.compile(r"(\*\*|__|''')(?=\S)([^*]+?)\1:?|(\*\*|__|''')([^*]+):\3")
_NO_TITLE = frozenset("(_*~[<")
_BOLD_WORDS, _TITLE_WORDS, _LABEL_WORDS, _FIRST_WORDS = 8, 6, 5, 12
_SMALL_WORD = 3  # letters: "of", "and"
_PARAGRAPH_WORDS = 12  # a paragraph this long under a short line makes a title of it
_NOTES = 0.4  # if more lines than this are short and loose, the pad is notes without bullets: no guessing


def find_headings(lines: Sequence[ParsedLine], names: Sequence[str] = (), *, guess: bool = True) -> list[ParsedLine]:
    """Return the lines with headings marked: `rank` above 0, type HEADING; `names` are what the pad itself is called.

    Without `guess`, only those that are marked as headings are.
    """
    guesser = _HeadingGuesser(lines, frozenset(filter(None, map(normalize, names))))
    ranks = [line.rank or (guesser.rank(at) if guess else 0) for at, line in enumerate(lines)]
    return [
        replace(line, type=LineType.HEADING, rank=rank, level=0) if rank else line
        for line, rank in zip(lines, ranks, strict=True)
    ]


class _HeadingGuesser:
    """Rank the lines of a pad that look like headings although nothing marks them as such."""

    def __init__(self, lines: Sequence[ParsedLine], names: frozenset[str]) -> None:
        self.lines = lines
        self.names = names
        unwritten = {LineType.BLANK, LineType.COMMENT, LineType.RULE}
        written = [at for at, line in enumerate(lines) if line.type not in unwritten]
        self.first = written[0] if written else -1
        self.next: dict[int, int] = dict(pairwise(written))
        self.are_notes = sum(map(self._is_loose, written[1:])) > _NOTES * (len(written) - 1)

    def rank(self, at: int) -> int:
        """Return the rank of an unmarked heading, 0 for another line."""
        line = self.lines[at]
        text = line.text
        if line.type is not LineType.TEXT or line.level or at not in self.next:
            return 0
        count = len(normalized_words(text))
        if not count or text[-1] in ".!;,…" or is_question(text) or is_statement(text):
            return 0
        if count <= _BOLD_WORDS and _BOLD.fullmatch(text):
            return BOLD_RANK
        if count <= _LABEL_WORDS and text.endswith(":") and ":" not in text[:-1]:
            return 0 if self._continues_below(at) else LABEL_RANK
        if ":" in text or text[0].islower() or text[0] in _NO_TITLE:
            return 0
        return TITLE_RANK if self._is_first_title(at, count) or self._is_title(at, count) else 0

    def _continues_below(self, at: int) -> bool:
        below = self.lines[self.next[at]]
        return self.next[at] == at + 1 and below.text[0].islower() and not below.marked

    def _is_first_title(self, at: int, count: int) -> bool:
        """Return whether a line is the pad's title: its first line, with its name or apart from what follows."""
        if at != self.first or count > _FIRST_WORDS:
            return False
        apart = self.next[at] > at + 1 or self.lines[self.next[at]].type in {LineType.LIST_ITEM, LineType.HEADING}
        return normalize(self.lines[at].text) in self.names or (apart and not self.are_notes)

    def _is_title(self, at: int, count: int) -> bool:
        """Return whether a line is the title of the list or long paragraph under it."""
        if count > _TITLE_WORDS or (at > 0 and self.lines[at - 1].type is LineType.TEXT):
            return False
        below = self.lines[self.next[at]]
        if below.type is LineType.LIST_ITEM:
            return True
        is_long = below.type is LineType.TEXT and len(normalized_words(below.text)) >= _PARAGRAPH_WORDS
        large_words = [word for word in strip_emphasis(self.lines[at].text).split() if len(word) > _SMALL_WORD]
        is_title_case = not any(word[0].islower() for word in large_words)  # scripts without capitals pass
        return is_long and is_title_case and not self.are_notes and self.next[at] > at + 1

    def _is_loose(self, at: int) -> bool:
        """Return whether a line is short, without a mark, and does not lead to a list."""
        line = self.lines[at]
        leads = at in self.next and self.lines[self.next[at]].type is LineType.LIST_ITEM
        is_plain = line.type is LineType.TEXT and not line.level and not leads
        return is_plain and len(normalized_words(line.text)) < _PARAGRAPH_WORDS
