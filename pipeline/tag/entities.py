"""Mentions of one thing become one entity, under the fullest name that somebody wrote for it."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Entity, EntityId, Label, Mention, Segment
from pipeline.tag.lexicon import first_names, known_names
from pipeline.tag.spans import Name

_MISSPELT_FROM = 6
"""Letters from which one wrong letter still names the same thing; shorter names differ by one letter too often."""

_POSSESSIVE = re.compile(r"['’]s?$")
_LEADING = re.compile(r"^(?:the|el|la|los|las|le|les|der|die|das|dr|prof|mr|mrs|ms)\.?\s+", re.IGNORECASE)
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Spotted:
    """A segment and the names in it, in reading order."""

    segment: Segment
    names: Sequence[Name]


@dataclass(frozen=True, slots=True)
class _Seen:
    segment: Segment
    mention: Mention
    key: str
    text: str


def entities_of(spotted: Sequence[Spotted]) -> tuple[Entity, ...]:
    """Names in segments to entities: those named in most groups first, then by mentions, then by name.

    Mentions are joined by case, possessive, known or bracketed acronym, a first or last name that only one full
    name of the event has, and one wrong letter in six or more; never across labels.
    """
    seen: defaultdict[Label, list[_Seen]] = defaultdict(list)
    for at in spotted:
        for name in at.names:
            text = at.segment.text[name.start : name.end]
            mention = Mention(segment_id=at.segment.id, start=name.start, end=name.end)
            seen[name.label].append(_Seen(at.segment, mention, _key(text), text))
    acronyms = set(_bracketed(spotted))
    entities = [
        (_entity(label, members), len({member.segment.group for member in members}))
        for label, mentions in seen.items()
        for members in _joined(label, mentions, acronyms)
    ]
    entities.sort(key=lambda pair: (-pair[1], -len(pair[0].mentions), pair[0].name.casefold(), pair[0].label))
    return tuple(entity for entity, _ in entities)


def _key(text: str) -> str:
    """What is left when case, possessive, article and title do not count."""
    folded = _LEADING.sub("", _POSSESSIVE.sub("", " ".join(text.split()))).casefold()
    return folded.lstrip("@").rstrip(".") or text.casefold()


def _joined(label: Label, mentions: Sequence[_Seen], acronyms: set[tuple[str, str]]) -> Iterator[list[_Seen]]:
    """One label's mentions, grouped by what they refer to, in order of first mention."""
    keys = list(dict.fromkeys(seen.key for seen in mentions))
    same = _Same(keys)
    for full, short in sorted(acronyms):
        same.join(full, short)
    for key, main in _aliases(label).items():
        same.join(main, key)
    if label is Label.PERSON:
        for full, part in _parts_of_full_names(keys):
            same.join(full, part)
    if label is not Label.DATE:
        for one, other in _misspelt(keys):
            same.join(one, other)
    groups: defaultdict[str, list[_Seen]] = defaultdict(list)
    for seen in mentions:
        groups[same.of(seen.key)].append(seen)
    yield from groups.values()


class _Same:
    """Keys that refer to one thing (union-find); keys that nobody wrote are joined with nothing."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._parent = {key: key for key in keys}

    def of(self, key: str) -> str:
        while self._parent[key] != key:
            key = self._parent[key]
        return key

    def join(self, one: str, other: str) -> None:
        if one in self._parent and other in self._parent:
            self._parent[self.of(other)] = self.of(one)


def _aliases(label: Label) -> dict[str, str]:
    return {_key(form): _key(main) for form, (known, main) in known_names().items() if known == label}


def _bracketed(spotted: Sequence[Spotted]) -> Iterator[tuple[str, str]]:
    """Finds "Example Open Network (EON)": the keys of a name and of the acronym that follows it in brackets."""
    for at in spotted:
        text = at.segment.text
        for full, short in zip(at.names, at.names[1:], strict=False):
            between = text[full.end : short.start].strip()
            initials = "".join(word[0] for word in text[full.start : full.end].split() if word[0].isupper())
            if between == "(" and initials == text[short.start : short.end]:
                yield _key(text[full.start : full.end]), _key(text[short.start : short.end])


def _parts_of_full_names(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """First and last names that belong to exactly one full name of the event."""
    fulls: defaultdict[str, set[str]] = defaultdict(set)
    for key in keys:
        words = key.split()
        if len(words) > 1:
            fulls[words[0]].add(key)
            fulls[words[-1]].add(key)
    for part, owners in sorted(fulls.items()):
        if len(owners) == 1:
            yield next(iter(owners)), part


def _misspelt(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of keys one letter apart, none of them a given name of its own ("Daniel", "Daniela")."""
    given = {name.casefold() for name in first_names()}
    near: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        if len(key) >= _MISSPELT_FROM and not any(sign.isdecimal() for sign in key):
            for shape in {key, *(key[:cut] + key[cut + 1 :] for cut in range(len(key)))}:
                near[shape].append(key)
    for shape in sorted(near):
        first = near[shape][0]
        for other in near[shape][1:]:
            if _one_apart(first, other) and not (
                first.split()[0] in given and other.split()[0] in given and first.split()[0] != other.split()[0]
            ):
                yield first, other


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter was added, dropped, replaced, or two neighbours swapped."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (len(a) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    return a[1:] == b or b[1:] == a


def _entity(label: Label, members: Sequence[_Seen]) -> Entity:
    written = Counter(_POSSESSIVE.sub("", member.text) for member in members)
    name = min(written, key=lambda text: (-len(text.split()), text.islower(), -written[text], text))
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    slug = _SLUG.sub("-", letters.casefold())[:40].strip("-")
    digest = hashlib.sha256(f"{label}\0{_key(name)}".encode()).hexdigest()[:8]
    return Entity(
        id=EntityId(f"e-{label.lower()}-{slug}-{digest}".replace("--", "-")),
        name=name,
        label=label,
        mentions=tuple(member.mention for member in members),
    )
