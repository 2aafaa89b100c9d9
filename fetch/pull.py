"""Every pad of an event that is on a server, fetched and kept; a pad that fails is a result, and the rest goes on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from fetch import disk
from fetch.errors import FetchError, PadFailure
from fetch.judge import Got, Origin, judge
from fetch.outcome import Outcome, Result, failed
from fetch.plan import Step, Unaskable
from fetch.records import Publish, State
from fetch.store import Store
from fetch.success import Gone

Source = Callable[[Step], Got | None]
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
