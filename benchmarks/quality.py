"""Concerns of Padharvest beside BERTopic, k-means, linkage and a second reader, on every labelled event and ArgKP.

    make bench-quality
    .venv/bin/python -m benchmarks.quality .bench/bin/python [--events NAME …] [--held-out MODEL=EVENT,EVENT …]

Prints Markdown for docs/quality.md, with figures by ../shared/score/score.py. The systems get different input:
- "ours": only the pads, through `pipeline.analyze`, which finds segments and their kinds itself.
- "ours on the readers' segments": the text of each segment of the readers, without heading or parent bullet.
- peers, "all": the readers' own segments; they need not find where a statement begins and ends.
- peers, "no other": those of these that our tagger does not label `other`, which we leave out of the clustering too.
No system gets the readers' concerns or kinds. Cards of all but "ours" are ordered by groups, then by segments.

The bundled encoder was tuned on all events but `TEST`. `--held-out` names a model (a folder like
pipeline/models/encoder) for the events that neither it nor similar events were tuned on; without it, all figures on
training events come from a model that has seen them, and are marked so.
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
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np

from benchmarks import argkp, scoring
from benchmarks.folder_corpus import corpus
from benchmarks.quality_tables import Clusters, print_argkp, print_events
from fetch.corpus_records import PadId
from pipeline import transformer
from pipeline.analyze import Stages, analyze, encode_event, find_concerns
from pipeline.app import stages_for
from pipeline.describe import Describer
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.segment_records import Kind, LineNo, Segment, SegmentId
from pipeline.serialization import to_json
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
TEST = ("wssspe3", "wmcon18")
"""Events that nothing was tuned on."""

INPUTS = ("all", "no other")


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as its readers labelled it: segments, their texts, and the labels of each reader."""

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
    options = _arguments()
    score = scoring.load(options.score)
    folders = sorted(path for path in options.events_in.iterdir() if (path / "A").is_dir())
    events = {path.name: read(score, path) for path in folders if not options.events or path.name in options.events}
    held_out = [argument.split("=") for argument in options.held_out]
    models = {name: Path(model) for model, names in held_out for name in names.split(",")}
    table: defaultdict[str, dict[str, scoring.Figures]] = defaultdict(dict)
    lists: dict[str, list[str]] = {}
    ids: dict[str, list[str]] = {}
    for name, event in events.items():
        kinds = _measure_ours(score, event, name, models, table)
        for given in INPUTS:
            key = f"{name}, {given}"
            ids[key] = [gold_id for gold_id in event.groups if given == "all" or kinds[gold_id] != Kind.OTHER]
            lists[key] = [event.texts[gold_id] for gold_id in ids[key]]
        print(f"ours: {name}", file=sys.stderr, flush=True)
    questions = argkp.questions(options.argkp)
    lists |= {f"{topic} ({stance})": texts for (topic, stance), (texts, _) in questions.items()}
    clusters, versions = _run_peers(options.python, lists, options.seed)
    for system, by_list in clusters.items():
        for name, event in events.items():
            for given in INPUTS:
                key = f"{name}, {given}"
                theirs = scoring.system_view([[ids[key][row] for row in rows] for rows in by_list[key]], event.groups)
                table[f"{system}; {given}"][name] = scoring.figures(score, theirs, event.truths, event.groups)
    packages = ", ".join(f"{package} {version}" for package, version in versions.items())
    print(f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} with {packages}.\n")
    print_events(table, list(events), TEST, "ours, held-out encoder" if models else "ours, as shipped")
    keys = {f"{topic} ({stance})": points for (topic, stance), (_, points) in questions.items()}
    ours = {name: [list(rows) for rows in argkp.ours(lists[name])] for name in keys}
    print_argkp({"ours": ours, **clusters}, keys)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", help="of an environment with requirements-bench.txt")
    parser.add_argument("--events", nargs="*", default=[], help="only these events")
    parser.add_argument("--held-out", nargs="*", default=[], metavar="MODEL=EVENT,EVENT")
    parser.add_argument("--seed", default="0", help="of the peers: BERTopic's figures depend on it")
    parser.add_argument("--events-in", type=Path, default=SHARED / "events")
    parser.add_argument("--score", type=Path, default=SHARED / "score" / "score.py")
    parser.add_argument("--argkp", type=Path, default=SHARED / "data" / "argkp")
    return parser.parse_args()


def read(score: ModuleType, folder: Path) -> Event:
    """Return the labelled event in `folder`."""
    gold = score.gold_segments(folder)
    readers = sorted(path.parent.name for path in folder.glob("*/labels.jsonl"))
    with (folder / "segments.tsv").open(encoding="utf-8") as lines:
        texts = {row["id"]: row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    truths = [score.gold_view(score.labels(folder, who), gold) for who in readers]
    return Event(folder=folder, gold=gold, texts=texts, truths=truths)


def _measure_ours(
    score: ModuleType,
    event: Event,
    name: str,
    models: Mapping[str, Path],
    table: defaultdict[str, dict[str, scoring.Figures]],
) -> dict[str, str]:
    """Add our figures on an event to `table`; return the kind that our tagger gives each of the readers' segments."""
    kinds: dict[str, str] = {}
    for system, model in {"as shipped": None, "held-out encoder": models.get(name)}.items():
        if system != "as shipped" and not models:
            continue
        stages = _stages(model)
        when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        analysis = analyze(corpus(event.folder / "pads"), Settings(), stages, now=when, log=lambda _: None)
        view = score.system_view(json.loads(to_json(analysis)), event.gold)
        kinds = view[2]
        table[f"ours, {system}"][name] = scoring.figures(score, view, event.truths, event.groups)
        concerns = find_concerns(encode_event(_as_segments(event, kinds), Settings(), stages.embed), stages)
        same = scoring.system_view([concern.segment_ids for concern in concerns], event.groups)
        figures = scoring.figures(score, same, event.truths, event.groups)
        table[f"ours on the readers' segments, {system}"][name] = figures
    if len(event.truths) > 1:
        table["a second reader"][name] = scoring.ceiling(score, event.truths, event.groups)
    return kinds


def _stages(model: Path | None) -> Stages:
    stages = stages_for(Settings(), {}, BundledModels(ROOT / "build" / CACHE_FILE))
    if model is None:
        return stages
    embed = partial(transformer.embed, model=model)
    return replace(stages, embed=embed, describer=Describer(embed))


def _as_segments(event: Event, kinds: Mapping[str, str]) -> list[Segment]:
    return [
        Segment(
            id=SegmentId(gold_id),
            pad_id=PadId(pad),
            group=pad,
            line=LineNo(1),
            start=start,
            end=end,
            text=event.texts[gold_id],
            kind=Kind(kinds[gold_id]),
        )
        for gold_id, pad, start, end in event.gold
    ]


def _run_peers(
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
