"""Tagging and encoding of the notes in a folder as in an analysis; their segments are kept for the other programs."""

import json
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.folder_corpus import corpus
from pipeline.app import stages_for
from pipeline.encode import encode, texts_in_context
from pipeline.inference import CACHE_FILE, BundledModels, read_lines
from pipeline.segment import segment
from pipeline.settings import Settings
from pipeline.tag import tag


def main(notes: Path, texts: Path) -> None:
    """Tag and encode once to load everything, then measure once; all segments are encoded, whatever their kind."""
    read = partial(read_lines, jobs=int(os.environ["OMP_NUM_THREADS"]))
    segments = segment(corpus(notes).pads, ()).segments
    texts.write_text(json.dumps([segment.text for segment in segments]), encoding="utf-8")
    with tempfile.TemporaryDirectory() as build:
        warm_up = stages_for(Settings(), {}, BundledModels(Path(build, "warm-up.sqlite"), read))
        encode(texts_in_context(tag(segments[:9], None, warm_up.tagger).segments), warm_up.embed)
        stages = stages_for(Settings(), {}, BundledModels(Path(build, CACHE_FILE), read))
        clock, cpu = time.perf_counter(), time.process_time()
        tagged = tag(segments, None, stages.tagger)
        tag_cpu = time.process_time() - cpu
        encode(texts_in_context(tagged.segments), stages.embed)
        spent = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu, "tag_cpu": tag_cpu}
    print(json.dumps({**spent, "segments": len(segments)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
