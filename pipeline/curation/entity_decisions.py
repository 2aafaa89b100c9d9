"""Names that are of the same person, organisation or thing according to the facilitator, or of different ones."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipeline.analysis_records import (
    Entity,
    EntityId,
    Label,
    LineRole,
    Mention,
    Segment,
    SegmentId,
    Spelling,
    SpellingReason,
)
from pipeline.curation.decisions import NotSame, Same

_POSSESSIVE = re.compile(r"['’]s?$")

_Segments = Mapping[SegmentId, Segment]


def apply_to_entities(
    decision: Same | NotSame, entities: Sequence[Entity], segments: Sequence[Segment]
) -> tuple[tuple[Entity, ...], tuple[str, ...]]:
    """Return the entities after a decision, and those of its names that are not mentioned anywhere.

    Entities are sorted as tagging sorts them: by groups, then mentions, the most first, then by name.
    """
    by_id = {segment.id: segment for segment in segments}
    names = {_key(name): name for name in decision.names}
    keys = {entity.id: {_key(entity.name), *_keys(entity.mentions, by_id)} for entity in entities}
    missing = tuple(name for key, name in names.items() if not any(key in known for known in keys.values()))
    affected = [entity for entity in entities if keys[entity.id] & names.keys()]
    if not affected:
        return tuple(entities), missing
    if isinstance(decision, Same):
        changed = [_joined(decision.names[0], affected, by_id)]
    else:
        changed = [part for entity in affected for part in _separated(entity, names, by_id)]

    def rank(entity: Entity) -> tuple[int, int, str, str]:
        groups = {by_id[mention.segment_id].group for mention in entity.mentions}
        return -len(groups), -len(entity.mentions), entity.name.casefold(), entity.label

    unaffected = (entity for entity in entities if not keys[entity.id] & names.keys())
    return tuple(sorted((*unaffected, *changed), key=rank)), missing


def without_hidden_mentions(entities: Sequence[Entity], segments: Sequence[Segment]) -> tuple[Entity, ...]:
    """Return the entities without mentions in hidden quotes, and without names that only these contain."""
    hidden = {segment.id for segment in segments if segment.role is LineRole.HIDDEN}
    by_id = {segment.id: segment for segment in segments}
    shown = (_without_mentions(entity, hidden, by_id) for entity in entities) if hidden else entities
    return tuple(entity for entity in shown if entity.mentions)


def _without_mentions(entity: Entity, hidden: AbstractSet[SegmentId], by_id: _Segments) -> Entity:
    mentions = tuple(mention for mention in entity.mentions if mention.segment_id not in hidden)
    if len(mentions) in {0, len(entity.mentions)}:
        return replace(entity, mentions=mentions)
    kept = _keys(mentions, by_id)
    shown = replace(entity, mentions=mentions, also=_spellings(entity, kept))
    if _key(entity.name) not in _keys(entity.mentions, by_id) - kept:
        return shown
    name = _POSSESSIVE.sub("", max((_written(mention, by_id) for mention in mentions), key=len))
    return replace(shown, id=_entity_id(entity.label, name), name=name)


def _joined(name: str, entities: Sequence[Entity], by_id: _Segments) -> Entity:
    """Return one entity in place of several, with the label of the one that has most mentions."""
    order = {segment_id: place for place, segment_id in enumerate(by_id)}
    mentions = sorted(
        (mention for entity in entities for mention in entity.mentions),
        key=lambda mention: (order[mention.segment_id], mention.start),
    )
    label = max(entities, key=lambda entity: len(entity.mentions)).label
    known = {_key(spelling.written): spelling for entity in entities for spelling in entity.also}
    written = {_key(form): form for form in (_written(mention, by_id) for mention in mentions[::-1])}
    also = (
        known.get(key) or Spelling(written=_POSSESSIVE.sub("", written[key]), like=name, why=SpellingReason.FACILITATOR)
        for key in dict.fromkeys(_key(_written(mention, by_id)) for mention in mentions)
        if key != _key(name)
    )
    return Entity(id=_entity_id(label, name), name=name, label=label, mentions=tuple(mentions), also=tuple(also))


def _separated(entity: Entity, names: Mapping[str, str], by_id: _Segments) -> list[Entity]:
    """Return an entity for each of `names` that it is mentioned by; other mentions stay with the entity."""
    by_key: dict[str, list[Mention]] = {}
    for mention in entity.mentions:
        key = _key(_written(mention, by_id))
        by_key.setdefault(key if key in names else _key(entity.name), []).append(mention)
    if len(by_key) == 1:
        return [entity]
    return [
        replace(entity, mentions=tuple(mentions), also=_spellings(entity, _keys(mentions, by_id)))
        if key == _key(entity.name)
        else Entity(
            id=_entity_id(entity.label, names[key]), name=names[key], label=entity.label, mentions=tuple(mentions)
        )
        for key, mentions in by_key.items()
    ]


def _spellings(entity: Entity, keys: AbstractSet[str]) -> tuple[Spelling, ...]:
    return tuple(spelling for spelling in entity.also if _key(spelling.written) in keys)


def _written(mention: Mention, by_id: _Segments) -> str:
    return by_id[mention.segment_id].text[mention.start : mention.end]


def _keys(mentions: Sequence[Mention], by_id: _Segments) -> set[str]:
    return {_key(_written(mention, by_id)) for mention in mentions}


def _key(name: str) -> str:
    """Return what is the same in all ways of writing a name: without case, white space and a possessive ending."""
    return _POSSESSIVE.sub("", " ".join(name.split())).casefold()


def _entity_id(label: Label, name: str) -> EntityId:
    digest = hashlib.sha256(f"{label}\0named {name.casefold()}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return EntityId(f"e-{label.lower()}-{digest}")
