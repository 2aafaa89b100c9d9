"""Latent semantic analysis of an event's own texts (Deerwester et al. 1990): no model, any language.

    words of each line ─┬─► stems  ──┬─► TF-IDF ──► lines of a text, weighted ──► strongest directions
                        └─► n-grams ─┘

scikit-learn has all of this, but takes longer to import than a small event to analyse (docs/performance.md).
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import qr  # numpy's computes in 64 bits, in twice the memory and time
from threadpoolctl import threadpool_limits

from pipeline.progress import track
from pipeline.text import is_stop_word, stem, words
from pipeline.vectors import Vectors, center_rows

DIMENSIONS = 300
"""Best of 64 to 600 on the labelled events, narrowly: recurring concerns use few words, which few dimensions blur."""

NGRAM_LENGTHS = (3, 5)
"""Lengths of the character n-grams that match across typos, compounds and endings."""

_OVERSAMPLING = 100
_ITERATIONS = 5
"""Nearer to the exact directions than scikit-learn's `randomized_svd` with its own defaults, and in half of its time
(docs/performance.md)."""

_BLOCK = 64
"""Columns that are multiplied at a time: the product with all of them would be the largest array of an analysis."""


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
        reduced = strongest_directions(features, min(DIMENSIONS, *features.shape))
    return center_rows(reduced, np.diff(features.indptr) > 0)


def strongest_directions(rows: sparse.csr_array, count: int) -> NDArray[np.float32]:
    """Return `rows` as coordinates along their `count` strongest directions: shape (n_rows, count).

    These are the left singular vectors times the singular values, by subspace iteration from a random start (Halko et
    al. 2009, algorithm 4.4) on the smaller side, the rows; the signs of columns are arbitrary.
    """
    transposed = rows.T.tocsr()

    def similarities_times(basis: NDArray[np.float32]) -> NDArray[np.float32]:
        product = np.empty_like(basis, order="F")  # as LAPACK needs it
        for start in range(0, basis.shape[1], _BLOCK):
            columns = slice(start, start + _BLOCK)
            product[:, columns] = rows @ (transposed @ basis[:, columns])
        return product

    size = min(count + _OVERSAMPLING, rows.shape[0])
    basis = np.random.default_rng(0).standard_normal((rows.shape[0], size), dtype=np.float32)
    for _ in track(range(_ITERATIONS), "compare words"):
        basis = qr(similarities_times(basis), overwrite_a=True, mode="economic", check_finite=False)[0]
    strengths, directions = np.linalg.eigh((basis.T @ similarities_times(basis)).astype(np.float64))
    scale = np.sqrt(np.maximum(strengths[-count:], 0))
    coordinates: NDArray[np.float32] = basis @ (directions[:, -count:] * scale).astype(np.float32)
    return coordinates


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
    vocabulary = sorted(set(chain.from_iterable(content)))
    in_lines = _counts(content)
    stems = _tf_idf(in_lines @ _counts([[stem(word)] for word in vocabulary]))
    ngrams = _tf_idf(in_lines @ _counts([_ngrams(word) for word in vocabulary]))
    return _unit_rows(sparse.hstack([stems, ngrams], format="csr"))


def _counts(bags: Sequence[Sequence[str]]) -> sparse.csr_array:
    """Return how often each term is in each of `bags`, terms in alphabetical order: shape (n_bags, n_terms)."""
    column = {term: place for place, term in enumerate(sorted(set(chain.from_iterable(bags))))}
    columns = np.fromiter((column[term] for bag in bags for term in bag), dtype=np.int32)
    starts = np.cumsum([0, *map(len, bags)])
    once = np.ones(len(columns), dtype=np.float32)
    counts = sparse.csr_array((once, columns, starts), shape=(len(bags), len(column)))
    counts.sum_duplicates()
    return counts


def _tf_idf(counts: sparse.csr_array) -> sparse.csr_array:
    """Return TF-IDF with sublinear tf and smoothed idf, in rows of unit length."""
    weights = counts.tocsr()
    weights.sort_indices()
    n_lines, n_terms = weights.shape
    frequency = np.bincount(weights.indices, minlength=n_terms)
    idf = (np.log((1 + n_lines) / (1 + frequency)) + 1).astype(np.float32)
    weights.data = (1 + np.log(weights.data)) * idf[weights.indices]
    return _unit_rows(weights)


def _unit_rows(rows: sparse.csr_array) -> sparse.csr_array:
    sizes = np.diff(rows.indptr)
    row_of = np.repeat(np.arange(len(sizes)), sizes)
    lengths = np.sqrt(np.bincount(row_of, rows.data.astype(np.float64) ** 2, len(sizes)))
    units = (rows.data / lengths[row_of]).astype(np.float32)
    return sparse.csr_array((units, rows.indices, rows.indptr), shape=rows.shape)


def _ngrams(word: str) -> list[str]:
    padded = f" {word} "
    found: list[str] = []
    for length in range(NGRAM_LENGTHS[0], NGRAM_LENGTHS[1] + 1):
        if len(padded) <= length:
            return [*found, padded]
        found += (padded[start : start + length] for start in range(len(padded) - length + 1))
    return found
