"""Who takes a task and until when, as words of its line.

Task (plain text, persons, dates) ─┬─ takes_task ──> whether a person takes it on
                                   ├─ find_owner ──> span of the words for who takes it
                                   └─ find_deadline ──> Deadline ─ deadline_days + event's date ──> Days
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, takewhile

from pipeline.tag.date_expressions import DateSpan, date_words
from pipeline.tag.date_resolution import Days, resolve
from pipeline.tag.kinds import matches_cue
from pipeline.text import data_table

Span = tuple[int, int]

_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]{0,30}\)){2,80})\)")
_LABEL = re.compile(
    r"^\W{0,6}(?:AI|AP|TO-?DO|action(?: item)?)\s{0,2}(?:\(([^()?]{2,40})\)|@?([^\W\d_][\w.-]{1,20})(?=\s?:))",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"[^\w(]{0,20}(?:(?:next steps?|(?:action|task)(?: item| point)?s?|to-?do|ai|ap)\W{1,5})?"
    r"(?:(?:this|next) week\W{1,5})?(?:so|then|and|also)?\W{0,5}",
    re.IGNORECASE,
)
"""What may precede the person who takes a task."""

_AND = re.compile(r"\s?(?:,|/|&|\+|\b(?:and|plus|y|e|et|und|i)\b)\s?", re.IGNORECASE)
_LAST_CELL = re.compile(r"\|\s{0,20}([^|]{2,40}?)\s{0,20}\|?\s{0,20}$")
_ROLE = r"^\W{0,6}(?P<who>(?:%subject)\b[\w ,.'’/-]{0,80}?)\s(?:%promises)\b"
_MAX_TEAM_WORDS, _MAX_OWNER_WORDS = 6, 5
"""Words of a team's name in brackets, and of a person with company in a list ("Ana + Saturday crew")."""

_PART = re.compile(r"['’-]")
"""What parts the last part of a word from what precedes it: "Orga-Team", "l'équipe"."""

_ARROW = re.compile(r"(?<=[\w).!?\s])(?:[-–=]>|[→⇒➔])\s{0,3}@?")
_MAX_WORDS_BEHIND = 4
"""Words that may follow the names behind an arrow, such as a deadline."""

_OF_LANGUAGE = {
    "passive": "(?:{})",
    "group_speaks": r"\s?:\s{{0,3}}(?:{})(?!\w)",
    "clause": r"\s(?:{})(?!\w)",
    "takes_before": r"(?<!\w)(?:{})\s{{1,3}}$",
    "takes_after": r"\s{{1,3}}(?:{})(?!\w)",
}
"""Where the phrases of a key stand: behind a subject, behind a speaker, in brackets, before and behind a person."""

_LOOK_BACK = 30
"""Code points before a date that are searched for "by", "no later than" and the like."""


@dataclass(frozen=True, slots=True)
class Task:
    """A line that may be a task: its text without markup, its language, the persons and dates in it, its check box."""

    text: str
    language: str
    people: Sequence[Span]
    dates: Sequence[DateSpan]
    has_checkbox: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """The words of a deadline, `text[start:end]`; its date, if it has one; and whether they say "before"."""

    start: int
    end: int
    date: DateSpan | None
    before: bool = False


def takes_task(task: Task) -> bool:
    """Return whether a person takes the task on: "Ana to …", "Ana and Ben will …", "Write … (Ana)"."""
    if not task.people:
        return False
    subject = _subject(task)
    if subject and matches_cue("promise", task.text[subject[1] :].lstrip(), task.language):
        return not _is_acted_on(task, subject)
    if _volunteer(task) or _behind_arrow(task):
        return True
    if subject and _assigns(task, subject):
        return True
    brackets = list(_BRACKETS.finditer(task.text))
    is_named = bool(brackets) and _has_person(task, *brackets[-1].span(1))
    return is_named and any(matches_cue(cue, task.text.strip(), task.language) for cue in ("action_verb", "to_be_done"))


def _assigns(task: Task, subject: Span) -> bool:
    """Return whether an order follows the person with a date or a handle: "Ana, next week: ask …", "@ana write …"."""
    when, colon, order = task.text[subject[1] :].partition(":")
    if colon and when.strip(" ,(") and any(start < subject[1] + len(when) for start in _date_starts(task)):
        return matches_cue("action_verb", order.lstrip(), task.language)
    is_handle = task.text[: subject[1]].lstrip(" -*").startswith("@")
    return is_handle and matches_cue("action_verb", task.text[subject[1] :].lstrip(" :,"), task.language)


def names_person(task: Task) -> bool:
    """Return whether a known person stands where a task names its owner: "Ana writes …", "… (Ana, mid June)"."""
    owner = find_owner(task) if task.people else None
    return owner is not None and _has_person(task, *owner)


