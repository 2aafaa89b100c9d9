"""Who takes a task, in the words of the line that says so.

Until when a task is to be done: the words of the line, and the day they stand for.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pipeline.tag.calendar_periods import Days
from pipeline.tag.date_expressions import DateSpan, DateWords, words_of
from pipeline.tag.date_resolution import part_of, resolve
from pipeline.tag.kinds import says
from pipeline.text import data_table

Span = tuple[int, int]

_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]{0,30}\)){2,80})\)")
_LABEL = re.compile(
    r"^\W{0,6}(?:AI|AP|TO-?DO|action(?: item)?)\s{0,2}(?:\(([^()?]{2,40})\)|@?([^\W\d_][\w.-]{1,20})(?=\s?:))",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"[^\w(]{0,20}(?:next steps?\W{1,5})?(?:(?:this|next) week\W{1,5})?(?:so|then|and|also)?\W{0,5}", re.IGNORECASE
)
"""What may stand before the person who takes a task."""

_AND = re.compile(r"\s?(?:,|/|&|\+|\b(?:and|plus|y|e|et|und|i)\b)\s?", re.IGNORECASE)
_LAST_CELL = re.compile(r"\|\s{0,20}([^|]{2,40}?)\s{0,20}\|?\s{0,20}$")
_TEAM, _CREW = 6, 5
"""Words of a team's name in brackets, and of somebody with company ("Ana + Saturday crew")."""


@dataclass(frozen=True, slots=True)
class Task:
    """An unmarked line, the spans in it that name persons and dates, its language, and whether a checkbox opens it."""

    plain: str
    people: Sequence[Span]
    dates: Sequence[Span]
    language: str
    box: bool


def takes(task: Task) -> bool:
    """Whether a line says that a person takes on a task: "Ana to …", "Ana and Ben will …", "Write … (Ana)"."""
    subject = _subject(task)
    if subject and says("promised", task.plain[subject[1] :].lstrip(), task.language):
        return True
    verb = says("action_verb", task.plain.strip(), task.language)
    return verb and any(_within(task.people, *brackets.span(1)) for brackets in _last_brackets(task.plain))


def owner_of(task: Task) -> Span | None:
    """A task to the span of the words that say who takes it; None where nobody does."""
    for find in (_labelled, _in_brackets, _opening, _in_list, _role, _in_last_cell):
        span = find(task)
        if span and task.plain[span[0] : span[1]].strip(" ,.;"):
            return _stripped(task.plain, span)
    return None


def _labelled(task: Task) -> Span | None:
    """Finds "AI (Ana): …", "TODO Ana: …"."""
    match = _LABEL.match(task.plain)
    return match.span(1 if match[1] else 2) if match else None


def _in_brackets(task: Task) -> Span | None:
    """The last brackets that hold names or, behind a checkbox, a short word for a team."""
    for match in reversed(list(_BRACKETS.finditer(task.plain))):
        start, end = match.span(1)
        goes_on = not task.box and task.plain[match.end() :].lstrip()[:1].isalpha()
        if goes_on or _nobody_in_brackets().fullmatch(match[1].strip()):
            continue
        end = _names_end(task, start, end)
        words = task.plain[start:end]
        team = task.box and len(words.split()) <= _TEAM and not _is_remark(words)
        if team or _within(task.people, start, end):
            return start, end
    return None


def _names_end(task: Task, start: int, end: int) -> int:
    """Where the names in brackets end: at a date, or at "for", "will" and their like."""
    other = _ends().search(task.plain, start, end)
    stops = [first for first, _ in task.dates if start < first < end]
    if other and other.start() > start:
        stops.append(other.start())
    return min(stops, default=end)


def _is_remark(words: str) -> bool:
    """Lower-case words without a separator explain the task rather than name who takes it."""
    return " " in words.strip() and words == words.lower() and not _AND.search(words.strip())


def _opening(task: Task) -> Span | None:
    """Finds "Ana and Ben write …", "Ana: write …", "Ana, next week"."""
    subject = _subject(task)
    if subject is None:
        return None
    rest = task.plain[subject[1] :].lstrip()
    return subject if not rest or rest[0] in ",:" or rest[0].islower() else None


def _in_list(task: Task) -> Span | None:
    """Finds "Ramp at the hall, Ana + Saturday crew, June": somebody between commas, or opening a later sentence."""
    for start, end in task.people:
        before, after = task.plain[:start].rstrip(), task.plain[end:].lstrip()
        if before.endswith((",", ":", ";")):
            stops = [at for at in (task.plain.find(sign, end) for sign in ",;.") if at >= 0]
            stops += [first for first, _ in task.dates if first > end and not _AND.fullmatch(task.plain[end:first])]
            stop = min(stops, default=len(task.plain))
            if len(task.plain[start:stop].split()) <= _CREW:
                return start, stop
        if before.endswith(".") and after[:1].islower():
            return start, end
    return None


