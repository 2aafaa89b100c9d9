"""curation.toml: parse its decisions, add one, remove one; every other byte of the file stays as it is.

A mistake in the file is a UserMistake of one sentence: file, decision, key, what was expected.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import tomlkit
from pydantic import TypeAdapter, ValidationError

from fetch.errors import UserMistake, shown, validation_sentence
from fetch.files import describe_os_error, parse_toml, read_plain, replace_file
from pipeline.anchors import Anchor, Strict
from pipeline.curation.decisions import ConcernRef, Curation, Decision, HideConcern, Redact
from pipeline.curation.redaction import redact_words

CURATION_FILE = "curation.toml"

_IRREGULAR = {"hide_quote": "hide", "hide_concern": "hide", "not_same": "not the same"}
_DO: Mapping[type[Decision], str] = MappingProxyType(
    {record: _IRREGULAR.get(record.decides, record.decides.replace("_", " ")) for record in get_args(Decision)}
)
"""The value of `do` for each kind of decision; hiding a concern is `hide` with `concern` instead of `quote`."""

KINDS = MappingProxyType({do: record for record, do in _DO.items() if record is not HideConcern})

_SHORTHAND = MappingProxyType({"concern": "name", "concerns": "name", "quote": "text", "quotes": "text"})
"""The key of a table that its value may stand for."""

_EXPECTED = MappingProxyType(
    {
        "string_pattern_mismatch": "expected words, or a hash as Padharvest writes it",
        "dataclass_type": 'expected text in quotes, or a table like { name = "…" }',
        "too_short": "has too few entries",
        "greater_than_equal": "expected a larger number",
    }
)
"""What was expected, by pydantic's type of error, where it is not what `validation_sentence` knows."""

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
        return read_plain(path, inside=path.parent).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {describe_os_error(error)}.") from error


def parse(text: str, path: Path) -> Curation:
    """Return the decisions in the text of a curation.toml; `path` is named in the UserMistake that it raises."""
    tables = parse_toml(text, path)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _RedactWords(Strict):
    """A redaction as people write it by hand: with its words instead of their hash."""

    words: str


def _decision(entry: Mapping[str, object], where: str) -> Decision:
    do = entry.get("do")
    if not isinstance(do, str) or do not in KINDS:
        known = ", ".join(f'"{name}"' for name in KINDS)
        problem = "do is missing" if do is None else f"do = {shown(do)} is not known"
        raise UserMistake(f"{where}: {problem}; expected one of {known}.")
    record: type[Decision | _RedactWords] = HideConcern if do == "hide" and "concern" in entry else KINDS[do]
    if record is Redact and ("words" in entry or "sha" not in entry):
        record = _RedactWords
        if not isinstance(entry.get("words", ""), str):  # the sentence must not repeat them
            raise UserMistake(f'{where} ({do}): words: expected text in quotes, like "…".')
    values = {key: _in_full(key, value) for key, value in entry.items() if key != "do"}
    try:
        decision: Decision | _RedactWords = TypeAdapter(record).validate_json(json.dumps(values, default=str))
        return redact_words(decision.words) if isinstance(decision, _RedactWords) else decision
    except ValidationError as error:
        records = {"": record, "quote": Anchor, "quotes": Anchor, "concern": ConcernRef, "concerns": ConcernRef}
        known_keys = {key: [field.name for field in fields(table)] for key, table in records.items()}
        sentence = validation_sentence(error, f"{where} ({do}): ", known_keys, expected=_EXPECTED)
        raise UserMistake(sentence) from error
    except ValueError as error:
        raise UserMistake(f"{where} ({do}): words: {error}.") from error


def _in_full(key: str, value: object) -> object:
    """Return a concern that is given by its name, or a quote that is given by its words, as a table."""
    if isinstance(value, list):
        return [_in_full(key, item) for item in value]
    if isinstance(value, dict):
        return {name: _in_full(name, item) for name, item in value.items()}
    return {_SHORTHAND[key]: value} if isinstance(value, str) and key in _SHORTHAND else value


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
    values = TypeAdapter(type(decision)).dump_python(decision, exclude_defaults=True)
    entries = (f"{key} = {_value(value)}\n" for key, value in {"do": _DO[type(decision)], **values}.items())
    return "[[decision]]\n" + "".join(entries)


def _value(value: object, indent: str = "") -> str:
    if isinstance(value, dict):
        if value.keys() == {"name"}:
            return _value(value["name"])
        return f"{{ {', '.join(f'{key} = {_value(item, indent)}' for key, item in value.items())} }}"
    if isinstance(value, tuple):
        lines = [f"\n{indent}  {_value(item, indent + '  ')}," for item in value]
        return f"[{''.join(lines)}\n{indent}]"
    return tomlkit.item(value).as_string()
