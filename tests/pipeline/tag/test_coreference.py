"""Which spellings are one entity, and why, by the cases of tests/cases/tag/coreference."""

import pytest

from pipeline.tag import tag
from tests.support.name_cases import expected_entities, known_names_of, label_and_spellings, segments_of
from tests.support.tag_cases import Block, blocks, make_segment


@pytest.mark.parametrize("block", blocks("coreference"))
def test_these_spellings_are_one_entity_for_these_reasons(block: Block) -> None:
    segments = segments_of(block)
    entities = tag(segments, None, names=known_names_of(block)).entities
    assert {label_and_spellings(segments, entity) for entity in entities} == expected_entities(block)
    joined = [f"{other.written} -> {other.like}, {other.why}" for entity in entities for other in entity.also]
    assert sorted(joined) == sorted(block.all("joined"))


def test_every_spelling_but_the_name_itself_is_explained_once() -> None:
    lines = [
        make_segment(n, text)
        for n, text in enumerate(("Ana García", "ANA GARCIA, please", "ana", "Ana", "@ana", "Ana"))
    ]
    [entity] = tag(lines, None).entities
    explained = [other.written for other in entity.also]
    texts = {line.id: line.text for line in lines}
    written = {texts[mention.segment_id][mention.start : mention.end] for mention in entity.mentions}
    assert sorted(explained) == sorted(written - {entity.name})
