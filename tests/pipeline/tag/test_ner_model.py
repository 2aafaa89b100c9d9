"""The model's spelling features, and the decoding of its tags."""

import itertools
import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.tag.ner_model import (
    BUCKETS,
    FLAGS,
    HASHES,
    SHAPES,
    TAGS,
    best_tags,
    may_follow,
    spans,
    word_flags,
    word_ids,
)
from tests.support.hostile import ANY_TEXT


def words(line: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", line)]


def shapes(line: str) -> list[int]:
    return [int(shape) for shape in word_ids(line, words(line))[:, 0]]


def test_the_shape_tells_how_a_word_is_written() -> None:
    title, lower, short, long, initial, number, mark, handle, camel, mixed = shapes(
        "Ana asks OSM NATURE A 12 ; @ eBay b2B"
    )
    assert len({title, lower, short, long, initial, number, mark, handle, camel, mixed}) == 10


def test_words_written_alike_look_alike() -> None:
    assert shapes("Ana") == shapes("Zoe") == shapes("Éva")


@given(ANY_TEXT)
def test_each_word_has_its_numbers_in_range(line: str) -> None:
    of_line = words(line)
    ids, flagged = word_ids(line, of_line), word_flags(line, of_line)
    assert ids.shape == (len(of_line), 1 + HASHES)
    assert flagged.shape == (len(of_line), FLAGS)
    assert ((ids[:, 0] < SHAPES) & (ids >= 0).all(axis=1) & (ids[:, 1:] < BUCKETS).all(axis=1)).all()
    assert ((flagged >= 0) & (flagged <= 1)).all()


def test_a_shouted_line_says_so_of_each_word() -> None:
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
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return dice.normal(size=(sum(sizes), len(TAGS))).astype(np.float32), sizes


@given(scored(), st.integers(0, 2**32 - 1))
def test_names_begin_and_end_as_names_do(lines: tuple[NDArray[np.float32], list[int]], seed: int) -> None:
    scores, sizes = lines
    transitions = np.random.default_rng(seed).normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    for size, of_line in zip(sizes, best_tags(scores, sizes, transitions), strict=True):
        walked = ["O", *(TAGS[tag] for tag in of_line), "O"]
        assert len(of_line) == size
        assert all(may_follow(one, other) for one, other in itertools.pairwise(walked))


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_no_other_sequence_is_likelier(seed: int) -> None:
    dice = np.random.default_rng(seed)
    scores = dice.normal(size=(2, len(TAGS))).astype(np.float32)
    transitions = dice.normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    lawful = [
        (one, other)
        for one, other in itertools.product(range(len(TAGS)), repeat=2)
        if may_follow("O", TAGS[one]) and may_follow(TAGS[one], TAGS[other]) and may_follow(TAGS[other], "O")
    ]
    best = max(lawful, key=lambda way: scores[0, way[0]] + scores[1, way[1]] + transitions[way])
    assert best_tags(scores, [2], transitions) == [list(best)]


@given(scored())
def test_a_line_has_the_same_tags_in_any_company(lines: tuple[NDArray[np.float32], list[int]]) -> None:
    scores, sizes = lines
    transitions = np.zeros((len(TAGS), len(TAGS)), dtype=np.float32)
    starts = np.cumsum([0, *sizes])
    alone = [
        best_tags(scores[start : start + size], [size], transitions)[0]
        for start, size in zip(starts, sizes, strict=False)
    ]
    assert best_tags(scores, sizes, transitions) == alone


def test_names_are_read_off_the_tags() -> None:
    read = spans(tags("S-PERSON", "O", "B-ORG", "I-ORG", "E-ORG", "B-DATE", "E-DATE"))
    assert list(read) == [(0, 0, "PERSON"), (2, 4, "ORG"), (5, 6, "DATE")]


def test_a_line_without_words_has_no_names() -> None:
    assert best_tags(np.zeros((0, len(TAGS)), dtype=np.float32), [0, 0], np.zeros((25, 25), dtype=np.float32)) == [
        [],
        [],
    ]
    assert list(spans([])) == []
