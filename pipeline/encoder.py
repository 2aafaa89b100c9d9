"""Which encoder an analysis uses, and where its vectors are kept from one run to the next."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipeline.encode import Embed, own, sentences
from pipeline.encode.cache import cached
from pipeline.encode.sentences import Vectors
from pipeline.settings import Settings

CACHE = "vectors.sqlite"


def encoder(settings: Settings, build: Path) -> Embed:
    """The encoder that `settings` names, or the one that ships, which remembers its vectors in `build`.

    Raises UserMistake where an encoder of the user's own cannot be had.
    """
    if settings.encoder:
        return own.load(settings.encoder)
    return cached(_watched, sentences.fingerprint(), build / CACHE)


def _watched(lines: Sequence[str]) -> Vectors:
    """`sentences.embed` with a bar on a terminal; nothing where the output goes elsewhere."""
    columns = (TextColumn("reading for meaning"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("lines", total=len(lines))
        return sentences.embed(lines, lambda done, total: bar.update(task, completed=done, total=total))
