"""How much a facilitator's decisions teach: reader A plays the facilitator, one decision at a time.

    .venv/bin/python benchmarks/curation.py [EVENT …]

Through the same code as the page: `next_question` asks, the answer becomes a decision of curation.toml, `curate`
applies all of them. One decision is one answer: yes or no to a quote, which concern a quote belongs to (a new one is
named in the same breath), or a further concern that it belongs to as well. pair_f is that of ../shared/score/score.py,
over pairs of quotes of different groups, against reader A, and against reader B, who is never asked, where there is
one.

The encoder was tuned on the names and quotes of all events but wssspe3 and wmcon18, which flatters the others.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
sys.path[:0] = [str(ROOT), str(SHARED / "score")]

import score  # noqa: E402 - found by the line above

from fetch.corpus_records import Corpus, Event, Pad, PadId  # noqa: E402 - same
from pipeline.active_learning import Question, learn, next_question  # noqa: E402 - same
from pipeline.analysis_records import Segment, SegmentId  # noqa: E402 - same
from pipeline.analyze import Draft, Stages, curate, draft_event  # noqa: E402 - same
from pipeline.cluster import AverageLinkage  # noqa: E402 - same
from pipeline.curation import (  # noqa: E402 - same
    CuratedAnalysis,
    Curation,
    Decision,
    anchor_of,
    examples_of,
)
from pipeline.curation.decisions import Belongs, ConcernRef, New, NotHere  # noqa: E402 - same
from pipeline.describe import Describer  # noqa: E402 - same
from pipeline.inference import CACHE_FILE, BundledModels  # noqa: E402 - same
from pipeline.settings import Settings  # noqa: E402 - same
from pipeline.vectors import Embed  # noqa: E402 - same

AFTER = (0, 30, 60, 120, 240)
"""Decisions after which it is scored."""

Gold = Sequence[tuple[str, PadId, int, int]]


@dataclass(frozen=True, kw_only=True)
class Game:
    """An event, what was found in it, and what reader A thinks: the concerns of each segment by name, best first."""

    folder: Path
    draft: Draft
    gold: Gold
    thinks: Mapping[SegmentId, Sequence[str]]


def main(names: Sequence[str]) -> None:
    """Print a table of the events named, or of all that are labelled."""
    folders = sorted(folder for folder in (SHARED / "events").iterdir() if (folder / "A").is_dir())
    print("pair_f after", " ".join(f"{count:>6}" for count in AFTER), "  decisions; the draft alone at 0")
    for folder in folders:
        if not names or folder.name in names:
            for reader, figures in play(set_up(folder, BundledModels(ROOT / "build" / CACHE_FILE).embed)).items():
                print(f"{folder.name:13}{reader}", " ".join(f"{figure:6.3f}" for figure in figures), flush=True)


def set_up(folder: Path, embed: Embed) -> Game:
    """The event of `folder`, analysed without decisions."""
    files = sorted((folder / "pads").iterdir())
    texts = {file.stem: file.read_text(encoding="utf-8") for file in files}
    pads = [Pad(pad_id=PadId(name), group=name, text=text, sha256="", source="") for name, text in texts.items()]
    corpus = Corpus(event=Event(id=folder.name, title=""), pads=tuple(pads))
    stages = Stages(embed=embed, clusterer=AverageLinkage(Settings()), describer=Describer(embed))
    draft = draft_event(corpus, Settings(), stages, log=lambda _: None, curation=Curation())
    gold = score.gold_segments(folder)
    return Game(folder=folder, draft=draft, gold=gold, thinks=_thoughts(folder, gold, draft.encoded.segments))


def _thoughts(folder: Path, gold: Gold, offered: Sequence[Segment]) -> dict[SegmentId, list[str]]:
    """What reader A said of the gold segments that each of ours meets, as score.py has it, in codebook order."""
    names = json.loads((folder / "A" / "codebook.json").read_text(encoding="utf-8"))
    own = [{"id": one.id, "pad_id": one.pad_id, "start": one.start, "end": one.end} for one in offered]
    labels = score.labels(folder, "A")
    each = [{"id": one["id"], "segment_ids": [one["id"]], "groups": []} for one in own]
    met, *_ = score.system_view({"segments": own, "concerns": each, "entities": []}, gold)
    thinks: dict[SegmentId, set[str]] = {one.id: set() for one in offered}
    for gold_id, ids in met.items():
        for one in ids:
            thinks[one].update(labels[gold_id]["concerns"])
    return {one: [names[concern] for concern in sorted(said)] for one, said in thinks.items()}


def play(game: Game) -> dict[str, list[float]]:
    """pair_f by reader after each number of decisions in `AFTER`."""
    decisions: list[Decision] = []
    figures: dict[str, list[float]] = {}
    for count in AFTER:
        while len(decisions) < count:
            examples = examples_of(Curation(decisions=tuple(decisions)), game.draft.found)
            question = next_question(learn(game.draft.encoded, examples))
            if question is None:
                break
            known = [concern.name for concern in examples.concerns]
            decisions += _answers(game, known, question)[: count - len(decisions)]
        curated = curate(Curation(decisions=tuple(decisions)), game.draft)
        for reader, figure in _pair_f(game, curated).items():
            figures.setdefault(reader, []).append(figure)
    return figures


def _answers(game: Game, known: Sequence[str], question: Question) -> list[Decision]:
    """What reader A answers: one decision, and one more for each further concern that has a name already."""
    if question.segment is None:
        raise RuntimeError("Every concern has reader A's name, and yet one was to be named.")
    quote = anchor_of(question.segment, game.draft.found.segments)
    offered = [option.concern.name for option in question.options]
    said = sorted(game.thinks[question.segment.id], key=_rank(offered, known))
    if question.certain and offered[0] not in said:
        return [NotHere(quote=quote, concern=ConcernRef(name=offered[0]))]
    if not said:
        return [NotHere(quote=quote)]
    first = Belongs(quote=quote, concern=ConcernRef(name=said[0])) if said[0] in known else None
    others = [Belongs(quote=quote, concern=ConcernRef(name=name), also=True) for name in said[1:] if name in known]
    return [first or New(name=said[0], quotes=(quote,)), *others]


def _rank(offered: Sequence[str], known: Sequence[str]) -> Callable[[str], tuple[bool, int, bool]]:
    """What is offered first, in that order; then what has a name already."""
    return lambda name: (name not in offered, offered.index(name) if name in offered else 0, name not in known)


def _pair_f(game: Game, curated: CuratedAnalysis) -> dict[str, float]:
    seen = {
        "segments": [{"id": s.id, "pad_id": s.pad_id, "start": s.start, "end": s.end} for s in curated.segments],
        "concerns": [{"id": c.id, "segment_ids": c.segment_ids, "groups": c.groups} for c in curated.concerns],
        "entities": [],
    }
    pads = {gold_id: pad for gold_id, pad, *_ in game.gold}
    ours, *_ = score.system_view(seen, game.gold)
    readers = sorted(path.parent.name for path in game.folder.glob("*/labels.jsonl"))
    truth = {who: score.gold_view(score.labels(game.folder, who), game.gold)[0] for who in readers}
    return {who: score.f1(score.pairs(ours, pads), score.pairs(said, pads))[2] for who, said in truth.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
