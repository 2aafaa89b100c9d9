"""The timeline of an invented event: next steps and milestones in one list by date."""

import re

import pytest

from pipeline.report.quote_sources import find_sources
from pipeline.report.report_records import TimelineEntry
from pipeline.report.timeline import timeline
from pipeline.segment_records import LineRole
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.reports import checked_report

PAGES = ("report.html", "report.wiki", "report.md")


def entries(*lines: str, language: str = "en") -> tuple[TimelineEntry, ...]:
    analysis, corpus = build({"1 Water": "\n".join(lines)})
    return timeline(analysis, find_sources(analysis, corpus.pads, translation(language), None))


def test_entries_are_in_the_order_of_their_last_day_then_of_their_first() -> None:
    found = entries(
        "* the hall is closed in June ‖ ahead=2026-06-01/2026-06-30/month",
        "* dig ‖ action date=2026-06-30",
        "* no date ‖ action",
        "* weed ‖ action date=2026-05-20",
        "* fair ‖ decision ahead=2026-06-08/2026-06-14/week",
    )
    assert [entry.quote.text for entry in found] == ["weed", "fair", "the hall is closed in June", "dig"]


def test_an_entry_says_when_how_exactly_and_what_it_is() -> None:
    found = entries(
        "* fair ‖ decision ahead=2026-06-08/2026-06-14/week",
        "* closed ‖ ahead=2026-07-01/2026-09-30/quarter",
        "* dig ‖ action date=2026-10-01 owner=Ana",
        "* gone ‖ ahead=2030-01-01/2030-12-31/year",
    )
    assert [(entry.date, entry.kind, entry.owner) for entry in found] == [
        ("week of 8 June 2026", "Decision", None),
        ("July–September 2026", "Dated note", None),
        ("1 October 2026", "Next step", "Ana"),
        ("2030", "Dated note", None),
    ]


def test_it_is_in_the_language_of_the_report() -> None:
    [fair] = entries("* fair ‖ decision ahead=2026-06-08/2026-06-14/week", language="es")
    assert (fair.date, fair.kind) == ("semana del 8 de junio de 2026", "Decisión")


@pytest.mark.parametrize(
    "role", sorted(set(LineRole) - {LineRole.CONTENT, LineRole.EMPTY, LineRole.HEADING, LineRole.PROMPT})
)
def test_what_was_set_aside_or_hidden_is_not_in_it(role: LineRole) -> None:
    assert entries(f"* dig ‖ action {role} date=2026-06-01") == ()


def test_every_page_has_the_timeline_with_quotes_groups_and_lines() -> None:
    outputs = checked_report(*read(ALLOTMENTS))
    for name in PAGES:
        part = outputs[name].split("Timeline")[-1]
        text = re.sub(r"<[^>]*>", " ", part) if name == "report.html" else part
        before, after = text.split("the pump stays off until June.", maxsplit=1)
        assert "June 2026" in before, name
        assert "Water" in after[:60], name
        assert "line 17" in after[:200], name


def test_a_report_without_dates_says_so_on_every_page() -> None:
    outputs = checked_report(*build({"1 Water": "* tap"}))
    assert all("No dates ahead were found." in outputs[name] for name in PAGES)


def test_a_next_step_that_is_also_said_to_be_a_milestone_stands_once_with_its_due_date() -> None:
    [entry] = entries("* dig ‖ action date=2026-06-01 ahead=2026-07-01/2026-07-31/month")
    assert entry.date == "1 June 2026"
