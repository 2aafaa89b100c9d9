"""Choose the front: the few concerns that a report shows first, those that its facilitator would most probably keep.

concerns ──► evidence for each ──► probability ──► the facilitator's own, then the likeliest: ten at most

How alike a concern's quotes are says little about that; which words its groups have in common says more
(docs/experiments/front.md).
"""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.analysis_records import Concern, Origin
from pipeline.describe.word_usage import content_stems
from pipeline.segment_records import Entity, Kind, Label, Segment, SegmentId
from pipeline.text import stem, words
from pipeline.vectors import DECIMALS

MOST = 10
"""Concerns of a front: as many as are read."""

LEAST = 5
"""Concerns of a front where an event has so many: fewer are no overview of an event."""

PROBABLE = 0.5
"""Probability from which a concern comes after `LEAST` others: rather kept than not. On eleven labelled events, a front
of five to ten has 7.5 concerns on average, of which as many are kept as of ten (docs/experiments/front.md)."""

SHARED = 2
"""Groups with a quote that a language model put in a concern both times, from which the concern is shared for sure."""

SHARED_WORDS = 2
"""Content words in common with a quote of another group that are no chance, as a single one often is: "Advocacy in
terms of lobbying" and "Devil's advocates" are about different things."""


class Evidence(NamedTuple):
    """What speaks for a concern; a quote is echoed if it has `SHARED_WORDS` in common with one of another group.

    `echoed` is the logarithm of 1 + the number of echoed quotes, `echoed_share` their share of all its quotes, and
    `purposeful` the share of questions, next steps and decisions.
    """

    echoed: float
    echoed_share: float
    purposeful: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepModel:
    """Logistic regression of whether a concern is kept: weights of the evidence, and the logit without any."""

    weights: Evidence
    intercept: float

    def probability(self, evidence: Evidence) -> float:
        """Return the probability that a facilitator would keep a concern of the clustering."""
        logit = self.intercept + sum(weight * value for weight, value in zip(self.weights, evidence, strict=True))
        return round(1 / (1 + math.exp(-logit)), DECIMALS)


KEEP_MODEL = KeepModel(weights=Evidence(echoed=0.37, echoed_share=0.97, purposeful=1.01), intercept=-1.46)
"""Fitted by `benchmarks.fit_front` in November 2026 on the concerns of eleven labelled events, each read by an encoder
that had not seen its family."""


class _Worth(NamedTuple):
    """A sort key: who found a concern, then the probability that it is not kept, or minus its groups and quotes."""

    finder: int
    doubt: float = 0
    groups: int = 0
    quotes: int = 0


def front_first(
    concerns: Sequence[Concern],
    segments: Sequence[Segment],
    entities: Sequence[Entity] = (),
    model: KeepModel = KEEP_MODEL,
) -> tuple[Concern, ...]:
    """Return `concerns` with their `front` set: those of the front first, the others in their order after them.

    Recurring concerns of the facilitator come first, in the order of their groups; then those of a language model's
    reading, in the order of the groups that agree; then those of the clustering, in the order of their probability.
    `segments` and `entities` are the event's: groups that name the same person or place need not share a concern.
    """
    segment_of = {segment.id: segment for segment in segments}
    names = name_stems(entities)
    recurring = [place for place, concern in enumerate(concerns) if concern.recurring]
    worth = {place: _worth(concerns[place], segment_of, names, model) for place in recurring}
    ranked = sorted(recurring, key=lambda place: (worth[place], place))[:MOST]
    front = [place for rank, place in enumerate(ranked) if rank < LEAST or worth[place].doubt <= 1 - PROBABLE]
    others = [replace(concern, front=False) for place, concern in enumerate(concerns) if place not in front]
    return (*(replace(concerns[place], front=True) for place in front), *others)


def name_stems(entities: Sequence[Entity]) -> frozenset[str]:
    """Return the stems of the words in names of persons and places."""
    named = (entity for entity in entities if entity.label in {Label.PERSON, Label.PLACE})
    forms = (form for entity in named for form in (entity.name, *(other.written for other in entity.also)))
    return frozenset(stem(word.text) for form in forms for word in words(form))


def weigh_evidence(concern: Concern, segment_of: Mapping[SegmentId, Segment], names: AbstractSet[str]) -> Evidence:
    """Return what speaks for a concern of at least one quote; words with a stem of `names` are no evidence."""
    quotes = [segment_of[quote] for quote in concern.segment_ids]
    stems = [(quote.group, content_stems(words(quote.text)) - names) for quote in quotes]
    echoed = sum(
        any(group != other and len(own & its_stems) >= SHARED_WORDS for other, its_stems in stems)
        for group, own in stems
    )
    purposeful = sum(quote.kind in {Kind.QUESTION, Kind.ACTION, Kind.DECISION} for quote in quotes)
    return Evidence(math.log1p(echoed), echoed / len(quotes), purposeful / len(quotes))


def _worth(
    concern: Concern, segment_of: Mapping[SegmentId, Segment], names: AbstractSet[str], model: KeepModel
) -> _Worth:
    match concern.origin:
        case Origin.FACILITATOR:
            return _Worth(0, groups=-len(concern.groups))
        case Origin.MODEL:
            agreeing = len(concern.agreeing_groups)
            return _Worth(1, doubt=float(agreeing < SHARED), groups=-agreeing, quotes=-len(concern.segment_ids))
        case Origin.CLUSTER:
            return _Worth(2, doubt=1 - model.probability(weigh_evidence(concern, segment_of, names)))
