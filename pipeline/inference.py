"""Keep from one run to the next what was made of lines, in a SQLite file that may be thrown away at any time.

The bundled models at work: each line is read once, for what it means and for the names in it, and remembered.

A user's own encoder instead of the one that ships: any model that sentence-transformers loads.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from fetch.errors import UserMistake
from pipeline import transformer
from pipeline.analysis_records import Label
from pipeline.tag import Name
from pipeline.tag.ner_filters import prefilter
from pipeline.tag.ner_model import MODEL, load_model, predict_names
from pipeline.text import DATA, strip_markup

Make = Callable[[Sequence[str]], Sequence[bytes]]
"""Lines to what is made of each."""

_AT_ONCE = 500
"""Keys per query; SQLite takes at least 999 (its limits page, SQLITE_MAX_VARIABLE_NUMBER before 3.32)."""


def remembering(make: Make, fingerprint: str, file: Path) -> Make:
    """`make` that looks lines up in `file` and makes only those that it has not seen under `fingerprint`.

    Lines are kept as hashes, never as text: a pad's words do not stay behind. A file that is damaged is written
    anew; one that cannot be written is done without.
    """

    def look_up(lines: Sequence[str]) -> list[bytes]:
        keys = [sha256(f"{fingerprint}\n{line}".encode("utf-8", "surrogatepass")).digest() for line in lines]
        known = _read(file, keys)
        missing = {key: line for key, line in zip(keys, lines, strict=True) if key not in known}
        if missing:
            new = dict(zip(missing, make(list(missing.values())), strict=True))
            known |= new
            _write(file, new)
        return [known[key] for key in keys]

    return look_up


def _read(file: Path, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    if not file.is_file():
        return {}
    try:
        with closing(sqlite3.connect(file)) as store:
            return dict(_rows(store, keys))
    except sqlite3.Error:
        return {}


def _rows(store: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        yield from store.execute(f"SELECT key, made FROM lines WHERE key IN ({marks})", some)  # noqa: S608 - marks


def _write(file: Path, made: Mapping[bytes, bytes]) -> None:
    rows = list(made.items())
    with suppress(OSError, sqlite3.OperationalError):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            _insert(file, rows)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            file.unlink()
            _insert(file, rows)


def _insert(file: Path, rows: Sequence[tuple[bytes, bytes]]) -> None:
    with closing(sqlite3.connect(file)) as store, store:
        store.execute("CREATE TABLE IF NOT EXISTS lines (key BLOB PRIMARY KEY, made BLOB NOT NULL) WITHOUT ROWID")
        store.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?)", rows)


CACHE = "lines.sqlite"
_VECTOR = transformer.DIMENSIONS * 4
"""Bytes of a vector."""


class Reader:
    """What has been read in this run, over what `file` remembers of earlier ones."""

    def __init__(self, file: Path) -> None:
        fingerprint = transformer.fingerprint(transformer.MODEL, MODEL, DATA)
        self._look_up = remembering(_run_models, fingerprint, file)
        self._known: dict[str, bytes] = {}

    def embed(self, lines: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of `lines` as they were typed: shape (n_lines, 384), rows of unit length (see pipeline.encode)."""
        rows = [
            np.frombuffer(of_line[:_VECTOR], dtype="<f4")
            for of_line in self._of([strip_markup(line) for line in lines])
        ]
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


def _run_models(lines: Sequence[str]) -> list[bytes]:
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


Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


def load_custom_encoder(name: str) -> Embed:
    """What encodes lines with the model `name`, a folder or a name that sentence-transformers knows.

    Gives arrays of shape (n_lines, n_dims), rows of unit length. Raises UserMistake where the package is missing or
    the model cannot be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as missing:
        raise UserMistake(
            f'encoder = "{name}" needs sentence-transformers; run `.venv/bin/pip install sentence-transformers`, '
            "or take the line out of event.toml to use the encoder that ships with Padharvest."
        ) from missing
    try:
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError) as mistake:
        first = str(mistake).partition("\n")[0]
        raise UserMistake(
            f'encoder = "{name}" cannot be loaded ({first}); name a folder or an installed model.'
        ) from mistake

    width = model.encode([""]).shape[1]

    def embed(lines: Sequence[str]) -> Vectors:
        vectors: Vectors = model.encode([strip_markup(line) for line in lines], normalize_embeddings=True).astype(
            np.float32
        )
        return vectors.reshape(len(lines), width)

    return embed
