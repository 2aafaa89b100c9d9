"""An event's pads from their servers into the corpus: the one place that connects the parts of a fetch.

event.toml ──► plan ──► for each pad: fetch_pad ──► Store.keep ──► Result
manifest.json ──┘              │
Client: time limits, credentials, and rate limits, which all fetches of a corpus share

A pad that fails is a result, and the others go on. One pad at a time is in memory.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fetch.add import add_matching_pads
from fetch.corpus import Entries, read_manifest
from fetch.corpus_records import Event, FetchedPad, ManifestEntry, Outcome, PadId, PadState, Result, failed
from fetch.errors import FetchError, PadFailure
from fetch.event_file import read_event
from fetch.files import describe_os_error
from fetch.http import Client, Gone, Limits, Transport, credentials_from, origin_of
from fetch.locations import Place, pad_ids, place_of
from fetch.rate_limit import RATE_LIMITS_FILE, RateLimits
from fetch.sources import Api, fetch_pad
from fetch.store import KeepOptions, Store, intact_pads, open_store

READ_ONLY = "r."
"""How the names of read-only pads begin; Etherpad 1.8.14 puts the writable name into their full export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """How to fetch: `now` is UTC in ISO 8601, `environment` has the secrets, `history` keeps exports.

    `clock` gives seconds since 1970, and `sleep` waits for some seconds.
    """

    now: str
    environment: Mapping[str, str] = field(repr=False)
    history: bool = False
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A pad to ask for, with the name that messages give it.

    `entry` is what the manifest has of it, and `held` the same if the pad need not be sent again unless it has changed.
    """

    pad_id: PadId
    name: str
    place: Place
    entry: ManifestEntry | None
    held: ManifestEntry | None

    def __str__(self) -> str:
        if self.held is None:
            return f"{self.name}: ask for all of it"
        known = self.held.fetched_at if self.held.revision is None else f"revision {self.held.revision}"
        return f"{self.name}: ask for changes since {known}"


def plan(event: Event, entries: Entries, intact: Collection[PadId]) -> tuple[Step | Result, ...]:
    """Return a step for each pad of an event that is on a server, or a result if it cannot be asked for.

    They are in order, but pads that are not kept yet come first: a fetch of thousands that was interrupted would ask
    for days whether the first ones have changed. `intact` are the pads whose files are as they were kept.
    """
    steps: dict[PadId, Step] = {}
    planned: list[Step | Result] = []
    for pad_id, ref in zip(pad_ids(event, entries), event.pads, strict=True):
        try:
            place = place_of(event, ref)
        except PadFailure as failure:
            planned.append(failed(f"{ref.group} ({ref.url})", str(failure)))
            continue
        if place is None:
            continue
        entry = entries.get(pad_id)
        held = entry if entry is not None and pad_id in intact and entry.state is PadState.HELD else None
        step = Step(pad_id=pad_id, name=f"{ref.group} ({place.page})", place=place, entry=entry, held=held)
        first = steps.setdefault(pad_id, step)
        planned.append(step if first is step else failed(step.name, f"another pad of the event is called {pad_id}"))
    return tuple(sorted(planned, key=lambda step: isinstance(step, Step) and step.held is not None))


def dry_run(folder: Path) -> tuple[Step | Result, ...]:
    """Return what `pull` would ask for; nothing is asked or written, so patterns are not looked up."""
    entries = read_manifest(folder)
    return plan(read_event(folder), entries, intact_pads(folder, entries))


def seconds_until_accepted(folder: Path, clock: Callable[[], float]) -> float:
    """Return the seconds until all servers of an event accept the next request, as far as their answers have said.

    `clock` gives seconds since 1970. Raises UserMistake.
    """
    limits = RateLimits(folder.parent / RATE_LIMITS_FILE, clock)
    steps = plan(read_event(folder), read_manifest(folder), ())
    servers = {origin_of(step.place.server) for step in steps if isinstance(step, Step)}
    return max(map(limits.seconds_left, servers), default=0.0)


def pull(
    folder: Path,
    options: PullOptions,
    on_start: Callable[[int], None] = lambda _: None,
    report: Callable[[str], None] = lambda _: None,
) -> Iterator[Result]:
    """Fetch all pads of the event in `folder`; yield one result for each when it is done.

    `on_start` is called with the number of pads, `report` with a line on why the fetch waits. Raises UserMistake, and
    FetchError if the event as a whole cannot be fetched or written; nothing kept is lost then.
    """
    event = read_event(folder)
    credentials = credentials_from(options.environment, event.server)
    rate_limits = RateLimits(folder.parent / RATE_LIMITS_FILE, options.clock)
    client = Client(Transport(credentials, options.limits, options.clock), rate_limits, options.sleep, report)
    api = Api(client, event.server, credentials.api_key) if event.server and credentials.api_key else None
    with open_store(folder) as store:
        event, failures = _look_up_patterns(folder, event, api)
        steps = plan(event, store.entries, intact_pads(folder, store.entries))
        on_start(len(steps))
        yield from failures
        keep = KeepOptions(publish=event.publish, now=options.now, history=options.history)
        for step in steps:
            try:
                yield step if isinstance(step, Result) else _pull_pad(store, step, client, api, keep)
            except OSError as error:
                sentence = f"{folder}: {step.name} cannot be kept: {describe_os_error(error)}."
                raise FetchError(sentence) from error


def _look_up_patterns(folder: Path, event: Event, api: Api | None) -> tuple[Event, tuple[Result, ...]]:
    """Return the event with the pads that match its patterns, and a result if they cannot be looked up."""
    if not event.patterns:
        return event, ()
    name = ", ".join(event.patterns)
    if api is None:
        return event, (failed(name, "to find pads by a pattern, put the server's key into PADHARVEST_APIKEY"),)
    try:
        return add_matching_pads(folder, event, api), ()
    except PadFailure as failure:
        return event, (failed(name, str(failure)),)


def _pull_pad(store: Store, step: Step, client: Client, api: Api | None, options: KeepOptions) -> Result:
    try:
        pad = _fetch(step, client, api, options)
        if pad is None:
            return Result(name=step.name, outcome=Outcome.UNCHANGED)
        return store.keep(step.name, step.pad_id, step.place.page, pad, options)
    except PadFailure as failure:
        if not isinstance(failure, Gone) or step.entry is None or step.entry.state is PadState.WITHHELD:
            return failed(step.name, str(failure))
    store.mark_gone(step.pad_id)
    return Result(name=step.name, outcome=Outcome.GONE)


def _fetch(step: Step, client: Client, api: Api | None, options: KeepOptions) -> FetchedPad | None:
    """Fetch a pad, or return None if it has not changed; with its history, if that is wanted and not kept yet."""
    read_only = step.place.name.startswith(READ_ONLY)
    wants_history = options.history and not read_only and step.entry is not None and step.entry.history is None
    own_api = api if api is not None and api.server == step.place.server else None
    pad = fetch_pad(client, own_api, step.place, None if wants_history else step.held)
    if pad is None or not read_only or not options.history:
        return pad
    remark = "its history is not kept, because a read-only pad's contains the name under which anybody could edit it"
    return replace(pad, raw=None, remarks=(*pad.remarks, remark))
