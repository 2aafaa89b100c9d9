"""The CSV files: concerns, quotes and names as rows of plain text, for spreadsheets and other programs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pipeline.analysis_records import Analysis, Concern, LineRole, Segment, SegmentId
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import Tables

CONCERNS = (
    "rank",
    "concern_id",
    "label",
    "recurring",
    "group_count",
    "clear_group_count",
    "groups",
    "quote_count",
    "named",
    "terms",
)
QUOTES = (
    *("segment_id", "group", "pad_id", "line", "start", "end", "text", "kind", "set_aside", "account"),
    *("concern_ids", "concerns", "prompt", "headings", "language"),
    *("owner", "due", "due_from", "due_date", "due_precision", "url"),
)
ENTITIES = ("entity_id", "name", "label", "text", "group", "pad_id", "line", "start", "end", "segment_id")
_JOIN = "; "


def tables(analysis: Analysis, segments: Mapping[SegmentId, Segment], known: Sources) -> Tables:
    """All rows of the three files; `start` and `end` are code points of the pad's text."""
    return Tables(
        concerns=(CONCERNS, *_concern_rows(analysis)),
        quotes=(QUOTES, *_quote_rows(analysis, known)),
        entities=(ENTITIES, *_entity_rows(analysis, segments)),
    )


def _concern_rows(analysis: Analysis) -> Iterator[tuple[str, ...]]:
    for rank, concern in enumerate(analysis.concerns, start=1):
        yield (
            str(rank),
            concern.id,
            concern.label,
            "yes" if concern.recurring else "no",
            str(len(concern.groups)),
            str(len(concern.clear_groups)),
            _JOIN.join(concern.groups),
            str(len(concern.segment_ids)),
            "yes" if concern.named else "no",
            _JOIN.join(concern.terms),
        )


def _quote_rows(analysis: Analysis, known: Sources) -> Iterator[tuple[str, ...]]:
    concerns: dict[SegmentId, list[Concern]] = defaultdict(list)
    for concern in analysis.concerns:
        for member in concern.segment_ids:
            concerns[member].append(concern)
    for one in analysis.segments:
        if one.role is LineRole.HIDDEN:
            continue
        yield (
            *(one.id, one.group, one.pad_id, str(one.line), str(one.start), str(one.end), one.text),
            one.kind.value,
            "" if one.role is LineRole.CONTENT else one.role.value,
            analysis.ledger.lines[one.pad_id][one.line - 1].value,
            _JOIN.join(concern.id for concern in concerns[one.id]),
            _JOIN.join(concern.label for concern in concerns[one.id]),
            one.prompt or "",
            _JOIN.join(one.headings),
            one.language,
            one.owner or "",
            one.due or "",
            one.due_from.isoformat() if one.due_from else "",
            one.due_date.isoformat() if one.due_date else "",
            one.due_precision.value if one.due_precision else "",
            known.by_pad[one.pad_id].url or "",
        )


def _entity_rows(analysis: Analysis, segments: Mapping[SegmentId, Segment]) -> Iterator[tuple[str, ...]]:
    for entity in analysis.entities:
        for mention in entity.mentions:
            one = segments[mention.segment_id]
            yield (
                *(entity.id, entity.name, entity.label.value, one.text[mention.start : mention.end]),
                *(one.group, one.pad_id, str(one.line)),
                *(str(one.start + mention.start), str(one.start + mention.end), one.id),
            )
