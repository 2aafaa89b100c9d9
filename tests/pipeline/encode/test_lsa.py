"""Vectors whose cosine says how alike two texts are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.encode import CONTEXT_WEIGHT, lsa
from tests.support.hostile import ANY_TEXT

PUMP = "the pump breaks down every summer"
RATES = "nobody can afford the yearly fee"
MIXED = [
    PUMP,
    "our pump broke down again",
    RATES,
    "the fee is more than a pensioner can afford",
    "children left the gate open",
    "bees swarmed over the path",
    "compost heaps smell in August",
    "the shed key is lost",
]


def encode(texts: list[str]) -> NDArray[np.float32]:
    return lsa.encode(texts, CONTEXT_WEIGHT)


def cosine(vectors: NDArray[np.float32], one: int, other: int) -> float:
    return float(vectors[one] @ vectors[other])


def test_texts_that_say_the_same_in_part_are_more_alike_than_others() -> None:
    vectors = encode(MIXED)
    assert cosine(vectors, 0, 1) > 0.2 > cosine(vectors, 0, 2)
    assert cosine(vectors, 2, 3) > 0.2 > cosine(vectors, 2, 4)


def test_texts_with_nothing_in_common_are_not_alike_however_few_they_are() -> None:
    assert abs(cosine(encode([PUMP, RATES]), 0, 1)) < 0.2


def test_endings_typos_and_compounds_do_not_part_words() -> None:
    vectors = encode(["volunteering", "voluntears", "Helferinnensuche", "Helfer gesucht", "бабочки", *MIXED])
    assert cosine(vectors, 0, 1) > 0.2
    assert cosine(vectors, 2, 3) > 0.2


def test_other_scripts_are_read_too() -> None:
    vectors = encode(["Насос снова сломался", "сломанный насос", "Дети забыли закрыть ворота", "Ключ от сарая потерян"])
    assert cosine(vectors, 0, 1) > 0.2 > cosine(vectors, 0, 2)


def test_context_counts_but_less_than_what_was_said() -> None:
    texts = ["three weeks", "three weeks\nrepair of the pump", "two hours\nrepair of the pump", "repair of the pump"]
    vectors = encode([*texts, *MIXED])
    assert cosine(vectors, 0, 1) > cosine(vectors, 1, 2) > cosine(encode([*texts, *MIXED]), 0, 2)


def test_the_same_text_has_the_same_vector_and_alone_it_has_one() -> None:
    vectors = encode([PUMP] * 4)
    assert np.allclose(vectors @ vectors.T, 1)
    assert np.allclose(np.linalg.norm(encode([PUMP]), axis=1), 1)


def test_a_text_without_a_word_has_a_row_of_zeros() -> None:
    vectors = encode([PUMP, "", "🌱 12", "\n", RATES])
    assert not vectors[1:4].any()
    assert vectors[[0, 4]].any(axis=1).all()


@pytest.mark.parametrize("texts", ([], [""], ["…", "7"]))
def test_texts_without_any_word_are_no_error(texts: list[str]) -> None:
    vectors = encode(texts)
    assert len(vectors) == len(texts)
    assert vectors.dtype == np.float32
    assert not vectors.any()


@settings(max_examples=60)
@given(st.lists(ANY_TEXT, max_size=6))
def test_rows_are_finite_and_of_unit_length_or_zero_whatever_was_typed(texts: list[str]) -> None:
    vectors = encode(texts)
    lengths = np.linalg.norm(vectors, axis=1)
    assert vectors.shape[0] == len(texts)
    assert ((np.abs(lengths - 1) < 1e-3) | (lengths == 0)).all()


def test_twice_the_same_texts_give_the_same_bytes() -> None:
    assert encode(MIXED).tobytes() == encode(list(MIXED)).tobytes()


def test_no_more_dimensions_than_it_says() -> None:
    assert encode([f"word{number} thing{number}" for number in range(400)]).shape == (400, 300)
