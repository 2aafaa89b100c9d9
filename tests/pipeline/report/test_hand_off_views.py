"""What groups say about each other's subjects: the table, the quotes, the file for spreadsheets."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.analysis_records import Analysis
from pipeline.report.hand_off_views import hand_offs_view
from pipeline.report.quote_sources import find_sources
from pipeline.report.report_records import HandOffsView
from pipeline.segment_records import LineRole
from pipeline.translation import translation
from tests.support.annotated import build
from tests.support.reports import checked_report

PADS = {
    "1 Water": "* the gate is shut ‖ about=Gate\n* a lock costs money ‖ about=Gate\n* ask soil for sand ‖ about=Soil",
    "2 Soil": "* no compost without water ‖ about=Water",
    "3 Gate": "* the hinges are broken",
    "4 Bees": "* the gate lets the wind in ‖ about=Gate",
}
ANALYSIS, CORPUS = build(PADS)


def view_of(analysis: Analysis) -> HandOffsView | None:
    return hand_offs_view(analysis, find_sources(analysis, CORPUS.pads, translation(), None))


def view() -> HandOffsView:
    found = view_of(ANALYSIS)
    assert found
    return found


def with_first(**changes: object) -> Analysis:
    first, *others = ANALYSIS.segments
    return replace(ANALYSIS, segments=(replace(first, **changes), *others))  # type: ignore[arg-type]


def quotes_about(analysis: Analysis, group: str) -> Sequence[str]:
    found = view_of(analysis)
    about = [one for one in found.spoken_of if one.group.name == group] if found else []
    return [quote.text for one in about for own in one.items for quote in own.items]


def test_the_table_has_the_groups_that_wrote_and_those_that_they_wrote_about() -> None:
    found = view()
    assert [group.name for group in found.about] == ["Water", "Soil", "Gate"]
    assert [(row.group.name, [cell.count for cell in row.items]) for row in found.rows] == [
        ("Water", [0, 1, 2]),
        ("Soil", [1, 0, 0]),
        ("Bees", [0, 0, 1]),
    ]
    assert [cell.is_own for cell in found.rows[0].items] == [True, False, False]


def test_a_number_leads_to_the_quotes_that_it_counts() -> None:
    page = checked_report(ANALYSIS, CORPUS)["report.html"]
    counts = re.findall(r'<a href="#(said-of-\d+-by-\d+)"><b>(\d+)', page)
    quotes = re.split(r'id="(said-of-\d+-by-\d+)"', page.partition('id="by-group"')[0])[1:]
    assert counts
    assert dict(counts) == {
        name: str(text.count("<blockquote")) for name, text in zip(quotes[::2], quotes[1::2], strict=True)
    }


def test_a_group_finds_together_what_others_said_about_its_subject() -> None:
    [gate] = [about for about in view().spoken_of if about.group.name == "Gate"]
    assert [(own.group.name, [quote.text for quote in own.items]) for own in gate.items] == [
        ("Water", ["the gate is shut", "a lock costs money"]),
        ("Bees", ["the gate lets the wind in"]),
    ]


@pytest.mark.parametrize("role", (LineRole.HIDDEN, LineRole.REDACTED, LineRole.DUPLICATE))
def test_what_was_set_aside_is_left_out(role: LineRole) -> None:
    assert "the gate is shut" in quotes_about(ANALYSIS, "Gate")
    assert "the gate is shut" not in quotes_about(with_first(role=role), "Gate")


@pytest.mark.parametrize("group", ("Water", "A group that was renamed since"))
def test_neither_the_own_group_nor_one_that_is_not_there_is_spoken_of(group: str) -> None:
    assert quotes_about(with_first(about_group=group), group) == ["no compost without water"] * (group == "Water")


def test_without_hand_offs_the_report_has_no_section_of_them() -> None:
    analysis, corpus = build({"1 Water": "* the gate is shut", "2 Soil": "* full"})
    assert hand_offs_view(analysis, find_sources(analysis, corpus.pads, translation(), None)) is None
    with_some, without = checked_report(ANALYSIS, CORPUS), checked_report(analysis, corpus)
    for name in ("report.html", "report.wiki", "report.md"):
        assert "about each other" in with_some[name]
        assert "about each other" not in without[name]


def test_the_pad_says_beside_a_line_whom_it_speaks_of() -> None:
    page = checked_report(ANALYSIS, CORPUS)["report.html"]
    assert page.count("Speaks of Gate") == 3


def test_the_file_for_spreadsheets_has_each_hand_off_with_its_place() -> None:
    text = checked_report(ANALYSIS, CORPUS)["hand_offs.csv"].removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["group"], row["about_group"], row["line"], row["text"]) for row in rows] == [
        ("Water", "Gate", "1", "the gate is shut"),
        ("Water", "Gate", "2", "a lock costs money"),
        ("Water", "Soil", "3", "ask soil for sand"),
        ("Soil", "Water", "1", "no compost without water"),
        ("Bees", "Gate", "1", "the gate lets the wind in"),
    ]
    assert rows[0]["url"] == "https://pads.example.org/p/water/timeslider#101"
