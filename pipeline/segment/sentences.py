"""Join wrapped lines to blocks (a bullet or a paragraph), and split texts into sentences by rules.

In a pad a line break mostly means something: a new note. It is the wrap of a longer text only where the line was too
full for the next word, or where a line breaks off and the next goes on in lower case: after a comma or an article, at
the column of its bullet's text, or where the line is long and its text began with a capital.

Abbreviations, initials, numbers and brackets do not end a sentence (data/abbreviations.toml). A capital letter begins
one, except where the text itself begins in lower case, because its author probably writes all of it that way.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.segment.lines import LineType, ParsedLine
from pipeline.text import is_invisible, trim, word_list

_LONG = 50  # columns; a shorter line was not broken by a limit of width
_WIDTHS = range(60, 101)  # columns at which editors and mail programs wrap
_BAND = 12  # columns below the width in which wrapped lines end
_MIN_FULL, _MIN_FULL_SHARE = 4, 0.25  # full lines, and their share of those that may continue, to prove a width
_WITHIN = 0.95  # share of the lines that are not longer than the width
_FINAL = (".", "!", "?", ":", ";", "…")
_OPEN = (",", "(", "/", "&")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines `first` to `last` (indices, both included) that make one text."""

    first: int
    last: int


def join_wrapped_lines(lines: Sequence[ParsedLine], is_content: Sequence[bool]) -> Iterator[Block]:
    """Yield the blocks of a pad in order; every content line is in one, no other line is."""
    width = wrap_width(lines)
    first = -1
    for at, line in enumerate(lines):
        if not is_content[at]:
            continue
        first = at if first < 0 else first
        below = at + 1
        if below < len(lines) and is_content[below] and continues(lines[first], line, lines[below], width):
            continue
        yield Block(first=first, last=at)
        first = -1


def wrap_width(lines: Sequence[ParsedLine]) -> int:
    """Return the column at which a pad was wrapped throughout; 0 if it was not."""
    lengths = sorted(line.columns for line in lines if line.text)
    width = lengths[int(_WITHIN * (len(lengths) - 1))] if lengths else 0
    if width not in _WIDTHS:
        return 0
    continued = [line.columns for line, below in pairwise(lines) if _may_continue(line, below)]
    full = sum(width - _BAND <= length <= width for length in continued)
    return width if full >= max(_MIN_FULL, _MIN_FULL_SHARE * len(continued)) else 0


def continues(head: ParsedLine, line: ParsedLine, below: ParsedLine, width: int) -> bool:
    """Return whether the text from `head` to `line` continues in the line below; `width` is the pad's (0: none)."""
    if not _may_continue(line, below):
        return False
    if width and line.columns <= width < line.columns + 1 + len(below.text.split(None, 1)[0]):
        return True
    aligned = head.type is LineType.TEXT or below.indent > head.indent
    if not aligned or line.text.endswith(_FINAL) or not (below.text[0].islower() or below.text[0] == "("):
        return False
    if line.text.endswith(_OPEN) or _breaks_off(line.text, below.text) or _hangs(head, below):
        return True
    return not head.text[0].islower() and (line.columns >= _LONG or head.type is LineType.LIST_ITEM)


def _breaks_off(text: str, below: str) -> bool:
    """Return whether a line ends, or the next begins, with a word that joins the two."""
    is_open = text.rsplit(None, 1)[-1].casefold() in word_list("line_ends.toml", "open")
    return is_open or (" " in text and below.split(None, 1)[0].casefold() in word_list("line_ends.toml", "go_on"))


def _hangs(head: ParsedLine, below: ParsedLine) -> bool:
    """Return whether a line begins below the bullet's text or its check box, as editors wrap bullets."""
    if head.type is not LineType.LIST_ITEM or head.tab_indented:
        return False
    return head.indent + 1 < below.indent <= head.text_start - head.start


def _may_continue(line: ParsedLine, below: ParsedLine) -> bool:
    """Return whether the line below is prose without a mark, directly under prose or a bullet.

    A line that something was struck out of stays by itself, so that each line has words of its own left.
    """
    is_prose = line.type in {LineType.TEXT, LineType.LIST_ITEM} and below.type is LineType.TEXT and not below.marked
    return is_prose and not line.struck and not below.struck


