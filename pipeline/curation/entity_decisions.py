"""Names that the facilitator says are of one thing, or of several: from entities to entities."""

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


def same_and_not_same(
    decision: Same | NotSame, entities: Sequence[Entity], segments: Sequence[Segment]
) -> tuple[tuple[Entity, ...], tuple[str, ...]]:
    """The entities after one decision, and those of its names that nobody wrote.

    Most named first: by groups, then mentions, then name, as tagging sorts them.
    """
    by_id = {segment.id: segment for segment in segments}
    wanted = {_key(name): name for name in decision.names}
    forms = {one.id: {_key(one.name), *(_form(mention, by_id) for mention in one.mentions)} for one in entities}
    missing = tuple(name for key, name in wanted.items() if not any(key in keys for keys in forms.values()))
    touched = [one for one in entities if forms[one.id] & wanted.keys()]
    rest = [one for one in entities if not forms[one.id] & wanted.keys()]
    if isinstance(decision, Same):
        changed = [_one(decision.names[0], touched, by_id)] if touched else []
    else:
        changed = [part for one in touched for part in _apart(one, wanted, by_id)]

    def rank(one: Entity) -> tuple[int, int, str, str]:
        groups = {by_id[mention.segment_id].group for mention in one.mentions}
        return -len(groups), -len(one.mentions), one.name.casefold(), one.label

    return (tuple(sorted((*rest, *changed), key=rank)) if touched else tuple(entities)), missing


def of_shown(entities: Sequence[Entity], segments: Sequence[Segment]) -> tuple[Entity, ...]:
    """The entities without their mentions in hidden quotes, and without names that only these have."""
    hidden = {segment.id for segment in segments if segment.role is LineRole.HIDDEN}
    by_id = {segment.id: segment for segment in segments}
    found = [_without(one, hidden, by_id) for one in entities] if hidden else list(entities)
    return tuple(one for one in found if one.mentions)


def _without(one: Entity, hidden: AbstractSet[SegmentId], by_id: Mapping[SegmentId, Segment]) -> Entity:
    mentions = tuple(mention for mention in one.mentions if mention.segment_id not in hidden)
    if len(mentions) in {0, len(one.mentions)}:
        return replace(one, mentions=mentions)
    kept = {_form(mention, by_id) for mention in mentions}
    lost = {_form(mention, by_id) for mention in one.mentions} - kept
    named = replace(one, mentions=mentions, also=_still(one.also, kept))
    if _key(one.name) not in lost:
        return named
    written = (by_id[mention.segment_id].text[mention.start : mention.end] for mention in mentions)
    name = _POSSESSIVE.sub("", max(written, key=len))
    return replace(named, id=_id(one.label, name), name=name)


def _one(name: str, touched: Sequence[Entity], by_id: Mapping[SegmentId, Segment]) -> Entity:
    """One entity of several; what it is, is what most mentions say."""
    order = {segment_id: place for place, segment_id in enumerate(by_id)}
    mentions = sorted(
        (mention for one in touched for mention in one.mentions), key=lambda one: (order[one.segment_id], one.start)
    )
    label = max(touched, key=lambda one: len(one.mentions)).label
    known = {_key(spelling.written): spelling for one in touched for spelling in one.also}
    written = {_form(one, by_id): by_id[one.segment_id].text[one.start : one.end] for one in reversed(mentions)}
    also = (
        known.get(key) or Spelling(written=_POSSESSIVE.sub("", written[key]), like=name, why=SpellingReason.FACILITATOR)
        for key in dict.fromkeys(_form(one, by_id) for one in mentions)
        if key != _key(name)
    )
    return Entity(id=_id(label, name), name=name, label=label, mentions=tuple(mentions), also=tuple(also))


def _apart(one: Entity, wanted: Mapping[str, str], by_id: Mapping[SegmentId, Segment]) -> list[Entity]:
    """An entity for each of the `wanted` names that it was written by; what was written otherwise stays with it."""
    by_key: dict[str, list[Mention]] = {}
    for mention in one.mentions:
        key = _form(mention, by_id)
        by_key.setdefault(key if key in wanted else _key(one.name), []).append(mention)
    if len(by_key) == 1:
        return [one]
    return [
        replace(one, mentions=tuple(mentions), also=_still(one.also, {_form(mention, by_id) for mention in mentions}))
        if key == _key(one.name)
        else Entity(id=_id(one.label, wanted[key]), name=wanted[key], label=one.label, mentions=tuple(mentions))
        for key, mentions in by_key.items()
    ]


def _still(also: Sequence[Spelling], keys: AbstractSet[str]) -> tuple[Spelling, ...]:
    return tuple(spelling for spelling in also if _key(spelling.written) in keys)


def _form(mention: Mention, by_id: Mapping[SegmentId, Segment]) -> str:
    return _key(by_id[mention.segment_id].text[mention.start : mention.end])


def _key(name: str) -> str:
    return _POSSESSIVE.sub("", " ".join(name.split())).casefold()


def _id(label: Label, name: str) -> EntityId:
    digest = hashlib.sha256(f"{label}\0named {name.casefold()}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return EntityId(f"e-{label.lower()}-{digest}")
