"""Which ways to write a name are one entity, and why, by the cases of tests/cases/tag/joins."""

import pytest

from fetch.corpus_records import KnownName
from pipeline.analysis_records import Entity, Label, Segment
from pipeline.tag import tag
from tests.pipeline.tag.test_names import event, own, spelled
from tests.support.tag_cases import Block, blocks, make_boilerplate, make_segment


@pytest.mark.parametrize("block", blocks("joins"))
def test_these_are_one_and_the_report_can_say_why(block: Block) -> None:
    segments = event(block)
    entities = tag(segments, None, names=own(block)).entities
    wanted = {(key, value) for key, value in block.pairs if key in Label.__members__}
    assert {(str(entity.label), spelled(segments, entity)) for entity in entities} == wanted
    assert sorted(f"{one.written} -> {one.like}, {one.why}" for entity in entities for one in entity.also) == sorted(
        block.all("joined")
    )


def found(*lines: Segment, names: tuple[KnownName, ...] = ()) -> tuple[Entity, ...]:
    return tag(lines, None, names=names).entities


def test_an_entity_bears_the_name_that_event_toml_gives_even_where_nobody_wrote_it() -> None:
    [entity] = found(make_segment(1, "OH is late"), names=(KnownName(name="Open Harvest", label="ORG", also=("OH",)),))
    assert entity.name == "Open Harvest"
    assert [(one.written, one.like) for one in entity.also] == [("OH", "Open Harvest")]


def test_an_entity_may_bear_a_name_that_only_the_list_of_who_was_there_has() -> None:
    [entity] = found(make_boilerplate(1, "Present: Ana García, Joan"), make_segment(2, "Ana knows"))
    assert (entity.name, len(entity.mentions)) == ("Ana García", 1)


def test_every_way_of_writing_it_but_the_name_itself_is_explained_once() -> None:
    lines = [
        make_segment(n, text)
        for n, text in enumerate(("Ana García", "ANA GARCIA, please", "ana", "Ana", "@ana", "Ana"))
    ]
    texts = {line.id: line.text for line in lines}
    [entity] = found(*lines)
    written = {texts[mention.segment_id][mention.start : mention.end] for mention in entity.mentions}
    assert [one.written for one in entity.also] == ["ana", "Ana", "@ana"] or {one.written for one in entity.also} == (
        written - {entity.name}
    )
    assert len({one.written for one in entity.also}) == len(entity.also)
