"""By group: every line of every pad in order, with what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fetch.corpus_records import PadId
from pipeline.analysis_records import Account, Analysis, Concern, Kind, Segment, SegmentId
from pipeline.report.quote_sources import (
    TEMPLATE_ONLY,
    Source,
    Sources,
    Spans,
    concern_anchor,
    hidden_spans,
    language_tag,
    line_anchor,
    parts,
    place,
)
from pipeline.report.report_records import GroupMark, GroupView, LineView, Note, PadView, Part, Piece
from pipeline.report.words import count, strings

DEEPEST = 8
"""List levels beyond this look like it."""

_CURATION = strings("curation")
_LINE = strings("line")
_PAD = strings("pad")
_SUMMARY = strings("summary")
_ALSO: Mapping[Kind, str] = {
    Kind.QUESTION: _LINE["question"],
    Kind.ACTION: _LINE["next_step"],
    Kind.DECISION: _LINE["decision"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Findings:
    """What was found on lines: segments by (pad, line), the concerns that segments are in, and what is hidden."""

    segments: Mapping[tuple[str, int], Sequence[Segment]]
    concerns: Mapping[SegmentId, Sequence[Concern]]
    hidden: Mapping[PadId, Spans]


def group_views(analysis: Analysis, known: Sources) -> tuple[GroupView, ...]:
    """Every group with its pads, in event order."""
    findings = _findings(analysis)
    return tuple(_group_view(group, analysis, known, findings) for group in known.groups)


def _group_view(group: GroupMark, analysis: Analysis, known: Sources, findings: _Findings) -> GroupView:
    own = [source for source in known.by_pad.values() if source.group == group]
    found = Counter(entry for source in own for entry in analysis.ledger.lines[source.info.pad_id])
    parts = [f"{found[Account(entry)]:,} {words}" for entry, words in _SUMMARY.items() if found[Account(entry)]]
    lines = count(found.total(), "line")
    return GroupView(
        group=group,
        summary=f"{lines}: {', '.join(parts)}" if parts else lines,
        pads=tuple(_pad_view(source, analysis.ledger.lines[source.info.pad_id], findings) for source in own),
    )


def _findings(analysis: Analysis) -> _Findings:
    segments: dict[tuple[str, int], list[Segment]] = defaultdict(list)
    for segment in analysis.segments:
        for line in range(segment.line, segment.line + segment.text.count("\n") + 1):
            segments[segment.pad_id, line].append(segment)
    concerns: dict[SegmentId, list[Concern]] = defaultdict(list)
    for concern in analysis.concerns:
        for member in concern.segment_ids:
            concerns[member].append(concern)
    return _Findings(segments=segments, concerns=concerns, hidden=hidden_spans(analysis))


def _pad_view(source: Source, accounts: Sequence[Account], findings: _Findings) -> PadView:
    info = source.info
    return PadView(
        name=info.pad_id,
        revision="" if info.revision is None else f"revision {info.revision}",
        url=source.url,
        remark=_remark(accounts),
        lines=tuple(_lines(source, accounts, findings)),
    )


def _remark(accounts: Sequence[Account]) -> str | None:
    if set(accounts) <= {Account.EMPTY}:
        return _PAD["empty"]
    return _PAD["template_only"] if set(accounts) <= TEMPLATE_ONLY else None


def _lines(source: Source, accounts: Sequence[Account], findings: _Findings) -> Iterator[LineView]:
    start = 0
    hidden = findings.hidden.get(source.info.pad_id, ())
    for number, (text, entry) in enumerate(zip(source.text.split("\n"), accounts, strict=True), start=1):
        here = findings.segments.get((source.info.pad_id, number), ())
        yield LineView(
            number=number,
            anchor=line_anchor(source.info.pad_id, number),
            at=place(source, start, start + len(text)),
            pieces=tuple(_pieces(text, start, here)),
            parts=tuple(_parts(source, start, start + len(text), hidden)),
            level=min(max((segment.level for segment in here), default=0), DEEPEST),
            account=entry.value,
            notes=tuple(_notes(entry, here, findings.concerns)),
        )
        start += len(text) + 1


def _parts(source: Source, start: int, end: int, hidden: Spans) -> Iterator[Part]:
    """The line in parts, where any of it is hidden: then it is not printed as a whole."""
    found = list(parts(start, end, hidden))
    if any(is_hidden for *_, is_hidden in found):
        for first, last, is_hidden in found:
            text = _CURATION["part"] if is_hidden else source.text[first:last]
            yield Part(text=text, at=None if is_hidden else place(source, first, last))


def _pieces(text: str, start: int, here: Sequence[Segment]) -> Iterator[Piece]:
    """The line, cut where the language of its segments changes."""
    done = 0
    for segment in here:
        language = language_tag(segment.language)
        first, last = max(segment.start - start, done), min(segment.end - start, len(text))
        if language is None or first >= last:
            continue
        if first > done:
            yield Piece(text=text[done:first], language=None)
        yield Piece(text=text[first:last], language=language)
        done = last
    if done < len(text):
        yield Piece(text=text[done:], language=None)


def _notes(entry: Account, here: Sequence[Segment], concerns: Mapping[SegmentId, Sequence[Concern]]) -> Iterator[Note]:
    """The line's concerns, or its account where it has none; then what else its segments are."""
    found = {concern.id: concern for segment in here for concern in concerns.get(segment.id, ())}
    said = set()
    for concern in sorted(found.values(), key=lambda one: not one.recurring):
        words = _LINE["concern" if concern.recurring else "one_group"]
        yield Note(words=words, concern=concern.label, anchor=concern_anchor(concern.id))
    kinds = [_ALSO[segment.kind] for segment in here if segment.kind in _ALSO]
    if not found and not (entry is Account.UNCLUSTERED and kinds):
        said.add(_LINE[entry.value])
        yield Note(words=_LINE[entry.value])
    for words in dict.fromkeys(kinds):
        if words not in said:
            yield Note(words=words)
