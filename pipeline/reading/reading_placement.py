"""A reading, which was made of the pads as they were, on the segments as they are now.

Reading, segments ──► place_reading ──► PlacedReading ─┬─► facts of segments
                                                       ├─► quotes of each concern ──► model_concerns
                                                       └─► what is known of the reading
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType

from pipeline.analysis_records import CitedSentence, Concern, ConcernId, Origin, ReadingInfo
from pipeline.anchors import Anchor, AnchorFinder, Placed, text_sha
from pipeline.reading.reading_records import Code, CodeId, DraftConcern, LineFacts, Reading, ReadLine, ReadSentence
from pipeline.segment_records import LineRole, Segment, SegmentId, StatedFacts
from pipeline.text import unique_name

FEWEST = 2
"""Lines of a concern; a single line is shown as it stands."""

DescribeConcerns = Callable[[Sequence[Sequence[SegmentId]]], Sequence[Concern]]
"""Makes a concern of each of some groups of segments, in their order."""

Mask = Callable[[str], str]
"""Returns a text without words that were redacted after it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedReading:
    """A reading whose nth line is the nth of `segments`.

    The words of the `edited` segments have changed since; `similar` segments came later and are put in a concern
    because they are like its quotes.
    """

    reading: Reading
    segments: Sequence[Segment]
    edited: frozenset[SegmentId] = frozenset()
    similar: Mapping[CodeId, Sequence[SegmentId]] = field(default_factory=dict)

    @property
    def has_concerns(self) -> bool:
        """Whether its list of concerns is complete, and lines were coded with it."""
        return bool(self.reading.codebook) and any(line.raised for line in self.reading.lines)

    def facts(self) -> dict[SegmentId, StatedFacts]:
        """Return what the reading says of segments."""
        return {segment.id: self._stated(line.facts) for segment, line in self._content() if line.facts is not None}

    def quotes(self) -> dict[CodeId, list[SegmentId]]:
        """Return the segments that the model put in each concern of the codebook, in event order."""
        quotes: dict[CodeId, list[SegmentId]] = {code.id: [] for code in self.reading.codebook}
        for segment, line in self._content():
            for code in line.raised:
                quotes[code].append(segment.id)
        return quotes

    def unread(self) -> frozenset[SegmentId]:
        """Return the segments that were not there when the model was asked for concerns, or that it left out."""
        return frozenset(segment.id for segment, line in self._content() if not line.listed and line.codes is None)

    def info(self) -> ReadingInfo | None:
        """Return what an analysis says of the reading, None if nothing was read."""
        if self.reading.date is None:
            return None
        content = [segment.id for segment, _ in self._content()]
        by_likeness = frozenset(chain.from_iterable(self.similar.values()))
        unread = {segment.id for segment, line in self._content() if segment.id in self.unread() and not line.facts}
        return ReadingInfo(
            model=self.reading.model,
            host=self.reading.host,
            date=self.reading.date,
            prompts=self.reading.prompts,
            read=len(content) - len(unread),
            unread=len(unread - by_likeness),
            placed_ids=tuple(quote for quote in content if quote in by_likeness or quote in self.edited),
            summary=tuple(self.cited(self.reading.paragraph, frozenset(content))),
        )

    def confirmed(self) -> dict[CodeId, set[SegmentId]]:
        """Return the segments that the model put in each concern both times that it looked at them."""
        confirmed: dict[CodeId, set[SegmentId]] = {code.id: set() for code in self.reading.codebook}
        for segment, line in self._content():
            for code in line.confirmed:
                confirmed[code].add(segment.id)
        return confirmed

    def cited(self, sentences: Iterable[ReadSentence], quotes: AbstractSet[SegmentId]) -> Iterator[CitedSentence]:
        """Yield the sentences that cite nothing but `quotes`."""
        for sentence in sentences:
            cited = tuple(self.segments[index].id for index in sentence.lines)
            if set(cited) <= quotes:
                yield CitedSentence(text=sentence.text, segment_ids=cited)

    def _content(self) -> Iterator[tuple[Segment, ReadLine]]:
        for segment, line in zip(self.segments, self.reading.lines, strict=True):
            if segment.role is LineRole.CONTENT:
                yield segment, line

    def _stated(self, facts: LineFacts) -> StatedFacts:
        return StatedFacts(
            kind=facts.kind,
            owner=facts.owner,
            due=facts.due,
            answer=None if facts.answer is None else self.segments[facts.answer].id,
            about_group=facts.group,
        )


