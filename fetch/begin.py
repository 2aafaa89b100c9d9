"""An event begins, or grows: pads known by their links, or found by their names, are written into event.toml."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from fetch.api import Api
from fetch.eventedit import event_text, with_pads, write_event
from fetch.eventfile import EVENT_FILE, parse_event
from fetch.identity import normal
from fetch.links import on_one_server
from fetch.place import place_of
from fetch.records import Event, PadRef


def begin(folder: Path, refs: Sequence[PadRef], now: dt.datetime) -> tuple[PadRef, ...]:
    """Write the pads (with links) that event.toml does not name yet into it; gives those back.

    It is made where there is none. Raises FetchError.
    """
    server, named = on_one_server(refs)
    text = event_text(folder, now, server)
    event = parse_event(text, folder / EVENT_FILE)
    fresh = tuple(_new(event, refs if event.server != server else named))
    write_event(folder, with_pads(text, folder / EVENT_FILE, fresh))
    return fresh


def grow(folder: Path, event: Event, api: Api) -> Event:
    """The event with the pads that its patterns find on its server, event.toml having them, too; raises FetchError."""
    known = {place.name for ref in event.pads if (place := place_of(event, ref)) and place.server == event.server}
    fresh = []
    for pattern in event.patterns:
        start = pattern.partition("*")[0]
        for name in map(normal, api.pads_like(pattern)):
            if name not in known:
                known.add(name)
                fresh.append(PadRef(group=name.removeprefix(start).strip("-_. ") or name, pad=name))
    if not fresh:
        return event
    path = folder / EVENT_FILE
    text = with_pads(path.read_text(encoding="utf-8-sig"), path, fresh)
    write_event(folder, text)
    return parse_event(text, path)


def _new(event: Event, refs: Sequence[PadRef]) -> list[PadRef]:
    places = {place.page for ref in event.pads if (place := place_of(event, ref))}
    return [
        ref
        for ref in refs
        if (place := place_of(event, ref)) and place.page not in places and place.name not in event.patterns
    ]
