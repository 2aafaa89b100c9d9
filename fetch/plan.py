"""Which pads to ask for, and what of each is held already. Pure: it touches neither network nor disk nor clock."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from fetch.errors import PadFailure
from fetch.identity import pad_ids
from fetch.place import Place, place_of
from fetch.records import Event, ManifestEntry, PadId, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A pad to ask for; `entry` is what the manifest has of it, `intact` that its files are as they were kept."""

    pad_id: PadId
    group: str
    place: Place
    entry: ManifestEntry | None = None
    intact: bool = False

    @property
    def name(self) -> str:
        """The pad as messages name it."""
        return f"{self.group} ({self.place.page})"

    @property
    def held(self) -> ManifestEntry | None:
        """The entry of a pad that need not be sent again if it has not changed."""
        return self.entry if self.intact and self.entry is not None and self.entry.state is State.HELD else None

    def __str__(self) -> str:
        if self.held is None:
            return f"{self.name}: ask for all of it"
        at = f"revision {self.held.revision}" if self.held.revision is not None else f"what came {self.held.fetched_at}"
        return f"{self.name}: ask for changes since {at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaskable:
    """A pad that event.toml names in a way that leads nowhere; `why` is a clause."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


def plan(
    event: Event, entries: Mapping[PadId, ManifestEntry], intact: Collection[PadId]
) -> tuple[Step | Unaskable, ...]:
    """The pads of an event to ask for, in its order; `intact` are those whose files are as kept. Files stay out."""
    return tuple(_steps(event, entries, intact))


def _steps(
    event: Event, entries: Mapping[PadId, ManifestEntry], intact: Collection[PadId]
) -> Iterator[Step | Unaskable]:
    seen: set[PadId] = set()
    for pad_id, ref in zip(pad_ids(event), event.pads, strict=True):
        try:
            place = place_of(event, ref)
        except PadFailure as failure:
            yield Unaskable(name=f"{ref.group} ({ref.url})", why=str(failure))
            continue
        if place is None:
            continue
        if pad_id in seen:
            yield Unaskable(name=f"{ref.group} ({place.page})", why=f"another pad of the event is called {pad_id}")
            continue
        seen.add(pad_id)
        yield Step(pad_id=pad_id, group=ref.group, place=place, entry=entries.get(pad_id), intact=pad_id in intact)
