"""corpus/<event>/ on disk becomes a Corpus; a pad that cannot be read becomes a sentence, and the rest goes on."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from fetch import disk
from fetch.decode import decode
from fetch.errors import PadFailure
from fetch.eventfile import read_event
from fetch.identity import pad_ids
from fetch.manifest import Entries, read_manifest
from fetch.records import Corpus, ManifestEntry, Pad, PadId, PadRef


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
    notes: list[str] = []
    refs: dict[PadId, PadRef] = {}
    for pad_id, ref in zip(ids, event.pads, strict=True):
        refs.setdefault(pad_id, ref)
    for pad_id, ref in refs.items():
        try:
            pad, remarks = _read_pad(folder, pad_id, ref, entries.get(pad_id))
        except PadFailure as failure:
            problems.append(str(failure))
        else:
            pads.append(pad)
            notes += remarks
    notes += _left_out(folder, entries, ids)
    return Corpus(event=event, pads=tuple(pads), problems=tuple(problems), notes=tuple(notes))


def _read_pad(folder: Path, pad_id: PadId, ref: PadRef, entry: ManifestEntry | None) -> tuple[Pad, list[str]]:
    """One pad and what is to be said about it; raises PadFailure."""
    file = ref.file or (entry.file if entry else None)
    if file is None:
        raise PadFailure(f"{_place(ref)} ({ref.group}) is not in the corpus yet; run `make fetch EVENT={folder.name}`.")
    path = folder / file
    data = disk.read_text_bytes(path)
    sha256 = hashlib.sha256(data).hexdigest()
    if entry is not None and (entry.file, entry.sha256) == (file, sha256):
        text, source, remarks = data.decode(), entry.source, []
    else:
        decoded = decode(data, str(path))
        text, source = decoded.text, f"file:{PurePosixPath(file).name}"
        remarks = [f"{path}: {remark}." for remark in decoded.remarks]
        if entry is not None:
            source = entry.source
            remarks.append(
                f"{path}: has changed since it was kept (by hand, or a fetch was cut off); used as it is now."
            )
    revision = entry.revision if entry else None
    return Pad(pad_id=pad_id, group=ref.group, text=text, sha256=sha256, source=source, revision=revision), remarks


def _left_out(folder: Path, entries: Entries, named: Sequence[PadId]) -> Iterator[str]:
    """Sentences on pads that are kept but that event.toml does not name."""
    for pad_id in sorted(entries.keys() - set(named)):
        yield f"{folder / entries[pad_id].file}: is kept, but event.toml does not name it; it is left out."


def _twice(ids: Sequence[PadId]) -> list[PadId]:
    return sorted(one for one, times in Counter(ids).items() if times > 1)


def _place(ref: PadRef) -> str:
    return ref.file or ref.url or f"pad {ref.pad}"
