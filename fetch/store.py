"""The corpus as it is written: locked, each pad replaced whole, the manifest after the files that it names.

decide_update (pure: new, changed, unchanged or withheld) ──► Store.keep (structure and history, text, manifest)
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TextIO

from fetch.corpus import (
    JOURNAL,
    PADS,
    Entries,
    append_to_journal,
    read_manifest,
    refuse_linked_pads,
    serialize_structure,
    write_manifest,
)
from fetch.corpus_records import (
    FetchedPad,
    ManifestEntry,
    Outcome,
    PadId,
    PadState,
    PublishPolicy,
    Result,
    reason_to_withhold,
)
from fetch.errors import FetchError, PadFailure
from fetch.files import RefusedFileError, describe_os_error, is_file, read_plain, replace_file, sweep
from fetch.locations import new_file

LOCK = ".lock"

REWRITTEN_AFTER = 0.01
"""New entries, as a share of all, after which the manifest is written again; until then they are in its journal.

So the manifest of 100,000 pads, 50 MB, is not written 100,000 times, and that of fewer than 100 for each pad.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOptions:
    """How to keep pads: which may be kept, the time to record (UTC, ISO 8601), and whether with the full export."""

    publish: PublishPolicy
    now: str
    history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDecision:
    """What to do with a pad: its entry for the manifest and, if it is withheld, the reason."""

    outcome: Outcome
    entry: ManifestEntry
    reason: str | None = None


def decide_update(
    pad_id: PadId, source: str, pad: FetchedPad, old: ManifestEntry | None, options: KeepOptions
) -> UpdateDecision:
    """Return whether a pad is new, changed, unchanged or withheld, compared with the `old` entry of the manifest."""
    reason = reason_to_withhold(pad.text, options.publish)
    if reason is not None:
        entry = ManifestEntry(
            pad_id=pad_id, file="", source=source, sha256="", size=0, fetched_at=options.now, state=PadState.WITHHELD
        )
        return UpdateDecision(outcome=Outcome.WITHHELD, entry=entry, reason=reason)
    data = pad.text.encode()
    file = file_of(pad_id, pad.form, old)
    entry = ManifestEntry(
        pad_id=pad_id,
        file=file,
        source=source,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        fetched_at=options.now,
        revision=pad.revision,
        edited_at=pad.edited_at,
        form=pad.form,
        etag=pad.etag,
        structure=_beside(file, ".json") if pad.structure is not None else None,
        history=old.history if old is not None else None,
        remarks=pad.all_remarks(),
        text_remarks=pad.text_remarks,
    )
    return UpdateDecision(outcome=_compare(old, entry), entry=entry)


def _compare(old: ManifestEntry | None, new: ManifestEntry) -> Outcome:
    """Return whether a pad is new, changed or unchanged.

    Revisions are compared for equality, as Etherpad's compaction makes them smaller. Where the server currently gives
    plain text only, equal text is all that can be known.
    """
    if old is None or old.state is PadState.WITHHELD:
        return Outcome.NEW
    same_revision = new.revision is None or (old.revision, old.edited_at) == (new.revision, new.edited_at)
    same = old.state is PadState.HELD and old.sha256 == new.sha256 and same_revision
    return Outcome.UNCHANGED if same else Outcome.CHANGED


def file_of(pad_id: PadId, form: str, old: ManifestEntry | None) -> str:
    """Return where a pad's text is kept: where it is already, unless its form now has another ending."""
    file = new_file(pad_id, form)
    return old.file if old is not None and PurePosixPath(old.file).suffix == PurePosixPath(file).suffix else file


def _beside(file: str, ending: str) -> str:
    return str(PurePosixPath(file).with_suffix(ending))


