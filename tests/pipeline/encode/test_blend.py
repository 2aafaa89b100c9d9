"""Meaning and wording side by side."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.encode import encode
from tests.support.hostile import ANY_TEXT

TOPICS = ("pump", "well", "fee", "money", "spade", "path")


def meaning(lines: Sequence[str]) -> NDArray[np.float32]:
    """Water, money or anything else; to tell them apart is all that this encoder can."""
    sides = [(0, 1) if {"pump", "well"} & set(line.split()) else (1, 0) for line in lines]
    return np.array([(0.5, *side) for side in sides], dtype=np.float32).reshape(-1, 3)


def test_what_only_means_the_same_is_alike() -> None:
    pump, well, fee, spade = encode(["pump broken", "well dry", "fee high", "spade lost"], meaning)
    assert pump @ well > pump @ fee + 0.2
    assert fee @ spade > fee @ well


def test_what_is_only_worded_alike_is_alike() -> None:
    vectors = encode(["the fee is too high", "the fees were too high", "a spade was lost", "paths are muddy"], meaning)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_context_counts_and_less_than_what_was_said() -> None:
    filler = ["spade lost", "paths muddy", "fee high", "benches old", "pump broken"]
    bare, context, said, *_, pump = encode(["this\nthat", "this\npump", "pump\nthis", *filler], meaning)
    assert bare @ pump < context @ pump < said @ pump


def test_each_line_is_encoded_once() -> None:
    asked: list[str] = []

    def listening(lines: Sequence[str]) -> NDArray[np.float32]:
        asked.extend(lines)
        return meaning(lines)

    encode(["pump broken\nWater", "well dry\nWater", "pump broken"], listening)
    assert asked == ["Water", "pump broken", "well dry"]


def test_a_text_without_a_word_has_a_row_of_zeros() -> None:
    vectors = encode(["pump broken", "...", "fee high", "12"], meaning)
    assert vectors.any(axis=1).tolist() == [True, False, True, False]


def test_no_texts_have_no_rows() -> None:
    assert len(encode([], meaning)) == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(ANY_TEXT, st.sampled_from(TOPICS)), max_size=9))
def test_rows_have_unit_length_or_none_whatever_was_written(texts: list[str]) -> None:
    vectors = encode(texts, meaning)
    assert vectors.dtype == np.float32
    assert len(vectors) == len(texts)
    lengths = np.linalg.norm(vectors, axis=1)
    assert all(length == pytest.approx(1, abs=1e-5) or length == 0 for length in lengths)
