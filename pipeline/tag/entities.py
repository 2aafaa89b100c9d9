"""Entities: mentions that refer to the same thing, under the fullest name that somebody wrote for it."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from fetch.corpus_records import KnownName
from pipeline.segment_records import Entity, EntityId, Label, Mention, Segment, Spelling, SpellingReason
from pipeline.tag.coreference import (
    Coreference,
    Link,
    Occurrence,
    acronyms_beside,
    key_of,
    resolve_coreference,
    spelling_difference,
    without_accents,
    without_possessive,
)
from pipeline.tag.name_patterns import Name, common_words, known_names
from pipeline.text import mask_unreadable, normalized_words

_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH = 40

_HAS = {SpellingReason(reason.removeprefix("has_")): reason for reason in SpellingReason if reason.startswith("has_")}
"""Why a fuller name was joined with a shorter one, by the reason for the shorter one."""


def title_names(title: str) -> tuple[KnownName, ...]:
    """Return the title of an event as a name of it; nothing if it is a single everyday word ("Spring")."""
    words = normalized_words(title)
    if len(words) < 2 and common_words().issuperset(words):  # noqa: PLR2004 - two words are no single word
        return ()
    return (KnownName(name=" ".join(title.split()), label=Label.EVENT.value),)


def resolve_entities(
    segments: Sequence[Segment], names: Sequence[Sequence[Name]], known: Sequence[KnownName] = ()
) -> tuple[Entity, ...]:
    """Return the entities that `names`, those of each segment in reading order, refer to.

    Entities named by most groups come first, then those with most mentions, then in order of name. `known` are the
    names in event.toml. Names in segments that were set aside are no mentions, but help to know who is who. Names of
    different labels are never the same entity.
    """
    occurrences: defaultdict[Label, list[Occurrence]] = defaultdict(list)
    beside: list[Link] = []
    for segment, segment_names in zip(segments, names, strict=True):
        plain = mask_unreadable(segment.text) if len(segment_names) > 1 else ""
        for name in segment_names:
            text = segment.text[name.start : name.end]
            key = key_of(text)
            mention = Mention(segment_id=segment.id, start=name.start, end=name.end)
            occurrences[name.label].append(Occurrence(segment, mention, text, key))
            acronyms = acronyms_beside(plain, name) if plain else ()  # both are names of this line
            beside += (Link(key, key_of(acronym), SpellingReason.BESIDE) for acronym in acronyms)
    entities = [
        entity
        for label, of_label in occurrences.items()
        for entity in _entities_of_label(label, of_label, beside, [name for name in known if name.label == label])
    ]
    entities.sort(key=lambda pair: (-pair[1], -len(pair[0].mentions), pair[0].name.casefold(), pair[0].label))
    return tuple(entity for entity, _ in entities)


def _entities_of_label(
    label: Label, occurrences: Sequence[Occurrence], beside: Sequence[Link], known: Sequence[KnownName]
) -> Iterator[tuple[Entity, int]]:
    """Yield the entities of one label, each with the number of groups that name it."""
    keys = _by_key(occurrences)
    listed = {spelling: main for spelling, (listed_as, main) in known_names().items() if listed_as is label}
    of_event = (
        Link(key_of(name.name), key_of(also), SpellingReason.EVENT_FILE) for name in known for also in name.also
    )
    of_lines = (link for link in beside if link.full in keys and link.short in keys)
    of_list = (Link(key_of(main), key_of(form), SpellingReason.KNOWN) for form, main in listed.items())
    stated = [*of_event, *of_lines, *(link for link in of_list if link.short in keys)]
    distinct = [key_of(main) for main in (*(name.name for name in known), *listed.values())]
    coreference = resolve_coreference(label, keys, stated, distinct)
    given = {key_of(spelling): name.name for name in known for spelling in (*name.also, name.name)}
    clusters: defaultdict[frozenset[str], list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        clusters[coreference.cluster(occurrence.key)].append(occurrence)
    for cluster in clusters.values():
        if groups := {occurrence.segment.group for occurrence in cluster if occurrence.in_content}:
            name = next((given[each.key] for each in cluster if each.key in given), None) or _fullest(cluster)
            yield _entity(label, name, cluster, coreference), len(groups)


def _by_key(occurrences: Sequence[Occurrence]) -> dict[str, list[Occurrence]]:
    keys: defaultdict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        keys[occurrence.key].append(occurrence)
    return dict(keys)


def _entity(label: Label, name: str, occurrences: Sequence[Occurrence], coreference: Coreference) -> Entity:
    slug = _SLUG.sub("-", without_accents(name).casefold())[:_SLUG_LENGTH].strip("-")
    digest = hashlib.sha256(f"{label}\0{key_of(name)}".encode()).hexdigest()[:8]
    return Entity(
        id=EntityId(f"e-{label.lower()}-{slug}-{digest}".replace("--", "-")),
        name=name,
        label=label,
        mentions=tuple(occurrence.mention for occurrence in occurrences if occurrence.in_content),
        also=tuple(_spellings(name, occurrences, coreference)),
    )


def _fullest(occurrences: Sequence[Occurrence]) -> str:
    """Return the spelling with most words (not letters), with capitals, written most often; of equals the first."""
    written = Counter(without_possessive(occurrence.text) for occurrence in occurrences)

    def rank(text: str) -> tuple[int, bool, int]:
        words = sum(len(word) > 1 for word in key_of(text).split())
        return -words, text.islower(), -written[text]

    return min(written, key=rank)


def _spellings(name: str, occurrences: Sequence[Occurrence], coreference: Coreference) -> Iterator[Spelling]:
    """Yield every other spelling of a name, with the spelling that it was joined with and the reason."""
    usual = {key: _fullest(of_key) for key, of_key in _by_key(occurrences).items()} | {key_of(name): name}
    paths = coreference.paths_from(key_of(name)) if len(usual) > 1 else {}
    for written, key in dict.fromkeys((each.text, each.key) for each in occurrences if each.in_content):
        if written != usual[key]:
            yield Spelling(written=written, like=usual[key], why=spelling_difference(written, usual[key]))
        elif key in paths:
            near, link = paths[key]
            why = link.why if key != link.full else _HAS.get(link.why, link.why)
            # An event may mention only the acronyms of a well-known name.
            like = usual.get(near) or next(main for _, main in known_names().values() if key_of(main) == near)
            yield Spelling(written=written, like=like, why=why)
