"""Whole analyses beside BERTopic, as ratios in one run on one machine; `make bench` runs it for docs/performance.md.

    .venv/bin/python -m benchmarks.speed.end_to_end .bench/bin/python [--notes 360 3600] [--runs 5]

Each size is an event of invented notes (see `benchmarks.speed`). Our command, from pads on the disk to every output,
and BERTopic, from the texts of the same segments to topics, run in turns, in both orders, each as a process of its own
on all cores; then our command again with nothing changed, and with one pad of the event changed, and `make report`,
which only renders the saved analysis. What is printed is the median of the runs, wall and processor seconds of the
process and what it started, and the largest memory of one of them.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.speed.__main__ import NO_TORCH, ROOT, environment, run, write_notes

NOTES_PER_PAD = 72
OURS, BERTOPIC = "Padharvest", "BERTopic"
AGAIN, ONE_CHANGED, RENDERED = "nothing changed", "one pad changed", "rendered again"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds on the wall and of all processors, and megabytes at most."""

    wall: float
    cpu: float
    megabytes: float


def measure(command: Sequence[str], log: Path) -> Cost:
    """Run a command; what it prints goes to `log`. Stops if it fails."""
    clock = time.perf_counter()
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            command, cwd=ROOT, env=environment(), stdout=out, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text(encoding='utf-8')}")
    kilobytes = used.ru_maxrss / (1000 if sys.platform == "darwin" else 1)
    return Cost(time.perf_counter() - clock, used.ru_utime + used.ru_stime, kilobytes / 1000)


def write_event(folder: Path, notes: int) -> None:
    """Write an event of `notes` invented notes, `NOTES_PER_PAD` in each pad."""
    (folder / "pads").mkdir(parents=True)
    write_notes(folder / "pads", notes, pads=max(8, notes // NOTES_PER_PAD))
    pads = sorted((folder / "pads").iterdir())
    tables = (f'[[pad]]\ngroup = "Group {pad.stem}"\nfile = "pads/{pad.name}"\n' for pad in pads)
    (folder / "event.toml").write_text('title = "Notes"\n' + "".join(tables), encoding="utf-8")


class Event:
    """An invented event in a folder of its own, and the commands that are compared on it."""

    def __init__(self, place: Path, notes: int, torch_python: str) -> None:
        self._place, self._torch = place, torch_python
        write_event(place / "corpus" / "notes", notes)
        self.texts = place / "texts.json"
        self.costs: defaultdict[str, list[Cost]] = defaultdict(list)

    def ours(self, name: str = OURS) -> None:
        """Analyse the event; the first time anew, with nothing kept of an earlier run."""
        build = self._place / "build"
        if name == OURS:
            shutil.rmtree(build, ignore_errors=True)
        places = ("--corpus", str(self._place / "corpus"), "--build", str(build))
        command = (sys.executable, "-m", "pipeline", "report" if name == RENDERED else "analyze", "notes", *places)
        self.costs[name].append(measure(command, self._place / "ours.log"))
        analysis = json.loads((build / "notes" / "analysis.json").read_text(encoding="utf-8"))
        self.texts.write_text(json.dumps([one["text"] for one in analysis["segments"]]), encoding="utf-8")

    def bertopic(self) -> None:
        """Find the topics of the segments of the last analysis."""
        command = (self._torch, str(Path(__file__).with_name("bertopic_whole.py")), str(self.texts))
        self.costs[BERTOPIC].append(measure(command, self._place / "bertopic.log"))

    def change_one_pad(self) -> None:
        """Add a note to the first pad."""
        pad = min((self._place / "corpus" / "notes" / "pads").iterdir())
        said = f"* The pump of the east well was mended {len(self.costs[ONE_CHANGED])} times\n"
        pad.write_text(pad.read_text(encoding="utf-8") + "\n" + said, encoding="utf-8")

    def median(self, name: str) -> Cost:
        """Return the median of each figure of a command."""
        costs = self.costs[name]
        return Cost(*(statistics.median(values) for values in zip(*map(_figures, costs), strict=True)))


def _figures(cost: Cost) -> tuple[float, float, float]:
    return cost.wall, cost.cpu, cost.megabytes


def compare(place: Path, notes: int, torch_python: str, runs: int) -> tuple[int, Cost]:
    """Print the costs of an event of `notes` and what they are of each other; return its segments and our cost."""
    event = Event(place, notes, torch_python)
    peer = [event.bertopic] if torch_python != NO_TORCH else []
    for number in range(runs):
        for step in [event.ours, *peer] if number % 2 == 0 or not event.texts.exists() else [*peer, event.ours]:
            step()
        event.ours(AGAIN)
        event.change_one_pad()
        event.ours(ONE_CHANGED)
        event.ours(RENDERED)
    segments = len(json.loads(event.texts.read_text(encoding="utf-8")))
    ours = event.median(OURS)
    print(f"\n{segments:,} segments, median of {runs}")
    print(f"{'':20}{'wall s':>9}{'CPU s':>9}{'MB':>8}{'times ours, wall':>18}{'CPU':>7}")
    for name in event.costs:
        cost = event.median(name)
        ratios = f"{cost.wall / ours.wall:18.2f}{cost.cpu / ours.cpu:7.2f}"
        print(f"{name:20}{cost.wall:9.1f}{cost.cpu:9.1f}{cost.megabytes:8.0f}{ratios}", flush=True)
    _print_parts(event.texts, ours)
    return segments, ours


def _print_parts(texts: Path, ours: Cost) -> None:
    """Print what the model alone and spaCy's names alone take on the same texts, and our ratio to both together."""
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    onnx = run(sys.executable, "bare_onnx.py", threads, texts)
    cnn = run(sys.executable, "cnn.py", threads, texts)
    both = onnx["seconds"] + cnn["seconds"]
    print(f"onnxruntime alone {onnx['seconds']:.1f} s, spaCy's blank CNN alone {cnn['seconds']:.1f} s, ", end="")
    print(f"ours is {ours.wall / both:.2f} times both (CPU {ours.cpu / (onnx['cpu'] + cnn['cpu']):.2f})")


def main() -> None:
    """Print the tables, and how the cost of a segment grows with the size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", help=f"of an environment with requirements-bench.txt, or {NO_TORCH}")
    parser.add_argument("--notes", type=int, nargs="+", default=[360, 3600], help="sizes; 36000 takes an hour")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    sizes = []
    for notes in options.notes:
        with tempfile.TemporaryDirectory() as place:
            sizes.append(compare(Path(place), notes, options.python, options.runs))
    for (fewer, small), (more, large) in pairwise(sizes):
        growth = (large.cpu / more) / (small.cpu / fewer)
        print(f"A segment of {more:,} costs {growth:.2f} times what one of {fewer:,} does (CPU)")


if __name__ == "__main__":
    main()
