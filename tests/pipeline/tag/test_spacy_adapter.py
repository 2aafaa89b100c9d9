"""The bundled model as a spaCy component, and a user's own spaCy pipeline besides the rules."""

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from fetch.errors import UserMistake
from pipeline.segment_records import Label
from pipeline.tag import Name, Tagger, tag
from pipeline.tag.ner_model import MODEL
from pipeline.tag.spacy_adapter import load, spot_with
from tests.support.tag_cases import make_segment


def pipeline_with(**words: str) -> Language:
    """A pipeline that gives each label to one word."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": word} for label, word in words.items()])  # type: ignore[attr-defined]
    return nlp


def names_in(nlp: Language, text: str) -> list[tuple[str, str]]:
    return [(text[name.start : name.end], str(name.label)) for name in spot_with(nlp)([text])[0]]


def test_labels_of_other_schemes_are_mapped_to_ours() -> None:
    nlp = pipeline_with(
        GPE="Wexcombe", FAC="Old Shed", per="nita", PRS="Bo", orgName="NGF", EVN="Shedfest", OBJ="OpenShelf"
    )
    text = "nita and Bo of NGF took OpenShelf from the Old Shed in Wexcombe to Shedfest"
    assert names_in(nlp, text) == [
        ("nita", "PERSON"),
        ("Bo", "PERSON"),
        ("NGF", "ORG"),
        ("OpenShelf", "PRODUCT"),
        ("Old Shed", "PLACE"),
        ("Wexcombe", "PLACE"),
        ("Shedfest", "EVENT"),
    ]


def test_nationalities_languages_works_sums_and_other_labels_are_no_names() -> None:
    nlp = pipeline_with(
        NORP="French", LANGUAGE="Catalan", WORK_OF_ART="Ode", MONEY="ten", MISC="Thing", TIME="noon", LAW="Act"
    )
    assert names_in(nlp, "French and Catalan Ode for ten at noon, Thing, Act") == []


def test_a_name_that_it_predicts_in_one_line_is_found_in_others_besides_those_of_the_rules() -> None:
    lines = [make_segment(1, "Ana left ten in Wexcombe"), make_segment(2, "wexcombe again")]
    nlp = pipeline_with(GPE="Wexcombe", MONEY="ten")
    tagged = tag(lines, None, Tagger("test", spot_with(nlp)))
    found = {entity.name: (entity.label, len(entity.mentions)) for entity in tagged.entities}
    assert found == {"Ana": (Label.PERSON, 1), "Wexcombe": (Label.PLACE, 2)}


def test_a_date_that_it_predicts_in_one_line_is_not_looked_for_in_others() -> None:
    lines = [make_segment(1, "sowing time"), make_segment(2, "sowing seeds")]
    [entity] = tag(lines, None, Tagger("test", lambda _: [[Name(0, 6, Label.DATE)], []])).entities
    assert [(mention.segment_id, mention.start, mention.end) for mention in entity.mentions] == [("s1", 0, 6)]


def test_addresses_become_spaces_and_offsets_stay() -> None:
    nlp = pipeline_with(GPE="Wexcombe")
    [found] = spot_with(nlp)(["see \x1a\x1a\x1a\x1a in Wexcombe"])
    assert found == [Name(12, 20, Label.PLACE)]


def test_spaces_around_an_entity_are_no_part_of_the_name() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(  # type: ignore[attr-defined]
        [{"label": "GPE", "pattern": [{"IS_SPACE": True}, {"LOWER": "wexcombe"}]}]
    )
    assert names_in(nlp, "in   Wexcombe") == [("Wexcombe", "PLACE")]


def test_a_pipeline_is_loaded_from_a_folder_and_named_with_its_version(tmp_path: Path) -> None:
    nlp = pipeline_with(GPE="Wexcombe")
    nlp.meta.update(name="garden", version="1.2.3")
    nlp.to_disk(tmp_path / "mine")
    loaded = load(str(tmp_path / "mine"), "spacy_model = …")
    assert loaded.name == "en_garden 1.2.3"
    assert loaded.spot(["to Wexcombe"]) == [[Name(3, 11, Label.PLACE)]]


def test_a_missing_pipeline_is_reported_in_one_sentence() -> None:
    with pytest.raises(UserMistake, match=r'^spacy_model = "xx_none" cannot be loaded \(.*\); name a .*Padharvest\.$'):
        load("xx_none", 'spacy_model = "xx_none"')


def test_a_folder_without_a_pipeline_is_reported_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"cannot be loaded"):
        load(str(tmp_path), "spacy_model")


def test_a_pipeline_without_an_entity_recogniser_is_refused(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "mine")
    with pytest.raises(UserMistake, match=r"^X has no component that finds names; .* entity recogniser\.$"):
        load(str(tmp_path / "mine"), "X")


def test_spacy_loads_and_saves_the_bundled_tagger(tmp_path: Path) -> None:
    nlp = spacy.load(MODEL.parent)
    text = "Maria Lopez  from the Red Cross will call @thockin in Berlin"
    found = [(entity.text, entity.label_) for entity in nlp(text).ents]
    assert found == [("Maria Lopez", "PERSON"), ("Red Cross", "ORG"), ("@thockin", "PERSON"), ("Berlin", "PLACE")]
    nlp.to_disk(tmp_path / "copy")
    copied = list(spacy.load(tmp_path / "copy").pipe([text, "", text]))
    assert [[(entity.text, entity.label_) for entity in doc.ents] for doc in copied] == [found, [], found]
