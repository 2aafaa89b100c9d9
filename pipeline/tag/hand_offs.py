"""Hand-offs: lines in which a group speaks of another group, or of its subject.

    names of groups ──► terms ─┐
    segments ──► content words ┴──► mentions ─ cues, usage ──► the group that a segment is about

A group goes by its name, the name of its pad and the title of its pad. A mention counts if the line names the group as
a group ("ask the safety table", "this is for Technology"), or if it reaches out to the group's subject ("hard to do
without clean water") in words that the group itself uses much more than others do. Words of the event's title and of
several groups' names are nobody's, and what a group's own name or heading says is its own subject. In doubt there is no
hand-off. The numbers below were chosen on labelled notes (docs/experiments/hand-offs.md).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from functools import cache

from pipeline.segment_records import LineRole, Segment, SegmentId
from pipeline.tag.group_terms import ContentWord, Naming, Roots, content_words, find_terms
from pipeline.text import data_table, mask_unreadable, word_list

_LOOK_AROUND = 60
"""Code points before and after a mention that are searched for cues."""

_CUED_LIFT = 2.0
"""How many times as often as others a group uses the words of its subject, where a cue binds a line to these."""

_PHRASE_LIFT = 8.0
"""The same without a cue, for two words or more that the group uses in two of its segments or more."""

_WORD_LIFT = {1: 25.0, 2: 10.0, 3: 6.0}
"""The same for a single word, by how much of the group's name it is (the numbers of `Naming`)."""

_WORD_SHARE = {1: 0.2, 2: 0.04, 3: 0.04}
"""Share of the group's segments that must have such a word; and three of them at the least."""

_MAIN_SHARE = 1 / 3
"""The same for a word that more than a third of the other groups use, too: it is what the group mostly speaks of."""

_FEWEST_USES = 3

_OPENS = re.compile(r"(?:^|[.:!?]\s)[\s*•>\"“\[(-]*$")


class _Cue(Enum):
    """What the words around a mention tell: that a group is meant, or how the line is bound up with its subject."""

    GROUP = "nouns"
    ASSIGNED = "lists"
    LABEL = "label"
    ADDRESSED = "addressed"
    ACTS = "acts"
    CAPITAL = "prepositions"
    RELATION = "relations"


_LEADS = (_Cue.ADDRESSED, _Cue.CAPITAL, _Cue.RELATION)
"""Cues before a mention; the value of a cue is the name of its table in data/hand_offs.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """A term of another group in a segment, with how that group, the writers and all others use it.

    `uses` are the segments of the group that have the term and `share` their share; `lift` is how many times as often
    as others the group has it. It is `everyday` if most others have it, `unusual` if at most a third has it, and `rare`
    if at most one.
    """

    group: str
    naming: Naming
    long: bool
    uses: int
    share: float
    lift: float
    everyday: bool
    unusual: bool
    rare: bool
    cues: AbstractSet[_Cue]
    of_people: bool
    in_heading: bool


def find_hand_offs(segments: Sequence[Segment], names: Mapping[str, Sequence[str]], title: str) -> dict[SegmentId, str]:
    """Return the other group that each content segment speaks of, for those that do.

    `names` has all that each group of the event goes by, as from `group_names`; `title` is the event's. Where a line
    speaks of several groups, one that it names goes before one whose subject it touches, and then the first.
    """
    finder = _Finder(segments, names, title)
    found: dict[SegmentId, str] = {}
    for segment in segments:
        mentions = list(finder.mentions(segment))
        named = [mention for mention in mentions if _names_group(mention)]
        if about := named or [mention for mention in mentions if _reaches_out(mention)]:
            found[segment.id] = about[0].group
    return found


def _names_group(mention: _Mention) -> bool:
    """Return whether a line names a group as a group."""
    cues = mention.cues
    if _Cue.GROUP in cues and mention.lift >= _CUED_LIFT and not mention.everyday:
        return True
    if mention.naming is Naming.WITHIN:
        return False
    if cues & {_Cue.GROUP, _Cue.ASSIGNED, _Cue.LABEL}:
        return True
    if cues & {_Cue.ADDRESSED, _Cue.ACTS} and (mention.long or not mention.of_people or not mention.everyday):
        return True
    return _Cue.CAPITAL in cues and not mention.everyday and mention.lift >= _CUED_LIFT


def _reaches_out(mention: _Mention) -> bool:
    """Return whether a line is bound up with a group's subject, by a cue or by words that are hardly used elsewhere."""
    if mention.in_heading:
        return False
    is_named = mention.naming > Naming.WITHIN
    if is_named and _Cue.RELATION in mention.cues and not mention.everyday:
        return mention.long or mention.lift >= _CUED_LIFT
    if mention.long:
        return mention.uses > 1 and mention.lift >= _PHRASE_LIFT
    is_its_own = mention.rare if not is_named else mention.unusual or mention.share >= _MAIN_SHARE
    return (
        is_its_own
        and mention.uses >= _FEWEST_USES
        and mention.share >= _WORD_SHARE[mention.naming]
        and mention.lift >= _WORD_LIFT[mention.naming]
    )


