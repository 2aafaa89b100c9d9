"""The spelling features of the named-entity model, and the decoding of its tags."""

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
