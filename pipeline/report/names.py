"""People, organisations, places, events, products and dates, with the lines they stand in: the report's index."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from pipeline.records import Entity, Label, Segment, SegmentId
from pipeline.report.backmatter import Joined, NameList, NameView, Where
from pipeline.report.marks import name_list_anchor
from pipeline.report.sources import Sources
from pipeline.report.words import strings

_TITLES = strings("label")


def name_lists(
    entities: Sequence[Entity], segments: Mapping[SegmentId, Segment], known: Sources
) -> tuple[NameList, ...]:
    """A list per kind of name that there are any of; dates as they come, all others by alphabet."""
    return tuple(
        NameList(
            title=_TITLES[label.value],
            anchor=name_list_anchor(label.value),
            names=tuple(_name(entity, segments, known) for entity in _sorted(label, entities)),
        )
        for label in Label
        if any(entity.label is label for entity in entities)
    )


def _sorted(label: Label, entities: Sequence[Entity]) -> list[Entity]:
    own = [entity for entity in entities if entity.label is label]
    return own if label is Label.DATE else sorted(own, key=lambda entity: (entity.name.casefold(), entity.name))


def _name(entity: Entity, segments: Mapping[SegmentId, Segment], known: Sources) -> NameView:
    forms = [segments[mention.segment_id].text[mention.start : mention.end] for mention in entity.mentions]
    return NameView(
        name=entity.name,
        variants=", ".join(form for form in dict.fromkeys(forms) if form != entity.name),
        joined=tuple(
            Joined(written=one.written, like=one.like, why=one.why)
            for one in entity.also
            if one.written.casefold() != one.like.casefold()  # capitals explain themselves
        ),
        where=tuple(_where(entity, segments, known)),
    )


def _where(entity: Entity, segments: Mapping[SegmentId, Segment], known: Sources) -> Iterator[Where]:
    """The lines by group in event order, each line once."""
    quotes = [known.quote(segments[mention.segment_id]) for mention in entity.mentions]
    lines = {quote.anchor: quote for quote in quotes}
    for group, own in groupby(sorted(lines.values(), key=lambda one: one.group.number), key=lambda one: one.group):
        yield Where(group=group, quotes=tuple(own))
