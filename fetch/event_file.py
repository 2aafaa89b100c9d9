"""event.toml, which people write: read to an Event, begun, and extended without touching what is in it.

A mistake in the file is one sentence with the file, the key and what was expected.
"""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Annotated, Self
from urllib.parse import urlsplit

import tomlkit
from pydantic import AfterValidator, BaseModel, Field, PlainValidator, TypeAdapter, ValidationError, model_validator
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array

from fetch.corpus_records import Event, KnownName, NameLabel, PadRef, PublishPolicy, Scalar
from fetch.errors import FetchError, UserMistake, shown, validation_sentence
from fetch.files import describe_os_error, parse_toml, read_plain, replace_file

EVENT_FILE = "event.toml"
MOST = 2**53 - 1
"""Whole numbers that every reader of JSON reads exactly (RFC 8259, 6)."""

BEGINNING = """\
# What is known about this event; docs/fetch.md in Padharvest's folder explains every key.
title = {title}
# date = 2026-05-16   # write the day of the event; without it, "by Friday" and the like cannot be given a day
# prompts = ["Who should be involved?"]   # lines of a shared template; if none is named, they are found
"""


def _check_url(url: str) -> str:
    """Refuse a link that names no server, or has a login in it: event.toml is passed on and published."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("is not a valid address; open it in a browser and copy it from there") from error
    if "@" in parts.netloc:
        raise ValueError("contains a login; take it out and put it into ~/.netrc")
    if port == 0 or not parts.hostname:
        raise ValueError("names no server")
    return url


def _check_contact(text: str) -> str:
    """Return an e-mail address as it is, or a link that `_check_url` accepts."""
    if text.startswith(("https://", "http://")):
        return _check_url(text)
    if re.fullmatch(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\.\w+", text):
        return text
    raise ValueError(f"expected an e-mail address, or a link that begins with https://, not {shown(text)}")


def _check_name(text: str) -> str:
    """Return a name without the spaces around it."""
    if not any(character.isalnum() for character in text):
        raise ValueError("expected a name, with a letter or digit in it")
    return text.strip()


def _check_language(code: str) -> str:
    """Return the ISO 639 code of a language in lower case, "auto", or "" for English."""
    if re.fullmatch(r"([a-z]{2,3}|auto)?", code.lower()):
        return code.lower()
    raise ValueError(f'expected the code of a language, like "es", or "auto", not {shown(code)}')


def _check_setting(value: object) -> Scalar:
    if not isinstance(value, str | int | float):
        raise ValueError("expected text in quotes, a number, true or false")  # noqa: TRY004 - pydantic wants ValueError
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"expected a number, not {value}")
    if isinstance(value, int) and abs(value) > MOST:
        raise ValueError("expected a smaller number")
    return value


Text = Annotated[str, Field(strict=True, min_length=1)]
Contact = Annotated[str, Field(strict=True), AfterValidator(_check_contact)]
Name = Annotated[str, Field(strict=True, min_length=1), AfterValidator(_check_name)]
Language = Annotated[str, Field(strict=True), AfterValidator(_check_language)]
Url = Annotated[str, Field(strict=True, pattern=r"^https?://[^/\s]"), AfterValidator(_check_url)]
_URL = TypeAdapter(Url)
Server = Annotated[Url, AfterValidator(lambda url: url.rstrip("/"))]
Setting = Annotated[Scalar, PlainValidator(_check_setting)]


class _PadTable(BaseModel, extra="forbid"):
    """One [[pad]]."""

    group: Text | None = None
    pad: Text | None = None
    url: Url | None = None
    file: Text | None = None
    formerly: tuple[Text, ...] = ()

    @property
    def pattern(self) -> str | None:
        """The pad's name if it stands for many pads."""
        return self.pad if self.pad and "*" in self.pad else None

    @model_validator(mode="after")
    def _one_location(self) -> Self:
        keys = [key for key in ("pad", "url", "file") if getattr(self, key) is not None]
        if len(keys) != 1:
            found = f"it has {' and '.join(keys)}" if keys else "it has none of them"
            raise ValueError(f"expected exactly one of pad, url and file, but {found}")
        if self.group is None and not self.pattern:
            raise ValueError("group is missing")
        path = PurePosixPath(self.file or "")
        if "\0" in str(path):
            raise ValueError("file contains a NUL, which no file's name has")
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f'file must be a path inside the event\'s folder, like "pads/notes.txt", not "{path}"')
        return self


class _NameTable(BaseModel, extra="forbid"):
    """One [[name]]."""

    name: Name
    label: NameLabel
    also: tuple[Name, ...] = ()


