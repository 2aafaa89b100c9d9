"""What to make of a pad that came. Pure: it touches neither network nor disk nor clock."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from fetch.magic import why_withheld
from fetch.outcome import Outcome
from fetch.padname import stem_of
from fetch.records import ManifestEntry, PadId, Publish, State, Structure

ENDINGS = {"markdown": ".md"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """A pad as it came; `raw` is the full export, `remarks` are clauses on what was guessed or given up."""

    text: str
    form: str
    etag: str | None = None
    revision: int | None = None
    edited_at: str | None = None
    structure: Structure | None = None
    raw: bytes | None = None
    remarks: tuple[str, ...] = ()


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


def judge(origin: Origin, old: ManifestEntry | None, got: Got, publish: Publish) -> Verdict:
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


def _entry(origin: Origin, old: ManifestEntry | None, got: Got) -> ManifestEntry:
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