def names_deadline(task: Task) -> bool:
    """Return whether a line says by when: "by June", "until the next meeting", "next week"."""
    deadline = find_deadline(task)
    if deadline is None:
        return False
    words = task.text[deadline.start : deadline.end]
    return deadline.date is None or deadline.start < deadline.date.start or matches_cue("soon", words, task.language)


def find_owner(task: Task) -> Span | None:
    """Return the span of the words that say who takes a task; None where nobody does."""
    for find in (_in_label, _behind_arrow, _volunteer, _in_brackets, _opening, _in_list, _role, _in_last_cell):
        if span := find(task):
            words = task.text[slice(*span)].lstrip(" ,.;")
            start = span[1] - len(words)
            if words:
                return start, start + len(words.rstrip(" ,.;"))
    return None


def _in_label(task: Task) -> Span | None:
    """Find "AI (Ana): …", "TODO Ana: …"."""
    match = _LABEL.match(task.text)
    return match.span(1 if match[1] else 2) if match else None


def _in_brackets(task: Task) -> Span | None:
    """Find the last brackets with names or, behind a check box, with a few words for a team."""
    for match in reversed(list(_BRACKETS.finditer(task.text))):
        start, end = match.span(1)
        continues = not task.has_checkbox and task.text[match.end() :].lstrip()[:1].isalpha()
        if continues or _pattern("%brackets_nobody").fullmatch(match[1].strip()):
            continue
        end = _names_end(task, start, end)
        words = task.text[start:end].strip()
        is_remark = " " in words and words == words.lower() and not _AND.search(words)  # explains the task
        if _of_language("clause", task.language).search(words):
            continue
        is_team = task.has_checkbox and len(words.split()) <= _MAX_TEAM_WORDS and not is_remark
        if is_team or _has_person(task, start, end):
            return start, end
    return None


def _names_end(task: Task, start: int, end: int) -> int:
    """Return where the names in brackets end: at a date, or at "for", "will" and the like."""
    stops = [first for first in _date_starts(task) if start < first < end]
    other = _pattern(r"\s(?:%ends)\s").search(task.text, start, end)
    if other and other.start() > start:
        stops.append(other.start())
    return min(stops, default=end)


def _opening(task: Task) -> Span | None:
    """Find "Ana and Ben write …", "Ana: write …", "Ana, next week"."""
    subject = _subject(task)
    rest = task.text[subject[1] :].lstrip() if subject else ""
    if subject and (_is_acted_on(task, subject) or _of_language("group_speaks", task.language).match(rest)):
        return None
    return subject if not rest or rest[0] in ",:" or rest[0].islower() else None


def _behind_arrow(task: Task) -> Span | None:
    """Find the persons behind an arrow that ends a line: "Book the room -> Ana, Ben"."""
    arrow = next(reversed(list(_ARROW.finditer(task.text))), None)
    span = _joined(task, arrow.end()) if arrow and task.text[: arrow.start()].strip(" -*+>") else None
    return span if span and len(task.text[span[1] :].split()) <= _MAX_WORDS_BEHIND else None


def _volunteer(task: Task) -> Span | None:
    """Find a person inside a line whose words beside the name say that they take it on: "… : Ana sees to it"."""
    before, after = (_of_language(key, task.language) for key in ("takes_before", "takes_after"))
    for start, end in task.people:
        last = _joined(task, start) or (start, end)
        if before.search(task.text[:start]) or after.match(task.text[last[1] :]):
            return last
    return None


def _joined(task: Task, at: int) -> Span | None:
    """Return the person that begins at a place, with those that are listed behind: "Ana, Ben and Cleo"."""
    start = end = at
    for first, last in task.people:
        if first == at or (end > at and first >= end and _AND.fullmatch(task.text[end:first])):
            end = last
    return (start, end) if end > start else None


def _is_acted_on(task: Task, subject: Span) -> bool:
    """Return whether the verb behind a subject is a passive, which says nothing of who acts: "Ana is invited"."""
    return _of_language("passive", task.language).match(task.text[subject[1] :].lstrip(" ,:")) is not None


def _in_list(task: Task) -> Span | None:
    """Find a person between commas, or who opens a later sentence: "Ramp at the hall, Ana + Saturday crew, June"."""
    for start, end in task.people:
        before, after = task.text[:start].rstrip(), task.text[end:].lstrip()
        if before.endswith((",", ":", ";")):
            stops = [at for at in (task.text.find(sign, end) for sign in ",;.") if at >= 0]
            stops += [at for at in _date_starts(task) if at > end and not _AND.fullmatch(task.text[end:at])]
            stop = min(stops, default=len(task.text))
            if len(task.text[start:stop].split()) <= _MAX_OWNER_WORDS:
                return start, stop
        if before.endswith(".") and after[:1].islower():
            return start, end
    return None


