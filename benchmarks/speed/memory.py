"""The most memory that a whole analysis of the notes in a folder takes, in a process that does nothing else."""

import json
import resource
import sys
import tempfile
from pathlib import Path

from benchmarks.speed.corpus import corpus
from pipeline.analyze import analyze
from pipeline.app import encoder, tagger
from pipeline.inference import CACHE, Reader
from pipeline.settings import Settings


def main(notes: Path) -> None:
    """Analyse once, and ask the system; it counts in kB, on macOS in bytes (getrusage(2))."""
    with tempfile.TemporaryDirectory() as build:
        reader = Reader(Path(build, CACHE))
        embed, names = encoder(Settings(), reader), tagger(Settings(), {}, reader)
        analyze(corpus(notes), Settings(), "2026-05-04T12:00:00+00:00", lambda _: None, embed, tagger=names)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"megabytes": peak / (1e6 if sys.platform == "darwin" else 1e3)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
