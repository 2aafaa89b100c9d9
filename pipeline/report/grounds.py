"""Grounds: the words in which a card gives the reasons why its quotes are there."""

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.records import Concern, Segment, SegmentId
from pipeline.report.records import Why
from pipeline.report.sources import Sources
from pipeline.report.words import strings

_HERE = strings("here")


def whys(concern: Concern, segments: Mapping[SegmentId, Segment], known: Sources) -> Mapping[str, Why]:
    """Why each quote is in the concern, by where it stands (`Quote.at`)."""
    found = {}
    for reason in concern.reasons:
        if reason.segment_id in concern.segment_ids and reason.exemplar_id in segments:
            like = known.quote(segments[reason.exemplar_id])
            words = _HERE["words"] if reason.shared_words else _HERE["meaning"]
            suggested = reason.segment_id in concern.suggested_ids
            found[known.quote(segments[reason.segment_id]).at] = Why(
                like=like,
                words=f"{_HERE['suggested']} {words}" if suggested else words,
                shared=", ".join(reason.shared_words),
            )
    return MappingProxyType(found)


def placed_by_likeness(concern: Concern) -> str:
    """A sentence that says how many quotes nobody put there; empty where the facilitator or the clustering put all."""
    number = len(concern.suggested_ids)
    return "" if not number else _HERE["one" if number == 1 else "many"].replace("NUMBER", str(number))
