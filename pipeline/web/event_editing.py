"""The page on which the event itself is edited: its introduction, and groups, prompts, title and more in event.toml.

form ──► edit_of ──► FileEdit: which file, what becomes of its text, in words ──► CurationSession.edit
event, what was typed ──► event_page ──► EventPage
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fetch.corpus import INTRODUCTION_FILE
from fetch.corpus_records import Event
from fetch.event_edits import rename_group, set_value
from pipeline.decision_text import quoted
from pipeline.report.formats.introduction import introduction_html
from pipeline.report.formats.output_format import restore_controls
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import GroupMark
from pipeline.translation import N_, Translation
from pipeline.web.curation_session import CuratedEvent, CurationSession, RefusedFormError
from pipeline.web.event_files import EVENT_FILE

MOST_INTRODUCTION = 20_000
"""Characters of an introduction that the page edits: six printed pages."""

MOST_WORDS = 200
"""Characters of a title, a place, a prompt or the name of a group."""

MOST_PROMPTS = 60

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """What a form does to a file: `make` makes its new text, and `words` say what the step is."""

    name: str
    make: Callable[[str], str]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupField:
    """A group, its name as it was `typed`, and the `pads` that it wrote, as words."""

    group: GroupMark
    typed: str
    pads: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """The page: texts are as they were typed, if anything was, and otherwise as the files have them.

    `preview` is what the report makes of the introduction, and `on_disk` is that of the file where another one was
    typed. An introduction that is `too_long` is not edited here. `found` are prompts with answers that event.toml does
    not name. `at` is the number of the form that was sent last: 1 to 3, and from 11 the groups.
    """

    versions: Mapping[str, str]
    introduction: str
    on_disk: str
    preview: Markup
    too_long: bool
    groups: Sequence[GroupField]
    prompts: str
    found: Sequence[str]
    title: str
    date: str
    place: str
    contact: str
    at: int


def event_page(event: CuratedEvent, sources: Sources, typed: Fields, at: int) -> EventPage:
    """Return the page of an event; `typed` are the fields of a form that was not saved."""
    described = event.draft.corpus.event
    introduction = _lines(typed["introduction"]) if "introduction" in typed else event.introduction
    prompts = dict.fromkeys(segment.prompt for segment in event.draft.found.segments)
    named = {prompt.casefold() for prompt in described.prompts}
    return EventPage(
        versions=event.versions,
        introduction=introduction,
        on_disk=event.introduction if introduction.strip() != event.introduction.strip() else "",
        preview=preview(introduction),
        too_long=len(event.introduction) > MOST_INTRODUCTION,
        groups=[_group_field(group, sources, typed) for group in sources.groups],
        prompts=typed.get("prompts", "\n".join(described.prompts)),
        found=[prompt for prompt in prompts if prompt and prompt.casefold() not in named],
        title=typed.get("title", described.title),
        date=typed.get("date", described.date.isoformat() if described.date else ""),
        place=typed.get("place", described.place or ""),
        contact=typed.get("contact", described.contact or ""),
        at=at,
    )


def preview(introduction: str) -> Markup:
    """Return an introduction as the report shows it."""
    return Markup(introduction_html(_lines(introduction)[:MOST_INTRODUCTION]))  # noqa: S704 - its own markup is escaped


def edit_of(fields: Fields, session: CurationSession, translation: Translation) -> FileEdit:
    """Return the edit that a form asks for; raises RefusedFormError."""
    event = session.event().draft.corpus.event
    make = _EDITS.get(fields.get("do", ""))
    if make is None:
        raise RefusedFormError(N_("The page asked for something unknown; please load it again."))
    return make(fields, event, session, translation)


def _introduction(fields: Fields, _event: Event, _session: CurationSession, translation: Translation) -> FileEdit:
    text = _lines(fields.get("introduction", "")).strip("\n")
    if len(text) > MOST_INTRODUCTION:
        message = N_("The introduction has %(length)s characters; please use at most %(most)s.")
        raise RefusedFormError(message, length=len(text), most=MOST_INTRODUCTION)
    new = f"{text}\n" if text.strip() else ""
    return FileEdit(
        name=INTRODUCTION_FILE, make=lambda _: new, words=translation.gettext(N_("Change the introduction"))
    )


def _group(fields: Fields, event: Event, session: CurationSession, translation: Translation) -> FileEdit:
    old, new = _encodable(fields.get("group", "")), _one_line(fields, "name", N_("Please type a name first."))
    names = {ref.group for ref in event.pads}
    if old not in names:
        raise RefusedFormError(N_("There is no group of this name any more."))
    if new != old and new in names:
        raise RefusedFormError(N_("Another group has this name. To make one group of two, edit event.toml."))
    path = session.files.path(EVENT_FILE)
    words = N_("Rename the group %(old)s to %(new)s")
    return FileEdit(
        name=EVENT_FILE,
        make=lambda text: rename_group(text, path, old, new) if new != old else text,
        words=translation.gettext(words, old=quoted(old, translation), new=quoted(new, translation)),
    )


def _prompts(fields: Fields, _event: Event, session: CurationSession, translation: Translation) -> FileEdit:
    lines = (" ".join(line.split()) for line in _lines(fields.get("prompts", "")).split("\n"))
    prompts = tuple(dict.fromkeys(filter(None, lines)))
    if len(prompts) > MOST_PROMPTS:
        message = N_("These are %(number)s prompts; please name at most %(most)s.")
        raise RefusedFormError(message, number=len(prompts), most=MOST_PROMPTS)
    for prompt in prompts:
        _check_length(prompt)
    path = session.files.path(EVENT_FILE)
    return FileEdit(
        name=EVENT_FILE,
        make=lambda text: set_value(text, path, "prompts", prompts),
        words=translation.gettext(N_("Change the prompts")),
    )


def _title(fields: Fields, event: Event, session: CurationSession, translation: Translation) -> FileEdit:
    title = _one_line(fields, "title", N_("Please type a title first."))
    place, contact = _one_line(fields, "place") or None, _one_line(fields, "contact") or None
    date, path = _date(fields.get("date", "")), session.files.path(EVENT_FILE)

    def make(text: str) -> str:
        for key, old, new in (
            ("title", event.title, title),
            ("contact", event.contact, contact),
            ("place", event.place, place),
            ("date", event.date, date),
        ):
            text = set_value(text, path, key, new) if old != new else text  # type: ignore[arg-type] # keys of event.toml
        return text

    return FileEdit(name=EVENT_FILE, make=make, words=translation.gettext(N_("Change title, date, place or contact")))


_EDITS: Mapping[str, Callable[[Fields, Event, CurationSession, Translation], FileEdit]] = {
    "introduction": _introduction,
    "group": _group,
    "prompts": _prompts,
    "title": _title,
}
"""The values of the field `do`."""


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        message = N_("Please write the date as year, month and day: 2026-05-16.")
        raise RefusedFormError(message) from error


def _one_line(fields: Fields, field: str, empty: str = "") -> str:
    """Return what was typed, in one line; refuse none with the message `empty`, if there is one."""
    text = " ".join(_encodable(fields.get(field, "")).split())
    if not text and empty:
        raise RefusedFormError(empty)
    _check_length(text)
    return text


def _check_length(text: str) -> None:
    if len(text) > MOST_WORDS:
        message = N_("This line has %(length)s characters; please use at most %(most)s.")
        raise RefusedFormError(message, length=len(text), most=MOST_WORDS)


def _lines(text: str) -> str:
    r"""Return what was typed with `\n` at line ends: browsers send `\r\n`."""
    return _encodable(text).replace("\r\n", "\n").replace("\r", "\n")


def _encodable(text: str) -> str:
    """Return what was typed, with the control characters that the page had spelled out."""
    return restore_controls(text).encode("utf-8", "replace").decode()


def _group_field(group: GroupMark, sources: Sources, typed: Fields) -> GroupField:
    name = typed.get("name", group.name) if _encodable(typed.get("group", "")) == group.name else group.name
    pads = [pad for pad, source in sources.by_pad.items() if source.group == group]
    return GroupField(group=group, typed=name, pads=sources.translation.join(pads))
