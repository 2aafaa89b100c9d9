"""The structure file beside a pad's text: what the editor knew and plain text loses.

corpus/<event>/manifest.json: what is held, where it came from, and when.

corpus/<event>/ on disk becomes a Corpus; a pad that cannot be read becomes a sentence, and the rest goes on.

What is held of an event, for people: each pad's state, revision, size and age. Asks no server.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fetch import files as disk
from fetch import formats as reading
from fetch.corpus_records import (
    Corpus,
    Event,
    FetchedPad,
    LineStructure,
    ManifestEntry,
    Pad,
    PadId,
    PadRef,
    Problem,
    ProblemKind,
    State,
    Structure,
    why_withheld,
)
from fetch.errors import PadFailure, UserMistake
from fetch.event_file import read_event
from fetch.locations import pad_ids


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


_FORM_manifest = TypeAdapter(ManifestFile)


def read_manifest(folder: Path) -> Entries:
    """The entries of an event's manifest by pad id, none where there is no manifest; raises UserMistake."""
    path = folder / MANIFEST
    try:
        read = _FORM_manifest.validate_json(path.read_bytes())
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
    data = _FORM_manifest.dump_json(ManifestFile(schema=1, pads=pads), indent=2, exclude_defaults=True)
    disk.replace(folder / MANIFEST, data + b"\n")


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for a [[pad]]: a pad or why there is none, and sentences about it."""

    pad: Pad | None = None
    problem: Problem | None = None
    notes: tuple[str, ...] = ()


def read_corpus(folder: Path) -> Corpus:
    """The event in `folder` with its pads in event.toml's order; raises UserMistake on event.toml and the manifest.

    A kept pad's text is its file's UTF-8 to the character, a byte order mark included. A file that a person put or
    changed there is read as `fetch add` would read it, and `notes` say so.
    """
    event = read_event(folder)
    entries = read_manifest(folder)
    ids = pad_ids(event)
    pads: list[Pad] = []
    first = _first_of_each(ids, event.pads)
    problems = [
        Problem(
            kind=ProblemKind.TWICE,
            name=_place(first[pad_id]),
            group=first[pad_id].group,
            sentence=f"{event.id}: two of its pads are called {pad_id}; rename one.",
        )
        for pad_id in _twice(ids)
    ]
    notes: list[str] = []
    for pad_id, ref in first.items():
        read = _read_pad(folder, event, pad_id, ref, entries.get(pad_id))
        pads += [read.pad] if read.pad else []
        problems += [read.problem] if read.problem else []
        notes += read.notes
    notes += _left_out(folder, entries, ids)
    return Corpus(
        event=event,
        pads=tuple(pads),
        problems=tuple(problem for problem in problems if problem.kind is not ProblemKind.WITHHELD),
        withheld=tuple(problem for problem in problems if problem.kind is ProblemKind.WITHHELD),
        notes=tuple(notes),
    )


def _read_pad(folder: Path, event: Event, pad_id: PadId, ref: PadRef, entry: ManifestEntry | None) -> _Read:
    """Read one pad, or return the problem with it."""
    file = ref.file or (entry.file if entry else None)
    if entry is not None and entry.state is State.WITHHELD:
        return _missing(ref, ProblemKind.WITHHELD, f"{_place(ref)} ({ref.group}) is withheld at its authors' wish.")
    if file is None:
        sentence = f"{_place(ref)} ({ref.group}) is not in the corpus yet; run `make fetch EVENT={event.id}`."
        return _missing(ref, ProblemKind.NOT_FETCHED, sentence)
    path = folder / file
    try:
        got, sha256 = _load(path, entry if entry is not None and entry.file == file else None)
    except PadFailure as failure:
        return _missing(ref, ProblemKind.UNREADABLE, f"{path}: {failure}.")
    why = why_withheld(got.text, event.publish)
    if why is not None:
        return _missing(ref, ProblemKind.WITHHELD, f"{path} ({ref.group}) is withheld: {why}.")
    pad = Pad(
        pad_id=pad_id,
        group=ref.group,
        text=got.text,
        sha256=sha256,
        source=entry.source if entry else f"file:{PurePosixPath(file).name}",
        revision=entry.revision if entry else got.revision,
        structure=got.structure,
    )
    return _Read(pad=pad, notes=tuple(f"{path}: {remark}." for remark in got.remarks))


def _missing(ref: PadRef, kind: ProblemKind, sentence: str) -> _Read:
    return _Read(problem=Problem(kind=kind, name=_place(ref), group=ref.group, sentence=sentence))


def _load(path: Path, entry: ManifestEntry | None) -> tuple[FetchedPad, str]:
    """A file's pad and its SHA-256; `entry` is what the manifest has of this very file."""
    data = reading.bytes_of(path)
    sha256 = hashlib.sha256(data).hexdigest()
    if entry is not None and entry.sha256 == sha256:
        text = data.decode()
        return FetchedPad(text=text, form="kept", structure=_structure(path, entry, text)), sha256
    got = reading.read(data, reading.form_of(path) or "txt")
    changed = ("it has changed since it was kept and is used as it is now",) if entry is not None else ()
    return replace(got, remarks=(*got.remarks, *changed)), sha256


