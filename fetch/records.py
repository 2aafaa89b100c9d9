"""What `fetch` hands on: events, pads and the manifest, as frozen records."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NewType

PadId = NewType("PadId", str)
"""A pad's name on its server, or the stem of its file's name."""

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PadRef:
    """One `[[pad]]` of event.toml: a group and where its notes are (exactly one of pad, url, file)."""

    group: str
    pad: str | None = None
    url: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A gathering with its pads, as event.toml describes it; `id` is the name of its folder in corpus/."""

    id: str
    title: str
    date: dt.date | None = None
    server: str | None = None
    prompts: tuple[str, ...] = ()
    pads: tuple[PadRef, ...] = ()
    settings: dict[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """How one pad came to be in the corpus.

    `file` is relative to the event's folder, `sha256` is of the file's bytes as kept, `size` is in bytes,
    `fetched_at` is UTC in ISO 8601, `revision` is Etherpad's, where it is known.
    `remarks` say what was guessed or changed on the way in.
    """

    pad_id: PadId
    file: str
    source: str
    sha256: str
    size: int
    fetched_at: str
    revision: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad:
    """A group's notes: `text` is what was kept, to the character; offsets everywhere are code points of it."""

    pad_id: PadId
    group: str
    text: str
    sha256: str
    source: str
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """An event with the pads that could be read, in event.toml's order.

    `problems` (a pad is missing) and `notes` (a pad is there, but something about it was guessed) are plain sentences.
    """

    event: Event
    pads: tuple[Pad, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
