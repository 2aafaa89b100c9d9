"""An event's folder in corpus/ as it is read: manifest, structure files, pads, and what is kept of each pad.

event.toml ──┬──► read_corpus ──► Corpus        a pad that cannot be read is a Problem, and the others go on
manifest.json┘         │
pads/*.txt, *.md, *.json
"""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fetch.corpus_records import (
    Corpus,
    Event,
    FetchedPad,
    LineStructure,
    ManifestEntry,
    Pad,
    PadId,
    PadRef,
    PadState,
    Problem,
    ProblemKind,
    reason_to_withhold,
)
from fetch.errors import PadFailure, UserMistake, shown, validation_sentence
from fetch.etherpad_export import MAX_HEADING, MAX_LEVEL
from fetch.event_file import read_event
from fetch.files import describe_os_error, read_bytes, read_plain, refuse_links, replace_file
from fetch.formats import form_of, read_file, read_pad
from fetch.locations import pad_ids

MANIFEST = "manifest.json"
PADS = "pads"
INTRODUCTION_FILE = "introduction.md"
MAX_INTRODUCTION = 1_000_000
"""Bytes: some 300 printed pages."""

KEPT_FILE = re.compile(r"pads/[^/\\\0]+")
"""The paths of kept files; a manifest from elsewhere must not lead a reader out of the corpus."""

JOURNAL = "manifest.jsonl"
"""Beside the manifest, the entries of a fetch that came after it was last written, a line each; the last one counts."""

KEPT = "kept"
"""The form of a pad whose file is as `fetch` wrote it."""