_LETTERS = re.compile(r"[^\W\d_]{1,24}")
_STOP = re.compile(r"[.!?…‽؟۔।。！？｡]+")
_FULLWIDTH = frozenset("。！？｡")  # end a sentence without a space behind them
_CLOSERS = frozenset("\"'”’»›)]}*_`")
_OPENERS = frozenset("\"'“‘„«‹([{*_`¿¡<#@•")
_LINKERS = frozenset("-–—→&/+,;:=|\\")  # what they join is one statement
_SMILEY = re.compile(
    r"[ \t]*(?:[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff][\ufe0f\u200d\u2600-\u27bf\U0001f000-\U0001faff]*"
    r"|[:;8][-o']?[)(DPp/|](?=\s|$)|<3(?=\s|$))"
)
# "(we tried; it failed. Twice.)" is one aside, brackets within it too; longer brackets are a paragraph of their own.
_ASIDE = re.compile(r"[(\[](?:[^()\[\]]|[(\[][^()\[\]]{0,240}[)\]]){0,240}[)\]]")
_WORD_REACH = 48  # characters in front of a full stop that are searched for its word and the word before
_LOWERCASE_WORDS = 3
_LOWERCASE_REACH = 60  # characters that are searched for so many words
_YEAR = 3  # digits; a number this long before a full stop is no ordinal


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences in a text, in order; only invisible characters are in none."""
    ends = [*_sentence_ends(text), len(text)]
    spans = (trim(text, start, end) for start, end in pairwise([0, *ends]))
    return [(start, end) for start, end in spans if start < end]


def _sentence_ends(text: str) -> Iterator[int]:
    """Yield where sentences end, closing quotes, brackets and a smiley included."""
    asides = [match.span() for match in _ASIDE.finditer(text)]
    begin = _next_word(text, 0)
    is_lowercase = begin < len(text) and text[begin].islower()
    start = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
        while end < len(text) and text[end] in _CLOSERS:
            end += 1
        if end < len(text) and not is_invisible(text[end]) and not _FULLWIDTH.intersection(stop[0]):
            continue
        aside = bisect_left(asides, (stop.start(), 0)) - 1
        if aside >= 0 and end < asides[aside][1]:
            continue
        while smiley := _SMILEY.match(text, end):  # it belongs to the sentence before it
            end = smiley.end()
        following = _next_word(text, end)
        if following == len(text) or not _is_end(text, stop, text[stop.end() : end], following):
            continue
        if not text[following].islower() or (is_lowercase and _is_lowercase_end(text, start, stop, following)):
            yield end
            start = end


def _is_lowercase_end(text: str, start: int, stop: re.Match[str], following: int) -> bool:
    """Return whether the texts before and behind a stop are long enough for two sentences; "..." is a pause."""
    before = text[max(start, stop.start() - _LOWERCASE_REACH) : stop.start()]
    behind = text[following : following + _LOWERCASE_REACH]
    is_pause = stop[0].startswith(("…", ".."))
    return not is_pause and min(len(before.split()), len(behind.split())) >= _LOWERCASE_WORDS


def _is_end(text: str, stop: re.Match[str], closing: str, following: int) -> bool:
    """Return whether a stop with its `closing` quotes or smiley ends the sentence; the next word is at `following`."""
    if _FULLWIDTH.intersection(stop[0]):
        return True
    if text[following] in _LINKERS:
        return False
    return stop[0] != "." or bool(closing.strip("*_`")) or not _is_abbreviation(text, stop.start(), following)


def _is_abbreviation(text: str, at: int, following: int) -> bool:
    """Return whether the full stop at `at` belongs to the word before it."""
    word, before = _word_before(text, at)
    lower, is_before_number = word.casefold(), text[following].isdigit()
    upcoming = match[0].casefold() if (match := _LETTERS.match(text, following)) else ""
    if lower.isdigit():
        is_ordinal = before.casefold() in _listed("ordinal") or upcoming in word_list("calendar.toml", "names")
        return len(lower) < _YEAR and not is_before_number and (is_ordinal or not before)
    if not before and any(char.isdigit() for char in lower):
        return True  # "Goal3. More members" is numbered, not two sentences
    if word in _listed("title") or lower in _listed("never"):
        return True
    is_letter = len(lower) == 1 and lower.isalpha()
    if is_before_number:
        return lower in _listed("number") or is_letter
    is_dotted = "." in lower and all(len(part) == 1 and part.isalpha() for part in lower.split("."))
    is_short_form = is_letter or is_dotted or lower in _listed("name")
    return is_short_form and lower not in _listed("last") and upcoming not in _listed("starters")


def _listed(table: str) -> frozenset[str]:
    return word_list("abbreviations.toml", table)


def _word_before(text: str, at: int) -> tuple[str, str]:
    """Return the word that ends at `at`, without opening signs, and the word before it ("" at the text's start)."""
    parts = text[max(0, at - _WORD_REACH) : at].rsplit(None, 2)
    if not parts or is_invisible(text[at - 1]):
        return "", "x"
    return parts[-1].lstrip("".join(_OPENERS)), parts[-2] if len(parts) > 1 else ""


def _next_word(text: str, at: int) -> int:
    """Return where the next word begins, opening signs skipped; the text's end if there is none."""
    while at < len(text) and (is_invisible(text[at]) or text[at] in _OPENERS):
        at += 1
    return at
