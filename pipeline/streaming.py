"""A corpus of any size, in parts: what each line is, the names in it, and its vector, on disk as the work goes on.

    event.toml ──► pads, one after the other ──► parts of 100 ──┬─► segment ──► tag ──► encode ──► 00001-….jsonl, .npy
                                                                └─ (on all cores, or a cluster)          │
                                                                       names.jsonl, summary.json ◄───────┘ counts

No more than a few parts are in memory. A part is done when its .jsonl is there, so that a run that was stopped goes on,
and a part whose pads have not changed is not done again. What needs all segments at once (concerns, labels, the report)
is not made: that is `analyze`, for an event (docs/performance.md, docs/adr/0041).
"""

import hashlib
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from fetch.corpus import iterate_pads
from fetch.corpus_records import Event, Pad, Problem, ProblemKind
from fetch.errors import UserMistake
from fetch.files import describe_os_error, replace_file, sweep
from pipeline import transformer
from pipeline.app import SPACY_MODEL_VARIABLE, Run, stages_for
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.dask_cluster import code_fingerprint
from pipeline.inference import BundledModels, read_lines
from pipeline.progress import shown_by, tell
from pipeline.publishing import EventFolders
from pipeline.segment import segment
from pipeline.segment_records import LineRole, Segment
from pipeline.settings import from_event
from pipeline.tag import Tagged, tag, title_names
from pipeline.tag.ner_model import MODEL
from pipeline.text import DATA
from pipeline.vectors import Embed

if TYPE_CHECKING:
    from pipeline.dask_cluster import Cluster

ENDING = ".stream"
"""What is added to an event's name for the folder in build/ with the outputs of a streamed run."""

PART_PADS = 100
"""Pads of a part, among which templates are found: pads that share one are mostly named alike, and listed together."""

PART_TEXT = 2_000_000
"""Code points from which on a part is closed earlier: a single pad may have ten million."""

NAMED_BY = 2
"""Pads that name somebody or something, from which on it is in names.jsonl."""

_PART = re.compile(r"\d{6}-[0-9a-f]{16}\.(jsonl|npy)")
_SEGMENT = TypeAdapter(Segment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some pads of an event, up to its `last`; the event is given without its list of pads.

    Parts and pads are numbered from 1.
    """

    number: int
    event: Event
    pads: tuple[Pad, ...]
    last: int

    @property
    def name(self) -> str:
        """What its files are called: it changes with its pads, what event.toml says, the code and the models."""
        models = transformer.fingerprint(transformer.MODEL, MODEL, DATA)
        content = f"{code_fingerprint()}\n{models}\n{self.event}\n{self.pads}".encode("utf-8", "surrogatepass")
        return f"{self.number:06d}-{hashlib.sha256(content).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPart:
    """The files of a part: a JSON object for each segment, and as .npy an array (n_segments, n_dims) of float16.

    The rows are of unit length, zeros for a segment that was set aside.
    """

    name: str
    last: int
    lines: bytes
    vectors: bytes


class Streamed(NamedTuple):
    """The folder with what was found, and the number of pads that could not be read."""

    folder: Path
    problems: int


MapParts = Callable[[Callable[[Part], ReadPart], Iterable[Part]], Iterator[ReadPart]]
"""Calls a function for parts, several at a time, and yields the results in order."""


def stream_event(folders: EventFolders, run: Run, cluster: "Cluster | None" = None) -> Streamed:
    """Read an event's pads part by part and write what is found; raises UserMistake."""
    event, pads = iterate_pads(folders.source)
    _refuse_what_parts_cannot_do(folders, event, on_cluster=cluster is not None)
    folder = folders.build / f"{folders.event}{ENDING}"
    counts, names = Counter[str](), list[str]()
    parts = _parts(replace(event, pads=()), _readable(pads, counts, run))
    map_parts = cluster.map if cluster else partial(_map_here, jobs=run.jobs)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        for part in map_parts(read_part, _missing(parts, folder, names)):
            replace_file(folder / f"{part.name}.npy", part.vectors)
            replace_file(folder / f"{part.name}.jsonl", part.lines)  # last, as it says that the part is done
            tell("read pads", part.last, len(event.pads))
        _remove_outdated(folder, names)
        _write_counts(folder, event, names, counts)
    except OSError as error:
        raise UserMistake(f"{folder} cannot be written to: {describe_os_error(error)}.") from error
    return Streamed(folder, problems=counts["problems"])


def _refuse_what_parts_cannot_do(folders: EventFolders, event: Event, *, on_cluster: bool) -> None:
    if read_curation(folders.source / CURATION_FILE).decisions:
        raise UserMistake(
            f"{folders.source / CURATION_FILE} has decisions, which a streamed run does not apply; use analyze."
        )
    settings = from_event(event.settings, event.id)
    if on_cluster and (settings.encoder or settings.spacy_model or os.environ.get(SPACY_MODEL_VARIABLE)):
        raise UserMistake("--cluster: models of your own are not on the workers; leave --cluster or the setting out.")


def _readable(pads: Iterable[Pad | Problem], counts: Counter[str], run: Run) -> Iterator[Pad]:
    """Yield the pads that could be read; the others are counted, and told unless they are withheld."""
    for pad in pads:
        if isinstance(pad, Pad):
            counts["pads"] += 1
            yield pad
            continue
        counts["withheld" if pad.kind is ProblemKind.WITHHELD else "problems"] += 1
        if pad.kind is not ProblemKind.WITHHELD:
            run.log(pad.sentence)


def _parts(event: Event, pads: Iterable[Pad]) -> Iterator[Part]:
    some: list[Pad] = []
    last = number = size = 0
    for last, pad in enumerate(pads, 1):
        some.append(pad)
        size += len(pad.text)
        if len(some) == PART_PADS or size >= PART_TEXT:
            number += 1
            yield Part(number=number, event=event, pads=tuple(some), last=last)
            some, size = [], 0
    if some:
        yield Part(number=number + 1, event=event, pads=tuple(some), last=last)


def _missing(parts: Iterable[Part], folder: Path, names: list[str]) -> Iterator[Part]:
    """Yield the parts that are not in `folder` yet, and add the name of every part to `names`."""
    for part in parts:
        names.append(part.name)
        if not (folder / f"{part.name}.jsonl").is_file():
            yield part


def _map_here(function: Callable[[Part], ReadPart], parts: Iterable[Part], jobs: int) -> Iterator[ReadPart]:
    """Call `function` in `jobs` processes of this machine."""
    if jobs == 1:
        return map(function, parts)
    from joblib import Parallel, delayed  # noqa: PLC0415 - slow to import

    together = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)
    results: Iterator[ReadPart] = together(delayed(function)(part) for part in parts)
    return results


