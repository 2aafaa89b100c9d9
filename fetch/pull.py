"""Which pads to ask for, and what of each is held already. Pure: it touches neither network nor disk nor clock.

Every pad of an event that is on a server, fetched and kept; a pad that fails is a result, and the rest goes on.

An event's pads from their servers into the corpus: the one place that puts the parts of a fetch together.

event.toml ──► plan ──► for each pad: sources ──► judge ──► store ──► Result
manifest.json ──┘              │
client: pace, limits, credentials
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from fetch import files as disk
from fetch import sources
from fetch.add import grow
from fetch.corpus import read_manifest
from fetch.corpus_records import Event, FetchedPad, ManifestEntry, Outcome, PadId, Publish, Result, State, failed
from fetch.errors import FetchError, PadFailure
from fetch.event_file import read_event
from fetch.http import Client, Gone, Transport, from_environment
from fetch.http_errors import Down, Limits
from fetch.locations import Place, pad_ids, place_of
from fetch.sources import Api
from fetch.store import Origin, Store, intact, judge, opened


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


Source = Callable[[Step], FetchedPad | None]
"""Asks for a pad; None: it is as it was. Raises PadFailure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How to keep pads: which may be, at what time (UTC, ISO 8601), and whether with all that Etherpad exports."""

    publish: Publish
    now: str
    history: bool = False


def pull(store: Store, steps: Iterable[Step | Unaskable], source: Source, wish: Wish) -> Iterator[Result]:
    """Ask for each pad and keep it; one result per step, as it is done. One pad at a time is in memory.

    Raises FetchError where the corpus cannot be written; nothing old is lost then.
    """
    for step in steps:
        if isinstance(step, Unaskable):
            yield failed(step.name, step.why)
            continue
        try:
            yield _pulled(store, step, source, wish)
        except PadFailure as failure:
            yield failed(step.name, str(failure))
        except OSError as error:
            raise FetchError(f"{store.folder}: {step.name} cannot be kept: {disk.reason(error)}.") from error


def _pulled(store: Store, step: Step, source: Source, wish: Wish) -> Result:
    try:
        got = source(step)
    except Gone:
        if step.entry is None or step.entry.state is State.WITHHELD:
            raise
        store.mark(step.pad_id, State.GONE)
        return Result(name=step.name, outcome=Outcome.GONE)
    if got is None:
        return Result(name=step.name, outcome=Outcome.UNCHANGED)
    origin = Origin(pad_id=step.pad_id, source=step.place.page, now=wish.now)
    verdict = judge(origin, step.entry, got, wish.publish)
    outcome = store.keep(verdict, got, history=wish.history)
    remarks = got.remarks if verdict.why is None else (f"{verdict.why}; nothing of it is kept",)
    return Result(name=step.name, outcome=outcome, remarks=remarks)


READ_ONLY = "r."
"""How Etherpad's ids begin that let people read only; 1.8.14 puts the writable id into their full export."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to fetch: `now` is UTC in ISO 8601; `environment` holds the secrets; `sleep` and `say` are the shell's."""

    now: str
    environment: Mapping[str, str] = field(repr=False)
    history: bool = False
    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class _Connection:
    """How to reach an event's servers; `api` is its own server's, where we have the key."""

    client: Client
    api: Api | None


def harvest(folder: Path, options: Options, begun: Callable[[int], None] = lambda _: None) -> Iterator[Result]:
    """Fetch all pads of the event in `folder`; one result per pad, as it is done. `begun` is told how many there are.

    Raises FetchError where the event as a whole cannot be fetched.
    """
    event = read_event(folder)
    connection = _connect(event, options)
    with opened(folder) as store:
        event, found = _grown(folder, event, connection)
        steps = plan(event, store.entries, intact(folder, store.entries))
        begun(len(steps))
        yield from found
        wish = Wish(publish=event.publish, now=options.now, history=options.history)
        yield from pull(store, steps, lambda step: _source(connection, step, options), wish)


def rehearse(folder: Path) -> tuple[Step | Unaskable, ...]:
    """What `harvest` would ask for; nothing is asked and nothing written, so patterns are not looked up."""
    event = read_event(folder)
    entries = read_manifest(folder)
    return plan(event, entries, intact(folder, entries))


def _connect(event: Event, options: Options) -> _Connection:
    credentials = from_environment(event.server, options.environment)
    client = Client(Transport(credentials, options.limits), options.sleep, options.say)
    keyed = event.server is not None and credentials.api_key is not None
    return _Connection(client, Api(client, str(event.server), str(credentials.api_key)) if keyed else None)


def _grown(folder: Path, event: Event, connection: _Connection) -> tuple[Event, list[Result]]:
    """The event with the pads that its patterns find, and what went wrong about that."""
    if not event.patterns:
        return event, []
    name = ", ".join(event.patterns)
    if connection.api is None:
        return event, [failed(name, "to find pads by a pattern, put the server's key into PADHARVEST_APIKEY")]
    try:
        return grow(folder, event, connection.api), []
    except PadFailure as failure:
        return event, [failed(name, str(failure))]


def _source(connection: _Connection, step: Step, options: Options) -> FetchedPad | None:
    """Ask for a pad; with its history, where that is wanted and not held yet."""
    secret_name = step.place.name.startswith(READ_ONLY)
    want_history = options.history and not secret_name and step.entry is not None and step.entry.history is None
    api = connection.api if connection.api is not None and connection.api.server == step.place.server else None
    try:
        got = sources.get(connection.client, api, step.place, None if want_history else step.held)
    except Down as failure:
        if _is_here(step.place):
            raise FetchError(
                f"No Etherpad answers at {step.place.server}, where {step.name} would be: start one with "
                '`make etherpad`, or begin an event of your own: make event EVENT=spring PADS="https://…/p/name"'
            ) from failure
        raise
    if got is None or not secret_name or not options.history:
        return got
    remark = "its history is not kept, as a read-only pad's tells the name by which anybody could write in it"
    return replace(got, raw=None, remarks=(*got.remarks, remark))


def _is_here(place: Place) -> bool:
    """Whether a pad is on this very machine, as those of the sample are."""
    return urlsplit(place.server).hostname in LOOPBACK
