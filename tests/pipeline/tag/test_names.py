"""Who and what an event's lines name, by the cases of tests/cases/tag/names."""

from collections.abc import Sequence

import pytest

from fetch.corpus_records import KnownName
from pipeline.analysis_records import Entity, Label, Segment
from pipeline.tag import tag
from tests.support.tag_cases import Block, blocks, make_boilerplate, make_segment


def event(block: Block) -> list[Segment]:
    made = [make_boilerplate if key == "aside" else make_segment for key, _ in block.pairs if key in ("text", "aside")]
    texts = [value for key, value in block.pairs if key in ("text", "aside")]
    return [make(number, text) for number, (make, text) in enumerate(zip(made, texts, strict=True))]


def spelled(segments: Sequence[Segment], entity: Entity) -> str:
    """An entity's spellings in order of first mention."""
    texts = {segment.id: segment.text for segment in segments}
    found = sorted(entity.mentions, key=lambda mention: (int(mention.segment_id[1:]), mention.start))
    return " = ".join(dict.fromkeys(texts[mention.segment_id][mention.start : mention.end] for mention in found))


def own(block: Block) -> tuple[KnownName, ...]:
    """What event.toml names: `own: ORG Open Harvest = OH`."""
    split = [value.partition(" ") for value in block.all("own")]
    forms = [(label, rest.split(" = ")) for label, _, rest in split]
    return tuple(KnownName(name=first, label=Label(label).value, also=tuple(also)) for label, (first, *also) in forms)  # type: ignore[arg-type]


@pytest.mark.parametrize("block", blocks("names"))
def test_an_event_names_these_and_nothing_else(block: Block) -> None:
    segments = event(block)
    entities = tag(segments, None, names=own(block)).entities
    wanted = {(key, value) for key, value in block.pairs if key in Label.__members__}
    assert {(str(entity.label), spelled(segments, entity)) for entity in entities} == wanted
