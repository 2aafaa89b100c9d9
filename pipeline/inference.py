"""Run the models on an event's lines: each line once for its meaning and its names, with a cache between runs.

    lines ──► LineCache ──► (new lines) ──► transformer ──┬─► vector
                                                          └─► prefilter ──► tagger's own layers ──► names

A user's own sentence encoder may take the place of the bundled one.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from fetch.errors import UserMistake
from pipeline import transformer
from pipeline.segment_records import Label
from pipeline.tag import Name
from pipeline.tag.ner_model import MODEL, load_model, predict_names, prefilter
from pipeline.text import DATA, strip_markup
from pipeline.vectors import Embed, Vectors

CACHE_FILE = "lines.sqlite"

_VECTOR_BYTES = transformer.DIMENSIONS * 4

_KEYS_PER_QUERY = 500
"""SQLite allows at least 999 (its limits page, SQLITE_MAX_VARIABLE_NUMBER before 3.32)."""


class BundledModels:
    """The encoder and the tagger that ship with Padharvest, over a cache in `file` that may be deleted at any time."""

    def __init__(self, file: Path) -> None:
        fingerprint = transformer.fingerprint(transformer.MODEL, MODEL, DATA)
        self._cache = LineCache(file, fingerprint, _run_models)
        self._results: dict[str, bytes] = {}

    def embed(self, lines: Sequence[str]) -> Vectors:
        """Return vectors of `lines` without their markup: shape (n_lines, 384), rows of unit length."""
        results = self._results_of([strip_markup(line) for line in lines])
        rows = [np.frombuffer(result[:_VECTOR_BYTES], dtype="<f4") for result in results]
        return np.array(rows, dtype=np.float32).reshape(-1, transformer.DIMENSIONS)

    def predict_names(self, lines: Sequence[str]) -> list[list[Name]]:
        """Return the names predicted in each of `lines`, which are normalised (see `ner_model.align`)."""
        return [
            [Name(start, end, Label(label)) for start, end, label in json.loads(result[_VECTOR_BYTES:])]
            for result in self._results_of(lines)
        ]

    def _results_of(self, lines: Sequence[str]) -> list[bytes]:
        new = sorted({line for line in lines if line not in self._results})
        self._results |= zip(new, self._cache.results_of(new), strict=True)
        return [self._results[line] for line in lines]


class LineCache:
    """What `compute` made of lines, kept in a SQLite file under a fingerprint of the models.

    Lines are kept as hashes, never as text: no words of a pad stay behind. A damaged file is replaced; a file that
    cannot be written is done without.
    """

    def __init__(self, file: Path, fingerprint: str, compute: Callable[[Sequence[str]], Sequence[bytes]]) -> None:
        self._file, self._fingerprint, self._compute = file, fingerprint, compute

    def results_of(self, lines: Sequence[str]) -> list[bytes]:
        """Return the result for each line; those that the file does not have are computed and added to it."""
        keys = [sha256(f"{self._fingerprint}\n{line}".encode("utf-8", "surrogatepass")).digest() for line in lines]
        known = self._load(keys)
        missing = {key: line for key, line in zip(keys, lines, strict=True) if key not in known}
        if missing:
            new = dict(zip(missing, self._compute(list(missing.values())), strict=True))
            known |= new
            self._save(new)
        return [known[key] for key in keys]

    def _load(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        if not self._file.is_file():
            return {}
        try:
            with closing(sqlite3.connect(self._file)) as store:
                return dict(_select(store, keys))
        except sqlite3.Error:
            return {}

    def _save(self, results: Mapping[bytes, bytes]) -> None:
        with suppress(OSError, sqlite3.OperationalError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._insert(results)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._file.unlink()
                self._insert(results)

    def _insert(self, results: Mapping[bytes, bytes]) -> None:
        with closing(sqlite3.connect(self._file)) as store, store:
            store.execute("CREATE TABLE IF NOT EXISTS lines (key BLOB PRIMARY KEY, made BLOB NOT NULL) WITHOUT ROWID")
            store.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?)", list(results.items()))


def load_custom_encoder(name: str) -> Embed:
    """Return an encoder of lines with the model `name`, a folder or a name that sentence-transformers knows.

    Its arrays have shape (n_lines, n_dims), rows of unit length. Raises UserMistake if the package is missing or the
    model cannot be loaded.
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
    n_dims = model.encode([""]).shape[1]

    def embed(lines: Sequence[str]) -> Vectors:
        vectors = model.encode([strip_markup(line) for line in lines], normalize_embeddings=True)
        return np.asarray(vectors, dtype=np.float32).reshape(len(lines), n_dims)

    return embed


def _select(store: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        some = keys[start : start + _KEYS_PER_QUERY]
        marks = ",".join("?" * len(some))
        yield from store.execute(f"SELECT key, made FROM lines WHERE key IN ({marks})", some)  # noqa: S608 - marks


def _run_models(lines: Sequence[str]) -> list[bytes]:
    """Return each line's vector, followed by its names as JSON; show a progress bar on a terminal."""
    results = [b""] * len(lines)
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("lines", total=len(lines))

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        for batch in transformer.batches(lines, show):
            promising = batch.only([place for place, row in enumerate(batch.rows) if prefilter(lines[row])])
            names_of = dict(zip(promising.rows, predict_names(lines, promising, load_model()), strict=True))
            for row, vector in zip(batch.rows, batch.vectors, strict=True):
                names = json.dumps([(name.start, name.end, name.label) for name in names_of.get(row, ())])
                results[row] = vector.astype("<f4").tobytes() + names.encode()
    return results
