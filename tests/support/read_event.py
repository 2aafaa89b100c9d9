"""The invented event of tests/cases/report/allotments as if a language model had read it, invented as well."""

import datetime as dt
from dataclasses import replace

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis, CitedSentence, Concern, Origin, ReadingInfo
from pipeline.segment_records import Segment, SegmentId
from tests.support.annotated import ALLOTMENTS, read

MODEL = "small-model:7b"
PAYS, ROTA, BARROWS = "who pays for repairs", "a rota would help", "wheelbarrows"


def read_allotments() -> tuple[Analysis, Corpus]:
    """Return the event with a reading.

    The model found who pays for repairs, which is the front, and wrote about it and about the event; the clustering
    found the rota, whose lines echo each other. A line came after the reading, two were not read, and a question is
    answered by a line of another group.
    """
    analysis, corpus = read(ALLOTMENTS)
    concerns = tuple(map(_read, analysis.concerns))
    segments = tuple(map(_answered, analysis.segments))
    return replace(analysis, concerns=concerns, segments=segments, reading=READING), corpus


def cited(text: str, *ids: str) -> CitedSentence:
    """Return a sentence that cites these segments."""
    return CitedSentence(text=text, segment_ids=tuple(map(SegmentId, ids)))


READING = ReadingInfo(
    model=MODEL,
    host="localhost:11434",
    date=dt.date(2026, 5, 4),
    prompts="1",
    read=20,
    unread=2,
    placed_ids=(SegmentId("water-14"),),
    summary=(cited("Money for repairs worries all.", "water-6", "soil-5"), cited("A rota is wanted.", "soil-4")),
)


def _read(concern: Concern) -> Concern:
    if concern.label != PAYS:
        return concern
    return replace(
        concern,
        front=True,
        origin=Origin.MODEL,
        summary=(
            cited("Nobody knows who pays when the pump breaks.", "water-6", "water-7"),
            cited("Two groups ask the same of hinges and locks.", "soil-5", "children-&-gate-6"),
        ),
    )


def _answered(segment: Segment) -> Segment:
    if segment.id != "soil-5":
        return segment
    return replace(segment, answer=SegmentId("children-&-gate-7"), about_group="Water")
