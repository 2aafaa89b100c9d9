"""Weeks, months, quarters and years as ranges of days."""

import datetime as dt

import pytest

from pipeline.analysis_records import Precision
from pipeline.tag import calendar_periods
from pipeline.tag.calendar_periods import Days

SUNDAY = dt.date(2018, 4, 22)


def ends(days: Days | None) -> tuple[str, str] | None:
    return (days.first.isoformat(), days.last.isoformat()) if days else None


@pytest.mark.parametrize(
    ("unit", "steps", "expected"),
    (
        ("day", 1, ("2018-04-23", "2018-04-23")),
        ("week", 0, ("2018-04-16", "2018-04-22")),
        ("weekend", 1, ("2018-04-28", "2018-04-29")),
        ("month", 10, ("2019-02-01", "2019-02-28")),
        ("quarter", -1, ("2018-01-01", "2018-03-31")),
        ("half", 1, ("2018-07-01", "2018-12-31")),
        ("year", 2, ("2020-01-01", "2020-12-31")),
    ),
)
def test_a_period_is_counted_from_the_one_that_holds_the_day(unit: str, steps: int, expected: tuple[str, str]) -> None:
    assert ends(calendar_periods.calendar_period(unit, SUNDAY, steps)) == expected


def test_months_over_new_year_begin_in_the_year_before() -> None:
    assert ends(calendar_periods.calendar_months(2019, 11, 2)) == ("2018-11-01", "2019-02-28")


def test_days_without_a_year_are_the_next_that_exist_and_are_not_over() -> None:
    assert ends(calendar_periods.days_in_month(2, 29, 29, None, SUNDAY)) == ("2020-02-29", "2020-02-29")
    assert ends(calendar_periods.days_in_month(4, 20, 22, None, SUNDAY)) == ("2018-04-20", "2018-04-22")
    with pytest.raises(ValueError, match="month 6 never has a day 31"):
        calendar_periods.days_in_month(6, 31, 31, None, SUNDAY)


def test_a_month_without_a_fifth_monday_has_none_and_its_weeks_are_those_of_its_thursdays() -> None:
    may = calendar_periods.calendar_months(2018, 5, 5)
    assert calendar_periods.nth_weekday(may, 5, 0) is None
    assert ends(calendar_periods.nth_weekday(may, -1, 0)) == ("2018-05-28", "2018-05-28")
    assert ends(calendar_periods.nth_week(may, 1)) == ("2018-04-30", "2018-05-06")


@pytest.mark.parametrize(
    ("precision", "expected"),
    (
        (Precision.WEEK, ("2018-01-02", "2018-01-07")),
        (Precision.MONTH, ("2018-01-11", "2018-01-31")),
        (Precision.QUARTER, ("2018-02-01", "2018-03-31")),
        (Precision.YEAR, ("2018-05-01", "2018-12-31")),
    ),
)
def test_middle_to_end_of_a_period(precision: Precision, expected: tuple[str, str]) -> None:
    first = dt.date(2018, 1, 1)
    assert ends(calendar_periods.period_part(Days(first, first, precision), "middle", "end")) == expected


@pytest.mark.parametrize(
    ("count", "sign", "expected"),
    (
        ({"month": 1}, 1, "2018-02-28"),
        ({"year": 1, "quarter": 1}, -1, "2016-10-31"),
        ({"week": 1, "day": 1}, 1, "2018-02-08"),
        ({"business": 3}, 1, "2018-02-05"),
        ({"business": 3}, -1, "2018-01-26"),
    ),
)
def test_counted_units_shift_a_day_within_the_calendar(count: dict[str, int], sign: int, expected: str) -> None:
    assert calendar_periods.shifted_day(dt.date(2018, 1, 31), count, sign).isoformat() == expected
