"""From the text of a curation.toml to the decisions in it; a mistake is one sentence: file, decision, key, expected.

Decisions into curation.toml: one is added, replaced or taken back; every other byte of the file stays as it was.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import cast

import tomlkit
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

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
"""Some 30,000 decisions; a file with more is none of ours."""

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
"""What `do` may say; hiding a concern is `hide` too, with `concern` instead of `quote`."""

EXPECTED: Mapping[str, str] = MappingProxyType(
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
"""Pydantic's kinds of error in our users' words."""

_SHOWN = 60


def read(path: Path) -> Curation:
    """The decisions in the file at `path`, none where there is no file; raises UserMistake naming what is wrong."""
    return parse(text_of(path), path)


def text_of(path: Path) -> str:
    """The file's text, "" where there is none; raises UserMistake where it cannot be read."""
    try:
        data = path.read_bytes()
        if len(data) > MOST_BYTES:
            raise UserMistake(f"{path}: has {len(data) / 1e6:.0f} MB, too many for decisions; look what it is.")
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {describe_os_error(error)}.") from error


def parse(text: str, path: Path) -> Curation:
    """The decisions in the text of a curation.toml; `path` stands in every sentence of a UserMistake."""
    try:
        file = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserMistake(f"{path}: is not TOML: {error}.") from error
    entries = file.pop("decision", [])
    if file:
        raise UserMistake(f"{path}: {next(iter(file))} is not known here; the file holds [[decision]] tables only.")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UserMistake(f"{path}: decision: expected tables that begin with [[decision]].")
    return Curation(decisions=tuple(_decision(entry, f"{path}: decision {n}") for n, entry in enumerate(entries, 1)))


def _decision(entry: Mapping[str, object], where: str) -> Decision:
    do = entry.get("do")
    if not isinstance(do, str) or do not in KINDS:
        known = ", ".join(f'"{name}"' for name in KINDS)
        found = "do is missing" if do is None else f"do = {_shown(do)} is not known"
        raise UserMistake(f"{where}: {found}; it says what was decided: {known}.")
    kind = HideConcern if do == "hide" and "concern" in entry else KINDS[do]
    fields = {key: _written_short(key, value) for key, value in entry.items() if key != "do"}
    try:
        if kind is Redact and "words" in fields:
            return redact_words(_only_words(fields))
        decision = TypeAdapter(kind).validate_json(json.dumps(fields, default=str))
    except ValidationError as error:
        raise UserMistake(f"{where} ({do}): {_sentence(_first(error.errors()), kind)}.") from error
    except (ValueError, RecursionError) as error:
        raise UserMistake(f"{where} ({do}): words: {error}.") from error
    return cast("Decision", decision)


def _written_short(key: str, value: object) -> object:
    """A concern that is written as its name only, and a quote as its words only, in full."""
    names = {"concern": "name", "concerns": "name", "quote": "text", "quotes": "text"}
    if key not in names:
        return value
    if isinstance(value, list):
        return [_written_short(key, one) for one in value]
    if isinstance(value, str):
        return {names[key]: value}
    if isinstance(value, dict) and "quotes" in value:
        return {**value, "quotes": _written_short("quotes", value["quotes"])}
    return value


def _only_words(fields: Mapping[str, object]) -> str:
    words = fields["words"]
    if len(fields) > 1 or not isinstance(words, str):
        raise ValueError("expected text in quotes, and no other key beside it")
    return words


def _first(errors: list[ErrorDetails]) -> ErrorDetails:
    """A misspelt key is told before the key that is missing because of it."""
    return next((one for one in errors if one["type"] == "unexpected_keyword_argument"), errors[0])


def _sentence(error: ErrorDetails, kind: type[Decision]) -> str:
    """Which key, what was expected, what stands there instead."""
    where = " ".join(str(part + 1) if isinstance(part, int) else part for part in error["loc"])
    if error["type"] == "unexpected_keyword_argument":
        inside = next((part for part in reversed(error["loc"][:-1]) if isinstance(part, str)), "")
        record = Anchor if inside.startswith("quote") else ConcernRef if inside.startswith("concern") else kind
        known = sorted(record.__dataclass_fields__)
        close = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        hint = f'did you mean "{close[0]}"' if close else f"it has {', '.join(known)}"
        return f"{where} is not a known key; {hint}"
    if error["type"] == "missing":
        return f"{'words' if kind is Redact and where == 'sha' else where} is missing"
    expected = EXPECTED.get(error["type"], error["msg"])
    return f"{where}: {expected}, not {_shown(error['input'])}"


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


