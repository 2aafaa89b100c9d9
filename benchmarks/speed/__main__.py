"""Speed, memory and start of an analysis, in one run on one machine; `make bench` runs it for docs/performance.md.

    .venv/bin/python -m benchmarks.speed .bench/bin/python [--threads N]

Some 5,000 invented segments are tagged and encoded as in an analysis, beside two programs that do a part of it: spaCy
with an untrained named-entity CNN of its default size, and all-MiniLM-L6-v2 through sentence-transformers on torch, by
the Python that is named. Each runs in a process of its own, on the same segments, with the same number of threads and
everything loaded before. Where the machine is busy, CPU seconds with one thread say most, since several threads spin
while they wait for each other. Without a Python with torch (`-`) only ours is measured.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
NOTES = 3_600
"""Segmentation makes 5,000 segments of them."""

PADS = 50
STARTS = 5
"""Starts whose median is printed, after one that fills the disk's cache."""

STAGES = {"segment:": "the first stage is done", "concerns:": "all stages are", "Report:": "the report is written"}
"""What an analysis prints, and when."""

NO_TORCH = "-"
WORD = re.compile(r"[^\W\d_]{3,}")
Result = Mapping[str, float]


def write_notes(folder: Path, number: int = NOTES, pads: int = PADS) -> None:
    """Write pads of `number` distinct notes: the sample's, half of their words replaced by others of the sample."""
    chance = Random(0)  # noqa: S311 - no secret
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "corpus/sample/pads").glob("*.txt"))]
    notes = [line.strip(" *-\t") for text in texts for line in text.split("\n") if len(WORD.findall(line)) > 1]
    words = [word for note in notes for word in WORD.findall(note)]
    varied: dict[str, None] = {}
    while len(varied) < number:
        note = notes[chance.randrange(len(notes))]
        varied[WORD.sub(lambda word: chance.choice((word[0], chance.choice(words))), note)] = None
    for pad in range(pads):
        lines = [f"* {note}" for note in list(varied)[pad::pads]]
        (folder / f"{pad:04}.txt").write_text("\n".join(lines), encoding="utf-8")


def environment() -> dict[str, str]:
    """Return the environment of our programs: Python may keep what it has compiled, as it does for a user."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPATH": str(ROOT)
    }


def run(python: str, module: str, threads: int, *arguments: Path) -> Result:
    """Run a module of this folder and return the measurements that it prints as JSON on its last line."""
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    command = [python, str(Path(__file__).with_name(module)), *map(str, arguments)]
    finished = subprocess.run(  # noqa: S603 - our own module
        command, env=environment() | limits, check=True, capture_output=True, text=True
    )
    result: Result = json.loads(finished.stdout.strip().rpartition("\n")[2])
    return result


def start(root: Path, *arguments: str, until: str) -> str:
    """Return the median seconds, on the clock and of processors, of `python -m pipeline` until it prints `until`.

    It runs in the folder `root`, and is ended then.
    """
    wall, cpu = [], []
    for _ in range(1 + STARTS):
        begin = time.monotonic()
        with subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=root,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            if not any(until in line for line in process.stdout or ()):
                raise SystemExit(f"`python -m pipeline {' '.join(arguments)}` did not print {until!r}.")
            wall.append(time.monotonic() - begin)
            process.kill()
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        cpu.append(used.ru_utime + used.ru_stime)
    return f"{statistics.median(wall[1:]):.2f} s, {statistics.median(cpu[1:]):.2f} CPU s"


def print_speeds(torch_python: str, threads: int, folder: Path) -> None:
    """Print the table of speeds."""
    texts = folder / "segments.json"
    own = run(sys.executable, "ours.py", threads, folder, texts)
    results = {"Padharvest, tag and encode": own}
    results["spaCy, blank CNN for names"] = run(sys.executable, "cnn.py", threads, texts)
    if torch_python != NO_TORCH:
        results["MiniLM, sentence-transformers"] = run(torch_python, "torch_minilm.py", threads, texts)
    print(f"{'':32}{'segments/s':>11}{'ours is':>10}{'CPU s':>8}{'ours is':>10}")
    for name, result in results.items():
        ratios = f"{result['seconds'] / own['seconds']:.2f} x", f"{result['cpu'] / own['cpu']:.2f} x"
        speed = result["segments"] / result["seconds"]
        print(f"{name:32}{speed:11.0f}{ratios[0]:>10}{result['cpu']:8.1f}{ratios[1]:>10}")
    print(f"Tagging takes {own['tag_cpu']:.1f} CPU s of ours. All have the same {own['segments']:.0f} segments.")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", help=f"of an environment with requirements-bench.txt, or {NO_TORCH}")
    threads = min(2, os.cpu_count() or 1)  # as many as the bundled encoder uses (pipeline/transformer.py)
    parser.add_argument("--threads", type=int, default=threads)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, event = Path(place) / "notes", Path(place) / "corpus" / "small"
        for path in (folder, event / "pads"):
            path.mkdir(parents=True)
        write_notes(folder)
        machine = f"{platform.machine()}, {os.cpu_count()} processors"
        print(f"{machine}, {options.threads} threads, Python {platform.python_version()}")
        print_speeds(options.python, options.threads, folder)
        memory = run(sys.executable, "peak_memory.py", options.threads, folder)
        print(f"Peak memory of a whole analysis of these notes: {memory['megabytes']:.0f} MB")
        (event / "pads/pad.txt").write_text("* The gate is shut\n* Who has the key?\n", encoding="utf-8")
        toml = 'title = "Small"\n[[pad]]\ngroup = "A"\nfile = "pads/pad.txt"\n'
        (event / "event.toml").write_text(toml, encoding="utf-8")
        print(f"Start of --help: {start(Path(place), '--help', until='analyze')}")
        for line, words in STAGES.items():
            seconds = start(Path(place), "analyze", "small", "--again", until=line)
            print(f"Start of an analysis of two notes until {words}: {seconds}")


if __name__ == "__main__":
    main()
