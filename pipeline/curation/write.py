"""Decisions into curation.toml: one is added, replaced or taken back; every other byte of the file stays as it was."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import tomlkit

from fetch import disk
from pipeline.curation.parse import KINDS, parse, text_of
from pipeline.curation.records import Anchor, ConcernRef, Curation, Decision, HideConcern
from pipeline.errors import UserMistake

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
        disk.replace(path, text.encode())
    except OSError as error:
        raise UserMistake(f"{path}: cannot be written: {disk.reason(error)}.") from error


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
