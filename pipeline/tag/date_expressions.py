"""Date expressions in a line of notes: the forms that a language has for them, and where a line contains one.

    data/date_forms.toml (patterns with %words) ┐
    data/dates.toml (words of a language) ──────┴─ date_words ─> DateWords
    line ─ each form ─> matches ─ longest of those that overlap ─ composed to ranges and the like ─> DateSpan

"By Friday", "mid to end of June", "within 3 months", "Q3" and "the week of 1 May" contain date expressions; a time of
day, a score and the verb "may" are none. `date_resolution` gives the days that an expression stands for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from pipeline.text import data_table, lower_letters

_LOOK_BACK = 60
"""Code points before a date that are searched for "between", "for 3 days from" and the like."""

_UNAMBIGUOUS = ("nth", "weekday_in", "day_of_month")
"""Forms that are dates even if their month or weekday is also an everyday word."""

_RELATIVE = frozenset({"relative", "counted", "open", "end_of"})
"""Forms that name neither a weekday nor any part of the calendar; nor do those that count a unit from "this" or "next",
unless it is a week with a number."""

_FRACTION = re.compile(r"1/2|[12]/3|[13]/4|[1-4]/5")
"""What is rather a share ("2/3 of the votes") than a day and a month, unless a word before it says so."""


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date expression `text[start:end]`: its form, the text of the form's groups, and the words of its language.

    `parts` are the dates that it is composed of: the two ends of a range, or the day that "the week of" or "3 days
    from" starts from. The methods return what the text of a group stands for.
    """

    start: int
    end: int
    form: str
    groups: Mapping[str, str]
    words: "DateWords"
    parts: tuple["DateSpan", ...] = ()

    @property
    def past(self) -> bool:
        """Whether the expression can only look back: "last week", "3 days ago"."""
        if self.parts:
            return all(part.past for part in self.parts)
        if "relative" in self.groups and "count" not in self.groups:
            return self.number("relative") < 0
        return self.direction() == "last" or not self.groups.keys().isdisjoint(("before", "earlier", "last"))

    @property
    def relative(self) -> bool:
        """Whether it says only how far it is from the day of writing: "tomorrow", "next week", "in 3 days"."""
        if self.parts:
            return all(part.relative for part in self.parts)
        return self.form in _RELATIVE or ("unit" in self.groups and "week" not in self.groups)

    def is_led_to(self, text: str) -> bool:
        """Return whether "by", "in" and the like stand right before the expression in its line."""
        before = text[max(0, self.start - _LOOK_BACK) : self.start]
        return any(words.search(before) for words in (self.words.on, self.words.deadline, self.words.after))

    def number(self, group: str) -> int:
        """Return the number in a group that is named after a table of DateWords."""
        return self.words.number(group, self.groups[group])

    def numbers(self, group: str) -> tuple[int, int]:
        """Return the numbers of a group and of `<group>2`, which is the same where the form is no range."""
        return self.number(group), self.words.number(group, self.groups.get(f"{group}2", self.groups[group]))

    def unit(self) -> str:
        """Return the unit: day, week, weekend, business, month, quarter or year."""
        return self.words.name("unit", self.groups["unit"])

    def direction(self) -> str | None:
        """Return which period the date is in: this, last, next or coming; None if no such word stands beside it."""
        text = self.groups.get("which") or self.groups.get("later")
        return self.words.name("direction", text) if text else None

    def period_parts(self) -> tuple[str, str] | None:
        """Return the first and the last part of a period that are named ("mid to end of June"), None if none is."""
        if "first" not in self.groups:
            return None
        first, last = self.groups["first"], self.groups.get("second", self.groups["first"])
        return self.words.name("part", first), self.words.name("part", last)


def find_dates(text: str, language: str) -> list[DateSpan]:
    """Return the date expressions of a line in reading order, the longest where they overlap.

    `language` is an ISO 639-1 code; the words are English where dates.toml has none for it.
    """
    words = date_words(language)
    lowered = lower_letters(text)
    hints = {name for name, pattern in words.hints.items() if pattern.search(lowered)}
    if not hints:
        return []
    found = []
    for form in words.forms:
        for match in form.pattern.finditer(text) if form.needs in hints else ():
            if _is_date(text, form.name, match, words):
                end = match.start() + len(match[0].rstrip(" .,"))
                groups = {name: value.strip() for name, value in match.groupdict().items() if value}
                found.append(DateSpan(match.start(), end, form.name, groups, words))
    return _compose(text, _longest(found), words)


