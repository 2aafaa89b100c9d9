"""What is held of an event, for people: each pad's state, revision, size and age. Asks no server."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from fetch.identity import pad_ids
from fetch.records import Event, ManifestEntry, PadId, PadRef, State

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
