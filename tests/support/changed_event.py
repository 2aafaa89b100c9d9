"""The invented event of tests/cases/report/allotments, compared with an earlier day's, which is made of it here."""

from dataclasses import replace

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis
from pipeline.changes import compare
from pipeline.segment_records import Checkbox
from tests.support.annotated import ALLOTMENTS, build, read

TAKEN_BACK = "the caretaker drinks"
EARLIER_EDIT = ("waters the seedlings", "waters the young plants")
NOT_YET_WRITTEN = "rain barrels are full of leaves"


def earlier_pads() -> dict[str, str]:
    """Return the annotated pads as they were: a line was withdrawn since, four were edited, one is new."""
    pads = {path.stem: path.read_text(encoding="utf-8").removesuffix("\n") for path in sorted(ALLOTMENTS.iterdir())}
    water = pads["1 Water"]
    for edit in (EARLIER_EDIT, ("every year", "each year"), ("own pocket", "pocket"), ("write down", "note down")):
        water = water.replace(*edit)
    kept = [line for line in water.split("\n") if NOT_YET_WRITTEN not in line]
    return {**pads, "1 Water": "\n".join((*kept, f"* {TAKEN_BACK}"))}


def changed_allotments() -> tuple[Analysis, Corpus]:
    """Return the event with what changed; a concern of several groups appeared, and a step's check box was ticked."""
    analysis, corpus = read(ALLOTMENTS)
    earlier, _ = build(earlier_pads())
    first, *others = earlier.concerns
    step = next(one for one in analysis.segments if one.owner)
    ticked = (replace(one, checkbox=Checkbox.DONE) if one is step else one for one in analysis.segments)
    analysis = replace(analysis, segments=tuple(ticked))
    earlier = replace(earlier, generated="2026-05-03T12:00:00+00:00", concerns=tuple(others))
    assert first.recurring
    return replace(analysis, changes=compare(earlier, analysis, corpus.pads)), corpus
