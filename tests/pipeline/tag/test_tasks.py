"""Owner and deadline of a task, by the cases of tests/cases/tag/tasks."""

import datetime as dt
import re

import pytest

from pipeline.segment_records import Kind, Precision, Segment
from pipeline.tag import tag
from tests.support.tag_cases import Block, blocks, make_segment

EVENT = dt.date(2018, 4, 22)


def task(block: Block, today: dt.date | None) -> Segment:
    others = [make_segment(number, text) for number, text in enumerate(block.all("also"), 1)]
    text, language = block.first("task") or "", block.first("language") or "en"
    segment = make_segment(0, text, headings=("Next steps",), language=language)
    return tag([*others, segment], today).segments[-1]


@pytest.mark.parametrize("block", blocks("tasks"))
def test_owner_deadline_and_day_are_those_of_the_line(block: Block) -> None:
    today = dt.date.fromisoformat(block.first("today") or EVENT.isoformat())
    segment = task(block, today)
    day = segment.due_date.isoformat() if segment.due_date else None
    assert segment.kind is Kind.ACTION
    assert (segment.owner, segment.due, day) == (block.first("owner"), block.first("due"), block.first("day"))


@pytest.mark.parametrize("block", blocks("tasks"))
def test_without_the_events_date_only_deadlines_with_a_year_have_a_day(block: Block) -> None:
    if block.where.startswith("tasks/known-failures"):
        pytest.xfail("fails in the test above for the cause given there")
    segment = task(block, None)
    due = block.first("due")
    assert segment.due == due
    with_year = due is not None and re.search(r"\b20\d\d\b", due)
    assert (segment.due_date.isoformat() if segment.due_date else None) == (block.first("day") if with_year else None)


def test_only_tasks_have_owners_and_deadlines() -> None:
    segment = make_segment(1, "Ana has had the key since Friday (Joan)")
    done = tag([segment], EVENT).segments[0]
    assert (done.kind, done.owner, done.due, done.due_date) == (Kind.STATEMENT, None, None, None)
    assert (done.due_from, done.due_precision) == (None, None)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    (
        ("paint the fence by Friday (Ana)", "2018-04-27", "2018-04-27", Precision.DAY),
        ("paint the fence (Ana, this week)", "2018-04-16", "2018-04-22", Precision.WEEK),
        ("paint the fence in June (Ana)", "2018-06-01", "2018-06-30", Precision.MONTH),
        ("paint the fence by mid to end of June (Ana)", "2018-06-11", "2018-06-30", Precision.MONTH),
        ("paint the fence within 3 months (Ana)", "2018-04-22", "2018-07-22", Precision.MONTH),
        ("paint the fence in Q3 (Ana)", "2018-07-01", "2018-09-30", Precision.QUARTER),
        ("paint the fence by 2030 (Ana)", "2030-01-01", "2030-12-31", Precision.YEAR),
        ("paint the fence before June (Ana)", "2018-05-31", "2018-05-31", Precision.MONTH),
        ("paint the fence before the end of June (Ana)", "2018-06-21", "2018-06-30", Precision.MONTH),
        ("paint the fence between 4 and 6 May (Ana)", "2018-05-04", "2018-05-06", Precision.DAY),
    ),
)
def test_a_deadline_has_a_first_and_a_last_day_and_a_precision(
    text: str, first: str, last: str, precision: Precision
) -> None:
    segment = tag([make_segment(0, text, headings=("Next steps",))], EVENT).segments[0]
    assert segment.due_from == dt.date.fromisoformat(first)
    assert segment.due_date == dt.date.fromisoformat(last)
    assert segment.due_precision is precision


@pytest.mark.parametrize("text", ("paint the fence by next Wikimania (Ana)", "paint it before the summer break (Ana)"))
def test_a_deadline_that_depends_on_an_occasion_has_no_day(text: str) -> None:
    segment = tag([make_segment(0, text, headings=("Next steps",))], EVENT).segments[0]
    assert (segment.kind, segment.due_date, segment.due_from, segment.due_precision) == (Kind.ACTION, None, None, None)