def _is_date(text: str, form: str, match: re.Match[str], words: "DateWords") -> bool:
    """Return whether a match is a date rather than a verb, a number or a score."""
    groups = match.groupdict()
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if form == "numeric":  # dots or hyphens need a year, or "on" before and a 13 or more; "30.6." has two dots
        a, b = sorted((int(match["a"]), int(match["b"])))
        clear = match["sep"] == "/" or match["year"] or (before.endswith("on ") and b > 12)  # noqa: PLR2004 - months
        clear = clear or (words.dotted_days and match["sep"] == "." and text.startswith(".", match.end()))
        return 1 <= a <= 12 and b <= 31 and bool(clear) and words.is_day_and_month(match[0], before)  # noqa: PLR2004
    if form == "year":
        return 1990 <= int(match["year"]) <= 2060  # noqa: PLR2004 - years that a meeting of today speaks of
    month = (groups.get("month") or "").strip(" .")
    if form == "month" and month.isdecimal():
        return int(month) != (int(match["year"]) + 1) % 100  # "2011/12" is a school year
    if form == "day_span" and words.month_before.search(before):
        return False  # "3 to Feb 6" in "Nov 3 to Feb 6"
    name = month or (groups.get("weekday") or "").strip(" .")
    exact = any(char.isdecimal() for char in (groups.get("day") or "") + (groups.get("year") or ""))
    if name.casefold() not in words.everyday or exact or form in _UNAMBIGUOUS:
        return True
    start = match.start("month" if groups.get("month") else "weekday")
    confirmed = (
        bool(groups.get("first") or groups.get("day"))
        or (groups.get("month2") or " ")[0].isupper()  # "March to May", but not "may or may not"
        or words.confirms.search(text[max(0, start - _LOOK_BACK) : start]) is not None
    )
    return confirmed and (name[0].isupper() or not words.capital_months)


def _longest(found: Sequence[DateSpan]) -> list[DateSpan]:
    kept: list[DateSpan] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept


def _compose(text: str, spans: Sequence[DateSpan], words: "DateWords") -> list[DateSpan]:
    """Compose the dates that belong together: "1 May to 3 June", "the week of 1 May", "3 days from Monday"."""
    composed: list[DateSpan] = []
    for span in spans:
        start = composed[-1].end if composed else 0
        date = _with_lead(text, max(start, span.start - _LOOK_BACK), span, words)
        if composed and date is span and _is_range(text, composed[-1], span, words):
            first = composed.pop()
            begin = first.parts[0] if first.form == "range" else first
            date = DateSpan(first.start, span.end, "range", {}, words, (begin, span))
        composed.append(date)
    return composed


def _with_lead(text: str, start: int, span: DateSpan, words: "DateWords") -> DateSpan:
    """Return a date together with the "week of" or "for 3 days from" before it, which makes it another date."""
    before = text[start : span.start]
    for form, groups, pattern in words.leads:
        if lead := pattern.search(before):
            return DateSpan(start + lead.start(), span.end, form, groups | lead.groupdict(), words, (span,))
    return span


def _is_range(text: str, first: DateSpan, second: DateSpan, words: "DateWords") -> bool:
    """Return whether two dates are the ends of a range; joined by "and" they are so only after "between"."""
    gap = text[first.end : second.start]
    before = text[max(0, first.start - _LOOK_BACK) : first.start]
    return bool(words.through.fullmatch(gap) or (words.join.fullmatch(gap) and words.between.search(before)))


_PARTS = ("early", "start", "middle", "end", "late")
_OPTIONAL = ("the", "between", "from", "coming", "later")
"""Words without which a form is still complete."""

_EDGE = r"(?<![\w#@$€£/.:\-])"
"""What may not precede a date: it would be part of a tag, a handle, a sum, a path or a number."""

_PLACEHOLDER = re.compile(r"%([a-z_]+)")
_NUMERAL = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|ª|°|\.)?"


