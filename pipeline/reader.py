"""The bundled models at work: each line is read once, for what it means and for the names in it, and remembered."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipeline import transformer
from pipeline.encode.plain import plain
from pipeline.memory import remembering
from pipeline.records import Label
from pipeline.tag import Name
from pipeline.tag.lexicon import LISTS
from pipeline.tag.ner_filters import prefilter
from pipeline.tag.ner_model import MODEL, load_model, predict_names

CACHE = "lines.sqlite"
_VECTOR = transformer.DIMENSIONS * 4
"""Bytes of a vector."""


class Reader:
    """What has been read in this run, over what `file` remembers of earlier ones."""

    def __init__(self, file: Path) -> None:
        fingerprint = transformer.fingerprint(transformer.MODEL, MODEL, LISTS)
        self._look_up = remembering(_read, fingerprint, file)
        self._known: dict[str, bytes] = {}

    def embed(self, lines: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of `lines` as they were typed: shape (n_lines, 384), rows of unit length (see pipeline.encode)."""
        rows = [np.frombuffer(of_line[:_VECTOR], dtype="<f4") for of_line in self._of([plain(line) for line in lines])]
        return np.array(rows, dtype=np.float32).reshape(-1, transformer.DIMENSIONS)

    def names(self, lines: Sequence[str]) -> list[list[Name]]:
        """Return the names predicted in each of `lines`, which are normalised (see `ner_filters.align`)."""
        return [
            [Name(start, end, Label(label)) for start, end, label in json.loads(of_line[_VECTOR:])]
            for of_line in self._of(lines)
        ]

    def _of(self, lines: Sequence[str]) -> list[bytes]:
        new = sorted({line for line in lines if line not in self._known})
        self._known |= zip(new, self._look_up(new), strict=True)
        return [self._known[line] for line in lines]


def _read(lines: Sequence[str]) -> list[bytes]:
    """A line to its vector and its names, one after the other; with a bar on a terminal."""
    made = [b""] * len(lines)
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("lines", total=len(lines))
        told = lambda done, total: bar.update(task, completed=done, total=total)  # noqa: E731 - one line of a bar
        for batch in transformer.batches(lines, told):
            promising = batch.only([place for place, row in enumerate(batch.rows) if prefilter(lines[row])])
            named = dict(zip(promising.rows, predict_names(lines, promising, load_model()), strict=True))
            for row, vector in zip(batch.rows, batch.vectors, strict=True):
                listed = json.dumps([(name.start, name.end, name.label) for name in named.get(row, ())])
                made[row] = vector.astype("<f4").tobytes() + listed.encode()
    return made
