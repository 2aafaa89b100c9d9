"""What to make of a pad that came. Pure: it touches neither network nor disk nor clock.

The corpus as it is written: locked, each pad whole, the manifest after the pads that it names.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TextIO

from fetch import corpus as structure
from fetch import files as disk
from fetch.corpus import Entries, read_manifest, write_manifest
from fetch.corpus_records import FetchedPad, ManifestEntry, Outcome, PadId, Publish, State, why_withheld
from fetch.errors import FetchError, PadFailure
from fetch.locations import stem_of

ENDINGS = {"markdown": ".md"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which pad it is, where it came from and when (UTC, ISO 8601)."""

    pad_id: PadId
    source: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do with a pad: its entry for the manifest, and why it is withheld if it is."""

    outcome: Outcome
    entry: ManifestEntry
    why: str | None = None


def judge(origin: Origin, old: ManifestEntry | None, got: FetchedPad, publish: Publish) -> Verdict:
    """Whether a pad is new, changed, unchanged or withheld, compared with the manifest's `old` entry."""
    why = why_withheld(got.text, publish)
    if why is not None:
        return Verdict(outcome=Outcome.WITHHELD, entry=_nothing_kept(origin), why=why)
    entry = _entry(origin, old, got)
    return Verdict(outcome=compare(old, entry), entry=entry)


def compare(old: ManifestEntry | None, new: ManifestEntry) -> Outcome:
    """Whether a pad is new, changed or unchanged.

    Revisions are compared for being unlike, not larger: Etherpad's compaction makes them smaller. Where the server
    gives plain text only, for now, equal text is all that can be known.
    """
    if old is None or old.state is State.WITHHELD:
        return Outcome.NEW
    same_revision = new.revision is None or (old.revision, old.edited_at) == (new.revision, new.edited_at)
    same = old.state is State.HELD and old.sha256 == new.sha256 and same_revision
    return Outcome.UNCHANGED if same else Outcome.CHANGED


def file_of(pad_id: PadId, form: str) -> str:
    """Where a pad's text is kept, relative to the event's folder."""
    return f"pads/{stem_of(pad_id)}{ENDINGS.get(form, '.txt')}"


def _entry(origin: Origin, old: ManifestEntry | None, got: FetchedPad) -> ManifestEntry:
    data = got.text.encode()
    file = file_of(origin.pad_id, got.form)
    return ManifestEntry(
        pad_id=origin.pad_id,
        file=file,
        source=origin.source,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        fetched_at=origin.now,
        revision=got.revision,
        edited_at=got.edited_at,
        form=got.form,
        etag=got.etag,
        structure=str(PurePosixPath(file).with_suffix(".json")) if got.structure is not None else None,
        history=old.history if old is not None else None,
        remarks=got.remarks,
    )


def _nothing_kept(origin: Origin) -> ManifestEntry:
    return ManifestEntry(
        pad_id=origin.pad_id,
        file="",
        source=origin.source,
        sha256="",
        size=0,
        fetched_at=origin.now,
        state=State.WITHHELD,
    )


LOCK = ".lock"
PADS = "pads"


