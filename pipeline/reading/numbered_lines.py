"""The lines that a model is sent: numbered, on one line each, with `Person 3` in place of a person's name.

segments, entities ──► PersonNames ──► numbered_lines ──► prompts
                           └──────────────────────────────◄── answers: names put back
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.segment_records import Checkbox, Entity, Label, LineRole, Segment, SegmentId
from pipeline.text import checkbox_state

MAX_LINE = 600
"""Code points of a line that are sent; what comes after that is seldom another concern."""

MAX_HEADINGS = 120
"""Code points of a heading path that are sent, from its end."""

NEAREST = 2
MAX_GROUP, MAX_HEADING, MAX_PARENT = 40, 60, 80
"""Headings, and code points of the group's name, of a heading and of the bullet above, that say where a line was."""

STAND_INS = ("Person", "Participant", "Individual", "Somebody")
"""Words for persons, of which the first is used that no line has with a number behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedLine:
    """A line as it is sent: its number, from 1, is its place among all segments of the event.

    `parent` is the number of the line that it hangs under in a list, if that was sent, too. `context` says in a few
    words where it was, for prompts in which it stands alone.
    """

    number: int
    group: str
    headings: str
    text: str
    parent: int | None
    context: str


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


_CHECKBOXES: Mapping[Checkbox, str] = {Checkbox.OPEN: "[ ]", Checkbox.DONE: "[x]"}
"""A check box in front of a line that is sent; some lines begin with one of their own."""


def numbered_lines(segments: Sequence[Segment], people: PersonNames | None) -> tuple[NumberedLine, ...]:
    """Return the lines to send: all content that is not hidden, in event order, with the check boxes before them.

    With `people`, they are sent without the names of these.
    """
    sent = {segment.id: number for number, segment in enumerate(segments, start=1) if segment.role is LineRole.CONTENT}
    texts = {segment.id: _with_box(segment, people) for segment in segments if segment.id in sent}
    return tuple(_numbered(segment, sent, texts, people) for segment in segments if segment.id in sent)


def _with_box(segment: Segment, people: PersonNames | None) -> str:
    text = people.hide(segment) if people else segment.text
    if segment.checkbox is None or checkbox_state(segment.text):
        return text
    return f"{_CHECKBOXES[segment.checkbox]} {text}"


def _numbered(
    segment: Segment, sent: Mapping[SegmentId, int], texts: Mapping[SegmentId, str], people: PersonNames | None
) -> NumberedLine:
    above = (segment.group, *segment.headings, *([segment.prompt] if segment.prompt else ()))
    group, *headings = map(people.hide_everywhere, above) if people else above
    parent = segment.parent if segment.parent in sent else None
    where = [one_line(group, MAX_GROUP), *(one_line(heading, MAX_HEADING) for heading in headings[-NEAREST:])]
    if parent:
        where.append(f"“{one_line(texts[parent], MAX_PARENT)}”")
    return NumberedLine(
        number=sent[segment.id],
        group=one_line(group, MAX_HEADINGS),
        headings=one_line(" / ".join(headings)[-MAX_HEADINGS:], MAX_HEADINGS),
        text=one_line(texts[segment.id], MAX_LINE),
        parent=sent[parent] if parent else None,
        context=" / ".join(dict.fromkeys(where)),
    )


def one_line(text: str, longest: int) -> str:
    """Return a text on one line without control characters, cut to a length."""
    line = " ".join("".join(char if char.isprintable() or char.isspace() else " " for char in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def groups_of(lines: Collection[NumberedLine]) -> tuple[str, ...]:
    """Return the groups of some lines in their order."""
    return tuple(dict.fromkeys(line.group for line in lines))
