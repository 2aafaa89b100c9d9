"""Which pipeline spots names."""

from pathlib import Path

import pytest
import spacy

from fetch.errors import UserMistake
from pipeline.app import VARIABLE, tagger
from pipeline.inference import Reader
from pipeline.settings import Settings


def pipeline(folder: Path, name: str) -> str:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler")
    nlp.meta.update(name=name, version="1")
    nlp.to_disk(folder / name)
    return str(folder / name)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "lines.sqlite")


def test_the_environment_goes_before_event_toml_and_that_before_what_ships(tmp_path: Path, reader: Reader) -> None:
    mine, ours = (pipeline(tmp_path, name) for name in ("mine", "ours"))
    assert tagger(Settings(spacy_model=ours), {VARIABLE: mine}, reader).name == "en_mine 1"
    assert tagger(Settings(spacy_model=ours), {}, reader).name == "en_ours 1"
    assert tagger(Settings(), {VARIABLE: ""}, reader).name.startswith("padharvest_names ")


def test_what_ships_finds_the_names_in_a_line(reader: Reader) -> None:
    line = "Maria Lopez from the Red Cross will call us from Berlin"
    (names,) = tagger(Settings(), {}, reader).spot([line])
    assert {(line[name.start : name.end], name.label) for name in names} >= {
        ("Maria Lopez", "PERSON"),
        ("Red Cross", "ORG"),
        ("Berlin", "PLACE"),
    }


def test_a_mistake_is_told_by_where_it_was_made(reader: Reader) -> None:
    with pytest.raises(UserMistake, match=r"^PADHARVEST_SPACY_MODEL=xx_none cannot be loaded"):
        tagger(Settings(), {VARIABLE: "xx_none"}, reader)
    with pytest.raises(UserMistake, match=r'^spacy_model = "xx_none" cannot be loaded'):
        tagger(Settings(spacy_model="xx_none"), {}, reader)
