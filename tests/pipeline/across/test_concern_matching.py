"""Which concerns of different events are the same, and what is said of those that are not found again."""

from dataclasses import replace

import pytest

from pipeline.across.across_records import AcrossEvents
from pipeline.analysis_records import Analysis, ConcernId, Origin
from tests.support.compared_events import compared, event, three_days


@pytest.fixture(scope="module")
def days() -> tuple[Analysis, Analysis, Analysis]:
    return three_days()


@pytest.fixture(scope="module")
def across(days: tuple[Analysis, Analysis, Analysis]) -> AcrossEvents:
    return compared(days)


def named(analysis: Analysis, label: str, origin: Origin) -> Analysis:
    """Return an analysis whose first concern has this label."""
    first, *others = analysis.concerns
    return replace(analysis, concerns=(replace(first, label=label, origin=origin), *others))


def test_a_concern_that_a_later_event_has_again_is_one_concern_whatever_it_is_called(across: AcrossEvents) -> None:
    assert [[(one.event, one.label) for one in concern.appearances] for concern in across.came_back] == [
        [("day1", "tap"), ("day2", "water")],
        [("day2", "steep path"), ("day3", "path")],
    ]


def test_it_says_which_groups_raised_it_where_and_since_when_nobody_did(across: AcrossEvents) -> None:
    tap, _ = across.came_back
    assert [one.groups for one in tap.appearances] == [("Water", "Soil"), ("Paths", "Soil")]
    assert tap.absent_from == ("day3",)


def test_a_later_decision_about_it_is_named(across: AcrossEvents) -> None:
    tap, path = across.came_back
    assert [one.text for one in tap.decisions] == ["decided: the tap stays open from March to November"]
    assert path.decisions == ()


def test_what_no_later_event_has_is_listed_but_for_the_last_event(across: AcrossEvents) -> None:
    assert [(one.appearance.event, one.appearance.label, one.absent_from) for one in across.not_again] == [
        ("day1", "newcomers", ("day2", "day3"))
    ]


def test_a_single_line_of_a_later_event_that_is_like_it_is_shown_with_it() -> None:
    first, *_ = three_days()
    later = event("later", "Later", None, {"1 Bees": "* newcomers do not know whom to ask\n* the hive is full"})
    newcomers = next(one for one in compared((first, later)).not_again if one.appearance.label == "newcomers")
    assert [one.text for one in newcomers.similar] == ["newcomers do not know whom to ask"]


def test_two_concerns_of_one_event_stay_apart_even_if_both_are_like_one_of_another(
    days: tuple[Analysis, Analysis, Analysis],
) -> None:
    first, second, _ = days
    concern = first.concerns[0]
    doubled = replace(first, concerns=(*first.concerns, replace(concern, id=ConcernId("c-again"), label="tap again")))
    across = compared((doubled, second))
    for found in across.came_back:
        events = [one.event for one in found.appearances]
        assert len(events) == len(set(events))
    assert [one.appearance.label for one in across.not_again] == ["newcomers"]


@pytest.mark.parametrize(("origin", "together"), ((Origin.MODEL, True), (Origin.CLUSTER, False)))
def test_concerns_of_one_name_are_the_same_if_a_reader_gave_it(
    days: tuple[Analysis, Analysis, Analysis], origin: Origin, *, together: bool
) -> None:
    """A working title is a phrase of a line, and may be that of another matter."""
    other = event("other", "Other", None, {"1 Roof": "* rain comes in ‖ concern=x", "2 Hall": "* it leaks ‖ concern=x"})
    analyses = [named(one, "Money runs out", origin) for one in (days[0], other)]
    labels = [concern.label for concern in compared(analyses).came_back]
    assert ("Money runs out" in labels) is together


def test_events_are_in_the_order_of_their_dates_and_undated_ones_where_they_were_named() -> None:
    first, second, third = three_days()
    undated = replace(second, event=replace(second.event, id="undated", date=None))
    given = [third, undated, second, first]
    assert [one.id for one in compared(given).events] == ["day1", "undated", "day2", "day3"]


def test_the_order_in_which_dated_events_are_named_changes_nothing(across: AcrossEvents) -> None:
    assert compared(tuple(reversed(three_days()))) == across


def test_events_with_nothing_in_common_or_nothing_in_them_are_no_failure() -> None:
    empty = event("empty", "Empty", None, {"1 Water": ""})
    one = event("one", "One", None, {"1 Water": "* rain ‖ concern=rain"})
    for analyses in ((empty, one), (empty, replace(empty, event=replace(empty.event, id="also")))):
        assert compared(analyses).came_back == ()
