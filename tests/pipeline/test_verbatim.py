"""The verbatim gate: nothing passes that a pad does not say, where the analysis says that it does."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from fetch.corpus_records import PadId
from pipeline.analysis_records import Analysis, LineNo, Mention, Segment, SegmentId
from pipeline.verbatim import VerbatimError, check
from tests.support.annotated import ALLOTMENTS, read

ANALYSIS, CORPUS = read(ALLOTMENTS)
STEP = next(segment for segment in ANALYSIS.segments if segment.owner)


def with_segment(changed: Segment) -> Analysis:
    segments = tuple(changed if segment.id == changed.id else segment for segment in ANALYSIS.segments)
    return replace(ANALYSIS, segments=segments)


def with_mention(mention: Mention) -> Analysis:
    first, *others = ANALYSIS.entities
    return replace(ANALYSIS, entities=(replace(first, mentions=(mention,)), *others))


def with_exemplars(*ids: str) -> Analysis:
    first, *others = ANALYSIS.concerns
    return replace(ANALYSIS, concerns=(replace(first, exemplar_ids=tuple(map(SegmentId, ids))), *others))


def with_members(*ids: str) -> Analysis:
    first, *others = ANALYSIS.concerns
    members = tuple(map(SegmentId, ids))
    return replace(ANALYSIS, concerns=(replace(first, segment_ids=members, exemplar_ids=()), *others))


def test_what_the_pads_say_passes() -> None:
    check(ANALYSIS, CORPUS.pads)


WRONG: dict[str, tuple[Callable[[], Analysis], str]] = {
    "another word": (lambda: with_segment(replace(STEP, text=STEP.text.upper())), "a quote is not what the pad says"),
    "one character further": (
        lambda: with_segment(replace(STEP, start=STEP.start + 1, end=STEP.end + 1)),
        "a quote is not what the pad says",
    ),
    "an empty quote": (
        lambda: with_segment(replace(STEP, text="", end=STEP.start)),
        "a quote is not what the pad says",
    ),
    "counted from the end": (
        lambda: with_segment(replace(STEP, text=CORPUS.pads[0].text[-3:-1], start=-3, end=-1)),
        "a quote is not what the pad says",
    ),
    "another pad": (lambda: with_segment(replace(STEP, pad_id=PadId("nowhere"))), "a pad that was not analysed"),
    "another line": (
        lambda: with_segment(replace(STEP, line=LineNo(STEP.line + 1))),
        "attributed to a line that it is not on",
    ),
    "another group": (lambda: with_segment(replace(STEP, group="Soil")), "to Soil, but the pad is by Water"),
    "an owner in other words": (lambda: with_segment(replace(STEP, owner="Anna")), "owner of a next step"),
    "a due date in other words": (lambda: with_segment(replace(STEP, due="8 May")), "due of a next step"),
    "one id for two quotes": (
        lambda: replace(ANALYSIS, segments=(*ANALYSIS.segments, ANALYSIS.segments[0])),
        "2 quotes have the same id",
    ),
    "a mention beyond its quote": (
        lambda: with_mention(Mention(segment_id=STEP.id, start=0, end=len(STEP.text) + 1)),
        "reaches beyond its quote",
    ),
    "a mention nowhere": (
        lambda: with_mention(Mention(segment_id=SegmentId("no"), start=0, end=1)),
        "a quote that does not exist",
    ),
    "an exemplar of another concern": (lambda: with_exemplars("children-&-gate-4"), "a quote that is not its own"),
    "a member that does not exist": (lambda: with_members("no"), "has a quote that does not exist"),
    "groups that said nothing": (lambda: with_members("water-6"), "names other groups"),
}


@pytest.mark.parametrize("name", WRONG)
def test_anything_else_is_refused_with_the_way_out(name: str) -> None:
    make, complaint = WRONG[name]
    with pytest.raises(VerbatimError, match=complaint) as refusal:
        check(make(), CORPUS.pads)
    assert str(refusal.value).endswith("run `make analyze EVENT=allotments` again.")
    assert "\n" not in str(refusal.value)


def test_a_pad_that_changed_came_or_went_since_the_analysis_is_refused() -> None:
    first, *others = CORPUS.pads
    with pytest.raises(VerbatimError, match=r"Pad water has changed .*make analyze EVENT=allotments"):
        check(ANALYSIS, [replace(first, text="", sha256="0" * 64), *others])
    with pytest.raises(VerbatimError, match="Pad water was analysed but is no longer in the corpus"):
        check(ANALYSIS, others)
    with pytest.raises(VerbatimError, match="Pad weeds was added to the corpus after"):
        check(ANALYSIS, [replace(first, pad_id=PadId("weeds")), *CORPUS.pads])
