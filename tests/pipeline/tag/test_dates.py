"""Date expressions and their last day, by the cases of tests/cases/tag/dates."""

import datetime as dt
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.dates import find_dates
from pipeline.tag.days import resolve
from tests.pipeline.tag.cases import FILES, lines_of, param

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
    last = [day.last.isoformat() if day else "-" for day in days]
    assert [*read, *last] == wanted


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


@given(
    st.lists(
        st.sampled_from(
            [
                "by",
                "end",
                "of",
                "31",
                "30",
                "Feb/June",
                "next",
                "Q3",
                "2018",
                "0",
                "99",
                "-",
                "/",
                ",",
                "this",
                "week",
                "in",
                "12",
                "months",
                "Sunday",
            ]
        )
    ),
    st.sampled_from(LANGUAGES),
    st.dates(),
)
def test_any_date_words_give_days_in_order_or_none(words: list[str], language: str, today: dt.date) -> None:
    text = " ".join(words)
    end = 0
    for date in find_dates(text, language):
        days = resolve(date, today, language)
        assert end <= date.start < date.end <= len(text)
        assert days is None or days.first <= days.last
        end = date.end
