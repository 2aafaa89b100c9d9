"""Latent semantic analysis of an event's own texts (Deerwester et al. 1990): no model, any language."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from pipeline.encode import CONTEXT_WEIGHT
from pipeline.text import is_stop_word, stem, words
from pipeline.vectors import centred

DIMENSIONS = 300
"""Best of 64 to 600 on the labelled events, by a hair: what recurs is said in few words, and few dimensions blur it."""

LETTERS = (3, 5)
"""Lengths of the pieces of words that meet across typos, compounds and endings."""


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    r"""Vectors of `texts`, whose first line is what was said and whose other lines are the context it was said in.

    Returns an array of shape (n_texts, n_dims): rows of unit length whose dot product is the cosine. A text without a
    word in it, its context included, has a row of zeros. n_dims is from 1 to `DIMENSIONS`.
    """
    lines, of_lines = _lines(texts)
    features = _unit_rows(of_lines @ _features(lines))
    if not features.nnz:
        return np.zeros((len(texts), 1), dtype=np.float32)
    with threadpool_limits(1, "blas"):  # on a busy machine its threads wait for each other, and sums depend on them
        left, strength, _ = randomized_svd(features, min(DIMENSIONS, *features.shape), random_state=0)
    return centred(left * strength, features.count_nonzero(axis=1) > 0)


def _lines(texts: Sequence[str]) -> tuple[list[str], sparse.csr_array]:
    """All lines of all texts, and a matrix of shape (n_texts, n_lines) that says how much each counts in a text."""
    lines, starts, weights = [], [0], []
    for text in texts:
        said, *context = text.split("\n")
        lines += [said, *context]
        weights += [1.0] + [CONTEXT_WEIGHT] * len(context)
        starts.append(len(lines))
    entries = (np.array(weights, dtype=np.float32), np.arange(len(lines)), np.array(starts))
    return lines, sparse.csr_array(entries, shape=(len(texts), len(lines)))


def _features(lines: Sequence[str]) -> sparse.csr_array:
    """Rows of unit length for `lines`: half stems of their content words, half pieces of them."""
    said = [[word.text.casefold() for word in words(line) if not is_stop_word(word.text)] for line in lines]
    stems = _weighted([[stem(word) for word in line] for line in said])
    pieces = _weighted([[piece for word in line for piece in _pieces(word)] for line in said])
    return _unit_rows(sparse.hstack([stems, pieces], format="csr"))


def _weighted(bags: Sequence[Sequence[str]]) -> sparse.csr_array:
    """TF-IDF with sublinear tf, in rows of unit length."""
    if not any(bags):
        return sparse.csr_array((len(bags), 0))
    return TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32).fit_transform(bags)


def _unit_rows(rows: sparse.csr_array) -> sparse.csr_array:
    return normalize(rows) if rows.nnz else rows


def _pieces(word: str) -> Iterable[str]:
    padded = f" {word} "
    for length in range(LETTERS[0], LETTERS[1] + 1):
        if len(padded) <= length:
            yield padded
            return
        yield from (padded[start : start + length] for start in range(len(padded) - length + 1))
