"""Keep vectors from one run to the next, in a SQLite file that may be thrown away at any time."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

_AT_ONCE = 500
"""Keys per query; SQLite takes at least 999 (its limits page, SQLITE_MAX_VARIABLE_NUMBER before 3.32)."""


def cached(embed: Embed, fingerprint: str, file: Path) -> Embed:
    """`embed` that looks lines up in `file` and encodes only those it has not seen under `fingerprint`.

    Lines are kept as hashes, never as text: a pad's words do not stay behind. A file that is damaged is written
    anew; one that cannot be written is done without.
    """

    def look_up(lines: Sequence[str]) -> Vectors:
        keys = [sha256(f"{fingerprint}\n{line}".encode("utf-8", "surrogatepass")).digest() for line in lines]
        known = _read(file, keys)
        missing = {key: line for key, line in zip(keys, lines, strict=True) if key not in known}
        if missing or not lines:
            new = embed(list(missing.values()))
            if not lines:
                return new
            known |= dict(zip(missing, new, strict=True))
            _write(file, {key: known[key] for key in missing})
        return np.stack([known[key] for key in keys])

    return look_up


def _read(file: Path, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
    if not file.is_file():
        return {}
    try:
        with closing(sqlite3.connect(file)) as store:
            return {key: np.frombuffer(vector, dtype="<f4") for key, vector in _rows(store, keys)}
    except sqlite3.Error:
        return {}


def _rows(store: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        yield from store.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608 - marks


def _write(file: Path, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
    rows = [(key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]
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
        store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        store.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
