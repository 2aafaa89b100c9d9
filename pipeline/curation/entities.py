"""Names that the facilitator says are of one thing, or of several: from entities to entities."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.curation.records import NotSame, Same
from pipeline.records import Entity, EntityId, Label, Mention, Segment, SegmentId

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
        changed = [_one(decision.names[0], touched, {one: at for at, one in enumerate(by_id)})] if touched else []
    else:
        changed = [part for one in touched for part in _apart(one, wanted, by_id)]

    def rank(one: Entity) -> tuple[int, int, str, str]:
        groups = {by_id[mention.segment_id].group for mention in one.mentions}
        return -len(groups), -len(one.mentions), one.name.casefold(), one.label

    return (tuple(sorted((*rest, *changed), key=rank)) if touched else tuple(entities)), missing


def _one(name: str, touched: Sequence[Entity], order: Mapping[SegmentId, int]) -> Entity:
    """One entity of several; what it is, is what most mentions say."""
    mentions = sorted(
        (mention for one in touched for mention in one.mentions), key=lambda one: (order[one.segment_id], one.start)
    )
    label = max(touched, key=lambda one: len(one.mentions)).label
    return Entity(id=_id(label, name), name=name, label=label, mentions=tuple(mentions))


def _apart(one: Entity, wanted: Mapping[str, str], by_id: Mapping[SegmentId, Segment]) -> list[Entity]:
    """An entity for each of the `wanted` names that it was written by; what was written otherwise stays with it."""
    by_key: dict[str, list[Mention]] = {}
    for mention in one.mentions:
        key = _form(mention, by_id)
        by_key.setdefault(key if key in wanted else _key(one.name), []).append(mention)
    if len(by_key) == 1:
        return [one]
    return [
        replace(one, mentions=tuple(mentions))
        if key == _key(one.name)
        else Entity(id=_id(one.label, wanted[key]), name=wanted[key], label=one.label, mentions=tuple(mentions))
        for key, mentions in by_key.items()
    ]


def _form(mention: Mention, by_id: Mapping[SegmentId, Segment]) -> str:
    return _key(by_id[mention.segment_id].text[mention.start : mention.end])


def _key(name: str) -> str:
    return _POSSESSIVE.sub("", " ".join(name.split())).casefold()


def _id(label: Label, name: str) -> EntityId:
    digest = hashlib.sha256(f"{label}\0named {name.casefold()}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return EntityId(f"e-{label.lower()}-{digest}")
