"""event.toml is begun, or gets more [[pad]] entries; what people wrote in it, comments too, stays as it was."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import tomlkit
from tomlkit.items import AoT, Array

from fetch import disk
from fetch.errors import FetchError, UserMistake
from fetch.eventfile import EVENT_FILE, parse_event
from fetch.records import PadRef

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
