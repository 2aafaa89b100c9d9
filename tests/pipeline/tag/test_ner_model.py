"""The named-entity model: its spelling features, the decoding of its tags, lines that it reads, names that are kept."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.segment_records import Label
from pipeline.tag.name_patterns import Name
from pipeline.tag.ner_model import (
    BUCKETS,
    FLAGS,
    HASHES,
    SHAPES,
    TAGS,
    align,
    best_tags,
    may_follow,
    postfilter,
    prefilter,
    spans,
    word_flags,
    word_ids,
)
from pipeline.text import FILLER, mask_unreadable
from tests.support.hostile import ANY_TEXT


def words(line: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", line)]


def shapes(line: str) -> list[int]:
    return [int(shape) for shape in word_ids(line, words(line))[:, 0]]


def test_each_kind_of_spelling_has_its_own_shape() -> None:
    title, lower, short, long, initial, number, mark, handle, camel, mixed = shapes(
        "Ana asks OSM NATURE A 12 ; @ eBay b2B"
    )
    assert len({title, lower, short, long, initial, number, mark, handle, camel, mixed}) == 10


def test_words_of_one_kind_of_spelling_share_a_shape() -> None:
    assert shapes("Ana") == shapes("Zoe") == shapes("Éva")


@given(ANY_TEXT)
def test_each_word_has_features_in_range(line: str) -> None:
    offsets = words(line)
    ids, flagged = word_ids(line, offsets), word_flags(line, offsets)
    assert ids.shape == (len(offsets), 1 + HASHES)
    assert flagged.shape == (len(offsets), FLAGS)
    assert ((ids[:, 0] < SHAPES) & (ids >= 0).all(axis=1) & (ids[:, 1:] < BUCKETS).all(axis=1)).all()
    assert ((flagged >= 0) & (flagged <= 1)).all()


def test_a_line_in_capitals_has_other_flags() -> None:
    shouted, spoken = (
        word_flags("BRING THE LADDER", words("BRING THE LADDER")),
        word_flags("bring the ladder", words("bring the ladder")),
    )
    assert not np.array_equal(shouted, spoken)


def tags(*names: str) -> list[int]:
    return [TAGS.index(name) for name in names]


@st.composite
def scored(draw: st.DrawFn) -> tuple[NDArray[np.float32], list[int]]:
    sizes = draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.normal(size=(sum(sizes), len(TAGS))).astype(np.float32), sizes


@given(scored(), st.integers(0, 2**32 - 1))
def test_decoded_tags_follow_the_rules_of_bioes(lines: tuple[NDArray[np.float32], list[int]], seed: int) -> None:
    scores, sizes = lines
    transitions = np.random.default_rng(seed).normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    for size, line_tags in zip(sizes, best_tags(scores, sizes, transitions), strict=True):
        path = ["O", *(TAGS[tag] for tag in line_tags), "O"]
        assert len(line_tags) == size
        assert all(may_follow(one, other) for one, other in itertools.pairwise(path))


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_no_other_sequence_of_tags_has_a_higher_score(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(2, len(TAGS))).astype(np.float32)
    transitions = rng.normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    allowed = [
        (one, other)
        for one, other in itertools.product(range(len(TAGS)), repeat=2)
        if may_follow("O", TAGS[one]) and may_follow(TAGS[one], TAGS[other]) and may_follow(TAGS[other], "O")
    ]
    best = max(allowed, key=lambda pair: scores[0, pair[0]] + scores[1, pair[1]] + transitions[pair])
    assert best_tags(scores, [2], transitions) == [list(best)]


@given(scored())
def test_the_tags_of_a_line_do_not_depend_on_other_lines(lines: tuple[NDArray[np.float32], list[int]]) -> None:
    scores, sizes = lines
    transitions = np.zeros((len(TAGS), len(TAGS)), dtype=np.float32)
    starts = np.cumsum([0, *sizes])
    alone = [
        best_tags(scores[start : start + size], [size], transitions)[0]
        for start, size in zip(starts, sizes, strict=False)
    ]
    assert best_tags(scores, sizes, transitions) == alone


def test_offsetsare_the_names_in_a_sequence_of_tags() -> None:
    names = spans(tags("S-PERSON", "O", "B-ORG", "I-ORG", "E-ORG", "B-DATE", "E-DATE"))
    assert list(names) == [(0, 0, "PERSON"), (2, 4, "ORG"), (5, 6, "DATE")]


def test_a_line_without_words_has_no_names() -> None:
    assert best_tags(np.zeros((0, len(TAGS)), dtype=np.float32), [0, 0], np.zeros((25, 25), dtype=np.float32)) == [
        [],
        [],
    ]
    assert list(spans([])) == []


PERSON, ORG, PLACE, PRODUCT, DATE = Label.PERSON, Label.ORG, Label.PLACE, Label.PRODUCT, Label.DATE


@pytest.mark.parametrize("line", ("ask Ana", "Ana: bring it", "@ana", "the OSM people", "we met in Łódź", "iCal"))
def test_a_line_with_a_handle_or_an_unexplained_capital_may_contain_a_name(line: str) -> None:
    assert prefilter(line)


@pytest.mark.parametrize("line", ("", "—", "The pump breaks", "bring what I have", "12 chairs", "- we need more time"))
def test_a_capital_that_the_start_of_a_line_or_i_explains_is_no_sign_of_a_name(line: str) -> None:
    assert not prefilter(line)


def test_marks_and_addresses_become_one_space() -> None:
    line = mask_unreadable("- **Ana** will   ask https://example.org/a/b the _Borrowhouse_ people")
    assert align(line).text == "- Ana will ask the Borrowhouse people"


def test_the_offsets_of_a_name_lead_back_to_the_source_line() -> None:
    line = mask_unreadable("see [the  Tool   Library](https://example.org) by May")
    aligned = align(line)
    start = aligned.text.index("Tool Library")
    name = aligned.to_source(Name(start, start + len("Tool Library"), Label.ORG))
    assert line[name.start : name.end] == "Tool   Library"


@given(ANY_TEXT, st.data())
def test_every_chunk_leads_back_to_the_source_line(line: str, data: st.DataObject) -> None:
    aligned = align(line)
    chunks = aligned.text.split(" ") if aligned.text else []
    assert chunks == line.replace(FILLER, " ").split()
    if chunks:
        chunk = data.draw(st.sampled_from(range(len(chunks))))
        start = sum(len(before) + 1 for before in chunks[:chunk])
        name = aligned.to_source(Name(start, start + len(chunks[chunk]), Label.ORG))
        assert line[name.start : name.end] == chunks[chunk]


def filtered(predicted: str, label: Label, *lines: str) -> list[list[str]]:
    """What remains of the name `predicted` in each of `lines`."""
    names = [[Name(line.index(predicted), line.index(predicted) + len(predicted), label)] for line in lines]
    kept = postfilter(lines, names)
    return [[line[name.start : name.end] for name in names] for line, names in zip(lines, kept, strict=True)]


def test_a_title_is_no_part_of_a_name() -> None:
    assert filtered("Dr. Okonkwo", PERSON, "we asked Dr. Okonkwo") == [["Okonkwo"]]


def test_a_slash_ends_the_name_of_a_person() -> None:
    assert filtered("Zsofia/Bartek", PERSON, "Zsofia/Bartek to ask") == [["Zsofia"]]


@pytest.mark.parametrize("handle", ("@thockin", "thockin@", "sig@thockin"))
def test_a_name_in_a_handle_or_an_address_is_extended_to_the_whole_of_it(handle: str) -> None:
    line = f"ask {handle}: what now?"
    start = line.index("thockin")
    [[name]] = postfilter([line], [[Name(start, start + len("thockin"), PERSON)]])
    assert line[name.start : name.end] == handle


def test_two_names_in_one_address_become_one() -> None:
    line = "ask zsofia@bartek"
    assert postfilter([line], [[Name(4, 10, PERSON), Name(11, 17, PERSON)]]) == [[Name(4, 17, PERSON)]]


def test_dates_are_left_to_the_rules() -> None:
    assert filtered("two weeks", DATE, "in two weeks") == [[]]


@pytest.mark.parametrize("role", ("Minister", "Deputy Minister", "Chair"))
def test_a_role_is_no_person(role: str) -> None:
    assert filtered(role, PERSON, f"the {role} said so") == [[]]


def test_everyday_words_in_lower_case_are_no_name() -> None:
    assert filtered("working group", ORG, "ask the working group", "the working group said") == [[], []]


def test_capitalised_everyday_words_may_be_a_name() -> None:
    assert filtered("Red Cross", ORG, "ask the Red Cross") == [["Red Cross"]]


def test_a_single_word_is_a_product_if_two_lines_contain_it() -> None:
    assert filtered("Inkscape", PRODUCT, "we use Inkscape") == [[]]
    assert filtered("Inkscape", PRODUCT, "we use Inkscape", "teach Inkscape") == [["Inkscape"], ["Inkscape"]]


def test_a_repeated_line_counts_once() -> None:
    assert filtered("Inkscape", PRODUCT, "we use Inkscape", "we use Inkscape") == [[], []]


def test_a_place_needs_one_line_only() -> None:
    assert filtered("Tromsø", PLACE, "we met in Tromsø") == [["Tromsø"]]
