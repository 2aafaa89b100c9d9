"""Which pipeline spots names."""

from pathlib import Path

import pytest
import spacy

from pipeline.errors import UserMistake
from pipeline.settings import Settings
from pipeline.tag import RULES
from pipeline.tagger import VARIABLE, tagger


def pipeline(folder: Path, name: str) -> str:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler")
    nlp.meta.update(name=name, version="1")
    nlp.to_disk(folder / name)
    return str(folder / name)


def test_the_environment_goes_before_event_toml_and_that_before_what_ships(tmp_path: Path) -> None:
    mine, ours, ships = (pipeline(tmp_path, name) for name in ("mine", "ours", "ships"))
    assert tagger(Settings(spacy_model=ours), {VARIABLE: mine}, Path(ships)).name == "en_mine 1"
    assert tagger(Settings(spacy_model=ours), {}, Path(ships)).name == "en_ours 1"
    assert tagger(Settings(), {VARIABLE: ""}, Path(ships)).name == "en_ships 1"
    assert tagger(Settings(), {}, tmp_path / "none") is RULES


def test_a_mistake_is_told_by_where_it_was_made(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"^PADHARVEST_SPACY_MODEL=xx_none cannot be loaded"):
        tagger(Settings(), {VARIABLE: "xx_none"}, tmp_path)
    with pytest.raises(UserMistake, match=r'^spacy_model = "xx_none" cannot be loaded'):
        tagger(Settings(spacy_model="xx_none"), {}, tmp_path)
