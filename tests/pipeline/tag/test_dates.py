"""Date expressions and their last day, by the cases of tests/cases/tag/dates."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.tag import date_expressions as dateforms
from pipeline.tag.calendar_periods import Days
from pipeline.tag.date_expressions import find_dates
from pipeline.tag.date_resolution import resolve
from pipeline.text import DATA
from tests.support import date_specs
from tests.support.tag_cases import FILES, lines_of, param

EVENT = dt.date(2018, 4, 22)
LANGUAGES = ("en", "es", "fr", "de", "ca", "pt", "it", "und")


def cases() -> Iterator[ParameterSet]:
    for name in FILES:
        today = EVENT
        for where, cause, line in lines_of("dates", name):
            if line.startswith("today: "):
                today = dt.date.fromisoformat(line.removeprefix("today: "))
            elif line:
                yield param((today, *line.split(" => ")), where, cause)


@pytest.mark.parametrize("case", list(cases()))
def test_a_date_is_found_and_stands_for_a_day(case: tuple[dt.date, ...]) -> None:
    today, text, *wanted = case
    assert isinstance(text, str)
    found = find_dates(text, "en")
    days = [resolve(date, today, "en") for date in found]
    read = [text[date.start : date.end] for date in found] or ["-"]
    told = wanted[len(wanted) // 2 :]
    assert [*read, *(_told(day, whole=" to " in said) for day, said in zip(days, told, strict=False))] == wanted


def _told(days: Days | None, *, whole: bool) -> str:
    if days is None:
        return "-"
    return f"{days.first} to {days.last}, {days.precision}" if whole else days.last.isoformat()


@pytest.mark.parametrize(
    ("language", "text", "words", "day"),
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
def test_dates_are_read_in_the_language_of_the_line(language: str, text: str, words: str, day: str) -> None:
    [date] = find_dates(text, language)
    days = resolve(date, EVENT, language)
    assert text[date.start : date.end] == words
    assert days is not None
    assert days.last.isoformat() == day


FORMS = tomllib.loads((DATA / "date_forms.toml").read_text(encoding="utf-8"))["form"]
for one_language in LANGUAGES:
    dateforms.words_of(one_language)  # made once here, and not in the time of a first example
WORDS = (
    *("by", "end", "of", "31", "30", "Feb/June", "next", "Q3", "2018", "0", "99", "-", "/", ",", "this", "week", "in"),
    *(
        "12",
        "months",
        "Sunday",
        "to",
        "between",
        "and",
        "the",
        "first",
        "from",
        "mid",
        "May",
        "starting",
        "ago",
        "today",
    ),
    *("a", "rest", "after", "year", "4.22", "de", "la", "prochaine", "Juni", "31st"),
)


@given(st.lists(st.sampled_from(WORDS)), st.sampled_from(LANGUAGES), st.dates())
@example(["mid", "of", "Feb/June"], "en", dt.date(2026, 5, 16))
def test_any_date_words_give_days_in_order_or_none(words: list[str], language: str, today: dt.date) -> None:
    text = " ".join(words)
    end = 0
    found = find_dates(text, language)
    assert found == find_dates(text, language)
    for date in found:
        days = resolve(date, today, language)
        assert end <= date.start < date.end <= len(text)
        assert text[date.start : date.end] == text[date.start : date.end].strip()
        assert days is None or days.first <= days.last
        end = date.end


@given(st.text(), st.sampled_from(LANGUAGES))
def test_any_text_is_read(text: str, language: str) -> None:
    assert all(0 <= date.start < date.end <= len(text) for date in find_dates(text, language))


@pytest.mark.parametrize("words", WORDS)
def test_what_a_date_can_be_made_of_is_bounded_so_that_long_lines_cost_their_length(words: str) -> None:
    """A date of a line is the same however much of the like stands further off."""
    far = f"{words} " * 5_000
    found = [date for date in find_dates(f"{far}| meet on 3 June 2018 | {far}", "en") if date.start > len(far)]
    assert f"{far}| meet on 3 June 2018"[found[0].start : found[0].end] == "3 June 2018"
    assert all(date.end - date.start < 200 for date in found)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_no_form_repeats_without_a_bound(form: dict[str, str]) -> None:
    assert not re.search(r"(?<!\\)[*+]|\{\d+,\}", re.sub(r"\[[^\]]*\]", "", form["pattern"]))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_the_examples_of_a_form_are_read_as_that_form(form: dict[str, str]) -> None:
    for said in form["like"].split("; "):
        language = "es" if said.startswith(("hace", "la ")) else "en"
        found = find_dates(said, language)
        assert form["name"] in {one.form for date in found for one in (date, *date.parts)}, said


@pytest.mark.shared
@pytest.mark.skipif(not date_specs.SPECS.is_dir(), reason="the date specifications are not beside this checkout")
def test_most_of_the_specification_that_notes_could_contain_is_read_exactly() -> None:
    cases = date_specs.cases()
    for half in (True, False):
        of_notes = [case for case in cases if case.notes and case.tuned is half]
        assert sum(map(date_specs.passes, of_notes)) >= 0.9 * len(of_notes)
    assert sum(map(date_specs.passes, cases)) >= 0.7 * len(cases)


@pytest.mark.shared
@pytest.mark.skipif(not date_specs.SPECS.is_dir(), reason="the date specifications are not beside this checkout")
def test_the_kinds_that_notes_do_not_hold_are_the_smaller_part_and_each_is_used() -> None:
    cases = date_specs.cases()
    assert sum(case.notes for case in cases) >= 0.75 * len(cases)
    used = {case.kind for case in cases}
    assert {kind["name"] for kind in tomllib.loads(date_specs.KINDS.read_text(encoding="utf-8"))["kind"]} <= used