def _structure(path: Path, entry: ManifestEntry, text: str) -> Structure | None:
    """The structure that was kept beside a text; None where there is none or it is of another text."""
    if entry.structure is None:
        return None
    try:
        data = path.with_name(PurePosixPath(entry.structure).name).read_bytes()
    except OSError:
        return None
    return from_bytes(data, text, entry.sha256)


def _left_out(folder: Path, entries: Entries, named: tuple[PadId, ...]) -> Iterator[str]:
    """Sentences on pads that are kept but that event.toml does not name."""
    for pad_id in sorted(entries.keys() - set(named)):
        if entries[pad_id].state is not State.WITHHELD:
            yield f"{folder / entries[pad_id].file}: is kept, but event.toml does not name it; it is left out."


def _first_of_each(ids: tuple[PadId, ...], refs: tuple[PadRef, ...]) -> dict[PadId, PadRef]:
    first: dict[PadId, PadRef] = {}
    for pad_id, ref in zip(ids, refs, strict=True):
        first.setdefault(pad_id, ref)
    return first


def _twice(ids: tuple[PadId, ...]) -> list[PadId]:
    return sorted(one for one, times in Counter(ids).items() if times > 1)


def _place(ref: PadRef) -> str:
    return ref.file or ref.url or f"pad {ref.pad}"


UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One pad as `fetch status` shows it; every field is text."""

    group: str
    pad: str
    state: str
    revision: str
    size: str
    age: str


def status(
    event: Event, entries: dict[PadId, ManifestEntry], intact: Collection[PadId], now: dt.datetime
) -> tuple[Row, ...]:
    """A row per [[pad]], in event.toml's order; `intact` are the pads whose files are as they were kept."""
    return tuple(
        _row(ref, pad_id, entries.get(pad_id), now, as_kept=pad_id in intact)
        for pad_id, ref in zip(pad_ids(event), event.pads, strict=True)
    )


def _row(ref: PadRef, pad_id: PadId, entry: ManifestEntry | None, now: dt.datetime, *, as_kept: bool) -> Row:
    if entry is None:
        state = "not fetched" if ref.file is None else "a file, not added"
        return Row(group=ref.group, pad=pad_id, state=state, revision="", size="", age="")
    state = str(entry.state) if as_kept or entry.state is State.WITHHELD else "changed by hand"
    return Row(
        group=ref.group,
        pad=pad_id,
        state=state,
        revision="" if entry.revision is None else str(entry.revision),
        size="" if entry.state is State.WITHHELD else f"{entry.size:,} B",
        age=age(entry.fetched_at, now),
    )


def age(moment: str, now: dt.datetime) -> str:
    """How long ago a moment (ISO 8601) was, in its largest unit: `3 days ago`."""
    seconds = (now - dt.datetime.fromisoformat(moment)).total_seconds()
    for size, unit in UNITS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
