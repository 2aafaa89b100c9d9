"""An event's pads from their servers into the corpus: the one place that puts the parts of a fetch together.

event.toml ──► plan ──► for each pad: sources ──► judge ──► store ──► Result
manifest.json ──┘              │
client: pace, limits, credentials
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from fetch import sources
from fetch.api import Api
from fetch.begin import grow
from fetch.client import Client
from fetch.credentials import from_environment
from fetch.errors import FetchError, PadFailure
from fetch.eventfile import read_event
from fetch.faults import Down, Limits
from fetch.judge import Got
from fetch.manifest import read_manifest
from fetch.outcome import Result, failed
from fetch.place import Place
from fetch.plan import Step, Unaskable, plan
from fetch.pull import Wish, pull
from fetch.records import Event
from fetch.store import intact, opened
from fetch.transport import Transport

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


def _source(connection: _Connection, step: Step, options: Options) -> Got | None:
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
