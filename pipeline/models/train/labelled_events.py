"""Labelled events: notes whose segments a reader assigned to concerns, to train on and to score on.

A folder of an event has segments.tsv, and for each reader a folder with labels.jsonl and codebook.json.
"""

import csv
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np
from sklearn.metrics import average_precision_score

from pipeline.text import strip_markup
from pipeline.vectors import Vectors, normalize_rows

TEST_EVENTS = ("wmcon18", "wssspe3")
"""Events that nothing is trained or tuned on."""


class SegmentLabels(TypedDict):
    """A reader's labels of a segment: ids of concerns, the kind, and names with their labels in reading order."""

    id: str
    concerns: list[str]
    kind: str
    entities: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledEvent:
    """Segments in order, each with its text, its group and the concerns that a reader assigned it to.

    `offered` says which segments are offered to the clustering (kind not `other`); `names` has the concerns' names.
    """

    name: str
    texts: tuple[str, ...]
    groups: tuple[str, ...]
    concerns: tuple[frozenset[str], ...]
    offered: tuple[bool, ...]
    names: dict[str, str]


def read_labels(folder: Path, reader: str = "A") -> list[tuple[dict[str, str], SegmentLabels]]:
    """Return the rows of segments.tsv in `folder`, each with its labels by `reader`."""
    with (folder / "segments.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    lines = (folder / reader / "labels.jsonl").read_text(encoding="utf-8").strip("\n").split("\n")
    by_id = {labels["id"]: labels for labels in map(json.loads, lines)}
    return [(row, by_id[row["id"]]) for row in rows]


def read_event(folder: Path, reader: str = "A") -> LabelledEvent:
    """Return the event in `folder` as `reader` labelled it, its texts without markup, as the encoder gets them."""
    segments = read_labels(folder, reader)
    return LabelledEvent(
        name=folder.name,
        texts=tuple(strip_markup(row["text"]) for row, _ in segments),
        groups=tuple(row["pad"] for row, _ in segments),
        concerns=tuple(frozenset(labels["concerns"]) for _, labels in segments),
        offered=tuple(labels["kind"] != "other" for _, labels in segments),
        names=json.loads((folder / reader / "codebook.json").read_text(encoding="utf-8")),
    )


def training_folders(events: Path, held_out: Collection[str] = ()) -> list[Path]:
    """Return the folders of all labelled events in `events` except the test events and those held out, by name."""
    folders = sorted(path.parent for path in events.glob("*/segments.tsv"))
    return [folder for folder in folders if folder.name not in (*TEST_EVENTS, *held_out)]


def training_events(events: Path, held_out: Collection[str] = ()) -> list[LabelledEvent]:
    """Return the events in `training_folders`."""
    return [read_event(folder) for folder in training_folders(events, held_out)]


def average_precision(event: LabelledEvent, vectors: Vectors) -> float:
    """Return how well cosine ranks the pairs of offered segments of different groups: same concern before others.

    `vectors` has a row per segment; the mean of the offered ones is subtracted first, as the analysis does.
    """
    offered = np.flatnonzero(event.offered)
    rows = normalize_rows(vectors[offered])
    rows = normalize_rows(rows - rows.mean(axis=0))
    groups = np.unique([event.groups[row] for row in offered], return_inverse=True)[1]
    first, second = np.triu_indices(len(offered), 1)
    across = groups[first] != groups[second]
    first, second = first[across], second[across]
    concerns = [event.concerns[row] for row in offered]
    same = np.array([bool(concerns[a] & concerns[b]) for a, b in zip(first, second, strict=True)])
    return float(average_precision_score(same, (rows @ rows.T)[first, second]))
