"""What reading notes costs, in one run on one machine; `make bench` runs it and docs/cost.md keeps the figures.

    .venv/bin/python -m benchmarks.speed .bench/bin/python [threads]

Tagging and encoding some 5,000 invented segments, as the analysis does, beside two peers that do a part of it: bare
spaCy with an untrained named-entity CNN of its default size, and all-MiniLM-L6-v2 through sentence-transformers on
torch, by the Python that is named. Each runs in a process of its own, on the same segments, with the same number of
threads and everything loaded before. Where the machine does other things too, CPU seconds with one thread tell most:
several threads then wait for each other, and wait by counting.
"""

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
"""Which segmentation makes 5,000 segments of."""

PADS = 50
STARTS = 5
"""Starts of which the median is told, after one that fills the disk's cache."""

THREADS = sys.argv[2] if sys.argv[2:] else str(min(2, os.cpu_count() or 1))
"""By default as many as the encoder that ships takes (pipeline/transformer.py)."""

WORD = re.compile(r"[^\W\d_]{3,}")
Result = Mapping[str, float]


def invented(folder: Path) -> None:
    """Write pads of `NOTES` notes: the sample's, half of their words changed for others of it, none of them twice."""
    chance = Random(0)  # noqa: S311 - no secret
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "corpus/sample/pads").glob("*.txt"))]
    notes = [line.strip(" *-\t") for text in texts for line in text.split("\n") if len(WORD.findall(line)) > 1]
    words = [word for note in notes for word in WORD.findall(note)]
    varied: dict[str, None] = {}
    while len(varied) < NOTES:
        note = notes[chance.randrange(len(notes))]
        varied[WORD.sub(lambda word: chance.choice((word[0], chance.choice(words))), note)] = None
    for pad in range(PADS):
        lines = [f"* {note}" for note in list(varied)[pad::PADS]]
        (folder / f"{pad:02}.txt").write_text("\n".join(lines), encoding="utf-8")


def child(python: str, module: str, *arguments: Path) -> Result:
    """What a module of this folder says of its own work, as JSON on its last line."""
    environment = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), THREADS)}
    command = [python, str(Path(__file__).with_name(module)), *map(str, arguments)]
    run = subprocess.run(  # noqa: S603 - our own modules
        command, env={**environment, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True
    )
    said: Result = json.loads(run.stdout.strip().rpartition("\n")[2])
    return said


def start(root: Path, *arguments: str, until: str) -> float:
    """Median seconds from the start of `python -m pipeline` to the words `until`, run in the folder `root`."""
    seconds = []
    for _ in range(1 + STARTS):
        begin = time.monotonic()
        with subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            if not any(until in line for line in process.stdout or ()):
                raise SystemExit(f"`python -m pipeline {' '.join(arguments)}` never said {until!r}")
            seconds.append(time.monotonic() - begin)
    return statistics.median(seconds[1:])


def speeds(torch_python: str, folder: Path) -> None:
    """Print the table of speeds."""
    texts = folder / "segments.json"
    runs = {
        "Padharvest, tag and encode": child(sys.executable, "ours.py", folder, texts),
        "spaCy, blank CNN for names": child(sys.executable, "cnn.py", texts),
        "MiniLM, sentence-transformers": child(torch_python, "torch_minilm.py", texts),
    }
    own = runs["Padharvest, tag and encode"]
    print(f"{'':32}{'segments/s':>11}{'ours is':>10}{'CPU s':>8}{'ours is':>10}")
    for name, run in runs.items():
        times = f"{run['seconds'] / own['seconds']:.2f} x", f"{run['cpu'] / own['cpu']:.2f} x"
        print(f"{name:32}{run['segments'] / run['seconds']:11.0f}{times[0]:>10}{run['cpu']:8.1f}{times[1]:>10}")
    print(f"Of ours, tagging: {own['tag_cpu']:.1f} CPU s; the same segments, {own['segments']:.0f}, for all")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as place:
        folder, event = Path(place) / "notes", Path(place) / "corpus" / "small"
        for path in (folder, event / "pads"):
            path.mkdir(parents=True)
        invented(folder)
        print(
            f"{platform.machine()}, {os.cpu_count()} processors, {THREADS} threads, Python {platform.python_version()}"
        )
        speeds(sys.argv[1], folder)
        memory = child(sys.executable, "memory.py", folder)
        print(f"Peak memory of a whole analysis of these: {memory['megabytes']:.0f} MB")
        (event / "pads/pad.txt").write_text("* The gate is shut\n* Who has the key?\n", encoding="utf-8")
        toml = 'title = "Small"\n[[pad]]\ngroup = "A"\nfile = "pads/pad.txt"\n'
        (event / "event.toml").write_text(toml, encoding="utf-8")
        print(f"Start to help: {start(Path(place), '--help', until='analyze'):.2f} s")
        for stage, words in (("segment", "first stage done"), ("cluster", "all stages loaded and done")):
            seconds = start(Path(place), "analyze", "small", until=f"{stage}:")
            print(f"Start to {words}, of two notes: {seconds:.2f} s")


if __name__ == "__main__":
    main()
