"""The timeline as a picture: each entry is at its days, beside all others, and the axis has a scale that suits them."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from gettext import NullTranslations
from itertools import pairwise

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.quote_sources import find_sources
from pipeline.report.report_records import TimelineEntry
from pipeline.report.timeline import timeline
from pipeline.report.timeline_picture import MARK, TIMELINE_WIDTH, TimelinePicture, timeline_picture
from pipeline.translation import Translation, translation
from tests.support.annotated import build
from tests.support.reports import checked_report

ENGLISH = translation()
ARABIC = Translation("ar", Locale("ar"), NullTranslations())
ANALYSIS, CORPUS = build({"1 Water": "* dig ‖ action date=2026-06-01"})
[STEP] = timeline(ANALYSIS, find_sources(ANALYSIS, CORPUS.pads, ENGLISH, None))
PIXEL = 100 / TIMELINE_WIDTH
"""In percent, where the picture is as narrow as it can be."""


def entries(*days: str) -> list[TimelineEntry]:
    """Entries in their order, on a day (2026-05-17) or from one to another (2026-05-01/2026-05-31)."""
    ranges = [(dt.date.fromisoformat(day.split("/")[0]), dt.date.fromisoformat(day.split("/")[-1])) for day in days]
    return of_ranges(ranges)


def of_ranges(ranges: Sequence[tuple[dt.date, dt.date]]) -> list[TimelineEntry]:
    in_order = sorted(ranges, key=lambda days: (days[1], days[0]))
    return [replace(STEP, first=first, last=last, date=f"{first}/{last}") for first, last in in_order]


def picture(drawn_of: Sequence[TimelineEntry], language: Translation = ENGLISH) -> TimelinePicture:
    drawn = timeline_picture(drawn_of, language)
    assert drawn is not None
    return drawn


def labels(*days: str, language: str = "en") -> list[tuple[str, str]]:
    ticks = picture(entries(*days), translation(language)).ticks
    return [(tick.label, tick.year) for tick in ticks if tick.label]


@st.composite
def timelines(draw: st.DrawFn) -> list[TimelineEntry]:
    start = draw(st.dates())
    reach = draw(st.sampled_from((1, 20, 200, 3000, 500_000)))
    most = max(1, min(reach, (dt.date.max - start).days))
    first_days = draw(st.lists(st.integers(0, most), min_size=3, max_size=40))
    lengths = draw(st.lists(st.sampled_from((0, 0, 1, 6, 30, 364)), min_size=40, max_size=40))
    latest = dt.date.max.toordinal()
    ordinals = [(start.toordinal() + days, length) for days, length in zip(first_days, lengths, strict=False)]
    return of_ranges(
        [
            (dt.date.fromordinal(min(first, latest)), dt.date.fromordinal(min(first + length, latest)))
            for first, length in ordinals
        ]
    )


@given(timelines())
@settings(max_examples=150)
def test_every_entry_is_drawn_or_counted(drawn_of: list[TimelineEntry]) -> None:
    drawn = picture(drawn_of)
    far = sum(part.count for part in (drawn.earlier, drawn.later) if part)
    assert len(drawn.marks) + sum(part.count for part in drawn.counts) + far == len(drawn_of)
    assert far <= max(1, len(drawn_of) / 5)
    assert all(drawn_of[mark.number - 1] is mark.entry for mark in drawn.marks)


@given(timelines(), st.sampled_from((ENGLISH, ARABIC)))
@settings(max_examples=150)
def test_marks_are_inside_the_picture_and_do_not_touch(drawn_of: list[TimelineEntry], language: Translation) -> None:
    drawn = picture(drawn_of, language)
    lanes: dict[int, list[tuple[float, float]]] = {}
    for mark in drawn.marks:
        begin = min(mark.x, mark.middle - MARK / 2 * PIXEL)
        end = max(mark.x + mark.width, mark.middle + MARK / 2 * PIXEL)
        assert -0.1 <= begin < end <= 100.1
        assert 0 <= mark.y < drawn.axis
        lanes.setdefault(mark.y, []).append((begin, end))
    for lane in lanes.values():
        assert all(end <= begin + 0.03 for (_, end), (begin, _) in pairwise(sorted(lane)))


@given(timelines())
@settings(max_examples=150)
def test_ticks_have_room_for_their_labels(drawn_of: list[TimelineEntry]) -> None:
    ticks = picture(drawn_of).ticks
    assert [tick.x for tick in ticks] == sorted(tick.x for tick in ticks)
    # A label of three letters has 21 pixels, one of six 42; the first and the last step may reach past the calendar.
    assert all(after.x - tick.x >= 6 * len(tick.label) * PIXEL for tick, after in list(pairwise(ticks))[1:-1])


def test_two_days_are_told_apart_and_so_are_five_years() -> None:
    assert labels("2026-05-16", "2026-05-17", "2026-05-17") == [("16 May", "2026"), ("17 May", "")]
    assert labels("2026-05-16", "2026-06-10", "2026-07-01")[0] == ("11 May", "2026")
    assert labels("2026-05-16", "2026-10-01", "2027-01-31")[-2:] == [("Dec", ""), ("Jan", "2027")]
    assert labels("2026-05-16", "2028-03-01", "2029-08-31")[:4] == [
        ("Apr", "2026"),
        ("Jul", ""),
        ("Oct", ""),
        ("Jan", "2027"),
    ]
    assert labels("2026-05-16", "2028-03-01", "2033-08-31")[-1] == ("2033", "")


def test_months_are_called_what_the_report_calls_them() -> None:
    assert labels("2026-07-16", "2026-09-10", "2026-10-01", language="es")[0] == ("13 jul", "2026")
    assert labels("2026-01-16", "2026-04-10", "2026-10-01", language="es")[0] == ("ene", "2026")


def test_a_month_is_a_bar_from_its_first_day_to_its_last_and_a_day_is_none() -> None:
    drawn = picture(entries("2026-05-16", "2026-06-01/2026-06-30", "2026-09-20"))
    day, month, _ = drawn.marks
    june, july = (next(tick.x for tick in drawn.ticks if tick.label == label) for label in ("Jun", "Jul"))
    assert month.x == june
    assert month.x + month.width == pytest.approx(july, abs=0.02)
    assert (day.is_day, month.is_day) == (True, False)


def test_what_comes_at_the_same_time_is_stacked() -> None:
    marks = picture(entries("2026-05-16", "2026-05-16", "2026-06-20")).marks
    assert len({mark.x for mark in marks[:2]}) == 1
    assert len({mark.y for mark in marks[:2]}) == 2


def test_a_date_far_beyond_the_others_is_named_and_does_not_stretch_the_axis() -> None:
    days = ("2026-05-16", "2026-05-20", "2026-06-01", "2026-06-03", "2035-01-01/2035-12-31")
    drawn = picture(entries(*days))
    assert drawn.later is not None
    assert (drawn.later.number, drawn.later.count, drawn.later.date) == (5, 1, "2035-01-01/2035-12-31")
    assert [tick.label for tick in drawn.ticks][:2] == ["11 May", "18 May"]
    assert drawn.base[1] == 100
    before = picture(entries("2019-02-01", *days[:-1]))
    assert before.earlier is not None
    assert (before.earlier.number, before.base[0]) == (1, 0)


def test_too_many_entries_at_a_time_are_counted() -> None:
    drawn = picture(entries(*["2026-05-16"] * 20, *["2026-06-20"] * 10))
    assert drawn.marks == ()
    assert [(part.count, part.period, part.number) for part in drawn.counts] == [
        (20, "11–17 May 2026", 1),
        (10, "15–21 Jun 2026", 21),
    ]
    assert drawn.counts[0].height == 2 * drawn.counts[1].height


def test_it_runs_to_the_left_where_text_does() -> None:
    drawn_of = entries("2026-05-16", "2026-06-01", "2026-07-20/2026-07-26")
    there, back = picture(drawn_of), picture(drawn_of, ARABIC)
    for left, right in zip(there.marks, back.marks, strict=True):
        assert left.middle + right.middle == pytest.approx(100, abs=0.02)


def test_fewer_than_three_entries_have_no_picture() -> None:
    assert timeline_picture(entries("2026-05-16", "2026-06-01"), ENGLISH) is None


def test_each_mark_of_the_page_leads_to_its_entry() -> None:
    steps = [f"* dig bed {number} ‖ action date=2026-06-{number:02}" for number in range(1, 5)]
    page = checked_report(*build({"1 Water": "\n".join(steps)}))["report.html"]
    for number in range(1, 5):
        assert f'href="#date-{number}"><title>{number} June 2026 – Water: Next step</title>' in page
        assert re.search(rf'<li class="[^"]*" id="date-{number}"', page)
