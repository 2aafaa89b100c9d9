"""Padharvest's part: tag and encode the notes of a folder as the analysis does, and keep the segments for its peers."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.speed.corpus import corpus
from pipeline import transformer
from pipeline.app import encoder, tagger
from pipeline.encode import encode, text_of
from pipeline.inference import CACHE, Reader
from pipeline.segment import segment
from pipeline.settings import Settings
from pipeline.tag import tag


def main(notes: Path, texts: Path) -> None:
    """Tag and encode once for loading, then once on the clock; all segments are encoded, whatever kind they are."""
    transformer.THREADS = int(os.environ["OMP_NUM_THREADS"])
    segments = segment(corpus(notes).pads, ()).segments
    texts.write_text(json.dumps([one.text for one in segments]), encoding="utf-8")
    with tempfile.TemporaryDirectory() as build:
        first = Reader(Path(build, CACHE))
        encode(
            text_of(tag(segments[:9], None, tagger(Settings(), {}, first).spot).segments), encoder(Settings(), first)
        )
        Path(build, CACHE).unlink()
        reader = Reader(Path(build, CACHE))
        embed, names = encoder(Settings(), reader), tagger(Settings(), {}, reader)
        clock, cpu = time.perf_counter(), time.process_time()
        tagged = tag(segments, None, names.spot)
        tag_cpu = time.process_time() - cpu
        encode(text_of(tagged.segments), embed)
        spent = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu, "tag_cpu": tag_cpu}
    print(json.dumps({**spent, "segments": len(segments)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
