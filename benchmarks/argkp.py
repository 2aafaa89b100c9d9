"""Arguments of ArgKP, topic by topic: do our clusters agree with its key points? `make` does not run this.

    .venv/bin/python -m benchmarks.argkp ../shared/data/argkp

ArgKP (Bar-Haim et al. 2020) says for each argument which key points it makes. Kept are arguments that make exactly
one; everything of a topic and stance is clustered at once, every argument as a group of its own. The adjusted Rand
index (Hubert and Arabie 1985) compares that with the key points: 1 is the same clusters, 0 what chance does. An
argument in no cluster counts as a cluster of its own, so that leaving hard ones out does not pay.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from pipeline.cluster import cluster_vectors
from pipeline.encode import Embed, embed, encode
from pipeline.settings import Settings

Clusters = Iterable[Sequence[int]]
Question = tuple[str, str]

NO_LIMIT = 10_000


def questions(folder: Path, part: str = "dev") -> dict[Question, tuple[list[str], list[str]]]:
    """Arguments and the one key point of each, for each topic and stance of the `part` (dev or train)."""
    points = defaultdict(list)
    for row in _rows(folder / f"labels_{part}.csv"):
        if row["label"] == "1":
            points[row["arg_id"]].append(row["key_point_id"])
    found: dict[Question, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in _rows(folder / f"arguments_{part}.csv"):
        if len(points[row["arg_id"]]) == 1:
            texts, keys = found[row["topic"], row["stance"]]
            texts.append(row["argument"])
            keys += points[row["arg_id"]]
    return dict(found)


def agreement(clusters: Clusters, keys: Sequence[str]) -> float:
    """The adjusted Rand index of row numbers per cluster with the key point of each row."""
    numbers = np.arange(len(keys))
    for number, rows in enumerate(clusters):
        numbers[list(rows)] = len(keys) + number
    return float(adjusted_rand_score(keys, numbers))


def ours(texts: Sequence[str], embed: Embed = embed) -> Clusters:
    """What Padharvest clusters, all of it: a report shows fewer."""
    vectors = encode(texts, embed)
    groups = [str(row) for row in range(len(texts))]
    return cluster_vectors(vectors, groups, Settings(most_concerns=NO_LIMIT))


def compare(folder: Path, system: Callable[[Sequence[str]], Clusters]) -> dict[Question, float]:
    """The adjusted Rand index of `system`, from texts to row numbers per cluster, for each topic and stance."""
    return {question: agreement(system(texts), keys) for question, (texts, keys) in questions(folder).items()}


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def main() -> None:
    """Print a line for each topic and stance, and their mean."""
    figures = compare(Path(sys.argv[1]), ours)
    for (topic, stance), figure in figures.items():
        print(f"{figure:.3f}  {stance:>2}  {topic}")
    print(f"{np.mean(list(figures.values())):.3f}  mean")


if __name__ == "__main__":
    main()
