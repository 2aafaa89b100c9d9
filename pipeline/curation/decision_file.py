"""curation.toml: parse its decisions, add one, remove one; every other byte of the file stays as it is.

A mistake in the file is a UserMistake of one sentence: file, decision, key, what was expected.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import cast

import tomlkit
from pydantic import TypeAdapter, ValidationError

from fetch.errors import UserMistake
from fetch.files import describe_os_error, replace_file
from pipeline.curation.decisions import (
    Anchor,
    Belongs,
    ConcernRef,
    Curation,
    Decision,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    NotSame,
    Redact,
    Rename,
    Same,
    Split,
)
from pipeline.curation.redaction import redact_words

CURATION_FILE = "curation.toml"

MOST_BYTES = 16_000_000
"""Enough for 30,000 decisions."""

KINDS: Mapping[str, type[Decision]] = MappingProxyType(
    {
        "rename": Rename,
        "merge": Merge,
        "split": Split,
        "new": New,
        "belongs": Belongs,
        "not here": NotHere,
        "not a concern": NotAConcern,
        "hide": HideQuote,
        "redact": Redact,
        "same": Same,
        "not the same": NotSame,
    }
)
"""The values of `do`; hiding a concern is `hide` with `concern` instead of `quote`."""

_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "string_type": 'expected text in quotes, like "…"',
        "string_pattern_mismatch": "expected words, or a hash as Padharvest writes it",
        "string_too_long": "expected a hash as Padharvest writes it",
        "tuple_type": 'expected a list, like ["…", "…"]',
        "dataclass_type": 'expected text in quotes, or a table like { name = "…" }',
        "too_short": "has too few entries",
        "int_type": "expected a number",
        "greater_than_equal": "expected a larger number",
    }
)
"""What was expected, by Pydantic's type of error."""

_DO = MappingProxyType({**{kind: do for do, kind in KINDS.items()}, HideConcern: "hide"})
_MOST_SHOWN = 60

