"""Milestones: statements and decisions that look ahead to one date, by the cases of tests/cases/tag/milestones."""

import datetime as dt

import pytest

from pipeline.analysis_records import Milestone
from pipeline.segment_records import Kind, LineRole, Segment
from pipeline.tag import find_milestones, tag
from tests.support.tag_cases import Block, blocks, make_segment

EVENT = dt.date(2018, 4, 22)


def tagged(block: Block) -> tuple[Segment, ...]:
    return tag([make_segment(1, block.first("note") or "", language=block.first("language") or "en")], EVENT).segments


def in_words(milestone: Milestone) -> str:
    days = dict.fromkeys((milestone.first.isoformat(), milestone.last.isoformat()))
    return f"{' to '.join(days)}, {milestone.precision}"


@pytest.mark.parametrize("block", blocks("milestones"))
def test_a_milestone_has_the_days_that_the_line_names_and_their_precision(block: Block) -> None:
    assert list(map(in_words, find_milestones(tagged(block), EVENT))) == block.all("ahead")


@pytest.mark.parametrize("block", blocks("milestones"))
def test_without_the_events_date_nothing_lies_ahead(block: Block) -> None:
    if block.where.startswith("milestones/known-failures"):
        pytest.xfail("fails in the test above for the cause given there")
    assert find_milestones(tagged(block), None) == ()


def test_what_was_set_aside_is_no_milestone() -> None:
    segment = make_segment(1, "the council decides on 12 June")
    assert len(find_milestones([segment], EVENT)) == 1
    for role in set(LineRole) - {LineRole.CONTENT}:
        assert find_milestones([make_segment(1, segment.text, role=role)], EVENT) == (), role


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.STATEMENT, Kind.DECISION}))
def test_only_statements_and_decisions_are_milestones(kind: Kind) -> None:
    assert find_milestones([make_segment(1, "the council decides on 12 June", kind=kind)], EVENT) == ()
