"""The verbatim gate: an analysis passes only if every quote in it is a substring of its stored pad."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fetch.corpus_records import Pad, PadId
from fetch.errors import PadharvestError
from pipeline.analysis_records import Analysis, Concern, Entity, Segment, SegmentId


class VerbatimError(PadharvestError):
    """A quote is not a substring of its pad, so nothing is written: no group is misquoted."""


def check(analysis: Analysis, pads: Sequence[Pad]) -> None:
    """Raise VerbatimError unless every quote of `analysis` is what `pads` say at its place.

    The pads must be the ones that were analysed (equal sha256); each segment must be `pad.text[start:end]`, by the
    pad's group; owner and due must be words of their segment; each mention must lie inside its segment; each concern's
    quotes and exemplars must exist and be its own.
    """
    fault = next(_faults(analysis, {pad.pad_id: pad for pad in pads}), None)
    if fault:
        raise VerbatimError(f"{fault} Nothing was written; run `make analyze EVENT={analysis.event.id}` again.")


def _faults(analysis: Analysis, pads: Mapping[PadId, Pad]) -> Iterator[str]:
    yield from _pad_faults(analysis, pads)
    for segment_id, count in Counter(segment.id for segment in analysis.segments).items():
        if count > 1:
            yield f"{count} quotes have the same id {segment_id}."
    groups = {info.pad_id: info.group for info in analysis.pads}
    segments = {segment.id: segment for segment in analysis.segments}
    for segment in analysis.segments:
        for fault in _segment_faults(segment, pads.get(segment.pad_id), groups.get(segment.pad_id)):
            yield f"Pad {segment.pad_id}, line {segment.line}: {fault}."
    for entity in analysis.entities:
        yield from _mention_faults(entity, segments)
    for concern in analysis.concerns:
        yield from _concern_faults(concern, segments)


def _pad_faults(analysis: Analysis, pads: Mapping[PadId, Pad]) -> Iterator[str]:
    for info in analysis.pads:
        if info.pad_id not in pads:
            yield f"Pad {info.pad_id} was analysed but is no longer in the corpus."
        elif pads[info.pad_id].sha256 != info.sha256:
            yield f"Pad {info.pad_id} has changed since it was analysed."
    for pad_id in sorted(pads.keys() - {info.pad_id for info in analysis.pads}):
        yield f"Pad {pad_id} was added to the corpus after the analysis."


def _segment_faults(segment: Segment, pad: Pad | None, group: str | None) -> Iterator[str]:
    if pad is None:
        yield "a quote is attributed to a pad that was not analysed"
        return
    if not 0 <= segment.start < segment.end <= len(pad.text) or pad.text[segment.start : segment.end] != segment.text:
        yield "a quote is not what the pad says"
    if pad.text.count("\n", 0, segment.start) + 1 != segment.line:
        yield "a quote is attributed to a line that it is not on"
    if segment.group != group:
        yield f"a quote is attributed to {segment.group}, but the pad is by {group}"
    for name, words in (("owner", segment.owner), ("due", segment.due)):
        if words is not None and words not in segment.text:
            yield f"the {name} of a next step is not in its own words"


def _mention_faults(entity: Entity, segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    for mention in entity.mentions:
        segment = segments.get(mention.segment_id)
        if segment is None:
            yield f"The name {entity.name} is attributed to a quote that does not exist."
        elif not 0 <= mention.start < mention.end <= len(segment.text):
            yield f"Pad {segment.pad_id}, line {segment.line}: the name {entity.name} reaches beyond its quote."


def _concern_faults(concern: Concern, segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    if not segments.keys() >= set(concern.segment_ids):
        yield f"The concern {concern.label} has a quote that does not exist."
        return
    if not set(concern.segment_ids).issuperset(concern.exemplar_ids):
        yield f"The concern {concern.label} shows a quote that is not its own."
    if set(concern.groups) != {segments[member].group for member in concern.segment_ids}:
        yield f"The concern {concern.label} names other groups than its quotes come from."
