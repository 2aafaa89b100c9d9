"""How a command is composed: which model finds names, and which analysis is the previous one."""

from dataclasses import replace
from pathlib import Path

import pytest
import spacy

from fetch.errors import UserMistake
from pipeline.analysis_records import Analysis
from pipeline.app import SPACY_MODEL_VARIABLE, previous_analysis, tagger_for
from pipeline.inference import BundledModels
from pipeline.publishing import PREVIOUS, publish, read_analysis
from pipeline.serialization import ANALYSIS_FILE, to_json
from pipeline.settings import Settings
from tests.support.annotated import ALLOTMENTS, build, read


def pipeline(folder: Path, name: str) -> str:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler")
    nlp.meta.update(name=name, version="1")
    nlp.to_disk(folder / name)
    return str(folder / name)


@pytest.fixture
def models(tmp_path: Path) -> BundledModels:
    return BundledModels(tmp_path / "lines.sqlite")


def test_the_environment_goes_before_event_toml_and_that_before_what_ships(
    tmp_path: Path, models: BundledModels
) -> None:
    mine, ours = (pipeline(tmp_path, name) for name in ("mine", "ours"))
    assert tagger_for(Settings(spacy_model=ours), {SPACY_MODEL_VARIABLE: mine}, models).name == "en_mine 1"
    assert tagger_for(Settings(spacy_model=ours), {}, models).name == "en_ours 1"
    assert tagger_for(Settings(), {SPACY_MODEL_VARIABLE: ""}, models).name.startswith("padharvest_names ")


def test_what_ships_finds_the_names_in_a_line(models: BundledModels) -> None:
    line = "Maria Lopez from the Red Cross will call us from Berlin"
    (names,) = tagger_for(Settings(), {}, models).spot([line])
    assert {(line[name.start : name.end], name.label) for name in names} >= {
        ("Maria Lopez", "PERSON"),
        ("Red Cross", "ORG"),
        ("Berlin", "PLACE"),
    }


def test_a_mistake_is_told_by_where_it_was_made(models: BundledModels) -> None:
    with pytest.raises(UserMistake, match=r"^PADHARVEST_SPACY_MODEL=xx_none cannot be loaded"):
        tagger_for(Settings(), {SPACY_MODEL_VARIABLE: "xx_none"}, models)
    with pytest.raises(UserMistake, match=r'^spacy_model = "xx_none" cannot be loaded'):
        tagger_for(Settings(spacy_model="xx_none"), {}, models)


def test_a_saved_analysis_that_cannot_be_read_is_a_mistake_with_the_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "spring"
    with pytest.raises(UserMistake, match=r"analysis\.json does not exist; run `make analyze EVENT=spring` first\."):
        read_analysis(folder)
    folder.mkdir()
    for other in (b"", b"\xff", b"{}", b'{"schema": 1, "segments": []}', b"[[["):
        (folder / ANALYSIS_FILE).write_bytes(other)
        with pytest.raises(UserMistake, match=r"not an analysis of this version; run `make analyze EVENT=spring`"):
            read_analysis(folder)
    (folder / ANALYSIS_FILE).unlink()
    (folder / ANALYSIS_FILE).mkdir()
    with pytest.raises(UserMistake, match=r"analysis\.json cannot be read: .+\."):
        read_analysis(folder)


def save(folder: Path, analysis: Analysis) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ANALYSIS_FILE).write_bytes(to_json(analysis))


def test_the_saved_analysis_is_the_previous_one_until_a_run_with_the_same_pads_and_decisions(tmp_path: Path) -> None:
    today, _ = read(ALLOTMENTS)
    yesterday, before = (replace(today, generated=day, corpus_sha256=day) for day in ("yesterday", "before"))
    assert previous_analysis(tmp_path, today) is None
    save(tmp_path, yesterday)
    save(tmp_path / PREVIOUS, before)
    assert previous_analysis(tmp_path, today) == yesterday
    save(tmp_path / PREVIOUS, yesterday)
    save(tmp_path, replace(today, generated="a minute ago"))
    assert previous_analysis(tmp_path, today) == yesterday


def test_a_watch_compares_all_its_analyses_with_the_one_before_the_first(tmp_path: Path) -> None:
    today, _ = read(ALLOTMENTS)
    first, second = (replace(today, generated=time, corpus_sha256=time) for time in ("first", "second"))
    save(tmp_path, first)
    assert previous_analysis(tmp_path, second, keep=True) == first
    save(tmp_path / PREVIOUS, first)
    save(tmp_path, second)
    assert previous_analysis(tmp_path, today, keep=True) == first


def test_a_saved_analysis_of_another_version_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / ANALYSIS_FILE).write_bytes(b'{"schema": 2}')
    assert previous_analysis(tmp_path, read(ALLOTMENTS)[0]) is None


def test_the_pages_of_groups_that_no_longer_exist_are_removed_and_nothing_else(tmp_path: Path) -> None:
    publish(*build({"1 wells": "* the tap drips", "2 Sümpfe": "* full bins"}), tmp_path)
    (tmp_path / "groups" / "notes.txt").write_text("who was sent what", encoding="utf-8")
    before = {path.name for path in (tmp_path / "groups").iterdir()}
    assert len(before) == 5
    publish(*build({"1 ponds": "* the tap drips", "2 Sümpfe": "* full bins"}), tmp_path)
    after = {path.name for path in (tmp_path / "groups").iterdir()}
    assert after - before == {"ponds.html", "ponds.wiki"}
    assert before - after == {"wells.html", "wells.wiki"}
