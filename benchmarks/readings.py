"""Readings of labelled events by a large language model, scored beside simpler ways to ask it; `make bench-reading`.

    .venv/bin/python -m benchmarks.readings [--events NAME …]

benchmarks/readings/<event>/<system>.json has what a model answered: names of concerns, and for each line its place, the
hash of its text and what was said of it; no texts. Files whose names begin with `ours` were made with `make read`, the
others with one prompt each (docs/experiments/reading.md). Prints Markdown for docs/quality.md, with figures by
../shared/score/score.py; and the agreement with the key points of ArgKP, whose labels people made.
"""

import argparse
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks import argkp, scoring
from benchmarks.folder_corpus import corpus
from benchmarks.quality import SHARED
from fetch.corpus_records import PadId
from pipeline.analyze import analyze
from pipeline.anchors import text_sha
from pipeline.app import stages_for
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.reading.reading_placement import place_reading
from pipeline.reading.reading_records import Code, CodeId, LineFacts, Reading, ReadLine
from pipeline.segment import segment
from pipeline.segment_records import Kind, Segment
from pipeline.serialization import to_json
from pipeline.settings import Settings

READINGS = Path(__file__).parent / "readings"
CONCERNS = ("pair_f", "card_p", "found", "kept")
FACTS = ("kind_f", "owner_f", "due_f")
NOW = "2026-11-26T00:00:00+00:00"
OURS, DRAFT = "ours", "the draft"

Answer = dict[str, Any]


def read_answers(path: Path, segments: Sequence[Segment]) -> Reading:
    """Return the answers in a file as a reading of `segments`, which may be cut a little otherwise since."""
    answers = json.loads(path.read_bytes())
    texts = {(one.pad_id, text_sha(one.text)): one.text for one in segments}
    reading = Reading(
        schema=1,
        model=answers["model"],
        date=dt.date.fromisoformat(answers["date"]),
        prompts=answers["prompts"],
        codebook=tuple(Code(id=CodeId(code), name=name) for code, name in answers["names"].items()),
        lines=tuple(_line(line, texts.get((line["pad"], line["sha"]), "")) for line in answers["lines"]),
    )
    return place_reading(reading, segments).reading


def _line(line: Answer, text: str) -> ReadLine:
    facts = None
    if "kind" in line:
        owner, due = (text[slice(*line[name])] or None if name in line else None for name in ("owner", "due"))
        facts = LineFacts(kind=Kind(line["kind"]), owner=owner, due=due)
    return ReadLine(
        pad=PadId(line["pad"]),
        line=line["line"],
        sha=line["sha"],
        listed="codes" in line,
        first=tuple(map(CodeId, line.get("first", ()))),
        codes=tuple(map(CodeId, line["codes"])) if "codes" in line else None,
        facts=facts,
    )


def plain_analysis(reading: Reading, segments: Sequence[Segment]) -> Answer:
    """Return the answers to a single prompt as score.py takes an analysis: concerns of most groups first."""
    members: dict[str, list[Segment]] = defaultdict(list)
    for one, line in zip(segments, reading.lines, strict=True):
        for code in line.codes or ():
            members[code].append(one)
    concerns = [
        {"id": code, "segment_ids": [one.id for one in own], "groups": list(dict.fromkeys(one.group for one in own))}
        for code, own in members.items()
        if len(own) > 1
    ]
    concerns.sort(key=lambda concern: (-len(concern["groups"]), -len(concern["segment_ids"])))
    places = [
        {"id": one.id, "pad_id": one.pad_id, "start": one.start, "end": one.end, "text": one.text, "kind": one.kind}
        for one in segments
    ]
    return {"segments": places, "entities": [], "concerns": concerns}


def rows(event: str, score: ModuleType) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Yield the figures of each system on an event, as a mean over its readers."""
    folder = SHARED / "events" / event
    pads = corpus(folder / "pads")
    stages = stages_for(Settings(), {}, BundledModels(Path("build") / CACHE_FILE))
    gold = score.gold_segments(folder)
    group = {name: pad for name, pad, *_ in gold}
    readers = sorted(path.parent.name for path in folder.glob("*/labels.jsonl"))
    truths = [score.gold_view(score.labels(folder, reader), gold) for reader in readers]
    segments = segment(pads.pads, ()).segments

    def figures(found: Answer) -> dict[str, float]:
        compared = [score.compare(score.system_view(found, gold), truth, group) for truth in truths]
        return {name: sum(one[name] for one in compared) / len(compared) for name in (*CONCERNS, *FACTS)}

    def analysis(reading: Reading | None) -> Answer:
        found: Answer = json.loads(to_json(analyze(pads, Settings(), stages, now=NOW, log=len, reading=reading)))
        return found

    yield f"{DRAFT}, without a model", figures(analysis(None))
    for path in sorted((READINGS / event).glob("*.json"), key=lambda path: (not path.stem.startswith(OURS), path.stem)):
        reading = read_answers(path, segments)
        is_ours = path.stem.startswith(OURS)
        yield path.stem, figures(analysis(reading) if is_ours else plain_analysis(reading, segments))


def print_argkp() -> None:
    """Print the adjusted Rand index of the answers on ArgKP dev, and of our clustering, for each question."""
    answers = json.loads((READINGS / "argkp.json").read_bytes())["questions"]
    known = argkp.questions(SHARED / "data" / "argkp")
    found = []
    for (topic, stance), (texts, keys) in known.items():
        codes = answers[f"{topic} ({stance})"]
        if [text_sha(text) for text in texts] != [line["sha"] for line in codes]:
            raise ValueError(f"argkp.json: was made of other arguments on {topic}; make it again.")
        members: dict[str, list[int]] = defaultdict(list)
        for row, line in enumerate(codes):
            for code in (line["first"] or line["codes"])[:1]:
                members[code].append(row)
        found.append((argkp.agreement(members.values(), keys), argkp.agreement(argkp.ours(texts), keys)))
        print(scoring.row(f"{topic} ({stance})", [f"{figure:.3f}" for figure in found[-1]]))
    print(scoring.row("**mean**", [f"**{figure:.3f}**" for figure in np.mean(found, axis=0)]))


def main() -> None:
    """Print a table for each event, and the one of ArgKP."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--events", nargs="*", default=sorted(path.name for path in READINGS.iterdir() if path.is_dir())
    )
    score = scoring.load(SHARED / "score" / "score.py")
    for event in parser.parse_args().events:
        print(f"\n### {event}\n{scoring.head((*CONCERNS, *FACTS))}")
        for name, figures in rows(event, score):
            facts = FACTS if name.startswith((DRAFT, OURS)) else ()
            print(scoring.row(name, [f"{figures[key]:.3f}" for key in (*CONCERNS, *facts)]))
    print(f"\n### ArgKP dev, labelled by people\n{scoring.head(('a reading', 'the draft'))}")
    print_argkp()


if __name__ == "__main__":
    main()
