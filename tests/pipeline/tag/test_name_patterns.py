"""Classes of words, the patterns made of them, and the longest of overlapping names."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment_records import Label
from pipeline.tag.name_finding import may_match, pattern_matcher, tokenizer
from pipeline.tag.name_patterns import Name, series_of, stands_free, without_overlap, word_classes
from pipeline.text import data_table
from tests.support.hostile import ANY_TEXT


def classes(word: str) -> set[str]:
    return {name for name, contains in word_classes().items() if contains(word)}


def matches(pattern: str, text: str) -> list[str]:
    doc = tokenizer()(text)
    strings = doc.vocab.strings
    return [doc[first:last].text for match, first, last in pattern_matcher()(doc) if strings[match] == pattern]


def test_a_word_is_in_the_classes_of_all_its_lists_and_shapes() -> None:
    assert classes("foundation") == {"part"}
    assert classes("von") == {"particle", "part"}
    capitalised = {"cap", "surname", "part", "topic"}
    unknown = {"rare", "rare_last", "unknown", "coined"}
    assert classes("Foundation") == {"org_end", "org_alone"} | capitalised | unknown
    assert classes("Oskelo") == capitalised | unknown
    assert classes("OpenRefine") == {"camel"} | capitalised
    assert classes("Italian") == {"rare", "rare_last"} | capitalised
    assert classes("WSHED4") == {"edition", "acronym", "cap"}


@pytest.mark.parametrize(
    ("spelling", "series"),
    (
        ("WSHED4", "WSHED"),
        ("WSHED2.1", "WSHED"),
        ("RSHED17", "RSHED"),
        ("SC2017", "SC"),
        ("SHED'18", "SHED"),
        ("ShedCon 2018", "ShedCon"),
        ("K8s", None),
        ("W3C", None),
        ("MP3", None),
        ("2018", None),
    ),
)
def test_an_edition_names_its_series(spelling: str, series: str | None) -> None:
    assert series_of(spelling) == series


@given(ANY_TEXT.filter(bool))
def test_every_class_decides_about_any_word(word: str) -> None:
    assert classes(word) <= word_classes().keys()


def test_a_pattern_takes_the_leftmost_longest_match() -> None:
    persons = "first particle? particle? surname surname?"
    assert matches(persons, "Ana de la Torre Novak, Ana García Berg Holm") == [
        "Ana de la Torre Novak",
        "Ana García Berg",
    ]
    assert matches("cap+ event_end year?", "the Example Summit 2018, Shed Festival") == [
        "Example Summit 2018",
        "Shed Festival",
    ]


def test_a_word_without_an_operator_is_required_once() -> None:
    assert matches("acronym year", "FOSDEM 2018 2019, FOSDEM") == ["FOSDEM 2018"]
    assert matches("cap+ org_end", "the foundation, Foundation") == []


WORDS = sorted(word for words in data_table("names.toml")["words"].values() for word in words)
"""Words of which patterns are made, so that lines of them match often."""


@given(
    st.lists(
        st.sampled_from([*WORDS, *map(str.title, WORDS), "Oskelo", "Ana", "OpenRefine", "FOSDEM", "2018"]), max_size=6
    )
)
def test_a_line_that_is_not_tried_would_match_nothing(line: list[str]) -> None:
    doc = tokenizer()(" ".join(line))
    assert list(may_match([doc])) == [True] or pattern_matcher()(doc) == []


def test_a_line_is_tried_if_it_has_all_that_a_pattern_requires() -> None:
    lines = ("ask Ana Berg", "the Oskelo Foundation met", "we need more chairs", "")
    assert list(may_match(map(tokenizer(), lines))) == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "free"),
    (("ask Ana now", True), ("Ana.", True), ("#Ana", False), ("js-Ana", False), ("Ana.org", False), ("Anaïs", False)),
)
def test_a_name_stands_free_if_it_is_no_part_of_a_longer_word(text: str, free: bool) -> None:  # noqa: FBT001 - a case's outcome
    start = text.index("Ana")
    assert stands_free(text, start, start + 3) is free


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=8))
def test_of_overlapping_names_the_longest_remains(spans: list[tuple[int, int]]) -> None:
    names = [Name(start, start + length, Label.ORG) for start, length in spans]
    kept = without_overlap(names)
    assert all(before.end <= after.start for before, after in pairwise(kept))
    longest = max((name.end - name.start for name in names), default=0)
    assert max((name.end - name.start for name in kept), default=0) == longest
