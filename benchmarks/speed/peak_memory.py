"""Peak memory of a whole analysis of the notes in a folder, in a process that does nothing else."""

import json
import resource
import sys
import tempfile
from pathlib import Path

from benchmarks.folder_corpus import corpus
from pipeline.analyze import analyze
from pipeline.app import stages_for
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.settings import Settings


def main(notes: Path) -> None:
    """Analyse once and ask the system, which counts in kB, on macOS in bytes (getrusage(2))."""
    now = "2026-05-04T12:00:00+00:00"
    with tempfile.TemporaryDirectory() as build:
        stages = stages_for(Settings(), {}, BundledModels(Path(build, CACHE_FILE)))
        analyze(corpus(notes), Settings(), stages, now=now, log=lambda _: None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"megabytes": peak / (1e6 if sys.platform == "darwin" else 1e3)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
