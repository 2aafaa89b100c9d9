"""Exported files become pads of an event: copied into corpus/<event>/pads/, in the manifest and in event.toml."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from fetch import disk
from fetch.decode import decode
from fetch.errors import FetchError, PadFailure
from fetch.eventedit import beginning, with_pads, write_event
from fetch.eventfile import EVENT_FILE, parse_event
from fetch.identity import id_of_file, pad_ids
from fetch.padname import stem_of
from fetch.records import Event, ManifestEntry, PadId, PadRef
from fetch.store import PADS, Change, Store, opened

ENDINGS = (".txt", ".md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of one path: `change`, or `failure` as a plain sentence; `remarks` tell what was guessed."""

    path: Path
    change: Change | None = None
    failure: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Adding:
    """One run of `add`: whose ids are taken by which source, and the [[pad]] entries to come."""

    store: Store
    now: dt.datetime
    taken: dict[str, str]
    named: frozenset[str]
    refs: list[PadRef] = field(default_factory=list)


def add(folder: Path, paths: Sequence[Path], now: dt.datetime) -> Iterator[Added]:
    """Copy files, and the .txt and .md files of folders, into the event in `folder`; a result per file, as it is done.

    The event.toml is made where there is none (title: the folder's name, date: that of `now`), and gets a [[pad]] per
    file that it does not name, with the file's stem for its group. Raises FetchError where the event as a whole
    cannot be read or written.
    """
    text, event = _event(folder, now)
    with opened(folder) as store:
        run = _Adding(store, now, _taken(event), frozenset(ref.file for ref in event.pads if ref.file))
        for path in paths:
            for file in _files(path):
                yield file if isinstance(file, Added) else _add_file(run, file)
        try:
            if run.refs or not (folder / EVENT_FILE).exists():
                write_event(folder, with_pads(text, folder / EVENT_FILE, run.refs))
        except OSError as error:
            raise FetchError(f"{folder / EVENT_FILE}: cannot be written: {disk.reason(error)}.") from error


def _event(folder: Path, now: dt.datetime) -> tuple[str, Event]:
    """The event.toml, or the beginning of one; both as text and as read."""
    path = folder / EVENT_FILE
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        text = beginning(folder.name, now.date())
    except (OSError, UnicodeDecodeError) as error:
        why = disk.reason(error) if isinstance(error, OSError) else "it is not UTF-8"
        raise FetchError(f"{path}: cannot be read: {why}.") from error
    return text, parse_event(text, path)


def _taken(event: Event) -> dict[str, str]:
    """The place that each pad's id belongs to, ids without their case: groups that differ by it mislead a reader."""
    places = ((ref.file or ref.url or f"{event.server}/p/{ref.pad}") for ref in event.pads)
    return {pad_id.casefold(): place for pad_id, place in zip(pad_ids(event), places, strict=True)}


def _files(path: Path) -> Iterator[Path | Added]:
    """The files that a path means; a folder means those in it that end like notes, in the order of their names."""
    if not path.is_dir():
        yield path
        return
    try:
        inside = sorted(one for one in path.iterdir() if not one.name.startswith("."))
    except OSError as error:
        yield Added(path=path, failure=f"{path}: this folder cannot be read: {disk.reason(error)}.")
        return
    if not inside:
        yield Added(path=path, failure=f"{path}: this folder is empty.")
    for one in inside:
        if one.is_dir():
            yield Added(path=one, failure=f"{one}: is a folder inside a folder and was left out; name it as well.")
        elif one.suffix.lower() not in ENDINGS:
            yield Added(path=one, failure=f"{one}: was left out, for it ends in neither .txt nor .md.")
        else:
            yield one


def _add_file(run: _Adding, path: Path) -> Added:
    try:
        return _keep(run, path)
    except PadFailure as failure:
        return Added(path=path, failure=str(failure))
    except OSError as error:
        return Added(path=path, failure=f"{path}: cannot be kept: {disk.reason(error)}.")


def _keep(run: _Adding, path: Path) -> Added:
    """Copy one file in, as UTF-8; raises PadFailure and OSError."""
    if path.suffix.lower() not in ENDINGS:
        raise PadFailure(f"{path}: ends in neither .txt nor .md; export the notes as plain text.")
    decoded = decode(disk.read_text_bytes(path), str(path))
    file = f"{PADS}/{stem_of(PadId(path.stem))}{path.suffix.lower()}"
    pad_id = id_of_file(PurePosixPath(file))
    other = run.taken.setdefault(pad_id.casefold(), file)
    if other != file:
        raise PadFailure(f"{path}: the event has a pad of that name already ({other}); rename the file.")
    data = decoded.text.encode()
    remarks = decoded.remarks if decoded.text.strip() else (*decoded.remarks, "it is empty")
    entry = ManifestEntry(
        pad_id=pad_id,
        file=file,
        source=f"file:{path.name}",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        fetched_at=run.now.isoformat(timespec="seconds"),
        remarks=remarks,
    )
    change = run.store.keep(entry, data)
    if file not in run.named:
        run.refs.append(PadRef(group=path.stem, file=file))
    return Added(path=path, change=change, remarks=remarks)
