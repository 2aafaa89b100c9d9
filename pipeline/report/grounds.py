"""Grounds: from a concern's certainty, reasons and tensions to the words that a card says them in."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.records import Certainty, Concern, Segment, SegmentId
from pipeline.report.records import CertaintyView, TensionView, Why
from pipeline.report.sources import Sources
from pipeline.report.words import strings

SOME, USUAL = 0.1, 0.5
"""Concerns as strong that chance alone would give, for each that is there, from which that is said."""

_WORDS = strings("certainty")
_HERE = strings("here")


def certainty_view(concern: Concern) -> CertaintyView | None:
    """How sure a concern is, in plain words; none where a person decided."""
    sure = concern.certainty
    if sure is None:
        return None
    parts = _of_several(sure, len(concern.groups)) if concern.recurring else [_WORDS["alone"], _closeness(sure, "own")]
    return CertaintyView(grade=sure.grade.value, words=_WORDS[sure.grade.value], sentence="; ".join(parts) + ".")


def _of_several(sure: Certainty, groups: int) -> Sequence[str]:
    if sure.holds:
        holds = _WORDS["holds"]
    elif groups > 2:  # noqa: PLR2004 - of two groups, one is left without the other
        holds = _WORDS["rests"]
    else:
        holds = _WORDS["two"]
    return [holds.replace("GROUP", sure.loudest), _closeness(sure, "groups"), _WORDS[_chance(sure)]]


def _closeness(sure: Certainty, whose: str) -> str:
    return _WORDS[f"{whose}_close" if sure.close else f"{whose}_far"]


def _chance(sure: Certainty) -> str:
    share = sure.by_chance / max(sure.alike, 1)
    return "rare" if share < SOME else "some" if share < USUAL else "usual"


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


def tension_views(concern: Concern, segments: Mapping[SegmentId, Segment], known: Sources) -> tuple[TensionView, ...]:
    """The pairs of quotes that pull in opposite directions, as long as both are the concern's."""
    return tuple(
        TensionView(
            quotes=(known.quote(segments[one]), known.quote(segments[other])),
            words=_WORDS["against"].replace("ONE", tension.words[0]).replace("OTHER", tension.words[1]),
        )
        for tension in concern.tensions
        for one, other in [tension.segment_ids]
        if {one, other} <= set(concern.segment_ids)
    )
