"""Ours beside BERTopic, k-means, linkage and a second reader, on every labelled event and ArgKP, in one run.

    make bench-quality
    .venv/bin/python -m benchmarks.quality .bench/bin/python [--events NAME …] [--held-out MODEL=EVENT,EVENT …]

Prints Markdown for docs/quality.md. Figures are made by ../shared/score/score.py. What each system is given:
- "ours": the pads alone, through `pipeline.analyze`; it cuts them into segments and tells their kinds itself.
- "ours on the readers' segments": the text of each segment of the readers, without heading or parent bullet.
- peers, "all": the readers' own segments; they need not find where a statement begins and ends.
- peers, "no other": of these only what our tagger does not take for `other`, as we do before we cluster.
Nobody is told the readers' concerns or kinds. Cards of all but "ours" are in the order of groups, then of segments.

The encoder that ships was tuned on all events but `TEST`. `--held-out` names a model (a folder as
pipeline/models/encoder) for the events that neither it nor their like was tuned on; without it, all figures on training
events are of a model that has seen them, and marked so.
"""

import argparse
import csv
import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np

from benchmarks import argkp, scoring
from benchmarks.speed.corpus import corpus
from benchmarks.verdict import Clusters, print_argkp, print_events
from fetch.corpus_records import PadId
from pipeline import encode as sentences
from pipeline.analysis_records import Kind, LineNo, Segment, SegmentId
from pipeline.analyze import analyze, draft_concerns
from pipeline.app import tagger
from pipeline.encode import Embed
from pipeline.inference import CACHE, Reader
from pipeline.serialization import to_json
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
TEST = ("wssspe3", "wmcon18")
"""Events that nothing was tuned on."""

GIVEN = ("all", "no other")


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as its readers see it: segments, the group of each, and what each reader says of them."""

    folder: Path
    gold: Sequence[tuple[str, str, int, int]]
    texts: Mapping[str, str]
    truths: Sequence[object]

    @property
    def groups(self) -> dict[str, str]:
        """The pad of each gold segment."""
        return {gold_id: pad for gold_id, pad, *_ in self.gold}


def main() -> None:
    """Measure everything, then print it."""
    asked = _arguments()
    score = scoring.load(asked.score)
    folders = sorted(path for path in asked.events_in.iterdir() if (path / "A").is_dir())
    events = {path.name: read(score, path) for path in folders if not asked.events or path.name in asked.events}
    models = {
        name: Path(model) for model, names in (one.split("=") for one in asked.held_out) for name in names.split(",")
    }
    found: defaultdict[str, dict[str, scoring.Figures]] = defaultdict(dict)
    lists: dict[str, list[str]] = {}
    ids: dict[str, list[str]] = {}
    for name, event in events.items():
        kinds = _ours(score, event, name, models, found)
        for given in GIVEN:
            ids[f"{name}, {given}"] = [one for one in event.groups if given == "all" or kinds[one] != Kind.OTHER]
            lists[f"{name}, {given}"] = [event.texts[one] for one in ids[f"{name}, {given}"]]
        print(f"ours: {name}", file=sys.stderr, flush=True)
    questions = argkp.questions(asked.argkp)
    lists |= {f"{topic} ({stance})": texts for (topic, stance), (texts, _) in questions.items()}
    clusters, versions = _peers(asked.python, lists, asked.seed)
    for system, by_list in clusters.items():
        for name, event in events.items():
            for given in GIVEN:
                key = f"{name}, {given}"
                theirs = scoring.seen([[ids[key][row] for row in rows] for rows in by_list[key]], event.groups)
                found[f"{system}; {given}"][name] = scoring.figures(score, theirs, event.truths, event.groups)
    print(
        f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} with {', '.join(f'{k} {v}' for k, v in versions.items())}.\n"
    )
    print_events(found, list(events), TEST, "ours, held-out encoder" if models else "ours, as shipped")
    keys = {f"{topic} ({stance})": points for (topic, stance), (_, points) in questions.items()}
    ours = {name: [list(rows) for rows in argkp.ours(lists[name])] for name in keys}
    print_argkp({"ours": ours, **clusters}, keys)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", help="of an environment with what requirements-bench.txt has")
    parser.add_argument("--events", nargs="*", default=[], help="only these")
    parser.add_argument("--held-out", nargs="*", default=[], metavar="MODEL=EVENT,EVENT")
    parser.add_argument("--seed", default="0", help="of the peers: BERTopic's figures depend on it")
    parser.add_argument("--events-in", type=Path, default=SHARED / "events")
    parser.add_argument("--score", type=Path, default=SHARED / "score" / "score.py")
    parser.add_argument("--argkp", type=Path, default=SHARED / "data" / "argkp")
    return parser.parse_args()


def read(score: ModuleType, folder: Path) -> Event:
    """A labelled event."""
    gold = score.gold_segments(folder)
    readers = sorted(path.parent.name for path in folder.glob("*/labels.jsonl"))
    with (folder / "segments.tsv").open(encoding="utf-8") as lines:
        texts = {row["id"]: row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    truths = [score.gold_view(score.labels(folder, who), gold) for who in readers]
    return Event(folder=folder, gold=gold, texts=texts, truths=truths)


def _ours(
    score: ModuleType,
    event: Event,
    name: str,
    models: Mapping[str, Path],
    found: defaultdict[str, dict[str, scoring.Figures]],
) -> dict[str, str]:
    """Add our figures on an event to `found`; returns the kind that our tagger gives each of the readers' segments."""
    kinds: dict[str, str] = {}
    for system, model in {"as shipped": None, "held-out encoder": models.get(name)}.items():
        if system != "as shipped" and not models:
            continue
        reader = Reader(ROOT / "build" / CACHE)
        embed: Embed = partial(sentences.embed, model=model) if model else reader.embed
        spot = tagger(Settings(), {}, reader)
        when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        analysis = analyze(corpus(event.folder / "pads"), Settings(), when, lambda _: None, embed, tagger=spot)
        view = score.system_view(json.loads(to_json(analysis)), event.gold)
        kinds = view[2]
        found[f"ours, {system}"][name] = scoring.figures(score, view, event.truths, event.groups)
        concerns = draft_concerns(_as_segments(event, kinds), Settings(), embed).concerns
        same = scoring.seen([concern.segment_ids for concern in concerns], event.groups)
        found[f"ours on the readers' segments, {system}"][name] = scoring.figures(
            score, same, event.truths, event.groups
        )
    if len(event.truths) > 1:
        found["a second reader"][name] = scoring.ceiling(score, event.truths, event.groups)
    return kinds


def _as_segments(event: Event, kinds: Mapping[str, str]) -> list[Segment]:
    return [
        Segment(
            id=SegmentId(one),
            pad_id=PadId(pad),
            group=pad,
            line=LineNo(1),
            start=start,
            end=end,
            text=event.texts[one],
            kind=Kind(kinds[one]),
        )
        for one, pad, start, end in event.gold
    ]


def _peers(
    python: str, lists: Mapping[str, Sequence[str]], seed: str
) -> tuple[dict[str, dict[str, Clusters]], dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        texts, clusters = Path(folder, "texts.json"), Path(folder, "clusters.json")
        texts.write_text(json.dumps(lists), encoding="utf-8")
        command = [python, str(ROOT / "benchmarks" / "peers.py"), str(texts), str(clusters), seed]
        subprocess.run(command, check=True)  # noqa: S603 - our own module
        result = json.loads(clusters.read_text(encoding="utf-8"))
    return result["clusters"], {"numpy": np.__version__, **result["versions"]}


if __name__ == "__main__":
    main()
