"""What careful readers labelled in real notes is in our segments, and not set aside."""

import csv
import json
from pathlib import Path

import pytest

from fetch.corpus_records import Pad, PadId
from pipeline.segment import segment
from pipeline.segment_records import LineNo, LineRole, Segment

TRAINING = (
    *("amiES", "ipfs2019a", "ipfs2019b", "k8s2016", "k8s2017", "k8s2018", "k8s2019", "ospology2023", "parliament"),
    *("seaglretro", "seaglteams"),
)
ENOUGH = 0.97


def pads(event: Path) -> list[Pad]:
    return [
        Pad(pad_id=PadId(path.stem), group=path.stem, text=path.read_text(encoding="utf-8"), sha256="", source="")
        for path in sorted((event / "pads").iterdir())
    ]


def concerning(event: Path) -> list[tuple[str, int, str]]:
    """Pad, line and text of the readers' segments that carry a concern."""
    labels = (event / "A" / "labels.jsonl").read_text(encoding="utf-8").split("\n")
    labelled = {label["id"] for label in map(json.loads, filter(None, labels)) if label["concerns"]}
    with (event / "segments.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["pad"], int(row["line"]), row["text"]) for row in rows if row["id"] in labelled]


def has_text(item: Segment, text: str) -> bool:
    ours, theirs = "".join(item.text.split()), "".join(text.split())
    return ours in theirs or theirs in ours


@pytest.mark.shared
@pytest.mark.parametrize("name", TRAINING)
def test_a_segment_with_a_concern_is_content(shared_events: Path, name: str) -> None:
    event = shared_events / name
    reading = segment(pads(event), ())
    lines = {(line.pad_id, line.number): line for line in reading.lines}
    kept = [item for item in reading.segments if item.role is LineRole.CONTENT]
    gold = concerning(event)

    def is_kept(pad_id: str, number: int, text: str) -> bool:
        line = lines[PadId(pad_id), LineNo(number)]
        on_line = [item for item in kept if item.pad_id == pad_id and item.start < line.end and item.end > line.start]
        return any(has_text(item, text) for item in on_line)

    found = sum(is_kept(*row) for row in gold)
    assert found >= ENOUGH * len(gold), f"{found} of {len(gold)}"