BEGINNING = """\
# What the facilitator decided about this event, oldest first; docs/curation.md in Padharvest's folder explains it.
# Written by hand or by the program: comments stay, and a decision that is taken out is undone.
"""

_NAMES = MappingProxyType({**{kind: name for name, kind in KINDS.items()}, HideConcern: "hide"})
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*(?:decision|\"decision\"|'decision')[ \t]*\]\]", re.MULTILINE)
_TRAILING = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*(?:#[^\n]*)?\Z")


def add(path: Path, decision: Decision) -> int:
    """Write `decision` behind the others; returns its number, from 1. Raises UserMistake, and then nothing changed."""
    text = text_of(path)
    decisions = parse(text, path).decisions
    head = text if text.strip() else BEGINNING
    gap = "\n" if head.endswith("\n") else "\n\n"
    _write(path, head + gap + _block(decision), (*decisions, decision))
    return len(decisions) + 1


def replace(path: Path, number: int, decision: Decision) -> Decision:
    """Write `decision` in place of the one with this `number`, which is returned; raises UserMistake as `add` does."""
    return _exchange(path, number, (decision,))


def remove(path: Path, number: int) -> Decision:
    """Take out the decision with this `number`, which is returned; raises UserMistake where there is none."""
    return _exchange(path, number, ())


def undo(path: Path) -> Decision | None:
    """Take out the last decision, which is returned; None where there is none."""
    decisions = parse(text_of(path), path).decisions
    return remove(path, len(decisions)) if decisions else None


def _exchange(path: Path, number: int, by: tuple[Decision, ...]) -> Decision:
    """Put `by` in place of a decision. A comment behind it stays: it mostly tells about what follows."""
    text = text_of(path)
    decisions = parse(text, path).decisions
    if not 1 <= number <= len(decisions):
        raise UserMistake(f"{path}: has no decision {number}; it has {len(decisions)}.")
    starts = [*(match.start() for match in _HEADER.finditer(text)), len(text)]
    if len(starts) != len(decisions) + 1:
        raise UserMistake(f"{path}: its decisions are written in a way that we cannot change; change it by hand.")
    block = text[starts[number - 1] : starts[number]]
    trailing = _TRAILING.search(block.rstrip("\n"))
    kept = block[trailing.start() :].lstrip("\n") if trailing and trailing[0].strip() else ""
    new = "\n".join(_block(decision) + "\n" for decision in by) + kept
    changed = text[: starts[number - 1]] + new + text[starts[number] :]
    _write(path, changed, (*decisions[: number - 1], *by, *decisions[number:]))
    return decisions[number - 1]


def _write(path: Path, text: str, decisions: tuple[Decision, ...]) -> None:
    """Put `text` into the file in one step, once it is sure that it says just these decisions."""
    if parse(text, path) != Curation(decisions=decisions):
        raise UserMistake(f"{path}: is written in a way that we cannot change; write the decision by hand.")
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise UserMistake(f"{path}: cannot be written: {describe_os_error(error)}.") from error


def _block(decision: Decision) -> str:
    """A [[decision]] in TOML, a quote on each line."""
    return "\n".join(("[[decision]]", f'do = "{_NAMES[type(decision)]}"', *_entries(decision))) + "\n"


def _entries(decision: Decision) -> Iterator[str]:
    for key in decision.__dataclass_fields__:
        value = getattr(decision, key)
        if value not in (None, (), False):
            yield f"{key} = {_value(value)}"


def _value(value: object, indent: str = "") -> str:
    if isinstance(value, str):
        return tomlkit.string(value).as_string()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, ConcernRef) and not value.quotes:
        return _value(value.name)
    if isinstance(value, Anchor | ConcernRef):
        fields = {key: getattr(value, key) for key in value.__dataclass_fields__}
        inner = ", ".join(f"{key} = {_value(one, indent)}" for key, one in fields.items() if one not in (None, ()))
        return f"{{ {inner} }}"
    if isinstance(value, tuple):
        lines = [f"\n{indent}  {_value(one, indent + '  ')}," for one in value]
        return f"[{''.join(lines)}\n{indent}]"
    raise TypeError(value)
