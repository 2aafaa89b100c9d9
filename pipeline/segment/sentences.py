"""From a pad's rows to blocks: a bullet or a paragraph, with the lines that an editor or a mail program wrapped.

In a pad a line break mostly means something: a new note. It is the wrap of a longer text only where the line was too
full for the next word, or where a line breaks off and the next goes on in lower case.

From a text to the spans of its sentences, by rules: abbreviations, initials, numbers and brackets do not end one.

A capital letter opens a sentence, except where the text itself opens in lower case: who begins so goes on so.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.segment.lines import Row, Shape
from pipeline.text import is_white, trim, word_list

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


_LETTERS = re.compile(r"[^\W\d_]{1,24}")
_STOP = re.compile(r"[.!?…‽؟۔।。！？｡]+")
_WIDE = frozenset("。！？｡")
_CLOSERS = frozenset("\"'”’»›)]}*_`")
_OPENERS = frozenset("\"'“‘„«‹([{*_`¿¡<#@•")
_LINKERS = frozenset("-–—→&/+,;:=|\\")  # what they join is one statement
_SMILEY = re.compile(r"[:;8][-o']?[)(DPp/|](?=\s|$)|<3(?=\s|$)")
_EMOJI = re.compile(
    r"[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff][\ufe0f\u200d\u2600-\u27bf\U0001f000-\U0001faff]*"
)
_WORD_BEFORE = 24  # characters; no abbreviation is longer
_LOW_WORDS = 3
_REACH = 60  # characters that are looked at for so many words
_ASIDE = 240  # characters; a longer bracket is a paragraph of its own
_YEAR = 3  # digits; a number this long before a full stop is no ordinal


def split(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences in a text, in order, without white at their ends; they leave out nothing else."""
    spans, start = [], 0
    for end in _ends(text):
        left, right = trim(text, start, end)
        if left < right:
            spans.append((left, right))
        start = end
    left, right = trim(text, start, len(text))
    return [*spans, (left, right)] if left < right else spans


def _ends(text: str) -> Iterator[int]:
    """Where sentences end, closing quotes, brackets and a smiley included."""
    asides = _asides(text)
    begin = _next(text, 0)
    low = begin < len(text) and text[begin].islower()
    start = 0
    for stop in _STOP.finditer(text):
        after = stop.end()
        while after < len(text) and text[after] in _CLOSERS:
            after += 1
        if after < len(text) and not is_white(text[after]) and not _WIDE.intersection(stop[0]):
            continue
        if _is_inside(asides, stop.start(), after):
            continue
        after = _past_smileys(text, after)
        following = _next(text, after)
        if following == len(text) or not _ends_here(text, stop, after, following):
            continue
        if not text[following].islower() or (low and _is_low_end(text, start, stop, following)):
            yield after
            start = after


def _is_low_end(text: str, start: int, stop: re.Match[str], following: int) -> bool:
    """Whether words enough stand before and behind a stop for two sentences without capitals; "..." is a pause."""
    before, behind = text[max(start, stop.start() - _REACH) : stop.start()], text[following : following + _REACH]
    paused = stop[0].startswith(("…", ".."))
    return not paused and len(before.split()) >= _LOW_WORDS and len(behind.split()) >= _LOW_WORDS


def _ends_here(text: str, stop: re.Match[str], after: int, following: int) -> bool:
    """Whether the sentence is over at a stop behind which white follows, `following` being where words go on."""
    mark, letter = stop[0], text[following]
    if _WIDE.intersection(mark):
        return True
    if letter in _LINKERS:
        return False
    closed = text[stop.end() : after].strip("*_`")
    return mark != "." or bool(closed) or not _is_abbreviated(text, stop.start(), following)


def _is_abbreviated(text: str, at: int, following: int) -> bool:
    """Whether the full stop at `at` belongs to the word before it."""
    word, before = _word_before(text, at)
    low, upcoming = word.casefold(), _word_at(text, following)
    number = text[following].isdigit()
    if low.isdigit():
        ordinal = before.casefold() in _words("ordinal") or upcoming in word_list("calendar.toml", "names")
        return len(low) < _YEAR and not number and (ordinal or not before)
    if not before and any(char.isdigit() for char in low):
        return True  # "Goal3. More members" is numbered, not two sentences
    if word in _words("title") or low in _words("never"):
        return True
    if number:
        return low in _words("number") or (len(low) == 1 and low.isalpha())
    if low in _words("last"):
        return False
    short = len(low) == 1 and low.isalpha()
    dotted = all(len(part) == 1 and part.isalpha() for part in low.split(".")) and "." in low
    return (short or dotted or low in _words("name")) and upcoming not in _words("starters")


def _words(table: str) -> frozenset[str]:
    return word_list("abbreviations.toml", table)


def _word_before(text: str, at: int) -> tuple[str, str]:
    """The word that ends at `at`, without what opens it, and the word before that one ("" at the text's start)."""
    parts = text[max(0, at - 2 * _WORD_BEFORE) : at].rsplit(None, 2)
    if not parts or is_white(text[at - 1]):
        return "", "x"
    return parts[-1].lstrip("".join(_OPENERS)), parts[-2] if len(parts) > 1 else ""


def _word_at(text: str, at: int) -> str:
    found = _LETTERS.match(text, at)
    return found[0].casefold() if found else ""


def _next(text: str, at: int) -> int:
    """Where the next word begins, openers passed over; the text's end if there is none."""
    while at < len(text) and (is_white(text[at]) or text[at] in _OPENERS):
        at += 1
    return at


def _past_smileys(text: str, at: int) -> int:
    """Behind the emoji or smileys that follow a stop: they belong to what was just said."""
    while True:
        there = at
        while there < len(text) and text[there] in " \t":
            there += 1
        found = _EMOJI.match(text, there) or _SMILEY.match(text, there)
        if not found:
            return at
        at = found.end()


def _asides(text: str) -> list[tuple[int, int]]:
    """The outermost pairs of brackets, if they are short: "(we tried; it failed. Twice.)" is one aside."""
    pairs: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    closing = {")": "(", "]": "["}
    for at, char in enumerate(text):
        if char in "([":
            stack.append((char, at))
        elif char in closing and stack and stack[-1][0] == closing[char]:
            opened = stack.pop()[1]
            if at - opened <= _ASIDE:
                while pairs and pairs[-1][0] > opened:
                    pairs.pop()
                pairs.append((opened, at))
    return pairs


def _is_inside(asides: list[tuple[int, int]], stop: int, after: int) -> bool:
    """Whether a stop lies within an aside that goes on behind it."""
    at = bisect_left(asides, (stop, 0)) - 1
    return at >= 0 and after <= asides[at][1]