class Store:
    """An event's folder that no other process writes to; made by `open_store`.

    Every method raises OSError, as for a full disk, and then what was there before is as it was.
    """

    def __init__(self, folder: Path, journal: TextIO) -> None:
        self.folder = folder
        self.entries: Entries = read_manifest(folder)
        self._unwritten = 0
        self._journal = journal
        self._own_hashes = set(journal.read().split())

    def keep(self, name: str, pad_id: PadId, source: str, pad: FetchedPad, options: KeepOptions) -> Result:
        """Keep a pad that was fetched from `source`, if its authors allow it, and return the result under `name`.

        Nothing is written if the pad has not changed. Raises PadFailure if the kept text was edited by hand.
        """
        old = self.entries.get(pad_id)
        decision = decide_update(pad_id, source, pad, old, options)
        entry, outcome, files = decision.entry, decision.outcome, dict[str, bytes]()
        if outcome is Outcome.WITHHELD:
            if old is None or old.state is not PadState.WITHHELD:
                self._remove(old, entry)  # before it is recorded as withheld
                self._record(entry)
            return Result(name=name, outcome=outcome, remarks=(f"{decision.reason}; nothing of it is kept",))
        if options.history and pad.raw is not None:
            entry = replace(entry, history=_beside(entry.file, ".etherpad"))
            files[str(entry.history)] = pad.raw
            outcome = Outcome.CHANGED if outcome is Outcome.UNCHANGED and old and not old.history else outcome
        if pad.structure is not None:
            files[str(entry.structure)] = serialize_structure(pad.structure, entry.sha256)
        if outcome is not Outcome.UNCHANGED or self._lacks_a_file(entry, files):
            self._write(entry, pad.text.encode(), files)
        return Result(name=name, outcome=outcome, remarks=pad.all_remarks())

    def _current_hash(self, file: str) -> str | None:
        """Return the hash of a file in the event's folder, None if there is none; raises PadFailure for a link."""
        try:
            return _hash(self.folder, file)
        except RefusedFileError as error:
            raise PadFailure(f"{self.folder / file}: {describe_os_error(error)}") from error

    def _lacks_a_file(self, entry: ManifestEntry, beside: Mapping[str, bytes]) -> bool:
        """Return whether a pad's text is missing, or a file beside it; one edited by hand needs none beside it."""
        current = self._current_hash(entry.file)
        return current is None or (current == entry.sha256 and not all(is_file(self.folder / file) for file in beside))

    def mark_gone(self, pad_id: PadId) -> None:
        """Record in the manifest that a pad is no longer on its server."""
        if self.entries[pad_id].state is not PadState.GONE:
            self._record(replace(self.entries[pad_id], state=PadState.GONE))

    def _write(self, entry: ManifestEntry, data: bytes, files: Mapping[str, bytes]) -> None:
        """Write the files beside a pad's text, then the text, then the entry that names them."""
        old = self.entries.get(entry.pad_id)
        current = self._current_hash(entry.file)
        known = {None, entry.sha256, old.sha256 if old else None}
        if current not in known and current not in self._own_hashes:
            raise PadFailure(f"{self.folder / entry.file} was edited here by hand; move it away to take the new text.")
        for file, content in files.items():
            replace_file(self.folder / file, content)
        if current != entry.sha256:
            self._own_hashes.add(entry.sha256)
            self._journal.write(f"{entry.sha256}\n")  # after a crash, the text is not taken for an edit by hand
            self._journal.flush()
            replace_file(self.folder / entry.file, data)
        self._record(entry)
        self._remove(old, entry)

    def _record(self, entry: ManifestEntry) -> None:
        if self._unwritten + 1 < REWRITTEN_AFTER * len(self.entries):
            append_to_journal(self.folder, entry)
            self._unwritten += 1
            self.entries[entry.pad_id] = entry
            return
        entries = {**self.entries, entry.pad_id: entry}
        write_manifest(self.folder, entries)
        self.entries, self._unwritten = entries, 0

    def close(self) -> None:
        """Write the manifest if entries are in its journal only."""
        if self._unwritten:
            write_manifest(self.folder, self.entries)

    def _remove(self, old: ManifestEntry | None, new: ManifestEntry) -> None:
        """Remove the files of an old entry that the new one does not name."""
        for file in (old.structure, old.history, old.file) if old is not None else ():
            if file and file not in {new.structure, new.history, new.file}:
                (self.folder / file).unlink(missing_ok=True)


def intact_pads(folder: Path, entries: Entries) -> frozenset[PadId]:
    """Return the pads whose files are all there, with the text as it was kept; raises UserMistake as for reading."""
    refuse_linked_pads(folder)
    return frozenset(
        pad_id
        for pad_id, entry in entries.items()
        if entry.state is not PadState.WITHHELD
        and is_file(folder / entry.file)
        and _hash(folder, entry.file) == entry.sha256
        and all(is_file(folder / file) for file in (entry.structure, entry.history) if file)
    )


def _hash(folder: Path, file: str) -> str | None:
    with suppress(FileNotFoundError):
        return hashlib.sha256(read_plain(folder / file, inside=folder)).hexdigest()
    return None


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """Open the corpus in `folder`, made if there is none, and lock it until the block ends or the process dies.

    The lock file holds the journal of the run's writes; an orderly end empties it. Raises FetchError if another process
    holds the lock or the folder cannot be written to.
    """
    refuse_linked_pads(folder)
    try:
        (folder / PADS).mkdir(parents=True, exist_ok=True)
        if os.path.lexists(folder / LOCK) and not is_file(folder / LOCK):
            raise FetchError(f"{folder / LOCK} is a link, device or pipe; remove it.")
        journal = (folder / LOCK).open("a+", encoding="ascii")
    except OSError as error:
        raise FetchError(f"{folder}: cannot be written to: {describe_os_error(error)}.") from error
    with journal:
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FetchError(f"{folder}: another fetch is running; wait until it is done.") from error
        journal.seek(os.SEEK_SET)
        store = Store(folder, journal)
        if is_file(folder / JOURNAL):  # of a fetch that was killed, perhaps in the middle of a line
            write_manifest(folder, store.entries)
        sweep(folder, folder / PADS)
        yield store
        store.close()
        journal.truncate(0)