def read_part(part: Part) -> ReadPart:
    """Return what is found in the pads of a part, which are read as an event of their own."""
    with shown_by(lambda *_: None):  # what is told are the pads, not the lines of some of them
        return _read_part(part)


def _read_part(part: Part) -> ReadPart:
    event = part.event
    models = BundledModels(None, partial(read_lines, jobs=1))
    stages = stages_for(from_event(event.settings, event.id), os.environ, models)
    segments = segment(part.pads, event.prompts).segments
    stages.begin(segments)
    tagged = tag(segments, event.date, stages.tagger, (*title_names(event.title), *event.names))
    lines = "".join(f"{line}\n" for line in _as_json(tagged, part.pads))
    vectors = io.BytesIO()
    np.save(vectors, _vectors(tagged.segments, stages.embed), allow_pickle=False)
    return ReadPart(name=part.name, last=part.last, lines=lines.encode(), vectors=vectors.getvalue())


def _as_json(tagged: Tagged, pads: Sequence[Pad]) -> Iterator[str]:
    """Yield a segment as analysis.json has it, with its names; raises ValueError if it is not verbatim in its pad."""
    names: dict[str, list[dict[str, object]]] = {}
    for entity in tagged.entities:
        for mention in entity.mentions:
            name = {"start": mention.start, "end": mention.end, "label": entity.label, "name": entity.name}
            names.setdefault(mention.segment_id, []).append(name)
    texts = {pad.pad_id: pad.text for pad in pads}
    for one in tagged.segments:
        if texts[one.pad_id][one.start : one.end] != one.text:
            raise ValueError(f"{one.id} is not in its pad as it stands")
        record = _SEGMENT.dump_python(one, mode="json", exclude_none=True) | {"names": names.get(one.id, [])}
        text = json.dumps(record, ensure_ascii=False)
        yield text if text.isprintable() else json.dumps(record)  # with separators of lines, or half a surrogate pair


def _vectors(segments: Sequence[Segment], embed: Embed) -> np.ndarray[tuple[int, int], np.dtype[np.float16]]:
    """Return the vectors of the segments' own text, of unit length; zeros for those that were set aside."""
    content = [row for row, one in enumerate(segments) if one.role is LineRole.CONTENT]
    made = embed([" ".join(segments[row].text.split("\n")) for row in content])
    vectors = np.zeros((len(segments), made.shape[1]), dtype=np.float16)
    vectors[content] = made
    return vectors


def _remove_outdated(folder: Path, names: Sequence[str]) -> None:
    """Remove parts of earlier runs that this one has in another form, or not at all."""
    current = {f"{name}{ending}" for name in names for ending in (".jsonl", ".npy")}
    for path in folder.iterdir():
        if _PART.fullmatch(path.name) and path.name not in current:
            path.unlink()


def _write_counts(folder: Path, event: Event, names: Sequence[str], counts: Counter[str]) -> None:
    """Count what is in the parts on disk, and write names.jsonl and summary.json."""
    kinds, languages, roles = Counter[str](), Counter[str](), Counter[str]()
    pads_of, mentions = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    rows = []
    for name in names:
        named: set[tuple[str, str, str]] = set()
        segments = 0
        for record in _records(folder / f"{name}.jsonl"):
            segments += 1
            roles[record["role"]] += 1
            if record["role"] == LineRole.CONTENT:
                kinds[record["kind"]] += 1
                languages[record["language"]] += 1
            mentions.update((each["label"], each["name"]) for each in record["names"])
            named |= {(record["pad_id"], each["label"], each["name"]) for each in record["names"]}
        pads_of.update((label, called) for _, label, called in named)
        rows.append((name, segments))
    replace_file(folder / "names.jsonl", _names(pads_of, mentions))
    summary = {
        "schema": 1,
        "event": {"id": event.id, "title": event.title},
        **{key: counts[key] for key in ("pads", "problems", "withheld")},
        "segments": sum(segments for _, segments in rows),
        **{
            key: dict(counter.most_common())
            for key, counter in (("roles", roles), ("kinds", kinds), ("languages", languages))
        },
        "parts": [{"file": name, "segments": segments} for name, segments in rows],
    }
    replace_file(folder / "summary.json", json.dumps(summary, indent=1).encode() + b"\n")


def _records(file: Path) -> Iterator[Any]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _names(pads_of: Counter[tuple[str, str]], mentions: Counter[tuple[str, str]]) -> bytes:
    """Return names.jsonl: what most pads name first."""
    order = sorted((key for key in pads_of if pads_of[key] >= NAMED_BY), key=lambda key: (-pads_of[key], key))
    records = ({"label": key[0], "name": key[1], "pads": pads_of[key], "mentions": mentions[key]} for key in order)
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()