def _role(task: Task) -> Span | None:
    """Find "The programme team will …": a subject that is a role or a group, up to the verb that promises."""
    match = _pattern(_ROLE).match(task.text)
    if match is None:
        return None
    owners, subject = data_table("owners.toml"), match["who"].casefold().split()
    roles = owners["roles"].get(task.language)
    if roles is not None:
        joints = owners["joints"][task.language]
        head = [subject[0], *takewhile(lambda word: word not in joints, subject[1:])]
        acts = any(_PART.split(word)[-1] in roles for word in head) and not _is_acted_on(task, match.span("who"))
        return match.span("who") if acts else None
    heads = {subject[-1], *(word for word, after in pairwise(subject) if after in owners["attributes"])}
    is_thing = not heads.isdisjoint(owners["things"]) or not set(subject).isdisjoint(owners["verbs"])
    return None if is_thing else match.span("who")


def _in_last_cell(task: Task) -> Span | None:
    """Find the last cell of a table's row, if it names a person."""
    match = _LAST_CELL.search(task.text) if task.text.count("|") > 1 else None
    return match.span(1) if match and _has_person(task, *match.span(1)) else None


def _subject(task: Task) -> Span | None:
    """Return the persons that the line opens with, after its marks, as one span."""
    opening = next((span for span in task.people if _OPENING.fullmatch(task.text[: span[0]][-40:])), None)
    if opening is None:
        return None
    start, end = opening
    for first, last in task.people:
        if first > end and _AND.fullmatch(task.text[end:first]):
            end = last
    return start, end


def _has_person(task: Task, start: int, end: int) -> bool:
    return any(start <= first < end for first, _ in task.people)


def _date_starts(task: Task) -> list[int]:
    """Return where the dates and the deadline of a task start, with the preposition before them."""
    deadline = find_deadline(task)
    starts = [_start_with_preposition(task, date) for date in task.dates]
    return [*starts, deadline.start] if deadline else starts


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Compile a template in which `%key` stands for the alternatives that owners.toml lists under a key."""
    owners = data_table("owners.toml")
    return re.compile(re.sub(r"%(\w+)", lambda key: "|".join(owners[key[1]]), template), re.IGNORECASE)


@cache
def _of_language(key: str, language: str) -> re.Pattern[str]:
    """Compile what owners.toml lists under a key for one language; it matches nothing where there is nothing."""
    phrases = data_table("owners.toml")[key].get(language, ["(?!)"])
    return re.compile(_OF_LANGUAGE[key].format("|".join(phrases)), re.IGNORECASE)


def find_deadline(task: Task) -> Deadline | None:
    """Return the deadline of a task, None if it has none.

    A date after "by" or "before" is preferred, then an occasion ("before the next meeting", which has no day), then
    the last other date that can lie ahead; a bare year without such a word belongs to a name ("2026 programme").
    """
    words = date_words(task.language)
    occasion = next((one for one in words.occasion.finditer(task.text) if not _is_condition(task, one.start())), None)
    first, last = occasion.span() if occasion else (0, 0)  # "before the summer break" means no summer
    ahead = [
        date
        for date in task.dates
        if not date.past and not first <= date.start < date.end <= last and not _is_condition(task, date.start)
    ]
    for date in ahead:
        if lead := words.deadline.search(_before(task, date)):
            return Deadline(date.start - len(lead[0]), date.end, date, before=words.before.match(lead[1]) is not None)
    if occasion:
        return Deadline(*occasion.span(), None)
    likely = [
        date
        for date in ahead
        if date.form != "year"
        and (date.parts or not words.after.search(_before(task, date)))  # "who came after March", not "from 1 to 5 May"
        and not task.text.startswith(("'s", "’s"), date.end)  # "next year's budget"
    ]
    return Deadline(_start_with_preposition(task, likely[-1]), likely[-1].end, likely[-1]) if likely else None


def deadline_days(deadline: Deadline, reference: dt.date | None) -> Days | None:
    """Return the days that a deadline names ("by end of May"), of which the last counts; None where not certain.

    "before 12 June" is 12 June and "before the end of June" the 30th, as people mean it; "before June" is 31 May.
    """
    days = resolve(deadline.date, reference) if deadline.date else None
    if deadline.date is None or days is None or not deadline.before or days.first == days.last:
        return days
    parts = deadline.date.period_parts()
    if parts and parts[1] in ("end", "late"):
        return days
    eve = days.first - dt.timedelta(days=1)
    return replace(days, first=eve, last=eve)


def _start_with_preposition(task: Task, date: DateSpan) -> int:
    """Return where a date starts together with the "by", "before", "on" or "in" before it."""
    words, before = date_words(task.language), _before(task, date)
    preposition = words.deadline.search(before) or words.on.search(before)
    return date.start - (len(preposition[0]) if preposition else 0)


def _is_condition(task: Task, at: int) -> bool:
    """Return whether a place of a line is inside a condition: "if nothing happens by May"."""
    return date_words(task.language).condition.search(task.text[:at]) is not None


def _before(task: Task, date: DateSpan) -> str:
    return task.text[max(0, date.start - _LOOK_BACK) : date.start]
