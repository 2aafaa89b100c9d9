"""Long work: how many cores it may use, and how far it has come: a bar on a terminal, elsewhere a line now and then.

A stage calls a `Progress` with the name of its work, how much of it is done and how much there is; what the user sees
of it is decided by the command that runs it.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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


def no_progress(work: str, done: int, total: int) -> None:
    """Show nothing."""


def track(items: Sequence[Item], work: str, progress: Progress) -> Iterator[Item]:
    """Yield `items`, and tell `progress` how many of them are done."""
    for done, item in enumerate(items):
        progress(work, done, len(items))
        yield item
    progress(work, len(items), len(items))


@contextmanager
def shown_progress(say: Callable[[str], None]) -> Iterator[Progress]:
    """Yield a function that shows progress on standard error while the block runs; `say` prints a line there."""
    if not sys.stderr.isatty():
        yield progress_lines(say, time.monotonic)
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, and only a terminal shows bars
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - as above
    from rich.progress import Progress as Bars  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars, known = Bars(*columns, console=Console(stderr=True), transient=True), dict[str, "TaskID"]()
    began: dict[str, float] = {}

    def show(work: str, done: int, total: int) -> None:
        if time.monotonic() - began.setdefault(work, time.monotonic()) < BAR_AFTER and work not in known:
            return
        if work not in known:
            bars.start()  # not before the user was asked
            known[work] = bars.add_task(work, total=total)
        bars.update(known[work], completed=done, total=total)
        if done == total:
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
