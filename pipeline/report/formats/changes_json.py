"""changes.json: what changed since an earlier analysis, for programs; written where there is one."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from fetch.corpus_records import PadId
from pipeline.analysis_records import Analysis, ConcernChange
from pipeline.report.formats.output_format import Format, ReadQuote, Span
from pipeline.report.theme import Theme
from pipeline.report.whole_pages import ReportView
from pipeline.segment_records import Segment, SegmentId
from pipeline.serialization import CHANGES_FILE, json_text
from pipeline.translation import Translation


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedLine:
    """A line of today: `pad.text[start:end] == text`, in code points; `segment_id` is that of analysis.json."""

    segment_id: SegmentId
    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPad:
    """What changed in a pad, as in `PadChanges`; `pad_id` is null if the pad is gone."""

    pad_id: PadId | None
    group: str
    new: tuple[ChangedLine, ...]
    edited: tuple[ChangedLine, ...]
    done: tuple[ChangedLine, ...]
    withdrawn: int
    steps_gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesFile:
    """changes.json, schema 1; `since` and `generated` are when the two analyses were made, UTC in ISO 8601.

    `regrouped` counts the concerns with other numbers of groups or quotes that no changed line is the reason for.
    """

    schema: Literal[1]
    event: str
    since: str
    generated: str
    pads: tuple[ChangedPad, ...]
    concerns: tuple[ConcernChange, ...]
    regrouped: int


_CHANGES = TypeAdapter(ChangesFile)


def changes_schema() -> str:
    """Return the text of docs/changes.schema.json."""
    return json_text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **_CHANGES.json_schema(mode="serialization"),
            "title": "Padharvest changes, schema 1",
        }
    )


def changes_text(analysis: Analysis) -> str | None:
    """Return the text of changes.json, or None if the analysis was compared with none."""
    changes = analysis.changes
    if changes is None:
        return None
    segments = {segment.id: segment for segment in analysis.segments}
    file = ChangesFile(
        schema=1,
        event=analysis.event.id,
        since=changes.since,
        generated=analysis.generated,
        pads=tuple(
            ChangedPad(
                pad_id=pad.pad_id,
                group=pad.group,
                new=_lines(pad.new, segments),
                edited=_lines(pad.edited, segments),
                done=_lines(pad.done, segments),
                withdrawn=pad.withdrawn,
                steps_gone=pad.steps_gone,
            )
            for pad in changes.pads
        ),
        concerns=changes.concerns,
        regrouped=changes.regrouped,
    )
    return json_text(_CHANGES.dump_python(file, mode="json"))


def _lines(ids: Iterable[SegmentId], segments: Mapping[SegmentId, Segment]) -> tuple[ChangedLine, ...]:
    found = (segments[segment_id] for segment_id in ids)
    return tuple(
        ChangedLine(segment_id=one.id, line=one.line, start=one.start, end=one.end, text=one.text) for one in found
    )


def render(view: ReportView, _translation: Translation, _theme: Theme) -> dict[str, str]:
    """Return changes.json, the same in every language, where there is an earlier analysis."""
    return {} if view.changes_json is None else {CHANGES_FILE: view.changes_json}


def read_back(text: str) -> Iterator[ReadQuote]:
    """Return every line of a changes.json."""
    for pad in _CHANGES.validate_python(json.loads(text)).pads:
        for line in (*pad.new, *pad.edited, *pad.done):
            yield ReadQuote(pad.pad_id or "", line.start, line.end, line.text, str(line.line))


def _changed(analysis: Analysis, _texts: Mapping[PadId, str]) -> Iterator[Span]:
    """Return where the lines stand that are said to have changed."""
    segments = {segment.id: segment for segment in analysis.segments}
    for pad in analysis.changes.pads if analysis.changes else ():
        for segment_id in (*pad.new, *pad.edited, *pad.done):
            yield segments[segment_id].pad_id, segments[segment_id].start, segments[segment_id].end


FORMAT = Format(render=render, read_back=read_back, quotes={CHANGES_FILE: _changed})
