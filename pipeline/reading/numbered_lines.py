"""The lines that a model is sent: numbered, on one line each, with `Person 3` in place of a person's name.

segments, entities ──► PersonNames ──► numbered_lines ──► prompts
                           └──────────────────────────────◄── answers: names put back
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.analysis_records import Entity, Label, LineRole, Segment, SegmentId

MAX_LINE = 600
"""Code points of a line that are sent; what comes after that is seldom another concern."""

MAX_HEADINGS = 120
"""Code points of a heading path that are sent, from its end."""

STAND_INS = ("Person", "Participant", "Individual", "Somebody")
"""Words for persons, of which the first is used that no line has with a number behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedLine:
    """A line as it is sent: its number, from 1, is its place among all segments of the event.

    `parent` is the number of the line that it hangs under in a list, if that was sent, too.
    """

    number: int
    group: str
    headings: str
    text: str
    parent: int | None


@dataclass(frozen=True)
class PersonNames:
    """The names of persons in an event's segments, and what is sent in their place."""

    entities: Sequence[Entity]
    segments: Sequence[Segment]

    def hide(self, segment: Segment) -> str:
        """Return the text of a segment with a stand-in for each person that it mentions."""
        text = segment.text
        for start, end, stand_in in sorted(self._spans.get(segment.id, ()), reverse=True):
            text = text[:start] + stand_in + text[end:]
        return text

    def hide_everywhere(self, text: str) -> str:
        """Return a heading or the name of a group with a stand-in for each name of a person in it."""
        return self._spellings.sub(lambda match: self._stand_in_of[match[0]], text) if self._stand_in_of else text

    def restore(self, text: str, segment: Segment | None = None) -> str:
        """Return a model's text with names instead of stand-ins: as `segment` writes them, or in their fullest form."""
        here = (
            {stand_in: segment.text[start:end] for start, end, stand_in in self._spans[segment.id]}
            if (segment is not None and segment.id in self._spans)
            else {}
        )
        return self._stand_ins.sub(lambda match: here.get(match[0]) or self._names.get(match[0], match[0]), text)

    @cached_property
    def _word(self) -> str:
        written = "\n".join(segment.text for segment in self.segments)
        free = (word for word in STAND_INS if not re.search(rf"\b{word} \d", written))
        return next(free, "Speaker")

    @cached_property
    def _stand_ins(self) -> re.Pattern[str]:
        return re.compile(rf"\b{self._word} \d+")

    @cached_property
    def _people(self) -> dict[str, Entity]:
        people = (entity for entity in self.entities if entity.label is Label.PERSON)
        return {f"{self._word} {number}": entity for number, entity in enumerate(people, start=1)}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {stand_in: entity.name for stand_in, entity in self._people.items()}

    @cached_property
    def _spans(self) -> dict[SegmentId, list[tuple[int, int, str]]]:
        spans: dict[SegmentId, list[tuple[int, int, str]]] = {}
        for stand_in, entity in self._people.items():
            for mention in entity.mentions:
                spans.setdefault(mention.segment_id, []).append((mention.start, mention.end, stand_in))
        return spans

    @cached_property
    def _stand_in_of(self) -> dict[str, str]:
        text_of = {segment.id: segment.text for segment in self.segments}
        known: dict[str, str] = {}
        for stand_in, entity in self._people.items():
            mentions = (text_of[mention.segment_id][mention.start : mention.end] for mention in entity.mentions)
            for spelling in (entity.name, *(other.written for other in entity.also), *mentions):
                known.setdefault(spelling, stand_in)
        return known

    @cached_property
    def _spellings(self) -> re.Pattern[str]:
        longest_first = sorted(self._stand_in_of, key=lambda spelling: (-len(spelling), spelling))
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def numbered_lines(segments: Sequence[Segment], people: PersonNames | None) -> tuple[NumberedLine, ...]:
    """Return the lines to send: all content that is not hidden, in event order; with `people`, without their names."""
    sent = {segment.id: number for number, segment in enumerate(segments, start=1) if segment.role is LineRole.CONTENT}
    chosen = [segment for segment in segments if segment.id in sent]
    return tuple(_numbered(segment, sent, people) for segment in chosen)


def _numbered(segment: Segment, sent: Mapping[SegmentId, int], people: PersonNames | None) -> NumberedLine:
    headings = " / ".join((*segment.headings, segment.prompt) if segment.prompt else segment.headings)
    text, group = segment.text, segment.group
    if people:
        text, group, headings = people.hide(segment), people.hide_everywhere(group), people.hide_everywhere(headings)
    return NumberedLine(
        number=sent[segment.id],
        group=one_line(group, MAX_HEADINGS),
        headings=one_line(headings[-MAX_HEADINGS:], MAX_HEADINGS),
        text=one_line(text, MAX_LINE),
        parent=sent.get(segment.parent) if segment.parent else None,
    )


def one_line(text: str, longest: int) -> str:
    """Return a text on one line without control characters, cut to a length."""
    line = " ".join("".join(char if char.isprintable() or char.isspace() else " " for char in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def groups_of(lines: Collection[NumberedLine]) -> tuple[str, ...]:
    """Return the groups of some lines in their order."""
    return tuple(dict.fromkeys(line.group for line in lines))
