"""Vectors kept from one run to the next."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.encode.cache import cached


class Counting:
    """Encodes a line as its length, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, lines: Sequence[str]) -> NDArray[np.float32]:
        self.asked += lines
        return np.array([[len(line), 1] for line in lines], dtype=np.float32).reshape(-1, 2)


@pytest.fixture
def encoder() -> Counting:
    return Counting()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "not there yet" / "vectors.sqlite"


def test_a_line_is_encoded_once_and_then_looked_up(encoder: Counting, file: Path) -> None:
    first = cached(encoder, "model 1", file)(["rain", "hose"])
    again = cached(encoder, "model 1", file)(["hose", "spade", "rain"])
    assert encoder.asked == ["rain", "hose", "spade"]
    assert (again[[2, 0]] == first).all()
    assert again.dtype == np.float32


def test_a_line_that_comes_twice_is_encoded_once(encoder: Counting, file: Path) -> None:
    vectors = cached(encoder, "model 1", file)(["rain", "rain"])
    assert encoder.asked == ["rain"]
    assert vectors.tolist() == [[4, 1], [4, 1]]


def test_another_model_finds_nothing_of_the_first(encoder: Counting, file: Path) -> None:
    cached(encoder, "model 1", file)(["rain"])
    cached(encoder, "model 2", file)(["rain"])
    assert encoder.asked == ["rain", "rain"]


def test_no_lines_have_no_rows_but_the_usual_columns(encoder: Counting, file: Path) -> None:
    assert cached(encoder, "model 1", file)([]).shape == (0, 2)


def test_more_lines_than_fit_in_one_query(encoder: Counting, file: Path) -> None:
    lines = [f"plot {number}" for number in range(1201)]
    first = cached(encoder, "model 1", file)(lines)
    assert (cached(encoder, "model 1", file)(lines) == first).all()
    assert len(encoder.asked) == len(lines)


def test_half_a_surrogate_pair_is_a_line_too(encoder: Counting, file: Path) -> None:
    cached(encoder, "model 1", file)(["\ud800"])
    cached(encoder, "model 1", file)(["\ud800"])
    assert encoder.asked == ["\ud800"]


@pytest.mark.parametrize("damage", (b"not a database at all, " * 99, b"SQLite format 3\0 and then nothing", b""))
def test_a_damaged_file_is_written_anew(encoder: Counting, file: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    cached(encoder, "model 1", file)(["rain"])
    cached(encoder, "model 1", file)(["rain"])
    assert encoder.asked == ["rain"]


def test_a_file_that_cannot_be_written_is_done_without(encoder: Counting, tmp_path: Path) -> None:
    tmp_path.joinpath("a file").write_text("in the way", encoding="utf-8")
    assert cached(encoder, "model 1", tmp_path / "a file" / "vectors.sqlite")(["rain"]).tolist() == [[4, 1]]
    assert cached(encoder, "model 1", tmp_path)(["rain"]).tolist() == [[4, 1]]


def test_what_was_said_is_not_kept(encoder: Counting, file: Path) -> None:
    cached(encoder, "model 1", file)(["the well is dry"])
    with sqlite3.connect(file) as store:
        assert store.execute("SELECT count(*) FROM vectors").fetchone() == (1,)
    store.close()
    assert b"well" not in file.read_bytes()
