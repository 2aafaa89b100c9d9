"""corpus/<event>/manifest.json: what is held, where it came from, and when."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fetch import disk
from fetch.errors import UserMistake
from fetch.records import ManifestEntry, PadId

MANIFEST = "manifest.json"

INSIDE = re.compile(r"pads/[^/\\\0]+")
"""Where kept files are; a manifest that came from elsewhere must not lead a reader out of the corpus."""

Entries = dict[PadId, ManifestEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """The file's contents; pads in the order of their ids."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: Literal[1]
    pads: tuple[ManifestEntry, ...]


_FORM = TypeAdapter(ManifestFile)


def read_manifest(folder: Path) -> Entries:
    """The entries of an event's manifest by pad id, none where there is no manifest; raises UserMistake."""
    path = folder / MANIFEST
    try:
        read = _FORM.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {disk.reason(error)}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserMistake(
            f"{path}: {where + ': ' if where else ''}{first['msg']}; it is written by `fetch`: "
            "move it away and fetch again."
        ) from error
    for entry in read.pads:
        for file in (entry.file, entry.structure, entry.history):
            if file and not INSIDE.fullmatch(file):
                raise UserMistake(f"{path}: {file!r} is no file in pads/; move the manifest away and fetch again.")
    return {entry.pad_id: entry for entry in read.pads}


def write_manifest(folder: Path, entries: Entries) -> None:
    """Replace an event's manifest in one step, its pads being on the disk already; raises OSError."""
    pads = tuple(entries[pad_id] for pad_id in sorted(entries))
    data = _FORM.dump_json(ManifestFile(schema=1, pads=pads), indent=2, exclude_defaults=True)
    disk.replace(folder / MANIFEST, data + b"\n")
