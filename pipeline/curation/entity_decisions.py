"""Names that are of the same person, organisation or thing according to the facilitator, or of different ones."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.curation.decisions import NotSame, Same
from pipeline.segment_records import Entity, EntityId, LineRole, Mention, Segment, SegmentId, Spelling, SpellingReason

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
    keys = {entity.id: {_key(entity.name), *_forms(entity.mentions, by_id)} for entity in entities}
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
    by_id = {segment.id: segment for segment in segments}
    shown = []
    for entity in entities:
        mentions = [mention for mention in entity.mentions if by_id[mention.segment_id].role is not LineRole.HIDDEN]
        if len(mentions) == len(entity.mentions):
            shown.append(entity)
        elif mentions:
            forms = _forms(mentions, by_id)
            name_is_hidden = _key(entity.name) in _forms(entity.mentions, by_id).keys() - forms.keys()
            part = _with_mentions(entity, mentions, by_id)
            longest = max((_form(mention, by_id) for mention in mentions), key=len)
            shown.append(_named(part, _POSSESSIVE.sub("", longest)) if name_is_hidden else part)
    return tuple(shown)


def _joined(name: str, entities: Sequence[Entity], by_id: _Segments) -> Entity:
    """Return one entity in place of several, with the label of the one that has most mentions."""
    order = {segment_id: place for place, segment_id in enumerate(by_id)}
    mentions = sorted(
        (mention for entity in entities for mention in entity.mentions),
        key=lambda mention: (order[mention.segment_id], mention.start),
    )
    known = {_key(spelling.written): spelling for entity in entities for spelling in entity.also}
    also = (
        known.get(key) or Spelling(written=_POSSESSIVE.sub("", form), like=name, why=SpellingReason.FACILITATOR)
        for key, form in _forms(mentions, by_id).items()
        if key != _key(name)
    )
    most_mentioned = max(entities, key=lambda entity: len(entity.mentions))
    return replace(_named(most_mentioned, name), mentions=tuple(mentions), also=tuple(also))


def _separated(entity: Entity, names: Mapping[str, str], by_id: _Segments) -> list[Entity]:
    """Return an entity for each of `names` that it is mentioned by; other mentions stay with the entity."""
    own = _key(entity.name)
    by_key: dict[str, list[Mention]] = {}
    for mention in entity.mentions:
        key = _key(_form(mention, by_id))
        by_key.setdefault(key if key in names else own, []).append(mention)
    if len(by_key) == 1:
        return [entity]
    parts = {key: _with_mentions(entity, mentions, by_id) for key, mentions in by_key.items()}
    return [part if key == own else replace(_named(part, names[key]), also=()) for key, part in parts.items()]


def _with_mentions(entity: Entity, mentions: Sequence[Mention], by_id: _Segments) -> Entity:
    forms = _forms(mentions, by_id)
    also = tuple(spelling for spelling in entity.also if _key(spelling.written) in forms)
    return replace(entity, mentions=tuple(mentions), also=also)


def _named(entity: Entity, name: str) -> Entity:
    text = f"{entity.label}\0named {name.casefold()}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return replace(entity, id=EntityId(f"e-{entity.label.lower()}-{digest}"), name=name)


def _form(mention: Mention, by_id: _Segments) -> str:
    return by_id[mention.segment_id].text[mention.start : mention.end]


def _forms(mentions: Sequence[Mention], by_id: _Segments) -> dict[str, str]:
    """Return the first of the ways in which each name is written, by the key of the name."""
    forms: dict[str, str] = {}
    for form in (_form(mention, by_id) for mention in mentions):
        forms.setdefault(_key(form), form)
    return forms


def _key(name: str) -> str:
    """Return what is the same in all ways of writing a name: without case, white space and a possessive ending."""
    return _POSSESSIVE.sub("", " ".join(name.split())).casefold()
