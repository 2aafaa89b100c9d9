"""calendar.ics: what has a date, as events of whole days that the library reads back to the character."""

import datetime as dt
from dataclasses import replace

import icalendar
import pytest
from hypothesis import given

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis
from pipeline.report.formats.calendar_file import escape, read_back, unescape
from pipeline.report.verbatim_gate import VerbatimError
from pipeline.segment_records import Kind, Precision
from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.hostile import ANY_TEXT, HOSTILE, event_of
from tests.support.reports import checked_report

NAME = "calendar.ics"
OUTPUT = checked_report(*read(ALLOTMENTS))[NAME]


def events(file: str) -> list[icalendar.Event]:
    return [event for event in icalendar.Calendar.from_ical(file).walk("VEVENT") if isinstance(event, icalendar.Event)]


def days(event: icalendar.Event) -> tuple[dt.date, dt.date]:
    return event.decoded("dtstart"), event.decoded("dtend")


def of_one_group(*lines: str) -> tuple[Analysis, Corpus]:
    return build({"1 Water": "\n".join(lines)})


def calendar_of(*lines: str) -> list[icalendar.Event]:
    return events(checked_report(*of_one_group(*lines))[NAME])


def test_the_file_is_a_calendar_with_one_event_for_each_entry_of_the_timeline() -> None:
    calendar = icalendar.Calendar.from_ical(OUTPUT)
    assert calendar["version"] == "2.0"
    assert "X-WR-CALNAME:Allotments\\, an invented event\r\n" in OUTPUT
    assert [str(event["summary"]) for event in events(OUTPUT)] == [
        "Ana to ask the council about the tap by Friday",
        "ask again at the Spring Fair in mid June",
        "We agreed that the pump stays off until June.",
    ]


def test_a_day_is_an_event_of_that_day_and_a_range_ends_after_its_last_day() -> None:
    first, _, last = events(OUTPUT)
    assert days(first) == (dt.date(2026, 5, 8), dt.date(2026, 5, 9))
    assert days(last) == (dt.date(2026, 6, 1), dt.date(2026, 7, 1))
    assert "DTSTART;VALUE=DATE:20260601\r\n" in OUTPUT


def test_the_description_has_group_pad_and_line_what_it_is_and_who() -> None:
    first, *_ = events(OUTPUT)
    assert str(first["description"]).split("\n") == [
        "Water, line 13 of water",
        "Next step, 8 May 2026",
        "who: Ana",
    ]
    assert first["url"] == "https://pads.example.org/p/water/timeslider#101"
    assert first["transp"] == "TRANSPARENT"


def test_the_description_is_in_the_language_of_the_report_and_the_summary_is_not() -> None:
    first, *_ = events(checked_report(*read(ALLOTMENTS), "es")[NAME])
    assert str(first["summary"]) == "Ana to ask the council about the tap by Friday"
    assert str(first["description"]).split("\n")[0] == "Water, línea 13 de water"


def test_what_has_no_date_is_not_in_it() -> None:
    assert calendar_of("* Ana to dig ‖ action owner=Ana", "* the tap is shut") == []


def test_an_event_is_the_same_one_wherever_its_line_has_moved_to_and_whenever_it_is_rendered() -> None:
    [before] = calendar_of("* dig ‖ action date=2026-06-01")
    _, after = calendar_of("* weed ‖ action date=2026-05-20", "", "* dig ‖ action date=2026-06-08")
    assert before["uid"] == after["uid"]
    analysis, corpus = of_one_group("* dig ‖ action date=2026-06-01")
    [later] = events(checked_report(replace(analysis, generated="2026-05-05T10:00:00+02:00"), corpus)[NAME])
    assert later["uid"] == before["uid"]
    assert later.decoded("dtstamp") == dt.datetime(2026, 5, 5, 8, tzinfo=dt.UTC)


def test_two_lines_of_the_same_words_are_two_events() -> None:
    found = calendar_of("* dig ‖ action date=2026-06-01", "* dig ‖ action date=2026-06-01")
    assert len({event["uid"] for event in found}) == 2


def test_the_stamp_is_that_of_the_analysis_and_a_time_without_a_zone_is_in_utc() -> None:
    assert OUTPUT.count("DTSTAMP:20260504T120000Z\r\n") == 3
    analysis, corpus = of_one_group("* dig ‖ action date=2026-06-01")
    assert (
        "DTSTAMP:20260504T090000Z" in checked_report(replace(analysis, generated="2026-05-04T09:00:00"), corpus)[NAME]
    )


@given(ANY_TEXT)
def test_any_text_survives_the_library(text: str) -> None:
    event = icalendar.Event()
    event.add("summary", escape(text))
    [found] = icalendar.Calendar.from_ical(event.to_ical().decode(), multiple=True)
    assert unescape(str(found["summary"])) == text


def test_hostile_quotes_of_any_pad_are_read_back_to_the_character() -> None:
    analysis, corpus = event_of(HOSTILE)
    steps = tuple(
        replace(one, kind=Kind.ACTION, due_date=dt.date(2026, 6, 1), due_precision=Precision.DAY)
        for one in analysis.segments
    )
    output = checked_report(replace(analysis, segments=steps, generated="2026-05-04T12:00:00+00:00"), corpus)[NAME]
    assert sorted(quote.text for quote in read_back(output)) == sorted(step.text for step in steps)
    assert all(len(line.encode()) <= 75 for line in output.split("\r\n"))


@pytest.mark.parametrize("text", ("", "BEGIN:VEVENT", "nothing"))
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(read_back(text))


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    analysis, corpus = read(ALLOTMENTS)
    [milestone] = analysis.milestones
    wrong = replace(milestone, last=milestone.first - dt.timedelta(days=1))
    with pytest.raises(VerbatimError, match="a milestone ends before it begins"):
        checked_report(replace(analysis, milestones=(wrong,)), corpus)