def _role(task: Task) -> Span | None:
    """Finds "The programme team will …": a subject that is a role or a group, up to the verb that promises."""
    match = _promise().match(task.plain)
    return match.span("who") if match and match["who"].split()[-1].casefold() not in _data()["things"] else None


def _in_last_cell(task: Task) -> Span | None:
    """The last cell of a table's row, where it names somebody."""
    match = _LAST_CELL.search(task.plain) if task.plain.count("|") > 1 else None
    return match.span(1) if match and _within(task.people, *match.span(1)) else None


def _subject(task: Task) -> Span | None:
    """The persons that the line opens with, after its marks, as one span."""
    opening = [span for span in task.people if _OPENING.fullmatch(task.plain[: span[0]][-40:])][:1]
    if not opening:
        return None
    start, end = opening[0]
    for first, last in task.people:
        if first > end and _AND.fullmatch(task.plain[end:first]):
            end = last
    return start, end


def _within(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(start <= first < end for first, _ in spans)


def _stripped(plain: str, span: Span) -> Span:
    words = plain[span[0] : span[1]]
    start = span[0] + len(words) - len(words.lstrip(" ,.;"))
    return start, start + len(words.strip(" ,.;"))


def _last_brackets(plain: str) -> Iterator[re.Match[str]]:
    yield from list(_BRACKETS.finditer(plain))[-1:]


def _data() -> dict[str, Any]:
    return data_table("owners.toml")


@cache
def _promise() -> re.Pattern[str]:
    subject, promises = "|".join(_data()["subject"]), "|".join(_data()["promises"])
    return re.compile(rf"^\W{{0,6}}(?P<who>(?:{subject})\b[\w ,.'’/-]{{0,80}}?)\s(?:{promises})\b", re.IGNORECASE)


@cache
def _nobody_in_brackets() -> re.Pattern[str]:
    return re.compile("|".join(_data()["brackets_nobody"]), re.IGNORECASE)


@cache
def _ends() -> re.Pattern[str]:
    return re.compile(rf"\s(?:{'|'.join(data_table('owners.toml')['ends'])})\s", re.IGNORECASE)


_LOOK_BACK = 30
"""Code points before a date in which "by", "no later than" and their like stand."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline's words, `text[start:end]`; its date, where it has one; and whether they say "before"."""

    start: int
    end: int
    date: DateSpan | None
    before: bool = False


def due_of(plain: str, dates: Sequence[DateSpan], language: str) -> Due | None:
    """An unmarked task and its dates to its deadline, None where it has none.

    A date after "by" or "before" is preferred, then an occasion ("before the next meeting", which has no day), then
    the last other date that can lie ahead; a bare year without such a word is taken for a name's ("2026 programme").
    """
    words = words_of(language)
    occasion = words.occasion.search(plain)
    ahead = [date for date in dates if not date.past and not (occasion and _within_dues(date, occasion))]
    for date in ahead:
        lead = words.deadline.search(_before(plain, date))
        if lead:
            return Due(date.start - len(lead[0]), date.end, date, before=words.before.match(lead[1]) is not None)
    if occasion:
        return Due(*occasion.span(), None)
    likely = [date for date in ahead if _may_be_due(plain, date, words)]
    if not likely:
        return None
    return Due(*with_lead(plain, likely[-1], language), likely[-1])


def with_lead(plain: str, date: DateSpan, language: str) -> tuple[int, int]:
    """A date's span together with the "by", "before", "on" or "in" in front of it."""
    words = words_of(language)
    lead = words.deadline.search(_before(plain, date)) or words.on.search(_before(plain, date))
    return date.start - (len(lead[0]) if lead else 0), date.end


def days_of(due: Due, reference: dt.date, language: str) -> Days | None:
    """A deadline to the days that it names ("by end of May"), of which the last counts; None where not certain.

    "before 12 June" is 12 June and "before the end of June" the 30th, as people mean it; "before June" is 31 May.
    """
    days = resolve(due.date, reference, language) if due.date else None
    if days is None or not due.before or days.first == days.last or _is_end(due.date, language):
        return days
    eve = days.first - dt.timedelta(days=1)
    return replace(days, first=eve, last=eve)


def _may_be_due(plain: str, date: DateSpan, words: DateWords) -> bool:
    """Not the year of a name, nor "next year's budget", nor "those who came after March"; but "from 1 to 5 May" is."""
    since = words.after.search(_before(plain, date)) if not date.parts else None
    return date.form != "year" and not since and plain[date.end : date.end + 2] not in ("'s", "’s")


def _is_end(date: DateSpan | None, language: str) -> bool:
    said = date.groups.get("second") or date.groups.get("first") if date else None
    return said is not None and part_of(words_of(language), said) in ("end", "late")


def _within_dues(date: DateSpan, occasion: re.Match[str]) -> bool:
    """Whether a date is only a word of an occasion: "before the summer break" speaks of no summer."""
    return occasion.start() <= date.start and date.end <= occasion.end()


def _before(plain: str, date: DateSpan) -> str:
    return plain[max(0, date.start - _LOOK_BACK) : date.start]
