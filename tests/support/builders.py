"""Small records for tests, with invented content."""

import hashlib
from collections.abc import Mapping

from fetch.corpus_records import Corpus, Event, Pad, PadId


def pad(group: str, text: str) -> Pad:
    """A pad of `group`, named after it."""
    name = group.lower().replace(" ", "-")
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Pad(pad_id=PadId(name), group=group, text=text, sha256=sha256, source=f"{name}.txt")


def corpus(texts: Mapping[str, str], event_id: str = "fair") -> Corpus:
    """A corpus with one pad for each group in `texts`."""
    return Corpus(
        event=Event(id=event_id, title="Fair of invented groups"),
        pads=tuple(pad(group, text) for group, text in texts.items()),
    )
