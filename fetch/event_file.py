"""event.toml, written by people, becomes an Event; a mistake in it is one sentence with file, key and remedy.

event.toml is begun, or gets more [[pad]] entries; what people wrote in it, comments too, stays as it was.
"""

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Self
from urllib.parse import urlsplit

import tomlkit
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from tomlkit.items import AoT, Array

from fetch import files as disk
from fetch.corpus_records import Event, KnownName, NameLabel, PadRef, Publish, Scalar
from fetch.errors import FetchError, UserMistake

EVENT_FILE = "event.toml"

NAME = re.compile(r"\w[\w.-]{0,99}")
"""An event's id is a folder's name that make, a URL and a shell take as it is."""

_LANGUAGE = re.compile(r"[a-z]{2,3}|auto", re.ASCII | re.IGNORECASE)

EXPECTED = {
    "string_type": 'expected text in quotes, like "…"',
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": 'expected an address, like "https://pads.example.org"',
    "tuple_type": 'expected a list, like ["…", "…"]',
    "dict_type": "expected a table",
    "model_type": "expected a table",
    "enum": 'expected "opt-out" or "opt-in"',
    "literal_error": 'expected "PERSON", "ORG", "PLACE", "EVENT" or "PRODUCT"',
}
"""Pydantic's kinds of error in our users' words."""

SHOWN = 60
"""Characters of a wrong value that a sentence repeats."""


def _no_secret(url: str) -> str:
    """A link without a login in it: event.toml is passed on and published."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise PydanticCustomError("secret", "holds a login; take it out and put it into ~/.netrc")
    if parts.port == 0 or not parts.hostname:
        raise ValueError("names no server")
    return url


def _a_name(text: str) -> str:
    """A name without spaces around it."""
    if not any(sign.isalnum() for sign in text):
        raise ValueError("expected a name, with a letter or digit in it")
    return text.strip()


def _a_language(code: str) -> str:
    """Return the ISO 639 code of a language in lower case, "auto", or "" for English."""
    if code and not _LANGUAGE.fullmatch(code):
        raise ValueError(f'expected the code of a language, like "es", or "auto", not {_shown(code)}')
    return code.lower()


Words = Annotated[str, Field(strict=True, min_length=1)]
Form = Annotated[str, Field(strict=True, min_length=1), AfterValidator(_a_name)]
Language = Annotated[str, Field(strict=True), AfterValidator(_a_language)]
Address = Annotated[str, Field(strict=True, pattern=r"^https?://[^/\s]"), AfterValidator(_no_secret)]


class _Pad(BaseModel):
    """One [[pad]]."""

    model_config = ConfigDict(extra="forbid")

    group: Words | None = None
    pad: Words | None = None
    url: Address | None = None
    file: Words | None = None

    @property
    def pattern(self) -> str | None:
        """The pad's name where it stands for many."""
        return self.pad if self.pad and "*" in self.pad else None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [key for key in ("pad", "url", "file") if getattr(self, key) is not None]
        if len(places) != 1:
            found = f"it has {' and '.join(places)}" if places else "it has none of them"
            raise ValueError(f"expected exactly one of pad, url and file, but {found}")
        if self.group is None and not self.pattern:
            raise ValueError("group is missing")
        path = PurePosixPath(self.file or "")
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f'file must be a path inside the event\'s folder, like "pads/notes.txt", not "{path}"')
        return self


class _Name(BaseModel):
    """One [[name]]."""

    model_config = ConfigDict(extra="forbid")

    name: Form
    label: NameLabel
    also: tuple[Form, ...] = ()


_TABLES: dict[str, type[BaseModel]] = {"pad": _Pad, "name": _Name}
"""What stands in double brackets."""


class _EventFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    title: Words
    date: dt.date | None = None
    server: Address | None = None
    prompts: tuple[Words, ...] = ()
    publish: Publish = Publish.OPT_OUT
    language: Language = ""
    pad: tuple[_Pad, ...] = ()
    name: tuple[_Name, ...] = ()
    settings: dict[str, Scalar] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _pads(self) -> Self:
        seen: dict[str, int] = {}
        for number, one in enumerate(self.pad, 1):
            place = one.file or one.url or f"{(self.server or '').rstrip('/')}/p/{one.pad}"
            if place in seen:
                raise ValueError(f"[[pad]] {number} names the same notes as [[pad]] {seen[place]}; remove one of them")
            seen[place] = number
            if one.pad and not self.server:
                raise ValueError(f'[[pad]] {number} names a pad, so server is needed: server = "https://…"')
        return self

    @model_validator(mode="after")
    def _names(self) -> Self:
        seen: dict[str, int] = {}
        for number, one in enumerate(self.name, 1):
            for form in dict.fromkeys((one.name, *one.also)):
                if form in seen:
                    raise ValueError(f"[[name]] {number} has {_shown(form)}, as [[name]] {seen[form]} has; remove one")
                seen[form] = number
        return self


def check_name(event_id: str) -> str:
    """`event_id` where it can be an event's folder; raises UserMistake."""
    if NAME.fullmatch(event_id):
        return event_id
    raise UserMistake(
        f"{event_id!r} cannot be an event's name: it is a folder in corpus/, so use letters, digits, '-', '_' "
        "and '.', like wmcon18."
    )


