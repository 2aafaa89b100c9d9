"""The verbatim gate: an analysis passes only where every quote in it is a substring of its stored pad."""

from collections.abc import Iterator, Mapping, Sequence

from fetch.corpus_records import Pad, PadId
from fetch.errors import PadharvestError
from pipeline.analysis_records import Analysis, Concern, Entity, Segment, SegmentId


class VerbatimError(PadharvestError):
    """A quote is not a substring of its pad, so nothing is rendered: no group is made to say what it did not."""


def check(analysis: Analysis, pads: Sequence[Pad]) -> None:
    """Passes an `analysis` whose every quote stands in `pads` where it says; raises VerbatimError for another.

    The pads must be the ones that were analysed (equal sha256); each segment must be `pad.text[start:end]`; owner
    and due must be words of their segment; each mention must lie inside its segment; each concern's quotes and
    exemplars must exist and be its own.
    """
    texts = _texts(analysis, pads)
    segments = {segment.id: segment for segment in analysis.segments}
    complaints = [
        *_doubled(analysis.segments),
        *(words for segment in analysis.segments for words in _wrong_segment(segment, texts)),
        *(words for entity in analysis.entities for words in _wrong_mentions(entity, segments)),
        *(words for concern in analysis.concerns for words in _wrong_members(concern, segments)),
    ]
    if complaints:
        raise VerbatimError(f"{complaints[0]} Nothing was written; run `make analyze EVENT={analysis.event.id}` again.")


def _texts(analysis: Analysis, pads: Sequence[Pad]) -> Mapping[PadId, str]:
    """The text of each analysed pad, once it is sure that these are the texts that were analysed."""
    stored = {pad.pad_id: pad for pad in pads}
    again = f"run `make analyze EVENT={analysis.event.id}` again."
    for info in analysis.pads:
        pad = stored.get(info.pad_id)
        if pad is None:
            raise VerbatimError(f"Pad {info.pad_id} was analysed but is no longer in the corpus; {again}")
        if pad.sha256 != info.sha256:
            raise VerbatimError(f"Pad {info.pad_id} has changed since it was analysed; {again}")
    new = sorted(stored.keys() - {info.pad_id for info in analysis.pads})
    if new:
        raise VerbatimError(f"Pad {new[0]} came to the corpus after the analysis; {again}")
    return {pad_id: pad.text for pad_id, pad in stored.items()}


def _doubled(segments: Sequence[Segment]) -> Iterator[str]:
    seen: set[SegmentId] = set()
    for segment in segments:
        if segment.id in seen:
            yield f"Pad {segment.pad_id}, line {segment.line}: two quotes bear the id {segment.id}."
        seen.add(segment.id)


def _wrong_segment(segment: Segment, texts: Mapping[PadId, str]) -> Iterator[str]:
    where = f"Pad {segment.pad_id}, line {segment.line}:"
    text = texts.get(segment.pad_id)
    if text is None:
        yield f"{where} a quote names a pad that was not analysed."
    elif not 0 <= segment.start < segment.end <= len(text) or text[segment.start : segment.end] != segment.text:
        yield f"{where} a quote does not say what the pad says."
    elif text.count("\n", 0, segment.start) + 1 != segment.line:
        yield f"{where} a quote stands on another line than it says."
    for name, words in (("owner", segment.owner), ("due", segment.due)):
        if words is not None and words not in segment.text:
            yield f"{where} the {name} of a next step is not in its own words."


def _wrong_mentions(entity: Entity, segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    for mention in entity.mentions:
        segment = segments.get(mention.segment_id)
        if segment is None:
            yield f"The name {entity.name} is said to stand in a quote that does not exist."
        elif not 0 <= mention.start < mention.end <= len(segment.text):
            yield f"Pad {segment.pad_id}, line {segment.line}: the name {entity.name} reaches beyond its quote."


def _wrong_members(concern: Concern, segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    missing = [member for member in concern.segment_ids if member not in segments]
    if missing:
        yield f"The concern {concern.label} holds a quote that does not exist."
        return
    if any(exemplar not in concern.segment_ids for exemplar in concern.exemplar_ids):
        yield f"The concern {concern.label} shows a quote that is not its own."
    if set(concern.groups) != {segments[member].group for member in concern.segment_ids}:
        yield f"The concern {concern.label} names other groups than its quotes come from."
