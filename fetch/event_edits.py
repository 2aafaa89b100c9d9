"""Single values of event.toml, changed for a person at a page; every other byte stays as that person wrote it.

    text ──► tomlkit: the value is marked ──► its place in the text ──► new text ──► parse_event: just this has changed?

tomlkit moves comments where a key is added at the end of a table, so it only says where a value stands. Every function
takes the text of the event.toml at `path`, returns the new text, and raises UserMistake if the file is written in a way
that cannot be changed so, or if the value is not valid.
"""

import datetime as dt
import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import tomlkit
from tomlkit.items import InlineTable

from fetch.corpus_records import Event, PadRef
from fetch.errors import UserMistake
from fetch.event_file import parse_document, parse_event

Key = Literal["title", "date", "place", "contact", "prompts"]
Value = str | dt.date | tuple[str, ...] | None

_MARK = "value-that-padharvest-changes"


def rename_group(text: str, path: Path, old: str, new: str) -> str:
    """Rename a group in each of its [[pad]] tables, whose key `formerly` keeps the old name."""
    event, changed = parse_event(text, path), text
    tables: Sequence[Mapping[str, Any]] = _parse(text, path).unwrap().get("pad", [])
    for number in (number for number, table in enumerate(tables) if table.get("group") == old):
        formerly = [*tables[number].get("formerly", ()), old]
        changed = _rename_in_table(changed, number, new, list(dict.fromkeys(formerly)))
    pads = tuple(_renamed(ref, new) if ref.group == old else ref for ref in event.pads)
    return _checked(changed, path, replace(event, pads=pads))


def set_value(text: str, path: Path, key: Key, value: Value) -> str:
    """Set a key outside of all tables; None and no prompts remove it. One that is new comes after the title."""
    wanted: dict[str, Any] = {key: () if value is None and key == "prompts" else value}
    expected = replace(parse_event(text, path), **wanted)
    document = _parse(text, path)
    if key in document:
        document[key] = _MARK
        marked = tomlkit.dumps(document)
        changed = marked.replace(f'"{_MARK}"', _literal(value, text)) if value else _without_line(marked)
    elif value:
        changed = _after_title(text, f"{key} = {_literal(value, text)}")
    else:
        changed = text
    return _checked(changed, path, expected)


def _parse(text: str, path: Path) -> tomlkit.TOMLDocument:
    """Return what tomlkit makes of a text if it gives it back as it is; raises UserMistake."""
    document = parse_document(text)
    if document is None or tomlkit.dumps(document) != text:
        raise _refusal(path)
    return document


def _renamed(ref: PadRef, new: str) -> PadRef:
    return replace(ref, group=new, formerly=tuple(dict.fromkeys((*ref.formerly, ref.group))))


def _rename_in_table(text: str, number: int, new: str, formerly: Sequence[str]) -> str:
    """Rename the group of the [[pad]] with this number, from 0, and note its former names behind the new one."""
    document = tomlkit.parse(text)
    tables: Any = document["pad"]  # an array of tables, or of inline tables
    table: MutableMapping[str, Any] = tables[number]
    former = f"formerly = [{', '.join(map(_literal_text, formerly))}]"
    known = "formerly" in table
    table["group"] = _MARK
    if known:
        table["formerly"] = f"{_MARK}-2"
    before, _, after = tomlkit.dumps(document).partition(f'"{_MARK}"')
    if known:
        after = after.replace(f'"{_MARK}-2"', former.removeprefix("formerly = "))
    elif isinstance(table, InlineTable):
        after = f", {former}{after}"
    else:
        rest_of_line, line_end, others = after.partition("\n")
        after = f"{rest_of_line}{line_end or _line_end(text)}{former}{_line_end(text)}{others}"
    return f"{before}{_literal_text(new)}{after}"


def _after_title(text: str, line: str) -> str:
    document = tomlkit.parse(text)
    title: Any = document["title"]
    document["title"] = _MARK
    before, _, after = tomlkit.dumps(document).partition(f'"{_MARK}"')
    rest_of_line, line_end, others = after.partition("\n")
    end = _line_end(text)
    return f"{before}{title.as_string()}{rest_of_line}{line_end or end}{line}{end}{others}"


def _without_line(marked: str) -> str:
    return re.sub(rf'^[^\n]*"{_MARK}"[^\n]*(?:\n|\Z)', "", marked, flags=re.MULTILINE)


def _literal(value: Value, text: str) -> str:
    """Return a value in TOML; several prompts are a line each, with the line ends of `text`."""
    if isinstance(value, tuple):
        end = _line_end(text)
        texts = [_literal_text(one) for one in value]
        return f"[{end}{''.join(f'  {one},{end}' for one in texts)}]" if len(texts) > 1 else f"[{texts[0]}]"
    return value.isoformat() if isinstance(value, dt.date) else _literal_text(str(value))


def _literal_text(text: str) -> str:
    return tomlkit.string(text).as_string()


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _checked(changed: str, path: Path, expected: Event) -> str:
    """Return the changed text if it is read as the `expected` event."""
    if parse_event(changed, path) != expected:
        raise _refusal(path)
    return changed


def _refusal(path: Path) -> UserMistake:
    return UserMistake(f"{path}: is written in a way that the program cannot change; edit it by hand.")
