"""What goes along with a segment when it is encoded."""

from dataclasses import replace

from pipeline.analysis_records import SegmentId
from pipeline.encode import text_of
from tests.support.labelled_segments import said


def test_a_segment_is_followed_by_its_parent_and_its_nearest_heading() -> None:
    parent, child, other = said([("Water", "Time to repair"), ("Water", "three weeks"), ("Water", "no hose")])
    child = replace(child, parent=parent.id, headings=("Water", "The pump"))
    assert text_of([parent, child, other])[1] == "three weeks\nTime to repair\nThe pump"


def test_without_either_a_segment_stands_alone() -> None:
    assert text_of(said([("Water", "no hose")])) == ["no hose"]


def test_the_prompt_is_left_out_because_all_answers_to_it_would_be_alike() -> None:
    (one,) = said([("Water", "no hose")])
    assert text_of([replace(one, prompt="What is missing?")]) == ["no hose"]


def test_a_heading_over_most_of_a_group_is_its_topic_and_left_out() -> None:
    segments = said([("Water", "no hose"), ("Water", "a dry well"), ("Water", "rust"), ("Soil", "no spade")])
    under = [replace(one, headings=("Tools",)) for one in segments]
    apart = replace(under[2], headings=("Rust",))
    assert text_of([*under[:2], apart, replace(under[3], headings=())]) == [
        "no hose",
        "a dry well",
        "rust\nRust",
        "no spade",
    ]


def test_a_parent_that_is_not_among_the_segments_is_no_context() -> None:
    (one,) = said([("Water", "no hose")])
    assert text_of([replace(one, parent=SegmentId("gone"))]) == ["no hose"]


def test_line_breaks_inside_a_text_do_not_make_context_of_it() -> None:
    parent, child = said([("Water", "Time\nto repair"), ("Water", "three\nweeks")])
    assert text_of([parent, replace(child, parent=parent.id)])[1] == "three weeks\nTime to repair"
