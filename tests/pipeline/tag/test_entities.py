"""How mentions become entities: names, order and identifiers."""

from pipeline.analysis_records import Entity, Segment
from pipeline.tag import tag
from tests.support.tag_cases import make_segment


def entities(*lines: tuple[str, str]) -> tuple[Entity, ...]:
    """Entities of lines, each with its group."""
    return tag([make_segment(number, text, group=group) for number, (group, text) in enumerate(lines)], None).entities


def test_named_by_most_groups_comes_first_then_most_mentions_then_the_alphabet() -> None:
    found = entities(
        ("Roof", "Joan, Joan and Joan again"),
        ("Roof", "Berta asked Ana"),
        ("Garden", "Berta was here"),
    )
    assert [entity.name for entity in found] == ["Berta", "Joan", "Ana"]


def test_an_entity_bears_the_fullest_name_that_somebody_wrote() -> None:
    [entity] = entities(("Roof", "ana"), ("Roof", "Ana's key"), ("Garden", "Ana García"), ("Garden", "Ana"))
    assert entity.name == "Ana García"
    assert len(entity.mentions) == 4


def test_a_well_known_acronym_is_its_full_name() -> None:
    [entity] = entities(("Roof", "a letter to the WMF"), ("Garden", "Wikimedia Foundation pays"))
    assert entity.name == "Wikimedia Foundation"


def test_an_entitys_id_comes_from_its_label_and_name_alone() -> None:
    [alone] = entities(("Roof", "Ana García"))
    [again, _] = entities(("Garden", "here is Ana García"), ("Roof", "Ana García and Joan"))
    assert alone.id == again.id
    assert alone.id.startswith("e-person-ana-garcia-")


def test_names_in_other_scripts_have_ids_too() -> None:
    segments: list[Segment] = [make_segment(1, "Присутствуют"), make_segment(2, "Present: Анна, Борис")]
    found = tag(segments, None).entities
    assert len({entity.id for entity in found}) == len(found) == 2
