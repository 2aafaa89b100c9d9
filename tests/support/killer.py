"""Runs work on a folder that is killed (SIGKILL) at its first, second, third … touch of the disk."""

import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NoReturn

TOUCHES = frozenset({"os.rename", "os.remove", "os.rmdir", "os.chmod", "os.mkdir", "os.truncate", "os.link"})


class Killer:
    """Kills the process right before it touches a folder for the n-th time; a file being written is then half there."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = str(folder)
        self._left = number
        self._fsync = os.fsync

    def arm(self) -> None:
        sys.addaudithook(self._on_event)
        os.fsync = self._sync  # type: ignore[assignment]  # we pass handles only

    def _on_event(self, event: str, args: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or event in TOUCHES) and self._is_inside(str(args[0])):
            self._touch()

    def _is_inside(self, path: str) -> bool:
        return path.startswith(self._folder) or not path.startswith("/")  # relative: shutil.rmtree's

    def _sync(self, handle: int) -> None:
        status = os.fstat(handle)
        if self._left == 1 and stat.S_ISREG(status.st_mode):
            os.ftruncate(handle, status.st_size // 2)
        self._touch()
        self._fsync(handle)

    def _touch(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def run_killed(place: Path, work: Callable[[Path], bool]) -> None:
    """Kill `work` on copies of `place`/before: `place`/1, `place`/2, … are what it leaves at its first, second … touch.

    Ends the process with the first run that is done before its number comes up: with 1 if its `work` returns False.
    """
    for number in count(1):
        folder = place / str(number)
        shutil.copytree(place / "before", folder, symlinks=True)
        child = os.fork()
        if child == 0:
            _work(folder, number, work)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


def _work(folder: Path, number: int, work: Callable[[Path], bool]) -> NoReturn:
    Killer(folder, number).arm()
    os._exit(0 if work(folder) else 1)
