"""A folder of text files as a corpus: each file is a group's pad."""

import hashlib
from pathlib import Path

from fetch.corpus_records import Corpus, Event, Pad, PadId


def corpus(folder: Path) -> Corpus:
    """Return the .txt files of `folder` as a corpus."""
    pads = []
    for file in sorted(folder.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        pads.append(Pad(pad_id=PadId(file.stem), group=file.stem, text=text, sha256=sha256, source=file.name))
    return Corpus(event=Event(id="benchmark", title="Notes"), pads=tuple(pads))