_BEGINNING = """\
# What the facilitator decided about this event, oldest first; docs/curation.md in Padharvest's folder explains it.
# You may edit this file: your comments stay, and a decision that you remove is undone.
"""
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*(?:decision|\"decision\"|'decision')[ \t]*\]\]", re.MULTILINE)
_TRAILING = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*(?:#[^\n]*)?\Z")


def read_curation(path: Path) -> Curation:
    """Return the decisions in the file at `path`, none if there is no file; raises UserMistake."""
    return parse(read_text(path), path)


def read_text(path: Path) -> str:
    """Return the text of the file, "" if there is none; raises UserMistake if it cannot be read."""
    try:
        data = path.read_bytes()
        if len(data) > MOST_BYTES:
            raise UserMistake(f"{path}: has {len(data) / 1e6:.0f} MB, too many for decisions; check what it is.")
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {describe_os_error(error)}.") from error


def parse(text: str, path: Path) -> Curation:
    """Return the decisions in the text of a curation.toml; `path` is named in the UserMistake that it raises."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserMistake(f"{path}: is not TOML: {error}.") from error
    entries = tables.pop("decision", [])
    if tables:
        raise UserMistake(f"{path}: {next(iter(tables))} is not known here; the file holds [[decision]] tables only.")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UserMistake(f"{path}: decision: expected tables that begin with [[decision]].")
    return Curation(decisions=tuple(_decision(entry, f"{path}: decision {n}") for n, entry in enumerate(entries, 1)))


def add(path: Path, decision: Decision) -> int:
    """Append `decision` to the file and return its number, from 1; raises UserMistake and then changes nothing."""
    text = read_text(path)
    decisions = parse(text, path).decisions
    head = text if text.strip() else _BEGINNING
    gap = "\n" if head.endswith("\n") else "\n\n"
    _write(path, head + gap + _to_toml(decision), (*decisions, decision))
    return len(decisions) + 1


def remove(path: Path, number: int) -> Decision:
    """Remove the decision with this `number` from the file and return it; raises UserMistake and changes nothing then.

    A comment between it and the next decision stays, because it is mostly about what follows.
    """
    text = read_text(path)
    decisions = parse(text, path).decisions
    if not 1 <= number <= len(decisions):
        raise UserMistake(f"{path}: has no decision {number}; it has {len(decisions)}.")
    starts = [*(match.start() for match in _HEADER.finditer(text)), len(text)]
    if len(starts) != len(decisions) + 1:
        raise UserMistake(
            f"{path}: its decisions are written in a way that the program cannot change; edit it by hand."
        )
    block = text[starts[number - 1] : starts[number]]
    trailing = _TRAILING.search(block.rstrip("\n"))
    kept = block[trailing.start() :].lstrip("\n") if trailing and trailing[0].strip() else ""
    changed = text[: starts[number - 1]] + kept + text[starts[number] :]
    _write(path, changed, (*decisions[: number - 1], *decisions[number:]))
    return decisions[number - 1]


def _decision(entry: Mapping[str, object], where: str) -> Decision:
    do = entry.get("do")
    if not isinstance(do, str) or do not in KINDS:
        known = ", ".join(f'"{name}"' for name in KINDS)
        problem = "do is missing" if do is None else f"do = {_shown(do)} is not known"
        raise UserMistake(f"{where}: {problem}; expected one of {known}.")
    kind = HideConcern if do == "hide" and "concern" in entry else KINDS[do]
    values = {key: _in_full(key, value) for key, value in entry.items() if key != "do"}
    try:
        if kind is Redact and "words" in values:
            return redact_words(_only_words(values))
        decision = TypeAdapter(kind).validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        raise UserMistake(f"{where} ({do}): {_validation_sentence(error, kind)}.") from error
    except (ValueError, RecursionError) as error:
        raise UserMistake(f"{where} ({do}): words: {error}.") from error
    return cast("Decision", decision)


def _in_full(key: str, value: object) -> object:
    """Return a concern that is given by its name, or a quote that is given by its words, as a table."""
    shorthand = {"concern": "name", "concerns": "name", "quote": "text", "quotes": "text"}
    if key not in shorthand:
        return value
    if isinstance(value, list):
        return [_in_full(key, item) for item in value]
    if isinstance(value, str):
        return {shorthand[key]: value}
    if isinstance(value, dict) and "quotes" in value:
        return {**value, "quotes": _in_full("quotes", value["quotes"])}
    return value


def _only_words(values: Mapping[str, object]) -> str:
    words = values["words"]
    if len(values) > 1 or not isinstance(words, str):
        raise ValueError("expected text in quotes, and no other key beside it")
    return words


def _validation_sentence(error: ValidationError, kind: type[Decision]) -> str:
    """Return which key of a decision is wrong, what was expected, and what is there instead.

    A misspelt key comes before the key that is missing because of it.
    """
    errors = error.errors()
    first = next((one for one in errors if one["type"] == "unexpected_keyword_argument"), errors[0])
    where = " ".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    if first["type"] == "missing":
        return f"{'words' if kind is Redact and where == 'sha' else where} is missing"
    if first["type"] != "unexpected_keyword_argument":
        return f"{where}: {_EXPECTED.get(first['type'], first['msg'])}, not {_shown(first['input'])}"
    inside = next((part for part in reversed(first["loc"][:-1]) if isinstance(part, str)), "")
    record = Anchor if inside.startswith("quote") else ConcernRef if inside.startswith("concern") else kind
    known = sorted(field.name for field in fields(record))
    close = difflib.get_close_matches(str(first["loc"][-1]), known, n=1)
    return f"{where} is not a known key; " + (f'did you mean "{close[0]}"' if close else f"it has {', '.join(known)}")


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _MOST_SHOWN else shown[: _MOST_SHOWN - 1] + "…"


def _write(path: Path, text: str, decisions: tuple[Decision, ...]) -> None:
    """Replace the file in one step, after checking that `text` says exactly these decisions."""
    if parse(text, path) != Curation(decisions=decisions):
        raise UserMistake(f"{path}: is written in a way that the program cannot change; write the decision by hand.")
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise UserMistake(f"{path}: cannot be written: {describe_os_error(error)}.") from error


def _to_toml(decision: Decision) -> str:
    """Return a [[decision]] in TOML, each quote on a line of its own."""
    return "\n".join(("[[decision]]", f'do = "{_DO[type(decision)]}"', *_entries(decision))) + "\n"


def _entries(record: Decision | Anchor | ConcernRef, indent: str = "") -> Iterator[str]:
    for field in fields(record):
        value = getattr(record, field.name)
        if value is not None and value != () and value is not False:
            yield f"{field.name} = {_value(value, indent)}"


def _value(value: object, indent: str) -> str:
    if isinstance(value, str):
        return tomlkit.string(value).as_string()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, ConcernRef) and not value.quotes:
        return _value(value.name, indent)
    if isinstance(value, Anchor | ConcernRef):
        return f"{{ {', '.join(_entries(value, indent))} }}"
    if isinstance(value, tuple):
        lines = [f"\n{indent}  {_value(item, indent + '  ')}," for item in value]
        return f"[{''.join(lines)}\n{indent}]"
    raise TypeError(value)
