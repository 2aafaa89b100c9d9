"""Date expressions in a line of notes; times of day, scores and the verb "may" are none."""

import re
from dataclasses import dataclass

from pipeline.tag.dateforms import DateWords, words_of


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date expression: `text[start:end]`; `past` where it can only look back ("last week", "3 days ago")."""

    start: int
    end: int
    form: str
    match: re.Match[str]
    past: bool


def find_dates(text: str, language: str) -> list[DateSpan]:
    """A line to its date expressions in reading order, longest where they overlap; times of day are none."""
    words = words_of(language)
    if not words.hint.search(text):
        return []
    found = [
        DateSpan(match.start(), match.start() + len(match[0].rstrip(" .")), form, match, _is_past(form, match, words))
        for form, pattern in words.forms
        for match in pattern.finditer(text)
        if _is_date(text, form, match, words)
    ]
    found.sort(key=lambda span: (span.start, -span.end))
    kept: list[DateSpan] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept


def _is_date(text: str, form: str, match: re.Match[str], words: DateWords) -> bool:
    """Whether a match is a date rather than a verb, a number or a score."""
    groups = match.groupdict()
    named = (groups.get("month") or groups.get("weekday") or "").strip(" .")
    if named.casefold() in words.plain and not groups.get("day") and not groups.get("year"):
        before = text[: match.start("month" if groups.get("month") else "weekday")]
        led = bool(groups.get("first")) or _DATE_WORD.search(before[-12:]) is not None
        return led and (named[0].isupper() or not words.capital)
    if form == "numeric":
        a, b = int(match["a"]), int(match["b"])
        dotted_fraction = match["sep"] == "." and not match["year"]
        return not dotted_fraction and 1 <= min(a, b) <= 12 and max(a, b) <= 31  # noqa: PLR2004 (months, days)
    if form == "year":
        return 1990 <= int(match["year"]) <= 2060  # noqa: PLR2004 (what a meeting of today speaks of)
    return True


_DATE_WORD = re.compile(
    r"(?:\b(?:in|by|of|until|since|from|before|after|for|on|and|to|or|this|next|last|late|early|mid|end|every|each)|[,(/–-])\s?$",
    re.IGNORECASE,
)


def _is_past(form: str, match: re.Match[str], words: DateWords) -> bool:
    groups = match.groupdict()
    relative = groups.get("relative")
    if relative:
        return words.days[-1].match(relative) is not None
    said = (groups.get("which") or groups.get("later") or "").strip()
    return form == "past" or bool(said and words.last.match(said))