def read_event(folder: Path) -> Event:
    """The event that `folder`/event.toml describes; raises UserMistake naming the file and what is wrong in it."""
    path = folder / EVENT_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserMistake(f"{path} does not exist; `make event EVENT={folder.name} PADS=…` begins it.") from error
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {disk.reason(error)}.") from error
    return parse_event(text, path)


def parse_event(text: str, path: Path) -> Event:
    """The event in the text of an event.toml; `path` names the event (its folder) and stands in every sentence."""
    try:
        file = _EventFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserMistake(f"{path}: is not TOML: {error}.") from error
    except ValidationError as error:
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")  # what is missing may be misspelt
        raise UserMistake(f"{path}: {_sentence(first)}.") from error
    return Event(
        id=path.parent.name,
        title=file.title,
        date=file.date,
        server=file.server.rstrip("/") if file.server else None,
        prompts=file.prompts,
        pads=tuple(PadRef(**one.model_dump()) for one in file.pad if not one.pattern),
        patterns=tuple(one.pattern for one in file.pad if one.pattern),
        publish=file.publish,
        language=file.language,
        names=tuple(KnownName(**one.model_dump()) for one in file.name),
        settings=file.settings,
    )


def _sentence(error: ErrorDetails) -> str:
    """Where the mistake is, what was expected, what stands there instead."""
    loc, kind = error["loc"], error["type"]
    where = _where(loc)
    if kind == "extra_forbidden":
        return f"{where} is not a known key{_did_you_mean(str(loc[-1]), _TABLES.get(str(loc[0]), _EventFile))}"
    if kind == "missing":
        return f"{where} is missing"
    if kind == "secret":
        return f"{where}: {error['msg']}"
    if kind == "value_error":
        return f"{where}{': ' if where else ''}{error['msg'].removeprefix('Value error, ')}"
    if loc[:1] == ("settings",) and len(loc) > 1:
        return f"[settings] {loc[1]}: expected text in quotes, a number, true or false"
    expected = EXPECTED.get(kind, error["msg"])
    if "date" in kind:
        expected = "expected a date like 2018-04-22, without quotes"
    elif where in _TABLES:
        expected = f"expected tables that begin with [[{where}]], in double brackets"
    return f"{where}: {expected}, not {_shown(error['input'])}"


def _where(loc: tuple[str | int, ...]) -> str:
    """`[[pad]] 3: group` for ("pad", 2, "group"): as a person counts."""
    if loc and loc[0] in _TABLES and len(loc) > 1:
        return ": ".join([f"[[{loc[0]}]] {int(loc[1]) + 1}", *([_where(loc[2:])] if loc[2:] else [])])
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in loc)


def _did_you_mean(key: str, table: type[BaseModel]) -> str:
    known = sorted(table.model_fields)
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"


def _shown(value: object) -> str:
    if isinstance(value, str) and "@" in value and ":" in value:
        return "this one, which may hold a password"
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"


BEGINNING = """\
# What is known about this event; docs/fetch.md in Padharvest's folder explains every key.
title = {title}
date = {date}  # "by Friday" is counted from here: set it to the event's day
# prompts = ["Who should be involved?"]   # lines of a shared template; found by themselves if none is named
"""


def _beginning(title: str, date: dt.date, server: str | None = None) -> str:
    """The text of a new event.toml without pads."""
    text = BEGINNING.format(title=tomlkit.string(title).as_string(), date=date.isoformat())
    return text + (f"server = {tomlkit.string(server).as_string()}\n" if server else "")


def with_pads(text: str, path: Path, refs: Sequence[PadRef]) -> str:
    """The text of an event.toml with `refs` added behind its pads; raises UserMistake where it is wrong already.

    Raises FetchError rather than give a text that would not be read as the old pads and then the new ones.
    """
    before = parse_event(text, path)
    document = tomlkit.parse(text.removeprefix("\ufeff"))
    there = document.get("pad")
    if there is None:
        there = document["pad"] = tomlkit.aot()
    for ref in refs:
        _append(there, ref)
    changed = tomlkit.dumps(document)
    after = parse_event(changed, path)
    if len(after.pads) + len(after.patterns) != len(before.pads) + len(before.patterns) + len(refs):
        raise FetchError(f"{path}: its [[pad]] list is written in a way that we cannot add to; add the pads by hand.")
    return changed


def write_event(folder: Path, text: str) -> None:
    """Put `text` into the event's event.toml in one step; raises FetchError."""
    path = folder / EVENT_FILE
    try:
        disk.replace(path, text.encode())
    except OSError as error:
        raise FetchError(f"{path}: cannot be written: {disk.reason(error)}.") from error


def event_text(folder: Path, now: dt.datetime, server: str | None = None) -> str:
    """The text of event.toml, or the beginning of one; raises FetchError."""
    path = folder / EVENT_FILE
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return _beginning(folder.name, now.date(), server)
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {disk.reason(error)}.") from error


def _append(there: object, ref: PadRef) -> None:
    fields = {"group": ref.group, "pad": ref.pad, "url": ref.url, "file": ref.file}
    table = tomlkit.inline_table() if isinstance(there, Array) else tomlkit.table()
    table.update({key: value for key, value in fields.items() if value})
    if isinstance(there, Array | AoT):
        there.append(table)
