"""A concern's name is compared with lines by what it means."""

import numpy as np
import pytest

from pipeline.encode import encode, names_among

TEXTS = [
    "Nobody answers questions from new members",
    "Newcomers wait weeks for a reply",
    "The venue has too few power sockets",
    "Lunch ran out before one",
]


def test_a_name_is_nearest_to_the_lines_that_mean_it() -> None:
    vectors = encode(TEXTS)
    (name,) = names_among(TEXTS, vectors.shape[1])(["Newcomers get no answer"])
    assert set(np.argsort(-(vectors @ name))[:2].tolist()) == {0, 1}
    assert np.linalg.norm(name) == pytest.approx(1, abs=1e-5)


def test_among_lines_that_the_encoder_does_not_understand_a_name_says_nothing() -> None:
    understood = [False] * len(TEXTS)
    vectors = encode(TEXTS, understood=understood)
    assert not names_among(TEXTS, vectors.shape[1], understood=understood)(["Newcomers"]).any()


def test_no_names_are_no_rows() -> None:
    assert names_among(TEXTS, 400)([]).shape == (0, 400)