class _Form:
    """A form of a date in one language, and the hint without which it cannot match; compiled for the first hint."""

    def __init__(self, form: Mapping[str, str], fragments: Mapping[str, str]) -> None:
        self.name = form["name"]
        self.needs = form["needs"]
        self._template = rf"{_EDGE}{form['pattern']}(?!\w)"
        self._fragments = fragments

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of the form, whose groups have the names that date_resolution.py knows."""
        return _fill(self._template, self._fragments)


class DateWords:
    """The words for dates in one language, compiled: the forms, what their words mean, and what precedes a date."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        fragments = _fragments(raw)
        self.everyday = frozenset(raw["everyday"])
        self.capital_months: bool = raw["capital_months"]
        self.dotted_days: bool = raw.get("dotted_days", False)
        self.forms = [  # the complete ones
            _Form(form, fragments)
            for form in data_table("date_forms.toml")["form"]
            if all(name in fragments or name in _OPTIONAL for name in _PLACEHOLDER.findall(form["pattern"]))
        ]
        self.hints = {"digit": re.compile(r"\d")} | {  # searched in lower case
            name: re.compile(rf"(?<![^\W\d]){fragments[name]}s?(?![^\W\d])")
            for name in {form.needs for form in self.forms} - {"digit"}
        }
        # What stands between the two dates of a range.
        self.through = _fill(r"\s?[-–—]\s?|\s%through\s", fragments)
        self.join = _fill(r"\s%join\s", fragments)
        # What precedes a date, up to the date itself; the last five are of deadlines.
        self.month_before = _fill(r"(?<!\w)%month\.?\s$", fragments)
        self.leads: tuple[tuple[str, dict[str, str], re.Pattern[str]], ...] = (
            ("period", {"unit": "week"}, _leading(raw.get("week_of", ""))),
            ("period", {"unit": "month"}, _leading(raw.get("month_of", ""))),
            ("lasting", {}, _fill(r"(?<!\w)(?P<count>%count)%starting\s$", fragments)),
        )
        self.between = _leading(raw.get("between", ""))
        self.deadline = _leading(raw["by"], raw["before"])
        self.before = _whole(raw["before"])
        self.after = _leading(raw["after"], raw["since"])
        self.on = _leading(raw["on"])
        self.confirms = re.compile(rf"(?:{raw.get('confirms', _confirms_in_english())})\s?$", re.IGNORECASE)
        self.condition = re.compile(rf"(?<!\w)(?:{raw.get('condition', '(?!)')})\s[^,;:.()–]{{0,80}}$", re.IGNORECASE)
        self.occasion = re.compile(rf"(?<!\w)(?:{raw['occasions']})(?!\w)", re.IGNORECASE)
        self._counted = _fill(r"(?<![^\W\d])(?P<number>%number)\s?(?P<unit>%unit)(?!\w)", fragments)
        self._tables = _tables(raw)

    def is_day_and_month(self, text: str, before: str) -> bool:
        """Return whether "2/3" is a day and a month rather than a share, by how the language writes days."""
        if self.dotted_days and "/" in text:
            return len(text.rpartition("/")[2]) == 4  # noqa: PLR2004 - "30/6/2018"
        leads = (self.on, self.deadline, self.after)
        return _FRACTION.fullmatch(text) is None or any(lead.search(before) for lead in leads)

    def number(self, table: str, text: str) -> int:
        """Return the number that a text stands for, in figures or words: "3", "3rd", "third", "three".

        `table` is month (from January, 1), weekday (from Monday, 0), number, day, nth (the last is -1) or relative
        (days from today to "tomorrow" and the like).
        """
        digits = "".join(char for char in text if char.isdecimal())
        return int(digits or self.name(table, text))

    def name(self, table: str, text: str) -> str:
        """Return the name of a unit or end_of (day week weekend month …), of a part (start middle …) or a direction."""
        word = text.strip(" .")
        written = (word, f"{word} ")  # "mid of" is "mid", a space, "of" and a space
        return next(name for name, words in self._tables[table].items() if any(map(_whole(words).match, written)))

    def count(self, text: str) -> dict[str, int]:
        """Return a counted time by unit: "1 month and 21 days" is {"month": 1, "day": 21}."""
        count: dict[str, int] = {}
        for pair in self._counted.finditer(text):
            unit = self.name("unit", pair["unit"])
            count[unit] = count.get(unit, 0) + self.number("number", pair["number"])
        return count


