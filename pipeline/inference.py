"""Run the models on an event's lines: each line once for its meaning and its names, with a cache between runs.

    lines ──► LineCache ──► (new lines) ──► transformer ──┬─► vector
                                                          └─► prefilter ──► tagger's own layers ──► names

New lines are read in the background, several batches beside each other, while the stages before the encoder do their
part; what comes out does not depend on how many. A user's own sentence encoder may take the place of the bundled one.
"""

import atexit
import json
import sqlite3
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, suppress
from functools import partial
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from fetch.errors import UserMistake
from pipeline import transformer
from pipeline.progress import available_cores, tell
from pipeline.segment_records import Label
from pipeline.tag import Name
from pipeline.tag.ner_model import MODEL, load_model, predict_names, prefilter
from pipeline.text import DATA, strip_markup
from pipeline.transformer import TokenBatch
from pipeline.vectors import Embed, Vectors

CACHE_FILE = "lines.sqlite"

Results = Mapping[str, bytes]
"""What the models make of lines: the bytes of a vector, followed by names as JSON."""

ReadLines = Callable[[Sequence[Sequence[str]]], Iterator[Results]]
"""Begins to read lines with the models, and yields results as they come. Lines of the first part are read first."""

_VECTOR_BYTES = transformer.DIMENSIONS * 4

_KEYS_PER_QUERY = 500
"""SQLite allows at least 999 (its limits page, SQLITE_MAX_VARIABLE_NUMBER before 3.32)."""

_SAVED_TOGETHER = 5_000
"""Results that are added to the cache at a time: so much, half a minute's work, is lost if an analysis is killed."""

_SWITCH = 0.001
"""Seconds after which a thread that is back from onnxruntime gets Python's lock, at the latest. With Python's own .005
it waits a fifth of a batch's time while the rules run, and reading takes 7 % longer (docs/performance.md)."""

_FEW_BATCHES = 4
"""So many are read one after the other before joblib is imported."""


class BundledModels:
    """The encoder and the tagger that ship with Padharvest, over a cache in `file` that may be deleted at any time."""

    def __init__(self, file: Path | None, read: ReadLines | None = None) -> None:
        """Read lines with `read`, by default on all cores of this machine; without a file, nothing is kept."""
        self._cache = LineCache(file, transformer.fingerprint(transformer.MODEL, MODEL, DATA))
        self._read = read or partial(read_lines, jobs=available_cores())
        self._known: dict[str, bytes] = {}
        self._coming: set[str] = set()
        self._running: list[Iterator[Results]] = []

    def embed(self, lines: Sequence[str]) -> Vectors:
        """Return vectors of `lines` without their markup: shape (n_lines, 384), rows of unit length."""
        vectors = np.empty((len(lines), transformer.DIMENSIONS), dtype=np.float32)
        for row, result in enumerate(self._results_of([strip_markup(line) for line in lines])):
            vectors[row] = np.frombuffer(result, dtype="<f4", count=transformer.DIMENSIONS)
        return vectors

    def predict_names(self, lines: Sequence[str]) -> list[list[Name]]:
        """Return the names predicted in each of `lines`, which are normalised (see `ner_model.align`)."""
        promising = list(filter(prefilter, lines))
        results = dict(zip(promising, self._results_of(promising), strict=True))
        return [_names(results[line]) if line in results else [] for line in lines]

    def begin(self, *parts: Sequence[str]) -> None:
        """Begin to read lines that the other methods will be asked for, the first part first, and return at once.

        They are given as those methods look them up: normalised, or without markup.
        """
        lines = [line for line in dict.fromkeys(chain(*parts)) if line not in self._known and line not in self._coming]
        self._known |= self._cache.load(lines)
        missing = {line for line in lines if line not in self._known}
        new = [sorted(missing.intersection(part).difference(*parts[:place])) for place, part in enumerate(parts)]
        if missing:
            self._coming |= missing
            self._running.append(self._read(new))

    def _results_of(self, lines: Sequence[str]) -> list[bytes]:
        self.begin(lines)
        missing = self._coming.intersection(lines)
        while missing:
            missing -= self._take(missing)
        return [self._known[line] for line in lines]

    def _take(self, wanted: AbstractSet[str]) -> set[str]:
        """Wait for results until there are some thousand or all of `wanted`; keep them, and return their lines."""
        new: dict[str, bytes] = {}
        try:
            while not wanted <= new.keys() and len(new) < _SAVED_TOGETHER:
                results = next(self._running[0], None)
                if results is None:
                    del self._running[0]
                    continue
                new |= results
                self._coming.difference_update(results)
                done = len(self._known) + len(new)
                tell("read lines", done, done + len(self._coming))
        finally:  # a run that is stopped, or whose cluster is gone, is continued by the next
            self._cache.save(new)
        self._known |= new
        return set(new)


