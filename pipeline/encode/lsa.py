"""Latent semantic analysis of an event's own texts (Deerwester et al. 1990): no model, any language."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from pipeline.text import is_stop_word, stem, words
from pipeline.vectors import Vectors, center_rows

DIMENSIONS = 300
"""Best of 64 to 600 on the labelled events, narrowly: recurring concerns use few words, and few dimensions blur them."""

NGRAM_LENGTHS = (3, 5)
"""Lengths of the character n-grams that match across typos, compounds and endings."""


def encode(texts: Sequence[str], context_weight: float) -> Vectors:
    r"""Return vectors of `texts`, whose first line is the text itself and whose other lines are its context.

    The array has shape (n_texts, n_dims): rows of unit length whose dot product is the cosine. A text without a word
    in it, its context included, has a row of zeros. n_dims is from 1 to `DIMENSIONS`.
    """
    lines, weights = _weigh_lines(texts, context_weight)
    features = _unit_rows(weights @ _features(lines))
    if not features.nnz:
        return np.zeros((len(texts), 1), dtype=np.float32)
    with threadpool_limits(1, "blas"):  # on a busy machine its threads wait for each other, and sums depend on them
        left, strength, _ = randomized_svd(features, min(DIMENSIONS, *features.shape), random_state=0)
    return center_rows(left * strength, features.count_nonzero(axis=1) > 0)


def _weigh_lines(texts: Sequence[str], context_weight: float) -> tuple[list[str], sparse.csr_array]:
    """Return all lines of all texts, and a matrix of shape (n_texts, n_lines) with the weight of each line."""
    lines, starts, weights = [], [0], []
    for text in texts:
        own, *context = text.split("\n")
        lines += [own, *context]
        weights += [1.0] + [context_weight] * len(context)
        starts.append(len(lines))
    entries = (np.array(weights, dtype=np.float32), np.arange(len(lines)), np.array(starts))
    return lines, sparse.csr_array(entries, shape=(len(texts), len(lines)))


def _features(lines: Sequence[str]) -> sparse.csr_array:
    """Return rows of unit length for `lines`: half stems of their content words, half n-grams of them."""
    content = [[word.text.casefold() for word in words(line) if not is_stop_word(word.text)] for line in lines]
    stems = _tf_idf([[stem(word) for word in line] for line in content])
    ngrams = _tf_idf([[ngram for word in line for ngram in _ngrams(word)] for line in content])
    return _unit_rows(sparse.hstack([stems, ngrams], format="csr"))


def _tf_idf(bags: Sequence[Sequence[str]]) -> sparse.csr_array:
    """Return TF-IDF with sublinear tf, in rows of unit length."""
    if not any(bags):
        return sparse.csr_array((len(bags), 0))
    return TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32).fit_transform(bags)


def _unit_rows(rows: sparse.csr_array) -> sparse.csr_array:
    return normalize(rows) if rows.nnz else rows


def _ngrams(word: str) -> Iterable[str]:
    padded = f" {word} "
    for length in range(NGRAM_LENGTHS[0], NGRAM_LENGTHS[1] + 1):
        if len(padded) <= length:
            yield padded
            return
        yield from (padded[start : start + length] for start in range(len(padded) - length + 1))