@cache
def date_words(language: str) -> DateWords:
    """Return the words for dates in a language, by its ISO 639-1 code; English where dates.toml has none."""
    table = data_table("dates.toml")
    return DateWords(table[language]) if language in table else date_words("en")


def _confirms_in_english() -> str:
    confirms: str = data_table("dates.toml")["en"]["confirms"]
    return confirms


def _fragments(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return what `%name` stands for in date_forms.toml; a name is missing where the language has no words for it."""
    number, unit, weekday = _any(r"\d{1,3}", *raw["numbers"]), _any(*raw["units"].values()), _any(*raw["weekdays"])
    part, join = _any(*(raw.get(name, "") for name in _PARTS)), raw["join"]
    counted = rf"(?:{number})\s?(?:{unit})"
    words = {
        **{name: text for name, text in raw.items() if isinstance(text, str)},
        **{f"u_{unit}": text for unit, text in raw["units"].items()},
        "month": _any(*raw["months"]),
        "weekday": weekday,
        "day": _any(_NUMERAL, *raw.get("ordinals", [])),
        "year": r"(?:19|20)\d\d",
        "nth": _any(*raw.get("nth", [])),
        "number": number,
        "unit": unit,
        "days": _any(*raw["days"].values()),
        "season": _any(raw["seasons"], raw["holidays"]),
        "end_of": _any(*raw["end_of"].values()),
        "which": _any(raw["this"], raw["next"], raw["last"], raw.get("coming", "")),
        "later": _any(raw["after_next"], raw["after_last"]),
    }
    return {
        **{name: f"(?:{text})" for name, text in words.items() if text},
        "of": rf"(?:\s(?:{raw['of']}))?",
        "named": rf"(?:(?:{weekday})\.?,?\s)",
        "to": rf"(?:\s?[-–/]\s?|\s(?:{_any(join, raw.get('through', ''))})\s)",
        "part": rf"(?:(?P<first>{part})(?:\s?(?:{join}|[-–/])\s?(?P<second>{part}))?[\s-]{{0,2}})",
        "count": rf"{counted}(?:(?:,|\s(?:{join}))?\s{counted}){{0,2}}",
    }


def _fill(template: str, fragments: Mapping[str, str]) -> re.Pattern[str]:
    """Compile a template with a fragment for each `%name`; a missing fragment matches nothing."""
    filled = _PLACEHOLDER.sub(lambda name: fragments.get(name[1], "(?!)"), template)
    return re.compile(filled, re.IGNORECASE)


def _tables(raw: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return for each kind of word the names or, as text, the numbers that its words mean, each with these words."""

    def numbered(words: Sequence[str], start: int) -> dict[str, str]:
        return {str(number): word for number, word in enumerate(words, start)}

    nth = raw.get("nth", [])
    return {
        "month": numbered(raw["months"], 1),
        "weekday": numbered(raw["weekdays"], 0),
        "number": numbered(raw["numbers"], 1),
        "day": numbered(raw.get("ordinals", []), 1),
        "nth": numbered(nth[:-1], 1) | numbered(nth[-1:], -1),
        "relative": raw["days"],
        "unit": raw["units"],
        "end_of": raw["end_of"],
        "part": {name: raw[name] for name in _PARTS if name in raw},
        "direction": {
            "this": raw["this"],
            "last": _any(raw["last"], raw["after_last"]),
            "next": _any(raw["next"], raw["after_next"]),
            "coming": raw.get("coming", ""),
        },
    }


def _any(*fragments: str) -> str:
    return "|".join(filter(None, fragments))


@cache
def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words or '(?!)'})$", re.IGNORECASE)


def _leading(*words: str) -> re.Pattern[str]:
    """Compile words that end where a date begins, with or without an article between them."""
    return re.compile(rf"(?<!\w)({_any(*words) or '(?!)'})\s{{0,2}}(?:the\s{{1,2}})?$", re.IGNORECASE)
