"""What the analysis learns from decisions: reader A plays the facilitator, one decision at a time.

    .venv/bin/python -m benchmarks.curation [EVENT …]

It uses the code of the curation page: `next_question` asks, the answer becomes a decision of curation.toml, and
`curate` applies all decisions. A decision is one answer: yes or no to a quote, the concern that a quote belongs to (a
new one is named at once), or a further concern that it belongs to. pair_f is that of ../shared/score/score.py, over
pairs of quotes of different groups, against reader A, and against reader B, who is never asked, where there is one.

The encoder was tuned on the names and quotes of all events but wssspe3 and wmcon18, so the others look better than new
ones would.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import scoring
from benchmarks.folder_corpus import corpus
from fetch.corpus_records import PadId
from pipeline.active_learning import Question, learn, next_question
from pipeline.analyze import Draft, Stages, curate, draft_event
from pipeline.anchors import anchor_of
from pipeline.app import stages_for
from pipeline.curation.apply_decisions import CuratedAnalysis, apply_decisions
from pipeline.curation.decisions import Belongs, ConcernRef, Curation, Decision, New, NotHere
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.segment_records import Segment, SegmentId
from pipeline.settings import Settings
from pipeline.tag import RULES

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SCORE = SHARED / "score" / "score.py"

AFTER = (0, 30, 60, 120, 240)
"""Numbers of decisions after which the analysis is scored."""

Gold = Sequence[tuple[str, PadId, int, int]]


@dataclass(frozen=True, kw_only=True)
class Game:
    """An event's draft, its gold segments, and the names of the concerns that reader A assigns each segment to."""

    folder: Path
    draft: Draft
    gold: Gold
    concerns_of: Mapping[SegmentId, Sequence[str]]


def main() -> None:
    """Print a table of the events named, or of all labelled events."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", nargs="*", help="only these events")
    names = parser.parse_args().events
    folders = sorted(folder for folder in (SHARED / "events").iterdir() if (folder / "A").is_dir())
    stages = replace(stages_for(Settings(), {}, BundledModels(ROOT / "build" / CACHE_FILE)), tagger=RULES)
    print("pair_f after", " ".join(f"{count:>6}" for count in AFTER), "  decisions; 0 is the draft alone")
    for folder in folders:
        if not names or folder.name in names:
            for reader, figures in play(set_up(folder, stages)).items():
                print(f"{folder.name:13}{reader}", " ".join(f"{figure:6.3f}" for figure in figures), flush=True)


def set_up(folder: Path, stages: Stages) -> Game:
    """Return the event in `folder`, analysed without decisions."""
    draft = draft_event(corpus(folder / "pads"), Settings(), stages, log=lambda _: None, curation=Curation())
    gold = scoring.load(SCORE).gold_segments(folder)
    return Game(folder=folder, draft=draft, gold=gold, concerns_of=_labels(folder, gold, draft.encoded.segments))


def _labels(folder: Path, gold: Gold, segments: Sequence[Segment]) -> dict[SegmentId, list[str]]:
    """Return reader A's concerns of the gold segments that each segment overlaps, in the order of the codebook."""
    score = scoring.load(SCORE)
    names = json.loads((folder / "A" / "codebook.json").read_text(encoding="utf-8"))
    labels = score.labels(folder, "A")
    single = [{"id": segment.id, "segment_ids": [segment.id], "groups": []} for segment in segments]
    view = {"segments": _places(segments), "concerns": single, "entities": []}
    overlapping, *_ = score.system_view(view, gold)
    concerns: dict[SegmentId, set[str]] = {segment.id: set() for segment in segments}
    for gold_id, segment_ids in overlapping.items():
        for segment_id in segment_ids:
            concerns[segment_id].update(labels[gold_id]["concerns"])
    return {segment_id: [names[concern] for concern in sorted(ids)] for segment_id, ids in concerns.items()}


def _places(segments: Sequence[Segment]) -> list[dict[str, object]]:
    return [{"id": s.id, "pad_id": s.pad_id, "start": s.start, "end": s.end} for s in segments]


def play(game: Game) -> dict[str, list[float]]:
    """Return pair_f by reader after each number of decisions in `AFTER`."""
    decisions: list[Decision] = []
    figures: dict[str, list[float]] = {}
    for count in AFTER:
        while len(decisions) < count:
            curation = Curation(decisions=tuple(decisions))
            applied = apply_decisions(curation, game.draft.found, game.draft.describer.describe)
            question = next_question(learn(game.draft.encoded, applied.examples))
            if question is None:
                break
            known = [concern.name for concern in applied.examples.concerns]
            decisions += _answer(game, known, question)[: count - len(decisions)]
        curated = curate(Curation(decisions=tuple(decisions)), game.draft)
        for reader, figure in _pair_f(game, curated).items():
            figures.setdefault(reader, []).append(figure)
    return figures


def _answer(game: Game, known: Sequence[str], question: Question) -> list[Decision]:
    """Return reader A's answer as one decision, and one more for each further concern that is among the `known`."""
    if question.segment is None:
        raise RuntimeError("A concern was to be named, although reader A's names were given to all concerns.")
    quote = anchor_of(question.segment, game.draft.found.segments)
    offered = [option.concern.name for option in question.options]
    concerns = sorted(game.concerns_of[question.segment.id], key=_order(offered, known))
    if question.certain and offered[0] not in concerns:
        return [NotHere(quote=quote, concern=ConcernRef(name=offered[0]))]
    if not concerns:
        return [NotHere(quote=quote)]
    first, *others = concerns
    further = [Belongs(quote=quote, concern=ConcernRef(name=name), also=True) for name in others if name in known]
    if first in known:
        return [Belongs(quote=quote, concern=ConcernRef(name=first)), *further]
    return [New(name=first, quotes=(quote,)), *further]


def _order(offered: Sequence[str], known: Sequence[str]) -> Callable[[str], tuple[bool, int, bool]]:
    """Return a sort key: offered concerns first, in that order, then those that have a name already."""
    return lambda name: (name not in offered, offered.index(name) if name in offered else 0, name not in known)


def _pair_f(game: Game, curated: CuratedAnalysis) -> dict[str, float]:
    score = scoring.load(SCORE)
    concerns = [{"id": c.id, "segment_ids": c.segment_ids, "groups": c.groups} for c in curated.concerns]
    view = {"segments": _places(curated.segments), "concerns": concerns, "entities": []}
    pads = {gold_id: pad for gold_id, pad, *_ in game.gold}
    ours, *_ = score.system_view(view, game.gold)
    readers = sorted(path.parent.name for path in game.folder.glob("*/labels.jsonl"))
    truths = {reader: score.gold_view(score.labels(game.folder, reader), game.gold)[0] for reader in readers}
    return {reader: score.f1(score.pairs(ours, pads), score.pairs(truth, pads))[2] for reader, truth in truths.items()}


if __name__ == "__main__":
    main()
