"""Keep from one run to the next what was made of lines, in a SQLite file that may be thrown away at any time."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

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
