"""Fit the model that chooses the front (pipeline/describe/front.py), and measure it on families of events held out.

    .venv/bin/python -m benchmarks.fit_front MODEL=EVENT,EVENT …

Each argument is a family of labelled events and an encoder (a folder like pipeline/models/encoder) that was tuned
without it by `pipeline.models.train.train_encoder --held-out`. An event's figures come from that encoder, and from
weights fitted on the other families; the weights printed last are fitted on all of them. Prints Markdown for
docs/experiments/front.md; score.py says what the figures mean.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks import quality, scoring
from benchmarks.folder_corpus import corpus
from pipeline import transformer
from pipeline.analysis_records import Concern, ConcernId
from pipeline.analyze import draft_event
from pipeline.app import stages_for
from pipeline.curation.decisions import Curation
from pipeline.describe import Describer
from pipeline.describe.front import Evidence, KeepModel, front_first, name_stems, weigh_evidence
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.segment_records import Entity, Segment
from pipeline.settings import Settings

FIGURES = ("kept", "front", "card_p", "found")

REGULARISATION = 0.3
"""scikit-learn's C for standardised evidence and events that weigh as 40 concerns each; .1 to 1 do equally well."""

EVENT_WEIGHT = 40


@dataclass(frozen=True, kw_only=True)
class Found:
    """What our clustering found in a labelled event: its concerns before a front is chosen.

    `evidence` has a row for each recurring concern, and `kept` says in the same order which of them are kept.
    """

    event: quality.Event
    segments: Sequence[Segment]
    entities: Sequence[Entity]
    concerns: Sequence[Concern]
    evidence: Sequence[Evidence]
    kept: Mapping[ConcernId, bool]

    def front_by(self, model: KeepModel) -> tuple[Concern, ...]:
        """Return the concerns with the front that `model` chooses."""
        return front_first(self.concerns, self.segments, self.entities, model)


def main() -> None:
    """Measure, then print figures and weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="+", metavar="MODEL=EVENT,EVENT")
    parser.add_argument("--events-in", type=Path, default=quality.SHARED / "events")
    parser.add_argument("--score", type=Path, default=quality.SHARED / "score" / "score.py")
    options = parser.parse_args()
    score = scoring.load(options.score)
    families = [
        [find(score, options.events_in / name, Path(model)) for name in names.split(",")]
        for model, names in (family.split("=") for family in options.families)
    ]
    print(scoring.head(["first ten: " + " / ".join(FIGURES), "front: " + " / ".join(FIGURES)]))
    rows = [row for family in families for row in compare(score, family, fit(_others(families, family)))]
    for name, before, after in rows:
        print(scoring.row(name, [_cell(before), _cell(after)]))
    columns = ([before for _, before, _ in rows], [after for _, _, after in rows])
    print(scoring.row("mean", [_cell(np.mean(column, axis=0).tolist()) for column in columns]))
    print(f"\n{fit([found for family in families for found in family])}\n")
    print(scoring.head(["concerns", "kept"]))
    for name, kept in grades(families).items():
        print(scoring.row(name, [str(len(kept)), f"{np.mean(kept):.3f}"]))


def find(score: ModuleType, folder: Path, model: Path) -> Found:
    """Return what our clustering finds in the labelled event in `folder` with the encoder `model`."""
    event, embed = quality.read(score, folder), partial(transformer.embed, model=model)
    stages = stages_for(Settings(), {}, BundledModels(quality.ROOT / "build" / CACHE_FILE))
    stages = replace(stages, embed=embed, describer=Describer(embed))
    draft = draft_event(corpus(folder / "pads"), Settings(), stages, log=lambda _: None, curation=Curation())
    segments, segment_of = draft.found.segments, {segment.id: segment for segment in draft.found.segments}
    names = name_stems(draft.found.entities)
    concerns = [concern for concern in draft.found.concerns if concern.recurring]
    figures = [_figures(score, event, segments, [replace(concern, front=True)]) for concern in concerns]
    print(f"read: {folder.name}", file=sys.stderr, flush=True)
    return Found(
        event=event,
        segments=segments,
        entities=draft.found.entities,
        concerns=draft.found.concerns,
        evidence=[weigh_evidence(concern, segment_of, names) for concern in concerns],
        kept={concern.id: kept >= 1 / 2 for concern, (kept, *_) in zip(concerns, figures, strict=True)},
    )


def fit(events: Sequence[Found]) -> KeepModel:
    """Return the logistic regression of `kept` on the evidence, in which each event counts as much."""
    evidence = np.array([one for found in events for one in found.evidence])
    kept = np.array([one for found in events for one in found.kept.values()])
    weights = np.concatenate([np.full(len(found.kept), EVENT_WEIGHT / len(found.kept)) for found in events])
    scaler = StandardScaler().fit(evidence)
    regression = LogisticRegression(C=REGULARISATION).fit(scaler.transform(evidence), kept, sample_weight=weights)
    slopes = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - slopes @ scaler.mean_)
    return KeepModel(weights=Evidence(*(round(float(slope), 2) for slope in slopes)), intercept=round(intercept, 2))


def compare(
    score: ModuleType, events: Sequence[Found], model: KeepModel
) -> list[tuple[str, tuple[float, ...], tuple[float, ...]]]:
    """Return each event's name, its figures with the first ten concerns in front, and with those `model` chooses."""
    return [
        (
            found.event.folder.name,
            _figures(score, found.event, found.segments, [replace(one, front=True) for one in found.concerns]),
            _figures(
                score, found.event, found.segments, front_first(found.concerns, found.segments, found.entities, model)
            ),
        )
        for found in events
    ]


def grades(families: Sequence[Sequence[Found]]) -> dict[str, list[bool]]:
    """Return which concerns are kept, of those in a front by the number of groups that agree, and of the others."""
    kept = defaultdict(list)
    for family in families:
        model = fit(_others(families, family))
        for found in family:
            for concern in found.front_by(model):
                clear = len(concern.agreeing_groups)
                names = [f"front, {least} or more clear groups" for least in range(min(clear, 4) + 1)]
                for name in names if concern.front else ["others"] if concern.recurring else []:
                    kept[name].append(found.kept[concern.id])
    return dict(sorted(kept.items()))


def _figures(
    score: ModuleType, event: quality.Event, segments: Sequence[Segment], concerns: Sequence[Concern]
) -> tuple[float, ...]:
    """Return `FIGURES` of concerns, as a mean over the event's readers."""
    analysis = {"segments": list(map(asdict, segments)), "concerns": list(map(asdict, concerns)), "entities": []}
    view = score.system_view(analysis, event.gold)
    rows = [score.compare(view, truth, event.groups) for truth in event.truths]
    return tuple(float(np.mean([row[name] for row in rows])) for name in FIGURES)


def _others(families: Sequence[Sequence[Found]], family: Sequence[Found]) -> list[Found]:
    return [found for other in families if other is not family for found in other]


def _cell(figures: Sequence[float]) -> str:
    return " / ".join(f"{figure:.3f}" for figure in figures)


if __name__ == "__main__":
    main()
