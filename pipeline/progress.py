"""Long work: how many cores it may use, and how far it has come: a bar on a terminal, elsewhere a line now and then.

Whoever works long tells the name of the work, how much of it is done and how much there is; the command that runs it
decides what the user sees of it.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import TaskID

Item = TypeVar("Item")

Progress = Callable[[str, int, int], None]
"""Called with the name of some work, how many parts of it are done, and how many there are."""

LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""

BAR_AFTER = 1.0
"""Seconds after which work is long enough for a bar."""


def available_cores() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _no_progress(work: str, done: int, total: int) -> None:
    """Show nothing."""


_shown: ContextVar[Progress] = ContextVar("shown", default=_no_progress)
"""Where `tell` goes. As with logging, who does the work does not say where; and nothing of a result depends on it."""


def tell(work: str, done: int, total: int) -> None:
    """Tell how many parts of some work are done, and how many there are, to whatever shows it."""
    _shown.get()(work, done, total)


def track(items: Sequence[Item], work: str) -> Iterator[Item]:
    """Yield `items`, and tell how many of them are done."""
    for done, item in enumerate(items):
        tell(work, done, len(items))
        yield item
    tell(work, len(items), len(items))


@contextmanager
def shown_by(progress: Progress) -> Iterator[None]:
    """Have `progress` told how far all work is that is done in the block."""
    token = _shown.set(progress)
    try:
        yield
    finally:
        _shown.reset(token)


@contextmanager
def shown_progress(say: Callable[[str], None]) -> Iterator[Progress]:
    """Show progress on standard error while the block runs, `say` printing lines there; yield what shows it."""
    display = _bars() if sys.stderr.isatty() else nullcontext(progress_lines(say, time.monotonic))
    with display as progress, shown_by(progress):
        yield progress


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415 - slow to import, and only a terminal shows bars
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - as above
    from rich.progress import Progress as Bars  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars, known = Bars(*columns, console=Console(stderr=True), transient=True), dict[str, "TaskID"]()
    began: dict[str, float] = {}

    def show(work: str, done: int, total: int) -> None:
        is_long = time.monotonic() - began.setdefault(work, time.monotonic()) >= BAR_AFTER
        if work not in known and is_long and done < total:
            bars.start()  # not before the user was asked
            known[work] = bars.add_task(work, total=total)
        if work in known:
            bars.update(known[work], completed=done, total=total)
        if done >= total:
            del began[work]
            if work in known:
                bars.remove_task(known.pop(work))

    try:
        yield show
    finally:
        bars.stop()


def progress_lines(say: Callable[[str], None], clock: Callable[[], float]) -> Progress:
    """Return a function that says how far work has come, at most once in `LINE_EVERY` seconds of `clock`."""
    last = clock()

    def show(work: str, done: int, total: int) -> None:
        nonlocal last
        if clock() - last >= LINE_EVERY and done < total:
            last = clock()
            say(f"{work}: {done:,} of {total:,}")

    return show