class LineCache:
    """What the models made of lines, kept in a SQLite file under a fingerprint of the models.

    Lines are kept as hashes, never as text: no words of a pad stay behind. A damaged file is replaced; a file that
    cannot be written is done without.
    """

    def __init__(self, file: Path | None, fingerprint: str) -> None:
        self._file, self._fingerprint = file, fingerprint

    def load(self, lines: Sequence[str]) -> dict[str, bytes]:
        """Return the results of those `lines` that the file has."""
        if not lines or self._file is None or not self._file.is_file():
            return {}
        keys = {self._key(line): line for line in lines}
        try:
            with closing(sqlite3.connect(self._file)) as store:
                return {keys[key]: made for key, made in _select(store, list(keys))}
        except sqlite3.Error:
            return {}

    def save(self, results: Results) -> None:
        """Add the results of lines to the file."""
        if self._file is None:
            return
        with suppress(OSError, sqlite3.OperationalError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._insert(self._file, results)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._file.unlink()
                self._insert(self._file, results)

    def _insert(self, file: Path, results: Results) -> None:
        rows = [(self._key(line), made) for line, made in results.items()]
        with closing(sqlite3.connect(file)) as store, store:
            store.execute("CREATE TABLE IF NOT EXISTS lines (key BLOB PRIMARY KEY, made BLOB NOT NULL) WITHOUT ROWID")
            store.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?)", rows)

    def _key(self, line: str) -> bytes:
        return sha256(f"{self._fingerprint}\n{line}".encode("utf-8", "surrogatepass")).digest()


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


def read_lines(parts: Sequence[Sequence[str]], jobs: int) -> Iterator[Results]:
    """Begin to read the lines of all parts, `jobs` batches at the same time; yield their results as they come."""
    threadpool_limits(1, "blas")  # threads of one product would wait for those that read other batches
    sys.setswitchinterval(_SWITCH)
    coming = ((lines, batch) for lines in parts for batch in transformer.tokenize(lines))
    first = list(islice(coming, _FEW_BATCHES + 1))
    batches = chain(first, coming)
    if jobs == 1 or len(first) <= _FEW_BATCHES:
        return (read_batch(lines, batch) for lines, batch in batches)
    from joblib import Parallel, delayed  # noqa: PLC0415 - slow to import, see `_FEW_BATCHES`

    # Lines are begun with before it is known which of them will be asked for.
    warnings.filterwarnings("ignore", r"\d+ tasks (have been|which were) ", UserWarning)
    together = Parallel(n_jobs=jobs, prefer="threads", return_as="generator_unordered", batch_size=1)
    results: Iterator[Results] = together(delayed(_READERS.read)(lines, batch) for lines, batch in batches)
    return results


class _Readers:
    """The threads that read batches: none may be inside onnxruntime when Python ends, for that aborts the process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._reading, self._closed = 0, False

    def read(self, lines: Sequence[str], tokens: TokenBatch) -> dict[str, bytes]:
        """Return what `read_batch` does; nothing once Python ends."""
        with self._changed:
            if self._closed:
                return {}
            self._reading += 1
        try:
            return read_batch(lines, tokens)
        finally:
            with self._changed:
                self._reading -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Begin with no further batch, and wait for those that are being read: a tenth of a second."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._reading)


_READERS = _Readers()
atexit.register(_READERS.close)


def read_batch(lines: Sequence[str], tokens: TokenBatch) -> dict[str, bytes]:
    """Return the results of the lines of a batch, whose rows are numbers in `lines`."""
    batch = transformer.run(tokens)
    promising = batch.only([place for place, row in enumerate(batch.rows) if prefilter(lines[row])])
    names_of = dict(zip(promising.rows, predict_names(lines, promising, load_model()), strict=True))
    results = {}
    for row, vector in zip(batch.rows, batch.vectors, strict=True):
        names = json.dumps([(name.start, name.end, name.label) for name in names_of.get(row, ())])
        results[lines[row]] = vector.astype("<f4").tobytes() + names.encode()
    return results


def _names(result: bytes) -> list[Name]:
    return [Name(start, end, Label(label)) for start, end, label in json.loads(result[_VECTOR_BYTES:])]


def _select(store: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        some = keys[start : start + _KEYS_PER_QUERY]
        marks = ",".join("?" * len(some))
        yield from store.execute(f"SELECT key, made FROM lines WHERE key IN ({marks})", some)  # noqa: S608 - marks
