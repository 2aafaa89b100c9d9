"""An analysis from annotated pads: plain text in which each line says, after `‖`, what was found in it.

    * the tap is shut all winter   ‖ concern=water
    * who pays for the pump?       ‖ question concern=water
        * the council did, until 2019
    * Ana to call them by Friday   ‖ action owner=Ana due=by_Friday date=2026-05-08 PERSON=Ana

The pad's text is what stands before `‖`, without the spaces around it. `heading`, `prompt`, `boilerplate` and
`duplicate` are roles; `question`, `action`, `decision` and `other` are kinds; `LABEL=name` is a mention; `_` is a
space; `ahead=first/last/precision` are the days that a milestone names, `about=group` is another group that is spoken
of. `open` and `done` are the states of a check box that stood in front. A segment hangs under the last one above it
with a smaller indent. Lines without words are empty.
"""

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetch.corpus_records import Corpus, Event, Pad, PadId
from pipeline.analysis_records import Analysis, Concern, ConcernId, EventInfo, Milestone, PadInfo, Reason
from pipeline.event_checks import missing_voices
from pipeline.ledger import account
from pipeline.segment_records import (
    Checkbox,
    Entity,
    EntityId,
    Kind,
    Label,
    Line,
    LineNo,
    LineRole,
    Mention,
    Precision,
    Segment,
    SegmentId,
)

ALLOTMENTS = Path(__file__).parents[1] / "cases" / "report" / "allotments"
_MARK = "‖"
_BULLET = re.compile(r"(?P<indent>\s*)(?P<bullet>[*-] )?")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedLine:
    """A pad's line, the words after its `‖` and the `key=value` pairs among them."""

    text: str
    words: frozenset[str]
    pairs: tuple[tuple[str, str], ...]

    def get(self, key: str) -> str | None:
        return dict(self.pairs).get(key)


def read(folder: Path) -> tuple[Analysis, Corpus]:
    """The analysis that the `.pad` files of `folder` (by name) describe, and the corpus it is of."""
    return build({path.stem: path.read_text(encoding="utf-8").removesuffix("\n") for path in sorted(folder.iterdir())})


def build(annotated: Mapping[str, str]) -> tuple[Analysis, Corpus]:
    """The same from texts by name: `1 Water` is the pad `water` of the group `Water`."""
    pads, lines, segments, notes = [], [], [], []
    for number, (name, source) in enumerate(annotated.items(), start=1):
        rows = [_annotated(row) for row in source.split("\n")]
        one = _pad(name.partition(" ")[2], "\n".join(row.text for row in rows), number)
        pads.append(one)
        pad_lines = list(_lines(one, rows))
        found = list(_segments(one, pad_lines, rows))
        lines += pad_lines
        segments += [segment for segment, _ in found]
        notes += found
    return _assembled(pads, lines, segments, notes)


def _annotated(row: str) -> AnnotatedLine:
    text, _, notes = row.partition(_MARK)
    tokens = notes.split()
    pairs = tuple((key, value.replace("_", " ")) for key, eq, value in (t.partition("=") for t in tokens) if eq)
    return AnnotatedLine(
        text=text.rstrip(" ") if _MARK in row else text,
        words=frozenset(t for t in tokens if "=" not in t),
        pairs=pairs,
    )


def _pad(group: str, text: str, number: int) -> Pad:
    name = group.lower().replace(" ", "-")
    return Pad(
        pad_id=PadId(name),
        group=group,
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        source=f"https://pads.example.org/p/{name}",
        revision=100 + number,
    )


def _lines(pad: Pad, rows: Sequence[AnnotatedLine]) -> Iterator[Line]:
    start = 0
    for number, row in enumerate(rows, start=1):
        end = start + len(row.text)
        role = next((role for role in LineRole if role in row.words), LineRole.CONTENT)
        yield Line(
            pad_id=pad.pad_id,
            number=LineNo(number),
            start=start,
            end=end,
            role=role if row.text.strip() else LineRole.EMPTY,
        )
        start = end + 1


