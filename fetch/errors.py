"""The errors of Padharvest, and how a command ends on one: every message names the thing, what is wrong, what to do."""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

LOG = Path("build") / "padharvest.log"
"""Tracebacks of unexpected errors, relative to the directory in which the user runs the program."""

UNEXPECTED = 70
"""Exit code of an error of ours (EX_SOFTWARE in sysexits.h)."""


class PadharvestError(Exception):
    """Base of every error raised on purpose; its text is one plain sentence for the user."""

    exit_code = 2


class UserMistake(PadharvestError):
    """What was asked for cannot be done as asked: a wrong path, key or value."""


class FetchError(PadharvestError):
    """An event as a whole cannot be fetched or written."""

    exit_code = 1


class PadFailure(FetchError):
    """One pad could not be fetched or read; the others go on."""


def run_command(command: Callable[[], None]) -> None:
    """Run a command line; print an error of ours as one line, log the traceback of any other, and exit accordingly."""
    try:
        command()
    except PadharvestError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line's own message
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last catch: the traceback is logged and the user is told where
        print(log_unexpected(error), file=sys.stderr)  # noqa: T201 - as above
        sys.exit(UNEXPECTED)


def log_unexpected(error: Exception) -> str:
    """Append the traceback of `error` to the log and return a sentence that names the log; raises OSError."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return f"Padharvest made a mistake of its own; what happened is at the end of {LOG}."