def new_reading(segments: Sequence[Segment]) -> Reading:
    """Return a reading of `segments` in which nothing was read."""
    return Reading(schema=1, lines=tuple(_unread_line(segment) for segment in segments))


def with_codebook(reading: Reading, names: Sequence[str], event: str) -> Reading:
    """Return a reading that nothing was asked of yet, with the `names` of an event's concerns to begin with."""
    codes = tuple(Code(id=CodeId(f"c{number}"), name=name) for number, name in enumerate(names, start=1))
    return replace(reading, codebook=codes, codebook_from=event)


def place_reading(
    reading: Reading,
    segments: Sequence[Segment],
    written: Mapping[SegmentId, str] = MappingProxyType({}),
    mask: Mask = str,
) -> PlacedReading:
    """Return `reading` on `segments`, all of the event, which may have been edited since.

    `written` has the texts, as they are in the pads, of segments that were redacted, and `mask` removes redacted words
    from what the model wrote. What it said of lines that are gone is left out, and so are sentences that cite them.
    """
    index_of, edited = _find_lines(reading.lines, segments, written)
    moved = replace(
        reading,
        lines=_moved_lines(reading, segments, index_of),
        codebook=tuple(replace(code, name=mask(code.name)) for code in reading.codebook),
        drafts=tuple(_moved_drafts(draft, index_of, mask) for draft in reading.drafts),
        summaries=tuple(
            replace(
                summary,
                of=tuple(index_of[index] for index in summary.of if index in index_of and index not in edited),
                sentences=tuple(_moved_sentences(summary.sentences, index_of, mask)),
            )
            for summary in reading.summaries
        ),
        paragraph=tuple(_moved_sentences(reading.paragraph, index_of, mask)),
        unanswered=tuple(
            one if one.line is None else replace(one, line=index_of[one.line])
            for one in reading.unanswered
            if one.line is None or one.line in index_of
        ),
    )
    changed = frozenset(segments[index_of[index]].id for index in edited)
    return PlacedReading(reading=moved, segments=segments, edited=changed)


def without_edited(placed: PlacedReading) -> Reading:
    """Return a placed reading in which edited lines have to be asked about again."""
    pairs = zip(placed.segments, placed.reading.lines, strict=True)
    lines = tuple(
        replace(line, first=(), codes=None, facts=None) if one.id in placed.edited else line for one, line in pairs
    )
    return replace(placed.reading, lines=lines)


def model_concerns(placed: PlacedReading, describe: DescribeConcerns) -> tuple[Concern, ...]:
    """Return the concerns that a reading found, called what the model called them.

    `describe` gives terms, exemplars and reasons. One with a single quote is no concern. The groups that agree are
    those with a quote that the model put there both times; none do where it confirmed fewer than half of the quotes.
    Concerns in which most groups agree come first.
    """
    order = {segment.id: place for place, segment in enumerate(placed.segments)}
    members = {
        code: sorted((*quotes, *placed.similar.get(code, ())), key=order.__getitem__)
        for code, quotes in placed.quotes().items()
    }
    kept = {code: quotes for code, quotes in members.items() if len(quotes) >= FEWEST}
    confirmed, group_of = placed.confirmed(), {segment.id: segment.group for segment in placed.segments}
    names = {code.id: code.name for code in placed.reading.codebook}
    summaries = {summary.code: summary.sentences for summary in placed.reading.summaries}
    taken: set[str] = set()
    concerns = [
        replace(
            concern,
            id=_concern_id(names[code]),
            label=unique_name([names[code]], taken),
            agreeing_groups=_agreeing(kept[code], confirmed[code], group_of),
            origin=Origin.MODEL,
            summary=tuple(placed.cited(summaries.get(code, ()), frozenset(kept[code]))),
        )
        for code, concern in zip(kept, describe(list(kept.values())), strict=True)
    ]
    return tuple(sorted(concerns, key=lambda one: (-len(one.agreeing_groups), -len(one.groups), -len(one.segment_ids))))