Entries = dict[PadId, ManifestEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFile:
    """The content of the file beside a pad's text; `sha256` is of the text that `lines` describe.

    Unknown keys are ignored: earlier versions also kept authors and times of lines.
    """

    __pydantic_config__ = ConfigDict(extra="ignore")

    schema: Literal[1]
    sha256: str
    lines: tuple[LineStructure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """The content of manifest.json; `pads` are in the order of their ids."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: Literal[1]
    pads: tuple[ManifestEntry, ...]


_STRUCTURE = TypeAdapter(StructureFile)
_MANIFEST = TypeAdapter(ManifestFile)
_ENTRY = TypeAdapter(ManifestEntry)


def serialize_structure(structure: tuple[LineStructure, ...], sha256: str) -> bytes:
    """Return the content of a structure file; `sha256` is of the text that it describes."""
    file = StructureFile(schema=1, sha256=sha256, lines=structure)
    return _STRUCTURE.dump_json(file, exclude_defaults=True) + b"\n"


def read_manifest(folder: Path) -> Entries:
    """Return the entries of an event's manifest by pad id, none if there is no manifest; raises UserMistake."""
    path = folder / MANIFEST
    try:
        entries: list[ManifestEntry] = []
        with suppress(FileNotFoundError):
            entries += _MANIFEST.validate_json(read_plain(path, inside=folder)).pads
        path = folder / JOURNAL
        entries += _read_journal(path)
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {describe_os_error(error)}.") from error
    except ValidationError as error:
        sentence = validation_sentence(error, f"{path}: ")
        raise UserMistake(f"{sentence} It is written by `make fetch`: move it away and fetch again.") from error
    for entry in entries:
        for file in (entry.file, entry.structure, entry.history):
            if file and not KEPT_FILE.fullmatch(file):
                sentence = f"{shown(file)} is not a file in pads/; move the manifest away and fetch again."
                raise UserMistake(f"{folder / MANIFEST}: {sentence}")
    return {entry.pad_id: entry for entry in entries}


def write_manifest(folder: Path, entries: Entries) -> None:
    """Replace an event's manifest in one step, when the files that it names are on the disk; raises OSError."""
    pads = tuple(entries[pad_id] for pad_id in sorted(entries))
    data = _MANIFEST.dump_json(ManifestFile(schema=1, pads=pads), indent=2, exclude_defaults=True)
    replace_file(folder / MANIFEST, data + b"\n")
    (folder / JOURNAL).unlink(missing_ok=True)


def append_to_journal(folder: Path, entry: ManifestEntry) -> None:
    """Add an entry that the manifest does not have yet, when its files are on the disk; raises OSError."""
    refuse_links(folder / JOURNAL, folder)
    line = _ENTRY.dump_json(entry, exclude_defaults=True) + b"\n"
    with (folder / JOURNAL).open("ab", buffering=0) as file:
        size = file.tell()
        try:
            while line:
                line = line[file.write(line) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)  # the next entry would be behind half a line
            raise


def _read_journal(path: Path) -> Iterator[ManifestEntry]:
    """Yield the entries of a journal; a line without an end is what a killed process left, and its pad is as it was."""
    with suppress(FileNotFoundError):
        *lines, _ = read_plain(path, inside=path.parent).split(b"\n")
        yield from map(_ENTRY.validate_json, lines)


def read_corpus(folder: Path) -> Corpus:
    """Return the event in `folder` with its pads in event.toml's order; raises UserMistake.

    The text of a kept pad is its file's UTF-8 to the character, even a byte order mark. A file that somebody put there
    or changed is read as `fetch add` reads it, and `notes` mention it.
    """
    refuse_linked_pads(folder)
    event = replace(read_event(folder), introduction=read_introduction(folder / INTRODUCTION_FILE))
    entries = read_manifest(folder)
    read = list(_read_pads(folder, event, entries))
    pads = [pad for pad, _ in read if isinstance(pad, Pad)]
    problems = [problem for problem, _ in read if isinstance(problem, Problem)]
    problems.sort(key=lambda problem: problem.kind is not ProblemKind.TWICE)
    notes = [remark for _, remarks in read for remark in remarks]
    named = frozenset(pad_ids(event, entries))
    notes += (
        f"{folder / entry.file}: is kept but left out, because event.toml does not name it."
        for pad_id, entry in sorted(entries.items())
        if pad_id not in named and entry.state is not PadState.WITHHELD
    )
    return Corpus(
        event=event,
        pads=tuple(pads),
        problems=tuple(problem for problem in problems if problem.kind is not ProblemKind.WITHHELD),
        withheld=tuple(problem for problem in problems if problem.kind is ProblemKind.WITHHELD),
        notes=tuple(notes),
    )


def iterate_pads(folder: Path) -> tuple[Event, Iterator[Pad | Problem]]:
    """Return the event in `folder`, without an introduction, and its pads in order, each read when it is asked for.

    For a corpus whose texts do not fit into memory; raises UserMistake as `read_corpus`.
    """
    refuse_linked_pads(folder)
    event = read_event(folder)
    return event, (pad for pad, _ in _read_pads(folder, event, read_manifest(folder)))


def _read_pads(folder: Path, event: Event, entries: Entries) -> Iterator[tuple[Pad | Problem, tuple[str, ...]]]:
    """Yield each pad of an event, or the problem with it, with sentences about it."""
    read: set[PadId] = set()
    for pad_id, ref in zip(pad_ids(event, entries), event.pads, strict=True):
        if pad_id in read:
            sentence = f"{event.id}: two of its pads are called {pad_id}; rename one."
            yield _problem(ref, ProblemKind.TWICE, sentence), ()
            continue
        read.add(pad_id)
        yield _read_pad(folder, event, pad_id, ref, entries.get(pad_id))


def refuse_linked_pads(folder: Path) -> None:
    """Raise UserMistake if an event's folder of pads is a link: what is in it would be read and written elsewhere."""
    try:
        refuse_links(folder / PADS, folder)
    except OSError as error:
        raise UserMistake(f"{folder / PADS}: {describe_os_error(error)}.") from error


def read_introduction(path: Path) -> str:
    """Return the Markdown that the report begins with, or "" if there is none; raises UserMistake."""
    if not path.exists() and not path.is_symlink():
        return ""
    try:
        return read_bytes(path, MAX_INTRODUCTION, inside=path.parent).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except PadFailure as failure:
        raise UserMistake(f"{path}: {failure}.") from failure


def _read_pad(
    folder: Path, event: Event, pad_id: PadId, ref: PadRef, entry: ManifestEntry | None
) -> tuple[Pad | Problem, tuple[str, ...]]:
    """Read one pad; return it, or the problem with it, and sentences about it."""
    file = ref.file or (entry.file if entry else None)
    name = _name_of(ref)
    if entry is not None and entry.state is PadState.WITHHELD:
        sentence = f"{name} ({ref.group}) is withheld because its authors asked for it."
        return _problem(ref, ProblemKind.WITHHELD, sentence), ()
    if file is None:
        sentence = f"{name} ({ref.group}) is not in the corpus yet; run `make fetch EVENT={event.id}`."
        return _problem(ref, ProblemKind.NOT_FETCHED, sentence), ()
    path = folder / file
    try:
        read, sha256 = _load(path, folder, entry if entry is not None and entry.file == file else None)
    except PadFailure as failure:
        return _problem(ref, ProblemKind.UNREADABLE, f"{path}: {failure}."), ()
    reason = reason_to_withhold(read.text, event.publish)
    if reason is not None:
        return _problem(ref, ProblemKind.WITHHELD, f"{path} ({ref.group}) is withheld: {reason}."), ()
    pad = Pad(
        pad_id=pad_id,
        group=ref.group,
        text=read.text,
        sha256=sha256,
        source=entry.source if entry else f"file:{PurePosixPath(file).name}",
        revision=entry.revision if entry else read.revision,
        edited_at=entry.edited_at if entry else read.edited_at,
        structure=read.structure,
        formerly=ref.formerly,
        text_remarks=read.text_remarks,
    )
    news = read.all_remarks() if read.form != KEPT else ()  # `fetch` printed those of a kept pad
    return pad, tuple(f"{path}: {remark}." for remark in news)


def _problem(ref: PadRef, kind: ProblemKind, sentence: str) -> Problem:
    return Problem(kind=kind, name=_name_of(ref), group=ref.group, sentence=sentence)


def _name_of(ref: PadRef) -> str:
    return ref.file or ref.url or f"pad {ref.pad}"


def _load(path: Path, folder: Path, entry: ManifestEntry | None) -> tuple[FetchedPad, str]:
    """Return the pad of a file in `folder` and its SHA-256; `entry` is what the manifest has of this very file."""
    data = read_file(path, inside=folder)
    sha256 = hashlib.sha256(data).hexdigest()
    if entry is not None and entry.sha256 == sha256:
        text = data.decode()
        structure = _read_structure(path, entry, text)
        return FetchedPad(text=text, form=KEPT, structure=structure, text_remarks=entry.text_remarks), sha256
    pad = read_pad(data, form_of(path) or "txt")
    changed = ("it was changed since it was fetched, and is used as it is now",) if entry is not None else ()
    return replace(pad, remarks=(*pad.remarks, *changed)), sha256


def _read_structure(path: Path, entry: ManifestEntry, text: str) -> tuple[LineStructure, ...] | None:
    """Return the structure kept beside a text; None if it is missing, damaged or does not describe this text."""
    if not entry.structure:
        return None
    try:
        beside = path.with_name(PurePosixPath(entry.structure).name)
        file = _STRUCTURE.validate_json(read_plain(beside, inside=path.parent))
    except (OSError, ValidationError):
        return None
    lines = text.split("\n")
    fits = file.sha256 == entry.sha256 and len(file.lines) == len(lines)
    return file.lines if fits and all(map(_describes, file.lines, lines)) else None


def _describes(known: LineStructure, line: str) -> bool:
    """Return whether a structure, which may come from elsewhere, points to nothing outside of its line."""
    return (
        0 <= known.prefix <= len(line)
        and 0 <= known.level <= MAX_LEVEL
        and 0 <= known.heading <= MAX_HEADING
        and all(known.prefix <= start < end <= len(line) for start, end in known.struck)
    )


class PadStatus(NamedTuple):
    """What `fetch status` shows about one pad; every field is text."""

    group: str
    pad: str
    state: str
    revision: str = ""
    size: str = ""
    age: str = ""


def list_status(event: Event, entries: Entries, intact: Collection[PadId], now: dt.datetime) -> tuple[PadStatus, ...]:
    """Return the status of each [[pad]], in event.toml's order; `intact` are pads whose files are as they were kept."""
    statuses = []
    for pad_id, ref in zip(pad_ids(event, entries), event.pads, strict=True):
        status = PadStatus(group=ref.group, pad=pad_id, state="a file, not added" if ref.file else "not fetched")
        if (entry := entries.get(pad_id)) is not None:
            withheld = entry.state is PadState.WITHHELD
            status = status._replace(
                state=str(entry.state) if pad_id in intact or withheld else "changed by hand",
                revision="" if entry.revision is None else str(entry.revision),
                size="" if withheld else f"{entry.size:,} B",
                age=_age(entry.fetched_at, now),
            )
        statuses.append(status)
    return tuple(statuses)


def _age(fetched_at: str, now: dt.datetime) -> str:
    """Return how long ago a pad was fetched, or "" if a damaged manifest does not tell."""
    from babel.dates import format_timedelta  # noqa: PLC0415 - Babel is slow to import, and an analysis needs no ages

    try:
        age = now - dt.datetime.fromisoformat(fetched_at)
    except (ValueError, TypeError):
        return ""
    return f"{format_timedelta(max(age, dt.timedelta()), locale='en')} ago"
