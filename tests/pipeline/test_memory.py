"""What was made of lines, kept from one run to the next."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.inference import remembering


class Counting:
    """Makes of a line its capitals, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, lines: Sequence[str]) -> list[bytes]:
        self.asked += lines
        return [line.upper().encode("utf-8", "replace") for line in lines]


@pytest.fixture
def make() -> Counting:
    return Counting()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "not there yet" / "lines.sqlite"


def test_a_line_is_read_once_and_then_looked_up(make: Counting, file: Path) -> None:
    first = remembering(make, "model 1", file)(["rain", "hose"])
    again = remembering(make, "model 1", file)(["hose", "spade", "rain"])
    assert make.asked == ["rain", "hose", "spade"]
    assert first == [b"RAIN", b"HOSE"]
    assert again == [b"HOSE", b"SPADE", b"RAIN"]


def test_a_line_that_comes_twice_is_read_once(make: Counting, file: Path) -> None:
    made = remembering(make, "model 1", file)(["rain", "rain"])
    assert make.asked == ["rain"]
    assert made == [b"RAIN", b"RAIN"]


def test_another_model_finds_nothing_of_the_first(make: Counting, file: Path) -> None:
    remembering(make, "model 1", file)(["rain"])
    remembering(make, "model 2", file)(["rain"])
    assert make.asked == ["rain", "rain"]


def test_of_no_lines_nothing_is_made(make: Counting, file: Path) -> None:
    assert remembering(make, "model 1", file)([]) == []
    assert not file.exists()


def test_more_lines_than_fit_in_one_query(make: Counting, file: Path) -> None:
    lines = [f"plot {number}" for number in range(1201)]
    first = remembering(make, "model 1", file)(lines)
    assert remembering(make, "model 1", file)(lines) == first
    assert len(make.asked) == len(lines)


def test_half_a_surrogate_pair_is_a_line_too(make: Counting, file: Path) -> None:
    remembering(make, "model 1", file)(["\ud800"])
    remembering(make, "model 1", file)(["\ud800"])
    assert make.asked == ["\ud800"]


@pytest.mark.parametrize("damage", (b"not a database at all, " * 99, b"SQLite format 3\0 and then nothing", b""))
def test_a_damaged_file_is_written_anew(make: Counting, file: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    remembering(make, "model 1", file)(["rain"])
    remembering(make, "model 1", file)(["rain"])
    assert make.asked == ["rain"]


def test_a_file_that_cannot_be_written_is_done_without(make: Counting, tmp_path: Path) -> None:
    tmp_path.joinpath("a file").write_text("in the way", encoding="utf-8")
    assert remembering(make, "model 1", tmp_path / "a file" / "lines.sqlite")(["rain"]) == [b"RAIN"]
    assert remembering(make, "model 1", tmp_path)(["rain"]) == [b"RAIN"]


def test_what_was_said_is_not_kept(make: Counting, file: Path) -> None:
    remembering(make, "model 1", file)(["the well is dry"])
    with sqlite3.connect(file) as store:
        assert store.execute("SELECT count(*) FROM lines").fetchone() == (1,)
    store.close()
    assert b"well" not in file.read_bytes()
