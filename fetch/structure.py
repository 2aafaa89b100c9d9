"""The structure file beside a pad's text: what the editor knew and plain text loses."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fetch.records import LineStructure, Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFile:
    """The file's contents; `sha256` is of the text that `lines` describe."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: Literal[1]
    sha256: str
    edited: bool = True
    lines: tuple[LineStructure, ...]


_FORM = TypeAdapter(StructureFile)


def to_bytes(structure: Structure, sha256: str) -> bytes:
    """The file for a structure and the hash of its text; what is as usual is left out of it."""
    file = StructureFile(schema=1, sha256=sha256, edited=structure.edited, lines=structure.lines)
    return _FORM.dump_json(file, exclude_defaults=True) + b"\n"


def from_bytes(data: bytes, text: str, sha256: str) -> Structure | None:
    """The structure in a file's bytes; None where it is damaged or describes another text than this."""
    try:
        file = _FORM.validate_json(data)
    except ValidationError:
        return None
    fits = file.sha256 == sha256 and len(file.lines) == text.count("\n") + 1
    return Structure(lines=file.lines, edited=file.edited) if fits else None
