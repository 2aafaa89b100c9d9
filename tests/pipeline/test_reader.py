"""Each line is read once, for what it means and for the names in it."""

from pathlib import Path

import numpy as np
import pytest

from pipeline import encode as sentences
from pipeline import transformer
from pipeline.inference import Reader
from pipeline.tag.ner_model import MODEL

LINES = ["Maria Lopez will call the Red Cross", "the pump breaks down every summer", "", "Berlin"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lines.sqlite"


def test_vectors_are_those_of_the_encoder(file: Path) -> None:
    assert (Reader(file).embed(LINES) == sentences.embed(LINES)).all()


def test_no_lines_have_no_rows(file: Path) -> None:
    assert Reader(file).embed([]).shape == (0, transformer.DIMENSIONS)
    assert Reader(file).names([]) == []


def test_names_stand_in_their_line(file: Path) -> None:
    first, second, empty, alone = Reader(file).names(LINES)
    assert [LINES[0][name.start : name.end] for name in first] == ["Maria Lopez", "Red Cross"]
    assert second == empty == []
    assert [name.label for name in alone] == ["PLACE"]


def test_a_line_is_read_once_for_both_and_remembered(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    batches = transformer.batches

    def counted(lines: list[str], *rest: object) -> object:
        read.extend(lines)
        return batches(lines, *rest)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(transformer, "batches", counted)
    one = Reader(file)
    names, vectors = one.names(LINES), one.embed(LINES)
    assert sorted(read) == sorted(LINES)
    again = Reader(file)
    assert again.names(LINES) == names
    assert np.array_equal(again.embed(LINES), vectors)
    assert len(read) == len(LINES)


def test_the_models_are_known_by_their_files() -> None:
    assert transformer.fingerprint(transformer.MODEL) != transformer.fingerprint(transformer.MODEL, MODEL)