def _agreeing(
    quotes: Sequence[SegmentId], confirmed: AbstractSet[SegmentId], group_of: Mapping[SegmentId, str]
) -> tuple[str, ...]:
    agreed = [quote for quote in quotes if quote in confirmed]
    return tuple(dict.fromkeys(group_of[quote] for quote in agreed)) if 2 * len(agreed) >= len(quotes) else ()


def _concern_id(name: str) -> ConcernId:
    digest = hashlib.sha256(f"read {name.casefold()}".encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return ConcernId(f"c-{digest}")


def _unread_line(segment: Segment) -> ReadLine:
    return ReadLine(pad=segment.pad_id, line=segment.line, sha=text_sha(segment.text))


def _find_lines(
    lines: Sequence[ReadLine], segments: Sequence[Segment], written: Mapping[SegmentId, str]
) -> tuple[dict[int, int], frozenset[int]]:
    """Return where each line that was read is among `segments`, by index, and which of these were edited."""
    if [(line.pad, line.sha) for line in lines] == [(one.pad_id, text_sha(one.text)) for one in segments]:
        return dict(zip(range(len(lines)), range(len(segments)), strict=True)), frozenset()
    finder = AnchorFinder(segments, written)
    index = {segment.id: place for place, segment in enumerate(segments)}
    found: dict[int, int] = {}
    edited = set()
    taken: set[int] = set()
    for number, line in enumerate(lines):
        place = finder.find(_anchor(lines, number, line))
        if isinstance(place, Placed) and index[place.segment_id] not in taken:
            found[number] = index[place.segment_id]
            taken.add(found[number])
            if place.edited and segments[found[number]].pad_id == line.pad:
                edited.add(number)
    return found, frozenset(edited)


def _anchor(lines: Sequence[ReadLine], number: int, line: ReadLine) -> Anchor:
    before = lines[number - 1] if number else None
    after = lines[number + 1] if number + 1 < len(lines) else None
    return Anchor(
        pad=line.pad,
        line=line.line,
        sha=line.sha,
        before=before.sha if before and before.pad == line.pad else "",
        after=after.sha if after and after.pad == line.pad else "",
    )


def _moved_lines(reading: Reading, segments: Sequence[Segment], index_of: Mapping[int, int]) -> tuple[ReadLine, ...]:
    """Return a line for each segment, with what was said of it where it is."""
    lines = [_unread_line(segment) for segment in segments]
    for old, new in index_of.items():
        here, was = lines[new], reading.lines[old]
        facts = _moved_facts(was.facts, segments[new].text, index_of)
        lines[new] = replace(was, pad=here.pad, line=here.line, sha=here.sha, facts=facts)
    return tuple(lines)


def _moved_facts(facts: LineFacts | None, text: str, index_of: Mapping[int, int]) -> LineFacts | None:
    """Return what is said of a line that has this text now, without words that are not in it any more."""
    if facts is None:
        return None
    owner, due = (words if words and words in text else None for words in (facts.owner, facts.due))
    answer = None if facts.answer is None else index_of.get(facts.answer)
    return replace(facts, owner=owner, due=due, answer=answer)


def _moved_drafts(drafts: Sequence[DraftConcern], index_of: Mapping[int, int], mask: Mask) -> tuple[DraftConcern, ...]:
    return tuple(
        DraftConcern(name=mask(draft.name), lines=tuple(index_of[index] for index in draft.lines if index in index_of))
        for draft in drafts
    )


def _moved_sentences(
    sentences: Iterable[ReadSentence], index_of: Mapping[int, int], mask: Mask
) -> Iterator[ReadSentence]:
    for sentence in sentences:
        if all(index in index_of for index in sentence.lines):
            yield ReadSentence(text=mask(sentence.text), lines=tuple(index_of[index] for index in sentence.lines))
