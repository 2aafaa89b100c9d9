"""corpus/<event>/ on disk becomes a Corpus; a pad that cannot be read becomes a sentence, and the rest goes on."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fetch import reading, structure
from fetch.errors import PadFailure
from fetch.eventfile import read_event
from fetch.identity import pad_ids
from fetch.judge import Got
from fetch.magic import why_withheld
from fetch.manifest import Entries, read_manifest
from fetch.records import Corpus, Event, ManifestEntry, Pad, PadId, PadRef, State, Structure


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for a [[pad]]: a pad, or why it is withheld, and sentences about it."""

    pad: Pad | None = None
    withheld: tuple[str, ...] = ()
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
    problems = [f"{event.id}: two of its pads are called {one}; rename one." for one in _twice(ids)]
    withheld: list[str] = []
    notes: list[str] = []
    for pad_id, ref in _first_of_each(ids, event.pads).items():
        try:
            read = _read_pad(folder, event, pad_id, ref, entries.get(pad_id))
        except PadFailure as failure:
            problems.append(f"{failure}.")
            continue
        pads += [read.pad] if read.pad else []
        withheld += read.withheld
        notes += read.notes
    notes += _left_out(folder, entries, ids)
    return Corpus(event=event, pads=tuple(pads), problems=tuple(problems), withheld=tuple(withheld), notes=tuple(notes))


def _read_pad(folder: Path, event: Event, pad_id: PadId, ref: PadRef, entry: ManifestEntry | None) -> _Read:
    """One pad; raises PadFailure with a sentence that lacks its full stop."""
    if entry is not None and entry.state is State.WITHHELD:
        return _Read(withheld=(f"{_place(ref)} ({ref.group}) is withheld at its authors' wish.",))
    file = ref.file or (entry.file if entry else None)
    if file is None:
        raise PadFailure(f"{_place(ref)} ({ref.group}) is not in the corpus yet; run `make fetch EVENT={event.id}`")
    path = folder / file
    try:
        got, sha256 = _load(path, entry if entry is not None and entry.file == file else None)
    except PadFailure as failure:
        raise PadFailure(f"{path}: {failure}") from failure
    why = why_withheld(got.text, event.publish)
    if why is not None:
        return _Read(withheld=(f"{path} ({ref.group}) is withheld: {why}.",))
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


def _load(path: Path, entry: ManifestEntry | None) -> tuple[Got, str]:
    """A file's pad and its SHA-256; `entry` is what the manifest has of this very file."""
    data = reading.bytes_of(path)
    sha256 = hashlib.sha256(data).hexdigest()
    if entry is not None and entry.sha256 == sha256:
        text = data.decode()
        return Got(text=text, form="kept", structure=_structure(path, entry, text)), sha256
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
    return structure.from_bytes(data, text, entry.sha256)


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
