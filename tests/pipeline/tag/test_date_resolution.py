"""The days that date expressions stand for, by the cases of tests/cases/tag/dates and by another specification."""

import datetime as dt
import tomllib
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet

from pipeline.tag.calendar_periods import Days
from pipeline.tag.date_expressions import find_dates
from pipeline.tag.date_resolution import resolve
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
    days = [written(resolve(date, today, "en"), like) for date, like in zip(found, formats, strict=False)]
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
    days = resolve(date, EVENT, language)
    assert text[date.start : date.end] == expression
    assert days is not None
    assert days.last.isoformat() == day


@pytest.mark.parametrize(
    "form", [form for form in data_table("date_forms.toml")["form"] if form["name"] not in WITHOUT_DAYS], ids=str
)
def test_the_first_example_of_each_form_that_has_days_is_resolved(form: dict[str, str]) -> None:
    text = form["like"].split("; ")[0]
    [date] = find_dates(text, "es" if text.startswith(("hace", "la ")) else "en")
    assert resolve(date, EVENT, "es" if text.startswith(("hace", "la ")) else "en") is not None


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
