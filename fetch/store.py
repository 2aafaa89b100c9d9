"""The corpus as it is written: locked, each pad whole, the manifest after the pads that it names."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from fetch import disk
from fetch.errors import FetchError, PadFailure
from fetch.manifest import Entries, read_manifest, write_manifest
from fetch.records import ManifestEntry

LOCK = ".lock"
PADS = "pads"


class Change(StrEnum):
    """What became of a pad in the corpus."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Store:
    """An event's folder, held by this process alone; made by `opened`."""

    def __init__(self, folder: Path, journal: TextIO) -> None:
        self.folder = folder
        self.entries: Entries = read_manifest(folder)
        self._journal = journal
        self._ours = set(journal.read().split())

    def keep(self, entry: ManifestEntry, data: bytes) -> Change:
        """Keep a pad and its entry, in that order; what its source has not changed is not written at all.

        Raises PadFailure where the kept copy was edited by hand since (it is a person's work), and OSError, as of a
        full disk; the old copy is then what it was.
        """
        old = self.entries.get(entry.pad_id)
        held = self._held(entry.file)
        if old is not None and held is not None and old.sha256 == entry.sha256:
            return Change.UNCHANGED
        if old is not None and held not in {None, old.sha256, entry.sha256, *self._ours}:
            raise PadFailure(
                f"{self.folder / entry.file}: was edited here by hand, and its source has changed as well; "
                "move your copy away to take the new one."
            )
        if held != entry.sha256:
            self._note(entry.sha256)
            disk.replace(self.folder / entry.file, data)
        self.entries[entry.pad_id] = entry
        write_manifest(self.folder, self.entries)
        return Change.NEW if old is None else Change.CHANGED

    def _held(self, file: str) -> str | None:
        with suppress(FileNotFoundError):
            return hashlib.sha256((self.folder / file).read_bytes()).hexdigest()
        return None

    def _note(self, sha256: str) -> None:
        """Write down what is about to be put into pads/, so that a run cut off is not taken for a person's edit."""
        self._ours.add(sha256)
        self._journal.write(f"{sha256}\n")
        self._journal.flush()


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