class _Finder:
    """Finds mentions of other groups, given all segments of an event: what is said how often by whom."""

    def __init__(self, segments: Sequence[Segment], names: Mapping[str, Sequence[str]], title: str) -> None:
        self._terms = find_terms(names, title)
        self._sizes = sorted({len(roots) for roots in self._terms}, reverse=True)
        self._own: defaultdict[str, set[str]] = defaultdict(set)
        for roots, owners in self._terms.items():
            for group in owners:
                self._own[group].update(roots)
        self._others = max(1, len(names) - 2)
        self._words = {one.id: content_words(one.text) for one in segments if one.role is LineRole.CONTENT}
        self._lines = Counter(one.group for one in segments if one.id in self._words)
        self._uses: defaultdict[Roots, Counter[str]] = defaultdict(Counter)
        for one in segments:
            for roots in {roots for roots, *_ in self._phrases(self._words.get(one.id, ()))}:
                self._uses[roots][one.group] += 1
        prompts = {one.prompt for one in segments if one.prompt}
        self._template = {word.root for prompt in prompts for word in content_words(prompt)}

    def mentions(self, segment: Segment) -> Iterator[_Mention]:
        """Yield the mentions of other groups in a segment, of overlapping ones the longest."""
        done = 0
        for roots, start, end in self._phrases(self._words.get(segment.id, ())):
            if start < done:
                continue
            done = end
            owners = self._terms[roots]
            best = max(owners.values())
            possible = [group for group, naming in owners.items() if naming == best]
            is_own = segment.group in owners or self._own[segment.group].issuperset(roots)
            if is_own or (len(possible) > 1 and best is Naming.WITHIN):
                continue
            group = max(possible, key=lambda group: self._uses[roots][group])
            yield self._mention(segment, group, roots, (start, end))

    def _mention(self, segment: Segment, group: str, roots: Roots, place: tuple[int, int]) -> _Mention:
        uses, lines = self._uses[roots], self._lines
        here, elsewhere = lines[group], lines.total() - lines[group]
        users = sum(other not in {group, segment.group} for other in uses)
        headings = {word.root for text in (*segment.headings, segment.prompt or "") for word in content_words(text)}
        text, (start, end) = mask_unreadable(segment.text), place
        return _Mention(
            group=group,
            naming=self._terms[roots][group],
            long=len(roots) > 1,
            uses=uses[group],
            share=uses[group] / (here + 2),
            lift=((uses[group] + 0.5) / (here + 1)) / ((uses.total() - uses[group] - 0.5) / (elsewhere + 1)),
            everyday=users > max(1, self._others / 2) or self._template.issuperset(roots),
            unusual=users <= max(1, self._others / 3),
            rare=users <= 1,
            cues=_cues(text, start, end, segment.language),
            of_people=text[start:end].casefold().endswith(tuple(word_list("hand_offs.toml", "people"))),
            in_heading=headings.issuperset(roots),
        )

    def _phrases(self, its_words: Sequence[ContentWord]) -> Iterator[tuple[Roots, int, int]]:
        """Yield each term of any group among the words of a segment, with its place; longer ones first at each."""
        for at, first in enumerate(its_words):
            for size in self._sizes:
                phrase = its_words[at : at + size]
                roots = tuple(word.root for word in phrase)
                if roots in self._terms and len(phrase) == size and phrase[-1].clause == first.clause:
                    yield roots, first.start, phrase[-1].end


