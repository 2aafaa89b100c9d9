"""Rows of unit length, to the bit as scikit-learn makes them."""

import numpy as np
from sklearn.preprocessing import normalize

from pipeline.vectors import center_rows, normalize_rows


def test_rows_are_scaled_as_scikit_learn_scales_them() -> None:
    double = np.random.default_rng(0).normal(size=(500, 300))
    double[3] = 0
    double[4] *= 1e-9
    single = double.astype(np.float32)
    assert normalize_rows(double).tobytes() == normalize(double).tobytes()
    assert normalize_rows(single).tobytes() == normalize(single).tobytes()


def test_what_all_rows_share_is_taken_out_and_the_unspoken_stay_zero() -> None:
    rows = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32) + 3
    spoken = np.arange(200) != 7
    without = center_rows(rows, spoken)
    assert not without[7].any()
    assert np.abs(without[spoken].mean(axis=0)).max() < np.abs(rows.mean(axis=0)).min() / 10
