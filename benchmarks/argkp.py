"""Agreement of clusters with the key points of ArgKP, topic by topic; not run by `make`.

    .venv/bin/python -m benchmarks.argkp ../shared/data/argkp

ArgKP (Bar-Haim et al. 2020) says for each argument which key points it makes. Arguments that make exactly one are kept,
and those of a topic and stance are clustered together, every argument as a group of its own. The adjusted Rand index
(Hubert and Arabie 1985) compares the clusters with the key points: 1 for the same clusters, 0 for chance. An argument
in no cluster counts as a cluster of its own, so that leaving out hard ones does not pay.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from pipeline.cluster import cluster_vectors
from pipeline.encode import encode
from pipeline.settings import Settings
from pipeline.transformer import embed

Clusters = Iterable[Sequence[int]]
Question = tuple[str, str]

NO_LIMIT = 10_000


def questions(folder: Path, part: str = "dev") -> dict[Question, tuple[list[str], list[str]]]:
    """Return the arguments and the key point of each, for each topic and stance of the `part` (dev or train)."""
    points = defaultdict(list)
    for row in _rows(folder / f"labels_{part}.csv"):
        if row["label"] == "1":
            points[row["arg_id"]].append(row["key_point_id"])
    by_question: dict[Question, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in _rows(folder / f"arguments_{part}.csv"):
        if len(points[row["arg_id"]]) == 1:
            texts, keys = by_question[row["topic"], row["stance"]]
            texts.append(row["argument"])
            keys += points[row["arg_id"]]
    return dict(by_question)


def agreement(clusters: Clusters, keys: Sequence[str]) -> float:
    """Return the adjusted Rand index of clusters of row numbers with the key point of each row."""
    labels = np.arange(len(keys))
    for number, rows in enumerate(clusters):
        labels[list(rows)] = len(keys) + number
    return float(adjusted_rand_score(keys, labels))


def ours(texts: Sequence[str]) -> Clusters:
    """Return all clusters that Padharvest finds; a report shows fewer."""
    groups = [str(row) for row in range(len(texts))]
    return cluster_vectors(encode(texts, embed), groups, Settings(most_concerns=NO_LIMIT))


def compare(folder: Path, system: Callable[[Sequence[str]], Clusters]) -> dict[Question, float]:
    """Return the adjusted Rand index of `system`, which clusters texts, for each topic and stance."""
    return {question: agreement(system(texts), keys) for question, (texts, keys) in questions(folder).items()}


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def main() -> None:
    """Print a line for each topic and stance, and their mean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with arguments_dev.csv and labels_dev.csv")
    figures = compare(parser.parse_args().folder, ours)
    for (topic, stance), figure in figures.items():
        print(f"{figure:.3f}  {stance:>2}  {topic}")
    print(f"{np.mean(list(figures.values())):.3f}  mean")


if __name__ == "__main__":
    main()
