"""Small events to decide about: real segments, and concerns that a test names instead of a clustering."""

import dataclasses
from collections.abc import Mapping, Sequence

from pipeline.analysis_records import Concern, ConcernId
from pipeline.anchors import Anchor, anchor_of
from pipeline.curation.apply_decisions import CuratedAnalysis, DraftAnalysis, apply_decisions
from pipeline.curation.decisions import ConcernRef, Curation, Decision
from pipeline.curation.redaction import redact
from pipeline.segment import segment
from pipeline.segment_records import Segment, SegmentId
from tests.support.builders import corpus

GARDENS: Mapping[str, str] = {
    "Water": "* the tap is shut all winter\n* the pump breaks every spring\n"
    "* who pays for the pump\n* dogs in the beds\n",
    "Soil": "* compost bins are always full\n* nobody knows who pays for repairs\n* we need a rota for the bins\n",
    "Kids": "* the gate must be locked at night\n* a rota for opening the gate\n* who pays for a new gate\n",
}
MONEY = ("who pays for the pump", "nobody knows who pays for repairs", "who pays for a new gate")
ROTA = ("we need a rota for the bins", "a rota for opening the gate")
TAP = ("the tap is shut all winter", "the pump breaks every spring")


def concern(label: str, members: Sequence[Segment]) -> Concern:
    groups = tuple(dict.fromkeys(one.group for one in members))
    return Concern(
        id=ConcernId(f"c-{label}"),
        label=label,
        terms=tuple(label.split()),
        segment_ids=tuple(one.id for one in members),
        exemplar_ids=tuple(next(one.id for one in members if one.group == group) for group in groups),
        groups=groups,
        agreeing_groups=groups,
        recurring=len(groups) > 1,
    )


class Bench:
    """An event, the concerns that a program would have found in it, and what decisions make of them."""

    def __init__(
        self,
        pads: Mapping[str, str] = GARDENS,
        concerns: Mapping[str, Sequence[str]] = {"Pays": MONEY, "Rota": ROTA, "Tap": TAP},
    ) -> None:
        self.pads = corpus(pads).pads
        self.reading = segment(self.pads, ())
        self.segments = self.reading.segments
        self.clusters = concerns
        self.by_id = {one.id: one for one in self.segments}

    def quote(self, text: str) -> Segment:
        return next(one for one in self.segments if one.text == text)

    def anchor(self, text: str) -> Anchor:
        return anchor_of(self.quote(text), self.segments)

    def draft_ref(self, label: str) -> ConcernRef:
        """Return how the page refers to a concern of the program: by label and quotes."""
        return ConcernRef(name=label, quotes=tuple(map(self.anchor, self.clusters[label])))

    def decide(self, *decisions: Decision) -> CuratedAnalysis:
        curation = Curation(decisions=decisions)
        redacted = redact(curation, self.pads, self.reading.lines, self.segments)
        by_text = {one.text: new for one, new in zip(self.segments, redacted.segments, strict=True)}
        drafts = [
            concern(label, [by_text[text] for text in texts if text in by_text])
            for label, texts in self.clusters.items()
            if any(text in by_text for text in texts)
        ]
        now = {one.id: one for one in redacted.segments}

        def describe(groups: Sequence[Sequence[SegmentId]]) -> list[Concern]:
            return [concern(now[group[0]].text, [now[one] for one in group]) for group in groups]

        draft = DraftAnalysis(segments=redacted.segments, entities=(), concerns=tuple(drafts), redacted=redacted)
        return apply_decisions(curation, draft, describe)

    def texts(self, one: Concern) -> list[str]:
        return [self.by_id[member].text for member in one.segment_ids]


def labels(curated: CuratedAnalysis) -> list[str]:
    return [one.label for one in curated.concerns]


def called(curated: CuratedAnalysis, label: str) -> Concern:
    return next(one for one in curated.concerns if one.label == label)


def without_ids(one: Concern) -> Concern:
    return dataclasses.replace(one, id=ConcernId(""))


def ref(name: str) -> ConcernRef:
    return ConcernRef(name=name)
