"""Runs fetches that are killed (SIGKILL) at their first, second, third … touch of the disk: `killed_fetches FOLDER`.

FOLDER/before is the corpus each fetch begins with; FOLDER/1, FOLDER/2, … is what the killed ones leave. Ends with the
first fetch that is done before its number comes up.
"""

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import NoReturn

from fetch.http import Limits
from fetch.pull import PullOptions, pull

NOW = "2026-05-04T12:00:00+00:00"
TOUCHES = frozenset({"os.rename", "os.remove", "os.chmod", "os.mkdir", "os.truncate"})


class Killer:
    """Kills the process right before it touches a folder for the n-th time; a file being written is then half there."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = str(folder)
        self._left = number
        self._fsync = os.fsync

    def arm(self) -> None:
        sys.addaudithook(self._on_event)
        os.fsync = self._sync  # type: ignore[assignment]  # fetch passes handles only

    def _on_event(self, event: str, args: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or event in TOUCHES) and str(args[0]).startswith(self._folder):
            self._touch()

    def _sync(self, handle: int) -> None:
        if self._left == 1:
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
        self._touch()
        self._fsync(handle)

    def _touch(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def fetch(folder: Path, number: int) -> NoReturn:
    """Fetch once, with a Killer armed, and end the process."""
    Killer(folder, number).arm()
    options = PullOptions(now=NOW, environment={}, limits=Limits(connect=5, read=20, total=60))
    failed = [result for result in pull(folder, options) if result.outcome == "failed"]
    os._exit(1 if failed else 0)


def main(place: Path) -> None:
    for number in count(1):
        folder = place / str(number)
        shutil.copytree(place / "before", folder)
        child = os.fork()
        if child == 0:
            fetch(folder, number)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
