"""What careful readers labelled in real notes is told apart as well as when the tagger was last changed."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from fetch.corpus_records import Pad, PadId
from pipeline.segment import segment
from pipeline.segment_records import Kind, Label, LineRole, Segment
from pipeline.tag import tag

LEAST = {"amiES": (0.9, 0.0), "ipfs2019b": (0.7, 0.9), "k8s2017": (0.8, 0.4), "seaglteams": (0.75, 0.7)}
"""Share of the readers' segments that get their kind, and of the people they marked that are found, at least."""


@dataclass(frozen=True)
class Read:
    """An event as we tagged it beside the readers' labels: our segments, with the readers' kind where theirs starts
    with the same words on the same line; the people they marked and the people we found, each with its pad."""

    met: list[tuple[Segment, str]]
    marked: list[tuple[str, str]]
    found: set[tuple[str, str]]


def read(event: Path) -> Read:
    pads = [
        Pad(pad_id=PadId(path.stem), group=path.stem, text=path.read_text(encoding="utf-8"), sha256="", source="")
        for path in sorted((event / "pads").iterdir())
    ]
    tagged = tag(segment(pads, ()).segments, None)
    lines = (event / "A" / "labels.jsonl").read_text(encoding="utf-8").split("\n")
    labels = {label["id"]: label for label in map(json.loads, filter(None, lines))}
    with (event / "segments.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    ours = {(str(one.pad_id), int(one.line), start_of(one.text)): one for one in tagged.segments}
    places = [((row["pad"], int(row["line"]), start_of(row["text"])), labels[row["id"]]) for row in rows]
    texts = {one.id: one for one in tagged.segments}
    people = [entity for entity in tagged.entities if entity.label is Label.PERSON]
    mentions = [(texts[mention.segment_id], mention) for entity in people for mention in entity.mentions]
    return Read(
        met=[(ours[place], label["kind"]) for place, label in places if place in ours],
        marked=[(place[0], name) for place, label in places for name, what in label["entities"] if what == "PERSON"],
        found={(str(one.pad_id), one.text[mention.start : mention.end]) for one, mention in mentions},
    )


def start_of(text: str) -> str:
    return "".join(text.split())[:30]


@pytest.mark.shared
@pytest.mark.parametrize("name", LEAST)
def test_kinds_and_people_of_real_notes(shared_events: Path, name: str) -> None:
    event = read(shared_events / name)
    kinds, people = LEAST[name]
    assert len(event.met) > 200
    assert sum(one.kind == kind for one, kind in event.met) >= kinds * len(event.met)
    assert sum(each in event.found for each in event.marked) >= people * len(event.marked)


@pytest.mark.shared
@pytest.mark.parametrize("name", LEAST)
def test_hardly_anything_that_readers_called_a_statement_is_thrown_away(shared_events: Path, name: str) -> None:
    met = read(shared_events / name).met
    stated = [one for one, kind in met if kind == "statement" and one.role is LineRole.CONTENT]
    assert sum(one.kind is Kind.OTHER for one in stated) <= 0.08 * len(stated)
