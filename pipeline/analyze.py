"""From a corpus to its analysis: the one place that knows all stages, and their order.

    Corpus ──► segment ──► tag ──► encode ──► cluster ──► describe ──► curate ──► Analysis
               lines,      kinds,  vectors    row         concerns     concerns      ▲
               segments    names              numbers                     │          │
                  └───────────────────────────────────────────────────────┴► ledger ─┘

What the facilitator redacted is taken out between segment and tag, so that nothing after it can tell it; all other
decisions of theirs are applied to the concerns that were found without them.
Every stage is a pure function over frozen records and knows none of the others. Only segments that say
something (role content, kind not `other`) are offered to the clustering; all of them stay in the analysis.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fetch.corpus_records import Corpus, Pad
from pipeline.analysis_records import Analysis, Concern, EventInfo, Kind, Label, LineRole, PadInfo, PadProblem, Segment
from pipeline.cluster import cluster, suited
from pipeline.curation import (
    CuratedAnalysis,
    Curation,
    DraftAnalysis,
    Redact,
    Redacted,
    apply_decisions,
    check_names,
    redact,
    restore_lines,
    without_secret_names,
)
from pipeline.describe import Means, describe
from pipeline.describe.concerns import Again
from pipeline.encode import Embed, encode, names_among, text_of
from pipeline.ledger import account
from pipeline.segment import segment
from pipeline.settings import Settings, languages_compared_by_wording
from pipeline.tag import RULES, Tagger, tag, titled

Say = Callable[[str], None]

UNTOUCHED = Curation()
"""No decisions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The concerns that were found, and what they were found among and with: segments, and their vectors row by row."""

    concerns: tuple[Concern, ...]
    offered: tuple[Segment, ...]
    vectors: NDArray[np.float32]
    means: Means
    name_vectors: Callable[[Sequence[str]], NDArray[np.float32]]


def analyze(  # noqa: PLR0913 - what is to be read, how, and the four things from outside that it is read with
    corpus: Corpus,
    settings: Settings,
    now: str,
    say: Say,
    embed: Embed,
    *,
    tagger: Tagger = RULES,
    curation: Curation = UNTOUCHED,
) -> Analysis:
    """The analysis of a corpus; `now` is ISO 8601 and `say` is told each stage's counts as it ends.

    `embed` gives the vectors of lines: the encoder that ships with Padharvest, one that remembers, or a user's own.
    `tagger` spots names beside the rules: likewise. `curation` is what the facilitator decided; with redactions in it,
    the analysis is of `shown(corpus, curation)`, whose texts its offsets and hashes are of.
    """
    found, draft = find(corpus, settings, say, embed, tagger=tagger, curation=curation)
    curated = curate(curation, found, draft)
    _say_decisions(curated, say)
    read = found.redacted
    return Analysis(
        schema=1,
        generated=now,
        event=EventInfo(id=corpus.event.id, title=corpus.event.title, date=corpus.event.date),
        pads=tuple(_pad_info(pad) for pad in read.pads),
        segments=curated.segments,
        entities=curated.entities,
        concerns=curated.concerns,
        ledger=account(restore_lines(read.lines, found.segments, curated.segments), curated.segments, curated.concerns),
        settings={**asdict(settings), "tagger": tagger.name},
        corpus_sha256=digest(read.pads),
        problems=tuple(
            PadProblem(kind=problem.kind, name=problem.name, group=problem.group)
            for problem in (*corpus.problems, *corpus.withheld)
        ),
        curation=curated.outcome,
    )


def find(  # noqa: PLR0913 - as `analyze`
    corpus: Corpus, settings: Settings, say: Say, embed: Embed, *, tagger: Tagger, curation: Curation
) -> tuple[DraftAnalysis, Draft]:
    """What is found in a corpus without what `curation` redacts: the slow part, which no other decision changes."""
    read = _read(corpus, curation)
    pads = f"{_count(read.lines, 'line')} in {_count(corpus.pads, 'pad')}"
    say(f"segment: {pads}, {len(read.segments)} segments")
    names = without_secret_names((*titled(corpus.event.title), *corpus.event.names), read.secrets)
    tagged = tag(read.segments, corpus.event.date, tagger.spot, names)
    say(f"tag: {_count(tagged.entities, 'name')} of people, organisations, places, events, products and dates")
    people = frozenset(one.name for one in tagged.entities if one.label is Label.PERSON)
    draft = draft_concerns(tagged.segments, settings, embed, people)
    recurring = sum(concern.recurring for concern in draft.concerns)
    say(f"cluster: {recurring} recurring concerns, {len(draft.concerns) - recurring} of one group only")
    found = DraftAnalysis(segments=tagged.segments, entities=tagged.entities, concerns=draft.concerns, redacted=read)
    return found, draft


def shown(corpus: Corpus, curation: Curation) -> Corpus:
    """The corpus as outputs may show it: with `[redacted]` in its pads. The report is rendered and checked with it.

    Raises UserMistake where redacted words are part of a name that event.toml gives.
    """
    if not any(isinstance(decision, Redact) for decision in curation.decisions):
        return corpus
    return replace(corpus, pads=_read(corpus, curation).pads)


def _read(corpus: Corpus, curation: Curation) -> Redacted:
    reading = segment(corpus.pads, corpus.event.prompts)
    read = redact(curation, corpus.pads, reading.lines, reading.segments)
    check_names(read.secrets, {"the event": corpus.event.title})
    return read


def draft_concerns(
    segments: Sequence[Segment], settings: Settings, embed: Embed, people: frozenset[str] = frozenset()
) -> Draft:
    """The concerns among segments that say something; boilerplate, duplicates and `other` are never in one.

    `people` are names of persons, by which no concern is called.
    """
    offered = [one for one in segments if one.role is LineRole.CONTENT and one.kind is not Kind.OTHER]
    foreign = languages_compared_by_wording(segments, settings.encoder)
    texts, understood = text_of(offered), [one.language not in foreign for one in offered]
    vectors = encode(texts, embed, understood)
    groups = [one.group for one in offered]
    clusters = cluster(vectors, groups, suited(groups, settings))
    means = Means(embed=embed, people=people)
    concerns = describe(clusters, offered, vectors, means)
    return Draft(
        concerns=concerns,
        offered=tuple(offered),
        vectors=vectors,
        means=means,
        name_vectors=names_among(texts, vectors.shape[1], embed, understood),
    )


def curate(curation: Curation, found: DraftAnalysis, draft: Draft, again: Again | None = None) -> CuratedAnalysis:
    """What was found as the facilitator decided it should be, and further quotes where these are like decided ones.

    `again` describes decided concerns; one that is kept remembers those that it described (see `again_of`).
    """
    describe = again or again_of(found, draft)
    if not curation.decisions:
        return apply_decisions(curation, found, describe)
    from pipeline.active_learning import Learner  # noqa: PLC0415 - scikit-learn's regression: only to learn from decisions

    learner = Learner(offered=draft.offered, vectors=draft.vectors, name_vectors=draft.name_vectors)
    curated = apply_decisions(curation, found, describe, learner.find_similar)
    return replace(curated, concerns=learner.with_reasons(curated.concerns, curated.examples))


def again_of(found: DraftAnalysis, draft: Draft) -> Again:
    """What describes other groups of the segments that were found."""
    return Again(segments=found.segments, offered=draft.offered, vectors=draft.vectors, means=draft.means)


def _say_decisions(curated: CuratedAnalysis, say: Say) -> None:
    if curated.outcome.decisions:
        from pipeline.decision_text import curation_log  # noqa: PLC0415 - Babel: for decisions only

        for line in curation_log(curated.outcome, curated.segments):
            say(line)


def digest(pads: Sequence[Pad]) -> str:
    """SHA-256 over each pad's id and hash, in the order of ids: changes when any pad's text does."""
    lines = sorted(f"{pad.sha256}  {pad.pad_id}\n" for pad in pads)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _pad_info(pad: Pad) -> PadInfo:
    return PadInfo(pad_id=pad.pad_id, group=pad.group, revision=pad.revision, sha256=pad.sha256, source=pad.source)


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