def _cues(text: str, start: int, end: int, language: str) -> frozenset[_Cue]:
    """Return what the words around a mention, `text[start:end]`, tell."""
    before, after = text[max(0, start - _LOOK_AROUND) : start], text[end : end + _LOOK_AROUND]
    found = {cue for cue, pattern in _before(language) if pattern.search(before)}
    found |= {cue for cue, pattern in _after(language) if pattern.match(after)}
    opens = _OPENS.search(before) is not None
    if not opens:
        found -= {_Cue.LABEL, _Cue.ACTS}
    if opens or not text[start].isupper():
        found.discard(_Cue.CAPITAL)
    if before.endswith("@"):
        found.add(_Cue.GROUP)
    if _is_assigned(text, start, end):
        found.add(_Cue.ASSIGNED)
    return frozenset(found)


def _is_assigned(text: str, start: int, end: int) -> bool:
    """Return whether a mention stands in brackets at the end of a line, alone or, in capitals, in a list."""
    opening, closing = text.rfind("(", 0, start), text.find(")", end)
    if opening < 0 or closing < 0 or re.search(r"\w", text[closing:]):
        return False
    separators = data_table("hand_offs.toml")["lists"]["any"]
    items = [item.strip() for item in re.split(separators, text[opening + 1 : closing])]
    return text[start:end] in items and (len(items) == 1 or text[start].isupper())


@cache
def _before(language: str) -> tuple[tuple[_Cue, re.Pattern[str]], ...]:
    """Return the patterns of what stands before a mention, in a language."""
    between = rf"(?:\s+(?:{_fragments('between', language)})){{0,3}}[\s\"“'(*]*$"
    shapes = {cue: rf"(?:{_fragments(cue.value, language)}){between}" for cue in _LEADS}
    nouns, on = _fragments("nouns", language), _fragments("on", language)
    shapes[_Cue.GROUP] = rf"(?:{nouns})(?:(?:\s+(?:{on}))?{between.removesuffix('$')}\s|-)$"
    return tuple((cue, re.compile(rf"(?<!\w)(?:{shape})", re.IGNORECASE)) for cue, shape in shapes.items())


@cache
def _after(language: str) -> tuple[tuple[_Cue, re.Pattern[str]], ...]:
    """Return the patterns of what stands after a mention, in a language."""
    shapes = {
        _Cue.GROUP: rf"(?:['’]?s)?[\"”*)]*\s+(?:{_fragments('nouns', language)})(?!\w)",
        _Cue.ACTS: rf"\s+(?:{_fragments('acts', language)})(?!\w)",
        _Cue.LABEL: r"(?:[*_\])]*\s*[:：]|\s+[–—-]\s)\W*(?:\w+\W+){2}\w",  # "Kitchen: Ana" is a list of names
    }
    return tuple((cue, re.compile(shape, re.IGNORECASE)) for cue, shape in shapes.items())


def _fragments(name: str, language: str) -> str:
    """Return the alternatives of a table of data/hand_offs.toml in a language; in English where it has none."""
    table = data_table("hand_offs.toml")[name]
    chosen = table.get(language, table["en"])
    return chosen if isinstance(chosen, str) else "|".join(chosen)