def _segments(
    pad: Pad, lines: Sequence[Line], rows: Sequence[AnnotatedLine]
) -> Iterator[tuple[Segment, AnnotatedLine]]:
    above: list[Segment] = []
    for line, row in zip(lines, rows, strict=True):
        if line.role in {LineRole.EMPTY, LineRole.HEADING, LineRole.PROMPT}:
            above = []
            continue
        lead = _BULLET.match(row.text)
        assert lead
        level = len(lead["indent"]) + bool(lead["bullet"])
        above = [one for one in above if one.level < level]
        date = row.get("date")
        segment = Segment(
            id=SegmentId(f"{pad.pad_id}-{line.number}"),
            pad_id=pad.pad_id,
            group=pad.group,
            line=line.number,
            start=line.start + lead.end(),
            end=line.end,
            text=row.text[lead.end() :],
            kind=next((kind for kind in Kind if kind in row.words), Kind.STATEMENT),
            role=line.role,
            level=level,
            parent=above[-1].id if above else None,
            checkbox=next((state for state in Checkbox if state in row.words), None),
            language=row.get("lang") or "en",
            owner=row.get("owner"),
            due=row.get("due"),
            due_date=dt.date.fromisoformat(date) if date else None,
            due_from=dt.date.fromisoformat(date) if date else None,
            due_precision=Precision.DAY if date else None,
            about_group=row.get("about"),
        )
        above.append(segment)
        yield segment, row


def _assembled(
    pads: list[Pad], lines: list[Line], segments: list[Segment], notes: list[tuple[Segment, AnnotatedLine]]
) -> tuple[Analysis, Corpus]:
    concerns = _concerns(notes)
    event = Event(
        id="allotments",
        title="Allotments, an invented event",
        date=dt.date(2026, 5, 3),
        server="https://pads.example.org",
    )
    corpus, ledger = Corpus(event=event, pads=tuple(pads)), account(lines, segments, concerns)
    analysis = Analysis(
        schema=1,
        generated="2026-05-04T12:00:00+00:00",
        event=EventInfo(id=event.id, title=event.title, date=event.date),
        pads=tuple(
            PadInfo(pad_id=p.pad_id, group=p.group, revision=p.revision, sha256=p.sha256, source=p.source) for p in pads
        ),
        segments=tuple(segments),
        entities=_entities(notes),
        concerns=concerns,
        ledger=ledger,
        settings={"most_concerns": 40},
        corpus_sha256=hashlib.sha256("".join(p.sha256 for p in pads).encode()).hexdigest(),
        milestones=tuple(_milestones(notes)),
        missing_voices=missing_voices(corpus, segments, ledger, ""),
    )
    return analysis, corpus


def _milestones(notes: Sequence[tuple[Segment, AnnotatedLine]]) -> Iterator[Milestone]:
    for segment, row in notes:
        if ahead := row.get("ahead"):
            first, last, precision = ahead.split("/")
            days = map(dt.date.fromisoformat, (first, last))
            yield Milestone(segment_id=segment.id, first=next(days), last=next(days), precision=Precision(precision))


def _concerns(notes: Sequence[tuple[Segment, AnnotatedLine]]) -> tuple[Concern, ...]:
    members: dict[str, list[Segment]] = defaultdict(list)
    for segment, row in notes:
        for key, value in row.pairs:
            if key == "concern":
                members[value].append(segment)
    concerns = [_concern(label, found) for label, found in members.items()]
    return tuple(sorted(concerns, key=lambda one: (-len(one.groups), -len(one.segment_ids))))


def _concern(label: str, members: Sequence[Segment]) -> Concern:
    groups = tuple(dict.fromkeys(segment.group for segment in members))
    first = {segment.group: segment.id for segment in reversed(members)}
    exemplars = tuple(first[group] for group in groups)[:3]
    return Concern(
        id=ConcernId(f"c-{label.replace(' ', '-')}"),
        label=label,
        terms=tuple(label.split()),
        segment_ids=tuple(segment.id for segment in members),
        exemplar_ids=exemplars,
        groups=groups,
        agreeing_groups=groups,
        recurring=len(groups) > 1,
        reasons=tuple(_reasons(members, exemplars)),
    )


def _reasons(members: Sequence[Segment], exemplars: Sequence[SegmentId]) -> Iterator[Reason]:
    """Each is like the first exemplar of another group, by the words of four letters and more that both have."""
    by_id = {one.id: one for one in members}
    for one in members:
        like = next((by_id[other] for other in exemplars if by_id[other].group != one.group), None)
        if like:
            shared = [word for word in re.findall(r"\w{4,}", one.text) if word in like.text]
            yield Reason(segment_id=one.id, exemplar_id=like.id, shared_words=tuple(shared))


def _entities(notes: Sequence[tuple[Segment, AnnotatedLine]]) -> tuple[Entity, ...]:
    mentions: dict[tuple[str, Label], list[Mention]] = defaultdict(list)
    for segment, row in notes:
        for key, name in row.pairs:
            if key in Label.__members__:
                start = segment.text.index(name)
                mention = Mention(segment_id=segment.id, start=start, end=start + len(name))
                mentions[name, Label(key)].append(mention)
    return tuple(
        Entity(id=EntityId(f"e{number}"), name=name, label=label, mentions=tuple(found))
        for number, ((name, label), found) in enumerate(mentions.items(), start=1)
    )
