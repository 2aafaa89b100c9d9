"""Mentions of one thing become one entity, under the fullest name that somebody wrote for it.

The event's own title, which its notes name more than any other event.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fetch.corpus_records import KnownName
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
from pipeline.tag.coreference import Link, Same, Written, difference, key_of, likely, told, unaccented, unpossessed
from pipeline.tag.name_patterns import Name, common_words, known_names
from pipeline.text import mask_unreadable

_SLUG = re.compile(r"[^a-z0-9]+")


_OF_FULLER = MappingProxyType(
    {
        SpellingReason.INITIALS: SpellingReason.HAS_INITIALS,
        SpellingReason.MIDDLE: SpellingReason.HAS_MIDDLE,
        SpellingReason.SHORTENED: SpellingReason.HAS_SHORTENED,
        SpellingReason.FIRST_NAME: SpellingReason.HAS_FIRST_NAME,
        SpellingReason.LAST_NAME: SpellingReason.HAS_LAST_NAME,
    }
)
"""Why a fuller name was joined with a shorter one."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A segment and the names in it, in reading order; names in lines that were set aside are no mentions."""

    segment: Segment
    names: Sequence[Name]


@dataclass(frozen=True, slots=True)
class _Seen:
    segment: Segment
    mention: Mention
    key: str
    text: str

    @property
    def counts(self) -> bool:
        return self.segment.role is LineRole.CONTENT


def entities_of(spotted: Sequence[Spotted], names: Sequence[KnownName] = ()) -> tuple[Entity, ...]:
    """Names in segments to entities: those named in most groups first, then by mentions, then by name.

    Mentions of one label are joined where they are written the same but for case, accents and the like, where a line,
    event.toml (`names`) or the list of well-known names says so, and where it is likely (`coreference`); never across
    labels. Lines that were set aside mention nothing, but help to know who is who.
    """
    seen: defaultdict[Label, list[_Seen]] = defaultdict(list)
    for at in spotted:
        for name in at.names:
            text = at.segment.text[name.start : name.end]
            mention = Mention(segment_id=at.segment.id, start=name.start, end=name.end)
            seen[name.label].append(_Seen(at.segment, mention, key_of(text), text))
    given = _given(names)
    beside = [Link(key_of(full), key_of(short), SpellingReason.BESIDE) for full, short in _told(spotted)]
    entities = [
        (_entity(label, members, same, given), len({member.segment.group for member in members if member.counts}))
        for label, mentions in seen.items()
        for same in [_joined(label, mentions, beside, names)]
        for members in _grouped(mentions, same)
    ]
    entities.sort(key=lambda pair: (-pair[1], -len(pair[0].mentions), pair[0].name.casefold(), pair[0].label))
    return tuple(entity for entity, _ in entities)


def _joined(label: Label, mentions: Sequence[_Seen], beside: Iterable[Link], names: Sequence[KnownName]) -> Same:
    """One label's keys, and which of them refer to one thing."""
    keys = _keys(mentions)
    own = [name for name in names if name.label == label]
    listed = {form: main for form, (known, main) in known_names().items() if known == label}
    said = [Link(key_of(name.name), key_of(form), SpellingReason.EVENT_FILE) for name in own for form in name.also]
    said += [link for link in beside if link.full in keys and link.short in keys]
    said += [
        Link(key_of(main), key_of(form), SpellingReason.KNOWN) for form, main in listed.items() if key_of(form) in keys
    ]
    same = Same(keys, said, apart=[key_of(main) for main in (*(name.name for name in own), *listed.values())])
    likely(label, same, keys)
    return same


def _grouped(mentions: Sequence[_Seen], same: Same) -> Iterator[list[_Seen]]:
    """Mentions by what they refer to, in order of first mention; nothing that only lines set aside name."""
    groups: defaultdict[str, list[_Seen]] = defaultdict(list)
    for seen in mentions:
        groups[same.of(seen.key)].append(seen)
    yield from (members for members in groups.values() if any(member.counts for member in members))


def _told(spotted: Sequence[Spotted]) -> Iterator[tuple[str, str]]:
    for at in spotted:
        if len(at.names) > 1:
            yield from told(mask_unreadable(at.segment.text), at.names)


def _keys(mentions: Sequence[_Seen]) -> dict[str, Written]:
    """The keys in order of first mention."""
    lines: defaultdict[tuple[str, bool], set[SegmentId]] = defaultdict(set)
    for seen in mentions:
        lines[seen.key, seen.counts].add(seen.segment.id)
    first = {seen.key: seen.text for seen in reversed(mentions)}
    return {
        key: Written(first[key], lines[key, True], lines[key, False])
        for key in dict.fromkeys(seen.key for seen in mentions)
    }


def _given(names: Sequence[KnownName]) -> dict[tuple[str, str], str]:
    """What event.toml calls an entity, by label and any of its keys."""
    return {(name.label, key_of(form)): name.name for name in names for form in (*name.also, name.name)}


def _entity(label: Label, members: Sequence[_Seen], same: Same, given: Mapping[tuple[str, str], str]) -> Entity:
    told_by_event = [given[label, member.key] for member in members if (label, member.key) in given]
    name = told_by_event[0] if told_by_event else _fullest(members)
    letters = unaccented(name)
    slug = _SLUG.sub("-", letters.casefold())[:40].strip("-")
    digest = hashlib.sha256(f"{label}\0{key_of(name)}".encode()).hexdigest()[:8]
    return Entity(
        id=EntityId(f"e-{label.lower()}-{slug}-{digest}".replace("--", "-")),
        name=name,
        label=label,
        mentions=tuple(member.mention for member in members if member.counts),
        also=tuple(_spellings(name, members, same)),
    )


def _fullest(members: Sequence[_Seen]) -> str:
    """The form with most words (letters are none), in capitals, written most often; of equals the first."""
    written = Counter(unpossessed(member.text) for member in members)

    def rank(text: str) -> tuple[int, bool, int]:
        words = sum(len(word) > 1 for word in key_of(text).split())
        return -words, text.islower(), -written[text]

    return min(written, key=rank)


def _spellings(name: str, members: Sequence[_Seen], same: Same) -> Iterator[Spelling]:
    """Every other way in which a name is written, each with the one it was joined with, and why."""
    by_key: defaultdict[str, list[_Seen]] = defaultdict(list)
    for member in members:
        by_key[member.key].append(member)
    usual = {key: _fullest(those) for key, those in by_key.items()}
    usual[key_of(name)] = name
    ways = same.ways_to(key_of(name)) if len(usual) > 1 else {}
    for written, key in dict.fromkeys((member.text, member.key) for member in members if member.counts):
        if written != usual[key]:
            yield Spelling(written=written, like=usual[key], why=difference(written, usual[key]))
        elif key in ways:
            near, link = ways[key]
            why = link.why if key != link.full else _OF_FULLER.get(link.why, link.why)
            yield Spelling(written=written, like=usual.get(near) or _listed()[near], why=why)


@cache
def _listed() -> dict[str, str]:
    """Keys of well-known names that an event may name by their short forms only, to the names."""
    return {key_of(main): main for _, main in known_names().values()}


_WORD = re.compile(r"\w+")


def titled(title: str) -> tuple[KnownName, ...]:
    """The title of an event as a name of it; none where a single everyday word is the title ("Spring")."""
    words = _WORD.findall(title)
    if not words or (len(words) == 1 and words[0].casefold() in common_words()):
        return ()
    return (KnownName(name=" ".join(title.split()), label=Label.EVENT.value),)
