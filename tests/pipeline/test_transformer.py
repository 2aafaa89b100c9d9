"""The sentence encoder that ships with Padharvest."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tag import ner_model
from pipeline.transformer import DIMENSIONS, MODEL, embed, fingerprint, session
from tests.support.hostile import ANY_TEXT

pytestmark = pytest.mark.skipif(not (MODEL / "model.onnx").is_file(), reason="the model is not in this checkout")

PUMP = "The pump breaks down every summer."
AGAIN = "In July our well stops working again."
FEES = "Nobody can afford the yearly fee."


def test_vectors_are_rows_of_unit_length() -> None:
    vectors = embed([PUMP, AGAIN, ""])
    assert vectors.shape == (3, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_lines_have_no_rows() -> None:
    assert embed([]).shape == (0, DIMENSIONS)


def test_the_same_in_other_words_is_nearer_than_something_else() -> None:
    pump, again, fees = embed([PUMP, AGAIN, FEES])
    assert pump @ again > pump @ fees


def test_markup_does_not_change_the_meaning() -> None:
    typed, said = embed(["- [ ] **order** the [hose](https://example.org/hose)", "order the hose"])
    assert (typed == said).all()


@settings(max_examples=20)
@given(st.lists(st.one_of(ANY_TEXT, st.sampled_from([PUMP, AGAIN, FEES])), min_size=1, max_size=12))
def test_a_line_has_the_same_vector_in_any_company(lines: list[str]) -> None:
    assert (embed(lines)[0] == embed(lines[:1])[0]).all()


def test_only_the_beginning_of_a_very_long_line_is_read() -> None:
    short, long = embed(["pump " * 200, "pump " * 20_000])
    assert (short == long).all()


def test_the_fingerprint_is_a_sha256() -> None:
    assert len(fingerprint(MODEL)) == 64


def test_threads_that_ask_at_the_same_time_share_one_session(tmp_path: Path) -> None:
    file = Path(shutil.copy(ner_model.load_model().layers, tmp_path))
    together = threading.Barrier(4)

    def ask(_: int) -> object:
        together.wait()
        return session(file)

    with ThreadPoolExecutor(4) as pool:
        sessions = list(pool.map(ask, range(4)))
    assert all(one is sessions[0] for one in sessions)
