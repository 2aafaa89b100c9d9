"""reading.json: written, read back, and refused where it is wrong."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given

from fetch.errors import FetchError, UserMistake
from pipeline.reading.reading_file import _to_json, read_reading, reading_schema, write_reading
from pipeline.reading.reading_placement import model_concerns, place_reading
from pipeline.reading.reading_records import Code, CodeId
from tests.pipeline.reading.test_reading_placement import EVENT, READING, describe
from tests.support.damaged import as_json, assert_plain, damaged

KNOWN = replace(READING, model="small", host="localhost:11434", date=dt.date(2026, 5, 16), prompts="1")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_reading(tmp_path / "reading.json", KNOWN)
    assert read_reading(tmp_path / "reading.json") == KNOWN


def test_the_same_reading_has_the_same_bytes_and_no_words_of_the_notes(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        write_reading(tmp_path / name, KNOWN)
    data = (tmp_path / "a.json").read_bytes()
    assert data == (tmp_path / "b.json").read_bytes()
    assert b"compost" not in data


def test_what_is_written_keeps_to_the_published_schema(tmp_path: Path, root: Path) -> None:
    write_reading(tmp_path / "reading.json", KNOWN)
    published = (root / "docs" / "reading.schema.json").read_text(encoding="utf-8")
    assert published == reading_schema(), "run: python -m pipeline schema --reading > docs/reading.schema.json"
    jsonschema.validate(json.loads((tmp_path / "reading.json").read_bytes()), json.loads(published))


def test_without_a_file_there_is_no_reading(tmp_path: Path) -> None:
    assert read_reading(tmp_path / "reading.json") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    (
        ('{"lines": []}', "schema is missing."),
        ('{"schema": 2}', "schema: expected 1, not 2."),
        ("{", "is not JSON; delete it and run `make read` again."),
        ("[" * 100_000, "is not JSON; delete it and run `make read` again."),
        ('{"schema": 1, "lines": 3}', "lines: expected a list"),
        ('{"schema": 1, "lines": [{"pad": "a", "line": 0, "sha": "x"}]}', "lines 1 line: "),
        ('{"schema": 1, "paragraph": [{"text": "x", "lines": [7]}]}', "cites a line that it does not have;"),
        (
            '{"schema": 1, "lines": [{"pad": "a", "line": 1, "sha": "x", "codes": ["c9"]}]}',
            "has no concern c9 in its codebook;",
        ),
        (
            '{"schema": 1, "lines": [{"pad": "a", "line": 1, "sha": "x", "first": ["c9"]}]}',
            "has no concern c9 in its codebook;",
        ),
    ),
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "reading.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistake) as mistake:
        read_reading(path)
    assert str(mistake.value).startswith(f"{path}: {sentence}")
    assert "\n" not in str(mistake.value)


def test_a_name_with_half_a_character_can_be_written(tmp_path: Path) -> None:
    odd = replace(KNOWN, codebook=(Code(id=CodeId("c1"), name="pump \ud83d"), *KNOWN.codebook[1:]))
    write_reading(tmp_path / "reading.json", odd)
    assert read_reading(tmp_path / "reading.json") is not None


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "spring").write_text("a file", encoding="utf-8")
    with pytest.raises(FetchError, match=r"reading\.json: cannot be written"):
        write_reading(tmp_path / "spring" / "reading.json", KNOWN)


@given(damaged(json.loads(_to_json(KNOWN))).map(as_json))
def test_whatever_is_changed_in_a_file_it_is_a_reading_that_can_be_placed_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("fair") / "reading.json"
    path.write_bytes(data)
    try:
        reading = read_reading(path)
    except UserMistake as mistake:
        assert_plain(mistake, f"{path}: ")
        return
    assert reading is not None
    placed = place_reading(reading, EVENT.segments)
    shown = {segment.id for segment in EVENT.segments}
    concerns = model_concerns(placed, describe)
    assert len({one.label for one in concerns}) == len(concerns)
    assert {quote for one in concerns for quote in one.segment_ids} <= shown
    assert {quote for one in concerns for said in one.summary for quote in said.segment_ids} <= shown
    assert placed.facts().keys() <= shown
    placed.info()
