"""The days that date expressions stand for, by the cases of tests/cases/tag/dates and by another specification."""

import datetime as dt
import tomllib
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet

from pipeline.segment_records import Precision
from pipeline.tag.date_expressions import find_dates
from pipeline.tag.date_resolution import Days, calendar_period, days_in_month, period_part, resolve, shifted_day
from pipeline.text import data_table
from tests.support import date_specs
from tests.support.tag_cases import FILES, lines_of, param

EVENT = dt.date(2018, 4, 22)
WITHOUT_DAYS = {"season", "holiday", "open"}


def cases() -> Iterator[ParameterSet]:
    for name in FILES:
        today = EVENT
        for where, cause, line in lines_of("dates", name):
            if line.startswith("today: "):
                today = dt.date.fromisoformat(line.removeprefix("today: "))
            elif line:
                yield param((today, *line.split(" => ")), where, cause)


@pytest.mark.parametrize("case", list(cases()))
def test_a_date_is_found_and_stands_for_its_days(case: tuple[dt.date, ...]) -> None:
    today, text, *expected = case
    assert isinstance(text, str)
    found = find_dates(text, "en")
    expressions = [text[date.start : date.end] for date in found] or ["-"]
    formats = expected[len(expected) // 2 :]
    days = [written(resolve(date, today), like) for date, like in zip(found, formats, strict=False)]
    assert [*expressions, *days] == expected


def written(days: Days | None, like: str) -> str:
    """Write days as a case does: "-", the last day only, or both days and the precision."""
    if days is None:
        return "-"
    return f"{days.first} to {days.last}, {days.precision}" if " to " in like else days.last.isoformat()


@pytest.mark.parametrize(
    ("language", "text", "expression", "day"),
    (
        ("es", "la semana que viene", "la semana que viene", "2018-04-29"),
        ("es", "el 3 de mayo de 2019", "3 de mayo de 2019", "2019-05-03"),
        ("fr", "dans trois mois", "dans trois mois", "2018-07-22"),
        ("fr", "la semaine prochaine", "la semaine prochaine", "2018-04-29"),
        ("de", "in drei Wochen", "in drei Wochen", "2018-05-13"),
        ("de", "am 3. Juni", "3. Juni", "2018-06-03"),
        ("ca", "a finals de maig", "a finals de maig", "2018-05-31"),
        ("pt", "em três meses", "em três meses", "2018-07-22"),
        ("it", "la settimana prossima", "la settimana prossima", "2018-04-29"),
    ),
)
def test_a_date_is_resolved_in_the_language_of_the_line(language: str, text: str, expression: str, day: str) -> None:
    [date] = find_dates(text, language)
    days = resolve(date, EVENT)
    assert text[date.start : date.end] == expression
    assert days is not None
    assert days.last.isoformat() == day


@pytest.mark.parametrize(
    "form", [form for form in data_table("date_forms.toml")["form"] if form["name"] not in WITHOUT_DAYS], ids=str
)
def test_the_first_example_of_each_form_that_has_days_is_resolved(form: dict[str, str]) -> None:
    text = form["like"].split("; ")[0]
    [date] = find_dates(text, "es" if text.startswith(("hace", "la ")) else "en")
    assert resolve(date, EVENT) is not None


@pytest.mark.shared
@pytest.mark.skipif(not date_specs.SPECS.is_dir(), reason="the date specifications are not beside this checkout")
def test_most_of_the_specification_that_notes_could_contain_is_resolved_exactly() -> None:
    all_cases = date_specs.cases()
    for half in (True, False):
        of_notes = [case for case in all_cases if case.notes and case.tuned is half]
        assert sum(map(date_specs.passes, of_notes)) >= 0.9 * len(of_notes)
    assert sum(map(date_specs.passes, all_cases)) >= 0.7 * len(all_cases)


@pytest.mark.shared
@pytest.mark.skipif(not date_specs.SPECS.is_dir(), reason="the date specifications are not beside this checkout")
def test_the_kinds_that_notes_do_not_hold_are_the_smaller_part_and_each_is_used() -> None:
    all_cases = date_specs.cases()
    assert sum(case.notes for case in all_cases) >= 0.75 * len(all_cases)
    used = {case.kind for case in all_cases}
    assert {kind["name"] for kind in tomllib.loads(date_specs.KINDS.read_text(encoding="utf-8"))["kind"]} <= used


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
    assert ends(calendar_period(unit, EVENT, steps)) == expected


def test_days_without_a_year_are_the_next_that_exist_and_are_not_over() -> None:
    assert ends(days_in_month(2, 29, 29, None, EVENT)) == ("2020-02-29", "2020-02-29")
    assert ends(days_in_month(4, 20, 22, None, EVENT)) == ("2018-04-20", "2018-04-22")
    with pytest.raises(ValueError, match="month 6 never has a day 31"):
        days_in_month(6, 31, 31, None, EVENT)


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("the fifth Monday of May 2019", None),
        ("the last Monday of May 2018", ("2018-05-28", "2018-05-28")),
        ("the first week of May 2018", ("2018-04-30", "2018-05-06")),
        ("November to February 2019", ("2018-11-01", "2019-02-28")),
    ),
)
def test_a_month_may_lack_a_fifth_monday_and_has_the_weeks_of_its_thursdays(
    text: str, expected: tuple[str, str] | None
) -> None:
    [date] = find_dates(text, "en")
    assert ends(resolve(date, EVENT)) == expected


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
    assert ends(period_part(Days(first, first, precision), "middle", "end")) == expected


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
    assert shifted_day(dt.date(2018, 1, 31), count, sign).isoformat() == expected
