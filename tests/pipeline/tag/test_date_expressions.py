"""Which words of a line are a date expression, in every language and whatever surrounds them."""

import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.tag.date_expressions import date_words, find_dates
from pipeline.tag.date_resolution import resolve
from pipeline.text import data_table

LANGUAGES = ("en", "es", "fr", "de", "ca", "pt", "it", "und")
FORMS = data_table("date_forms.toml")["form"]
COMPILED = [form.pattern for language in LANGUAGES for form in date_words(language).forms]
"""Compiled once here, and not in the time limit of a first example."""

WORDS = (
    *("by", "end", "of", "31", "30", "Feb/June", "next", "Q3", "2018", "0", "99", "-", "/", ",", "this", "week", "in"),
    *("12", "months", "Sunday", "to", "between", "and", "the", "first", "from", "mid", "May", "starting", "ago"),
    *("today", "a", "rest", "after", "year", "4.22", "de", "la", "prochaine", "Juni", "31st"),
)


@given(st.lists(st.sampled_from(WORDS)), st.sampled_from(LANGUAGES), st.dates())
@example(["mid", "of", "Feb/June"], "en", dt.date(2026, 5, 16))
def test_any_date_words_give_separate_expressions_and_days_in_order_or_none(
    words: list[str], language: str, today: dt.date
) -> None:
    text = " ".join(words)
    end = 0
    found = find_dates(text, language)
    assert found == find_dates(text, language)
    for date in found:
        days = resolve(date, today)
        assert end <= date.start < date.end <= len(text)
        assert text[date.start : date.end] == text[date.start : date.end].strip()
        assert days is None or days.first <= days.last
        end = date.end


@given(st.text(), st.sampled_from(LANGUAGES))
def test_no_text_fails_and_no_expression_is_empty(text: str, language: str) -> None:
    assert all(0 <= date.start < date.end <= len(text) for date in find_dates(text, language))


@pytest.mark.parametrize("words", WORDS)
def test_an_expression_is_the_same_and_bounded_however_many_date_words_surround_it(words: str) -> None:
    many = f"{words} " * 5_000
    text = f"{many}| meet on 3 June 2018"
    found = [date for date in find_dates(f"{text} | {many}", "en") if date.start > len(many)]
    assert text[found[0].start : found[0].end] == "3 June 2018"
    assert all(date.end - date.start < 200 for date in found)


@pytest.mark.parametrize("language", data_table("dates.toml"))
def test_words_of_dates_are_in_lower_case_in_which_lines_are_searched_for_them(language: str) -> None:
    words = re.sub(r"\\\\?[A-Z]", "", repr(data_table("dates.toml")[language]).replace("True", "").replace("False", ""))
    assert words == words.lower()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_no_form_repeats_without_a_bound(form: dict[str, str]) -> None:
    assert not re.search(r"(?<!\\)[*+]|\{\d+,\}", re.sub(r"\[[^\]]*\]", "", form["pattern"]))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_the_examples_of_a_form_are_found_in_that_form(form: dict[str, str]) -> None:
    for text in form["like"].split("; "):
        language = "es" if text.startswith(("hace", "la ")) else "en"
        found = find_dates(text, language)
        assert form["name"] in {part.form for date in found for part in (date, *date.parts)}, text


@pytest.mark.parametrize(
    ("text", "past"),
    (
        ("last week", True),
        ("3 days ago", True),
        ("the past 3 weeks", True),
        ("earlier this month", True),
        ("the day before yesterday", True),
        ("two days after yesterday", False),
        ("next week", False),
        ("in 3 weeks", False),
        ("between last week and next week", False),
    ),
)
def test_what_can_only_look_back_is_past(text: str, past: bool) -> None:  # noqa: FBT001 - a column of the table above
    [date] = find_dates(text, "en")
    assert date.past is past