class Store:
    """An event's folder, held by this process alone; made by `opened`.

    Every method raises OSError as of a full disk, and what was there before is then as it was.
    """

    def __init__(self, folder: Path, journal: TextIO) -> None:
        self.folder = folder
        self.entries: Entries = read_manifest(folder)
        self._journal = journal
        self._ours = set(journal.read().split())

    def keep(self, verdict: Verdict, got: FetchedPad, *, history: bool = False) -> Outcome:
        """Do what was decided about a pad: keep it, with the files beside its text, or keep nothing of it.

        The files beside it come first, then the text, then the entry that names them. Nothing is written of a pad
        that has not changed. Raises PadFailure where its text was edited here by hand: that is a person's work.
        """
        if verdict.outcome is Outcome.WITHHELD:
            self._withhold(verdict.entry)
            return verdict.outcome
        entry, outcome, beside = verdict.entry, verdict.outcome, dict[str, bytes]()
        old = self.entries.get(entry.pad_id)
        if history and got.raw is not None:
            entry = replace(entry, history=str(PurePosixPath(entry.file).with_suffix(".etherpad")))
            beside[str(entry.history)] = got.raw
            outcome = Outcome.CHANGED if outcome is Outcome.UNCHANGED and old and not old.history else outcome
        if got.structure is not None:
            beside[str(entry.structure)] = structure.to_bytes(got.structure, entry.sha256)
        if outcome is not Outcome.UNCHANGED or _hash(self.folder / entry.file) is None:
            self._put(entry, got.text.encode(), beside)
        return outcome

    def _put(self, entry: ManifestEntry, data: bytes, beside: Mapping[str, bytes]) -> None:
        old = self.entries.get(entry.pad_id)
        held = _hash(self.folder / entry.file)
        if held not in {None, entry.sha256, *self._ours, *((old.sha256,) if old else ())}:
            raise PadFailure(f"{self.folder / entry.file} was edited here by hand; move it away to take the new text.")
        for file, content in beside.items():
            disk.replace(self.folder / file, content)
        if held != entry.sha256:
            self._note(entry.sha256)
            disk.replace(self.folder / entry.file, data)
        self._write(entry)
        self._remove(old, but=entry)

    def mark(self, pad_id: PadId, state: State) -> None:
        """Write down that a pad's state is another."""
        if self.entries[pad_id].state is not state:
            self._write(replace(self.entries[pad_id], state=state))

    def _withhold(self, entry: ManifestEntry) -> None:
        """Remove whatever is kept of a pad, then write down that it is withheld."""
        old = self.entries.get(entry.pad_id)
        if old is None or old.state is not State.WITHHELD:
            self._remove(old, but=entry)
            self._write(entry)

    def _write(self, entry: ManifestEntry) -> None:
        entries = {**self.entries, entry.pad_id: entry}
        write_manifest(self.folder, entries)
        self.entries = entries

    def _remove(self, old: ManifestEntry | None, but: ManifestEntry) -> None:
        """Remove the files of an old entry that the new one does not name."""
        for file in (old.structure, old.history, old.file) if old is not None else ():
            if file and file not in {but.structure, but.history, but.file}:
                (self.folder / file).unlink(missing_ok=True)

    def _note(self, sha256: str) -> None:
        """Write down what is about to be put into pads/, so that a run cut off is not taken for a person's edit."""
        self._ours.add(sha256)
        self._journal.write(f"{sha256}\n")
        self._journal.flush()


def intact(folder: Path, entries: Entries) -> frozenset[PadId]:
    """The pads whose files are there, the text's as it was kept."""
    return frozenset(
        pad_id
        for pad_id, entry in entries.items()
        if entry.state is not State.WITHHELD
        and _hash(folder / entry.file) == entry.sha256
        and all((folder / file).is_file() for file in (entry.structure, entry.history) if file)
    )


def _hash(path: Path) -> str | None:
    with suppress(FileNotFoundError):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return None


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The corpus in `folder`, made where there is none, locked until the block ends or the process dies.

    The lock file's content is the journal of the writes of a run; an orderly end empties it. Raises FetchError where
    another process holds the lock or the folder cannot be written to.
    """
    try:
        (folder / PADS).mkdir(parents=True, exist_ok=True)
        journal = (folder / LOCK).open("a+", encoding="ascii")
    except OSError as error:
        raise FetchError(f"{folder}: cannot be written to: {disk.reason(error)}.") from error
    with journal:
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FetchError(f"{folder}: another fetch is at work on it; wait until it is done.") from error
        journal.seek(os.SEEK_SET)
        store = Store(folder, journal)
        disk.sweep(folder)
        disk.sweep(folder / PADS)
        yield store
        journal.truncate(0)
