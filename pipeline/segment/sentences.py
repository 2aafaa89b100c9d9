"""From a text to the spans of its sentences, by rules: abbreviations, initials, numbers and brackets do not end one.

A capital letter opens a sentence, except where the text itself opens in lower case: who begins so goes on so.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from pipeline.segment.words import is_white, trim, word_list

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
