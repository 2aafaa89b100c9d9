"""The blocks of tests/cases/tag/names and tests/cases/tag/coreference as segments, known names and entities."""

from collections.abc import Sequence

from fetch.corpus_records import KnownName
from pipeline.segment_records import Entity, Label, Segment
from tests.support.tag_cases import Block, make_boilerplate, make_segment


def segments_of(block: Block) -> list[Segment]:
    """The lines `text:` and `aside:` of a block."""
    lines = [
        (make_boilerplate if key == "aside" else make_segment, text)
        for key, text in block.pairs
        if key in ("text", "aside")
    ]
    return [segment(number, text) for number, (segment, text) in enumerate(lines)]


def known_names_of(block: Block) -> tuple[KnownName, ...]:
    """The names of event.toml: `known: ORG Open Harvest = OH`."""
    names = []
    for value in block.all("known"):
        label, _, spellings = value.partition(" ")
        name, *also = spellings.split(" = ")
        names.append(KnownName(name=name, label=Label(label).value, also=tuple(also)))  # type: ignore[arg-type]
    return tuple(names)


def expected_entities(block: Block) -> set[tuple[str, str]]:
    """The label and the spellings of each entity that a block expects."""
    return {(key, value) for key, value in block.pairs if key in Label.__members__}


def label_and_spellings(segments: Sequence[Segment], entity: Entity) -> tuple[str, str]:
    """The label of an entity, and its spellings in order of first mention."""
    texts = {segment.id: segment.text for segment in segments}
    mentions = sorted(entity.mentions, key=lambda mention: (int(mention.segment_id[1:]), mention.start))
    spellings = dict.fromkeys(texts[mention.segment_id][mention.start : mention.end] for mention in mentions)
    return str(entity.label), " = ".join(spellings)
