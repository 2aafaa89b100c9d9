"""The names in an event's lines, by the cases of tests/cases/tag/names."""

import pytest

from pipeline.tag import tag
from tests.support.name_cases import expected_entities, known_names_of, label_and_spellings, segments_of
from tests.support.tag_cases import Block, blocks


@pytest.mark.parametrize("block", blocks("names"))
def test_an_event_contains_these_names_and_no_others(block: Block) -> None:
    segments = segments_of(block)
    entities = tag(segments, None, names=known_names_of(block)).entities
    assert {label_and_spellings(segments, entity) for entity in entities} == expected_entities(block)
