"""Date expressions in a line of notes; times of day, scores and the verb "may" are none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.tag.dateforms import DateWords, words_of

_LOOK_BACK = 60
"""Code points before a date in which "between" or "for 3 days from" stands."""


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date expression `text[start:end]`: its form, and the words in the form's places.

    `past` where it can only look back ("last week", "3 days ago"). `parts` are the dates that it is made of: the two
    ends of a range, or the day that "the week of" or "3 days from" counts from.
    """

    start: int
    end: int
    form: str
    groups: Mapping[str, str]
    past: bool
    parts: tuple["DateSpan", ...] = ()


def find_dates(text: str, language: str) -> list[DateSpan]:
    """A line to its date expressions in reading order, longest where they overlap; times of day are none."""
    words = words_of(language)
    held = {name for name, pattern in words.hints.items() if pattern.search(text)}
    found = [
        DateSpan(match.start(), match.start() + len(match[0].rstrip(" .,")), form.name, groups, _is_past(groups, words))
        for form in words.forms
        if form.needs in held
        for match in form.pattern.finditer(text)
        if _is_date(text, form.name, match, words)
        for groups in [{"form": form.name, **{name: said.strip() for name, said in match.groupdict().items() if said}}]
    ]
    return _joined(text, _longest(found), words)


def _longest(found: list[DateSpan]) -> list[DateSpan]:
    kept: list[DateSpan] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept


def _joined(text: str, spans: Sequence[DateSpan], words: DateWords) -> list[DateSpan]:
    """The dates with those joined that make one: "1 May to 3 June", "the week of 1 May", "3 days from Monday"."""
    joined: list[DateSpan] = []
    for span in spans:
        start = joined[-1].end if joined else 0
        date = _led(text, max(start, span.start - _LOOK_BACK), span, words)
        if joined and date is span and _is_range(text, joined[-1], span, words):
            first = joined.pop()
            ends = first.parts if first.form == "range" else (first,)
            date = DateSpan(first.start, span.end, "range", {}, first.past and span.past, (ends[0], span))
        joined.append(date)
    return joined


def _led(text: str, start: int, span: DateSpan, words: DateWords) -> DateSpan:
    """What stands before a date and makes it another: "the week of", "for 3 days from"."""
    before = text[start : span.start]
    for unit, pattern in words.periods.items():
        lead = pattern.search(before)
        if lead:
            return DateSpan(start + lead.start(), span.end, "period", {"unit": unit}, span.past, (span,))
    lead = words.starting.search(before)
    if lead:
        return DateSpan(start + lead.start(), span.end, "lasting", {"count": lead["count"]}, span.past, (span,))
    return span


def _is_range(text: str, first: DateSpan, second: DateSpan, words: DateWords) -> bool:
    """Whether two dates are the ends of a range; joined by "and" they are only after "between"."""
    gap = text[first.end : second.start]
    if words.through.fullmatch(gap):
        return True
    return (
        bool(words.join.fullmatch(gap))
        and words.between.search(text[max(0, first.start - _LOOK_BACK) : first.start]) is not None
    )


def _is_date(text: str, form: str, match: re.Match[str], words: DateWords) -> bool:
    """Whether a match is a date rather than a verb, a number or a score."""
    groups = match.groupdict()
    if form == "numeric":
        return _is_numeric_date(text, match)
    if form == "month_number":
        return int(match["number"]) != (int(match["year"]) + 1) % 100  # "2011/12" is a school year
    if form == "year":
        return 1990 <= int(match["year"]) <= 2060  # noqa: PLR2004 (what a meeting of today speaks of)
    if form == "day_span" and words.month_before.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
        return False  # in "Nov 3 to Feb 6", "3 to Feb 6" is none
    named = (groups.get("month") or groups.get("weekday") or "").strip(" .")
    exact = any(sign.isdecimal() for sign in (groups.get("day") or "") + (groups.get("year") or ""))
    if named.casefold() not in words.plain or exact or form in _SURE:
        return True
    start = match.start("month" if groups.get("month") else "weekday")
    before = text[max(0, start - _LOOK_BACK) : start]
    both = (groups.get("month2") or " ")[0].isupper()  # "March to May", but not "may or may not"
    led = both or bool(groups.get("first") or groups.get("day")) or _DATE_WORD.search(before) is not None
    return led and (named[0].isupper() or not words.capital)


_SURE = ("nth_weekday", "weekday_in", "weekday_day", "nth_week")
"""Forms that say enough besides their month or weekday."""


def _is_numeric_date(text: str, match: re.Match[str]) -> bool:
    """Day and month in figures; with dots or hyphens they need a year, or "on" before them and a 13 or more."""
    a, b = int(match["a"]), int(match["b"])
    if not (1 <= min(a, b) <= 12 and max(a, b) <= 31):  # noqa: PLR2004 (months, days)
        return False
    if match["sep"] == "/" or match["year"]:
        return True
    return text.endswith("on ", 0, match.start()) and max(a, b) > 12  # noqa: PLR2004 (certainly a day)


_DATE_WORD = re.compile(
    r"(?:\b(?:in|by|of|until|since|from|before|after|for|on|and|to|or|this|next|last|late|early|mid|end|every|each)|[,(/–-])\s?$",
    re.IGNORECASE,
)


def _is_past(groups: Mapping[str, str], words: DateWords) -> bool:
    relative = groups.get("relative")
    if groups["form"] in ("ago", "past", "so_far") or "before" in groups or "earlier" in groups:
        return True
    if relative and "count" not in groups:
        return any(pattern.match(relative) for offset, pattern in words.days.items() if offset < 0)
    said = groups.get("which") or groups.get("later") or ""
    return bool(said and words.last.match(said))
