"""How mentions become entities: names, order and identifiers."""

import pytest

from fetch.corpus_records import KnownName
from pipeline.segment_records import Entity
from pipeline.tag import tag, title_names
from tests.support.tag_cases import make_boilerplate, make_segment


def entities(*lines: tuple[str, str]) -> tuple[Entity, ...]:
    """Entities of lines, each with its group."""
    return tag([make_segment(number, text, group=group) for number, (group, text) in enumerate(lines)], None).entities


def test_entities_are_in_order_of_groups_then_mentions_then_name() -> None:
    found = entities(
        ("Roof", "Joan, Joan and Joan again"),
        ("Roof", "Berta asked Ana"),
        ("Garden", "Berta was here"),
    )
    assert [entity.name for entity in found] == ["Berta", "Joan", "Ana"]


def test_an_entity_has_the_fullest_name_that_somebody_wrote() -> None:
    [entity] = entities(("Roof", "ana"), ("Roof", "Ana's key"), ("Garden", "Ana García"), ("Garden", "Ana"))
    assert entity.name == "Ana García"
    assert len(entity.mentions) == 4


def test_an_entity_has_the_name_in_event_toml_even_where_nobody_wrote_it() -> None:
    known = (KnownName(name="Open Harvest", label="ORG", also=("OH",)),)
    [entity] = tag([make_segment(1, "OH is late")], None, names=known).entities
    assert entity.name == "Open Harvest"
    assert [(other.written, other.like) for other in entity.also] == [("OH", "Open Harvest")]


def test_an_entity_may_have_a_name_that_only_a_list_of_attendees_contains() -> None:
    [entity] = tag([make_boilerplate(1, "Present: Ana García, Joan"), make_segment(2, "Ana knows")], None).entities
    assert (entity.name, len(entity.mentions)) == ("Ana García", 1)


def test_a_well_known_acronym_has_its_full_name() -> None:
    [entity] = entities(("Roof", "a letter to the WMF"), ("Garden", "Wikimedia Foundation pays"))
    assert entity.name == "Wikimedia Foundation"


def test_the_id_of_an_entity_depends_on_its_label_and_name_only() -> None:
    [alone] = entities(("Roof", "Ana García"))
    [with_others, _] = entities(("Garden", "here is Ana García"), ("Roof", "Ana García and Joan"))
    assert alone.id == with_others.id
    assert alone.id.startswith("e-person-ana-garcia-")


def test_names_in_other_scripts_have_ids_too() -> None:
    found = entities(("Roof", "Присутствуют"), ("Roof", "Present: Анна, Борис"))
    assert len({entity.id for entity in found}) == len(found) == 2


@pytest.mark.parametrize("title", ("", "Spring", "—"))
def test_a_title_that_is_one_everyday_word_is_no_name(title: str) -> None:
    assert title_names(title) == ()


def test_any_other_title_is_the_name_of_an_event() -> None:
    assert title_names("Spring  Gathering") == (KnownName(name="Spring Gathering", label="EVENT"),)
