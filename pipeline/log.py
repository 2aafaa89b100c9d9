"""Log: from an error that nobody expected to a sentence for the user, and a traceback for who mends it."""

import traceback
from pathlib import Path

LOG = Path("build") / "padharvest.log"
"""Where the user stands when they call the program."""


def keep(error: Exception) -> str:
    """Add the traceback of `error` to the end of the log, and say where that is; raises OSError if it cannot."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return f"Padharvest made a mistake of its own; what happened is at the end of {LOG}."
