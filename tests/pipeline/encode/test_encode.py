"""Meaning and wording side by side, with context; names among the vectors of lines."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.encode import encode, name_encoder, texts_in_context
from pipeline.segment_records import SegmentId
from pipeline.transformer import embed
from tests.support.hostile import ANY_TEXT
from tests.support.labelled_segments import segments_of

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


@settings(max_examples=50)
@given(st.lists(st.one_of(ANY_TEXT, st.sampled_from(TOPICS)), max_size=9))
def test_rows_have_unit_length_or_none_whatever_was_written(texts: list[str]) -> None:
    vectors = encode(texts, meaning)
    assert vectors.dtype == np.float32
    assert len(vectors) == len(texts)
    lengths = np.linalg.norm(vectors, axis=1)
    assert all(length == pytest.approx(1, abs=1e-5) or length == 0 for length in lengths)


def test_a_segment_is_followed_by_its_parent_and_its_nearest_heading() -> None:
    parent, child, other = segments_of([("Water", "Time to repair"), ("Water", "three weeks"), ("Water", "no hose")])
    child = replace(child, parent=parent.id, headings=("Water", "The pump"))
    assert texts_in_context([parent, child, other])[1] == "three weeks\nTime to repair\nThe pump"


def test_without_either_a_segment_stands_alone() -> None:
    assert texts_in_context(segments_of([("Water", "no hose")])) == ["no hose"]


def test_the_prompt_is_left_out_because_all_answers_to_it_would_be_alike() -> None:
    (one,) = segments_of([("Water", "no hose")])
    assert texts_in_context([replace(one, prompt="What is missing?")]) == ["no hose"]


def test_a_heading_over_most_of_a_group_is_its_topic_and_left_out() -> None:
    segments = segments_of([("Water", "no hose"), ("Water", "a dry well"), ("Water", "rust"), ("Soil", "no spade")])
    under = [replace(one, headings=("Tools",)) for one in segments]
    apart = replace(under[2], headings=("Rust",))
    assert texts_in_context([*under[:2], apart, replace(under[3], headings=())]) == [
        "no hose",
        "a dry well",
        "rust\nRust",
        "no spade",
    ]


def test_a_parent_that_is_not_among_the_segments_is_no_context() -> None:
    (one,) = segments_of([("Water", "no hose")])
    assert texts_in_context([replace(one, parent=SegmentId("gone"))]) == ["no hose"]


def test_line_breaks_inside_a_text_do_not_make_context_of_it() -> None:
    parent, child = segments_of([("Water", "Time\nto repair"), ("Water", "three\nweeks")])
    assert texts_in_context([parent, replace(child, parent=parent.id)])[1] == "three weeks\nTime to repair"


TEXTS = [
    "Nobody answers questions from new members",
    "Newcomers wait weeks for a reply",
    "The venue has too few power sockets",
    "Lunch ran out before one",
]


def test_a_name_is_nearest_to_the_lines_that_mean_it() -> None:
    vectors = encode(TEXTS, embed)
    (name,) = name_encoder(TEXTS, vectors.shape[1], embed)(["Newcomers get no answer"])
    assert set(np.argsort(-(vectors @ name))[:2].tolist()) == {0, 1}
    assert np.linalg.norm(name) == pytest.approx(1, abs=1e-5)


def test_among_lines_that_the_encoder_does_not_understand_a_name_says_nothing() -> None:
    understood = [False] * len(TEXTS)
    vectors = encode(TEXTS, embed, understood)
    assert not name_encoder(TEXTS, vectors.shape[1], embed, understood)(["Newcomers"]).any()


def test_no_names_are_no_rows() -> None:
    assert name_encoder(TEXTS, 400, embed)([]).shape == (0, 400)