class _EventFile(BaseModel, extra="forbid"):
    """The whole file."""

    title: Text
    date: dt.date | None = None
    place: Text | None = None
    contact: Contact | None = None
    server: Server | None = None
    prompts: tuple[Text, ...] = ()
    publish: PublishPolicy = PublishPolicy.OPT_OUT
    language: Language = ""
    pad: tuple[_PadTable, ...] = ()
    name: tuple[_NameTable, ...] = ()
    settings: dict[str, Setting] = Field(default_factory=dict)
    reading: dict[str, Setting] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _distinct_pads(self) -> Self:
        seen: dict[str, int] = {}
        for number, table in enumerate(self.pad, 1):
            location = table.file or table.url or f"{self.server}/p/{table.pad}"
            first = seen.setdefault(location, number)
            if first != number:
                raise ValueError(f"[[pad]] {number} names the same notes as [[pad]] {first}; remove one of them")
            if table.pad and not self.server:
                raise ValueError(f'[[pad]] {number} names a pad, so server is needed: server = "https://…"')
        return self

    @model_validator(mode="after")
    def _distinct_names(self) -> Self:
        seen: dict[str, int] = {}
        for number, table in enumerate(self.name, 1):
            for spelling in dict.fromkeys((table.name, *table.also)):
                first = seen.setdefault(spelling, number)
                if first != number:
                    raise ValueError(f"[[name]] {number} has {shown(spelling)}, as [[name]] {first} has; remove one")
        return self


KNOWN_KEYS = {
    "": _EventFile.model_fields,
    "pad": _PadTable.model_fields,
    "name": _NameTable.model_fields,
    "settings": frozenset[str](),  # the analysis knows them
    "reading": frozenset[str](),  # same
}


def read_event(folder: Path) -> Event:
    """Return the event that `folder`/event.toml describes; raises UserMistake."""
    path = folder / EVENT_FILE
    text = _read_text(path)
    if text is None:
        raise UserMistake(f"{path} does not exist; `make event EVENT={folder.name} PADS=…` writes it.")
    return parse_event(text, path)


def read_or_begin(folder: Path, server: str | None = None) -> str:
    """Return the text of event.toml, or the text with which one begins, which has no date; raises UserMistake."""
    text = _read_text(folder / EVENT_FILE)
    if text is not None:
        return text
    beginning = BEGINNING.format(title=tomlkit.string(folder.name).as_string())
    return beginning + (f"server = {tomlkit.string(server).as_string()}\n" if server else "")


def _read_text(path: Path) -> str | None:
    """Return the text of an event.toml, with its line endings, or None if there is none."""
    try:
        return read_plain(path, inside=path.parent).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {describe_os_error(error)}.") from error


def parse_event(text: str, path: Path) -> Event:
    """Return the event in the text of the event.toml at `path`; raises UserMistake."""
    try:
        file = _EventFile.model_validate(parse_toml(text, path))
    except ValidationError as error:
        raise UserMistake(validation_sentence(error, f"{path}: ", KNOWN_KEYS, tables=KNOWN_KEYS)) from error
    return Event(
        id=path.parent.name,
        pads=tuple(PadRef(**table.model_dump()) for table in file.pad if not table.pattern),
        patterns=tuple(table.pattern for table in file.pad if table.pattern),
        names=tuple(KnownName(**table.model_dump()) for table in file.name),
        **file.model_dump(exclude={"pad", "name"}),
    )


def is_address(url: str) -> bool:
    """Return whether event.toml may have this as the `url` of a pad."""
    try:
        _URL.validate_python(url)
    except ValidationError:
        return False
    return True


def add_pads(text: str, path: Path, refs: Sequence[PadRef]) -> str:
    """Return the text of the event.toml at `path` with `refs` added behind its pads.

    Raises UserMistake if the text is wrong already, and FetchError if the result would not be read as the old pads and
    then the new ones.
    """
    before = parse_event(text, path)
    document = parse_document(text)
    if document is None:
        raise _not_extensible(path)
    tables = document.setdefault("pad", tomlkit.aot())
    for ref in refs:
        table = tomlkit.inline_table() if isinstance(tables, Array) else tomlkit.table()
        table.update({key: value for key, value in asdict(ref).items() if value})
        if isinstance(tables, Array | AoT):
            tables.append(table)
    changed = tomlkit.dumps(document)
    after = parse_event(changed, path)
    if len(after.pads) + len(after.patterns) != len(before.pads) + len(before.patterns) + len(refs):
        raise _not_extensible(path)
    return changed


def parse_document(text: str) -> tomlkit.TOMLDocument | None:
    """Return what tomlkit makes of TOML, or None: it refuses some that the standard library reads."""
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError):
        return None


def _not_extensible(path: Path) -> FetchError:
    return FetchError(f"{path}: its [[pad]] list is written in a way that cannot be extended; add the pads by hand.")


def write_event(folder: Path, text: str) -> None:
    """Replace the event's event.toml in one step; raises FetchError."""
    path = folder / EVENT_FILE
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise FetchError(f"{path}: cannot be written: {describe_os_error(error)}.") from error
