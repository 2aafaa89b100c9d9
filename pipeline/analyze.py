"""From a corpus to its analysis: the one place that knows all stages, and their order.

    Corpus ──► segment ──► redact ──► tag ──► encode ──► cluster ──► describe ──► curate ──► Analysis
                  lines and           kinds,   vectors    rows        concerns     concerns     ▲
                  segments            names      ▲          ▲                          │        │
                      │                 └─ Reading ─────────┘                          │        │
                      └────────────────────────────────────────────────────────────────┴─► ledger

Where a language model read the event, its kinds, owners and dates replace those of the rules, and its concerns those of
the clustering. What the facilitator redacted is removed before anything reads it, so that nothing after it can repeat
it; all other decisions are applied to the concerns that were found without them. What the facilitator says of a quote
(kind, owner, due date) replaces, in the end, what was found; nothing is clustered again, so the quote stays in its
concerns, and whoever wants it elsewhere says so. Every stage is a pure function over
frozen records and knows none of the others; what may be replaced is in `Stages`. Only segments that say something (role
content, kind not `other`) are clustered; all of them stay in the analysis.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from typing import Protocol

from fetch.corpus_records import Corpus, Event, Pad, PadId, Scalar, groups_by_former_name
from pipeline.analysis_records import Analysis, Concern, DateSource, EventInfo, PadInfo, PadProblem, ReadingInfo
from pipeline.curation.apply_decisions import CuratedAnalysis, DraftAnalysis, apply_decisions, restore_lines
from pipeline.curation.concern_editor import ConcernExamples, Examples
from pipeline.curation.decisions import Curation
from pipeline.curation.redaction import Redacted, check_names, redact, without_secret_names, without_secrets
from pipeline.describe import ConcernDescriber, DescribeCache, count_event_words
from pipeline.describe.front import front_first
from pipeline.describe.same_questions import find_same_questions
from pipeline.encode import EncodedSegments, encode_segments
from pipeline.event_checks import Period, date_conflicts, missing_voices, unmatched_patterns
from pipeline.ledger import account
from pipeline.reading.reading_placement import PlacedReading, model_concerns, place_reading
from pipeline.reading.reading_records import CodeId, Reading
from pipeline.segment import Segmentation, divide, identify
from pipeline.segment_records import Kind, Label, LineRole, Segment, SegmentId
from pipeline.settings import Settings, languages_compared_by_wording
from pipeline.tag import (
    RULES,
    Tagged,
    Tagger,
    dates_with_year,
    find_hand_offs,
    find_milestones,
    group_names,
    tag,
    tag_as_stated,
    title_names,
)
from pipeline.vectors import Embed, Vectors

Log = Callable[[str], None]
"""Called with one line about each stage as it ends."""

NO_DECISIONS = Curation()


class Clusterer(Protocol):
    """Groups segments: which rows say the same thing."""

    def cluster(self, segments: Sequence[Segment], vectors: Vectors) -> Sequence[Sequence[int]]:
        """Return clusters of row numbers; `vectors` has shape (n_segments, n_dims)."""
        ...


Begin = Callable[[Sequence[Segment]], None]
"""Told of an event's segments as soon as there are any, so that slow models can begin with their lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The stages that may be replaced: by a user's own models, by another way to group and name, by a test's fakes."""

    embed: Embed
    clusterer: Clusterer
    describer: ConcernDescriber
    tagger: Tagger = RULES
    begin: Begin = lambda _: None
    identify: Callable[[Segmentation], Segmentation] = identify


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """An event before the facilitator's decisions: what was found, and the services that further decisions need.

    `settings` are those that it was found with, as analysis.json lists them.
    """

    corpus: Corpus
    event: EventInfo
    found: DraftAnalysis
    encoded: EncodedSegments
    describer: DescribeCache
    settings: Mapping[str, Scalar]
    reading: ReadingInfo | None = None


def analyze(  # noqa: PLR0913 - what is read, how, and where the counts of each stage go
    corpus: Corpus,
    settings: Settings,
    stages: Stages,
    *,
    now: str,
    log: Log,
    curation: Curation = NO_DECISIONS,
    reading: Reading | None = None,
) -> Analysis:
    """Return the analysis of a corpus; `now` is ISO 8601, `curation` holds the facilitator's decisions.

    `reading` is what a language model made of the pads, if any. With redactions, offsets and hashes are those of
    `redacted_corpus(corpus, curation)`.
    """
    draft = draft_event(corpus, settings, stages, log=log, curation=curation, reading=reading)
    curated = curate(curation, draft)
    _log_decisions(curated, log)
    _log_reading(draft.reading, log)
    analysis = finish(draft, curated, now)
    return replace(
        analysis,
        missing_voices=missing_voices(corpus, curated.segments, analysis.ledger, settings.encoder),
        milestones=find_milestones(curated.segments, corpus.event.date, curated.entities),
        same_questions=_same_questions(curated.segments, draft.encoded),
    )


def finish(draft: Draft, curated: CuratedAnalysis, now: str) -> Analysis:
    """Return the analysis of a draft as the facilitator decided, without what only the report needs.

    That is missing voices, milestones and the same questions in other words.
    """
    found, corpus = draft.found, draft.corpus
    lines = restore_lines(found.redacted.lines, found.segments, curated.segments)
    return Analysis(
        schema=1,
        generated=now,
        event=draft.event,
        pads=tuple(_pad_info(pad) for pad in found.redacted.pads),
        segments=curated.segments,
        entities=curated.entities,
        concerns=curated.concerns,
        ledger=account(lines, curated.segments, curated.concerns),
        settings=dict(draft.settings),
        corpus_sha256=digest(found.redacted.pads),
        problems=tuple(
            PadProblem(kind=problem.kind, name=problem.name, group=problem.group)
            for problem in (*corpus.problems, *corpus.withheld)
        ),
        curation=curated.outcome,
        reading=shown_reading(draft.reading, curated.segments),
    )


def draft_event(  # noqa: PLR0913 - as `analyze`
    corpus: Corpus,
    settings: Settings,
    stages: Stages,
    *,
    log: Log,
    curation: Curation,
    reading: Reading | None = None,
) -> Draft:
    """Return what is found in a corpus without what `curation` redacts: slow, and no other decision changes it."""
    redacted = _begin(corpus, curation, stages)
    lines, pads = _count(redacted.lines, "line"), _count(corpus.pads, "pad")
    log(f"segment: {lines} in {pads}, {_count(redacted.segments, 'segment')}")
    tagged, placed = _tag(corpus, redacted, stages.tagger, reading)
    log(f"tag: {_count(tagged.entities, 'name')} of people, organisations, places, events, products and dates")
    event = _event_info(corpus.event, redacted)
    _log_date(event, log)
    people = frozenset(entity.name for entity in tagged.entities if entity.label is Label.PERSON)
    encoded = encode_event(tagged.segments, settings, stages.embed)
    describer = DescribeCache(
        segments=tagged.segments,
        offered=encoded.segments,
        vectors=encoded.vectors,
        people=people,
        describer=stages.describer,
    )
    if placed and placed.has_concerns:
        placed = replace(placed, similar=_similar_quotes(placed, encoded))
        concerns = model_concerns(placed, describer.describe)
    else:
        concerns = find_concerns(encoded, stages, people)
    recurring = sum(concern.recurring for concern in concerns)
    log(f"concerns: {recurring} recurring, {len(concerns) - recurring} of one group only")
    return Draft(
        corpus=corpus,
        event=event,
        found=DraftAnalysis(segments=tagged.segments, entities=tagged.entities, concerns=concerns, redacted=redacted),
        encoded=encoded,
        describer=describer,
        settings={**asdict(settings), "tagger": stages.tagger.name},
        reading=placed.info() if placed else None,
    )


def _begin(corpus: Corpus, curation: Curation, stages: Stages) -> Redacted:
    """Return the segments of a corpus; models begin with them at once, but never with what will be redacted."""
    divided = divide(corpus.pads, corpus.event.prompts)
    if not curation.redactions:
        stages.begin(divided.segments)
    redacted = _redacted(corpus, curation, stages.identify(divided))
    if curation.redactions:
        stages.begin(redacted.segments)
    return redacted


def _tag(
    corpus: Corpus, redacted: Redacted, tagger: Tagger, reading: Reading | None
) -> tuple[Tagged, PlacedReading | None]:
    """Return tagged segments, as a reading says where there is one, and the reading on these segments."""
    names = without_secret_names((*title_names(corpus.event.title), *corpus.event.names), redacted.secrets)
    tagged = tag(redacted.segments, corpus.event.date, tagger, names)
    about = find_hand_offs(tagged.segments, group_names(redacted.pads, redacted.lines), corpus.event.title)
    segments = tuple(replace(one, about_group=about.get(one.id)) for one in tagged.segments)
    tagged = replace(tagged, segments=segments)
    if reading is None:
        return tagged, None
    mask = partial(without_secrets, secrets=redacted.secrets)
    placed = place_reading(reading, tagged.segments, redacted.written, mask)
    renamed = groups_by_former_name(redacted.pads)
    facts = {
        quote: replace(stated, about_group=renamed.get(stated.about_group or "", stated.about_group))
        for quote, stated in placed.facts().items()
    }
    stated = tag_as_stated(tagged.segments, facts, corpus.event.date)
    return replace(tagged, segments=stated), placed


def _event_info(event: Event, redacted: Redacted) -> EventInfo:
    """Return what is known of an event, with what disagrees with its date; dates are in the main language of a pad."""
    languages: defaultdict[PadId, Counter[str]] = defaultdict(Counter)
    for one in redacted.segments:
        languages[one.pad_id][one.language] += 1
    written: list[Period] = []
    for pad in redacted.pads if event.date else ():
        [(language, _)] = languages[pad.pad_id].most_common(1) or [("en", 0)]
        written += ((days.first, days.last) for days in dates_with_year(pad.text.split("\n"), language))
    conflicts = date_conflicts(event.date, written, redacted.pads)
    return EventInfo(id=event.id, title=event.title, date=event.date, date_conflicts=conflicts)


def _similar_quotes(placed: PlacedReading, encoded: EncodedSegments) -> dict[CodeId, list[SegmentId]]:
    """Return for each concern of a reading the lines that the model did not read and that are like its quotes."""
    if not placed.unread():
        return {}
    from pipeline.active_learning import learn  # noqa: PLC0415 - as in `curate`

    quotes, codebook = placed.quotes(), placed.reading.codebook
    coded = frozenset(chain.from_iterable(quotes.values()))
    examples = Examples(
        concerns=tuple(ConcernExamples(name=code.name, positive=frozenset(quotes[code.id])) for code in codebook),
        in_none=frozenset(segment.id for segment in encoded.segments) - coded - placed.unread(),
    )
    return {code.id: found for code, found in zip(codebook, learn(encoded, examples).similar_quotes(), strict=True)}


def encode_event(segments: Sequence[Segment], settings: Settings, embed: Embed) -> EncodedSegments:
    """Return those of an event's segments that say something, with their vectors."""
    offered = [one for one in segments if one.role is LineRole.CONTENT and one.kind is not Kind.OTHER]
    return encode_segments(offered, embed, languages_compared_by_wording(segments, settings.encoder))


def _same_questions(segments: Sequence[Segment], encoded: EncodedSegments) -> tuple[tuple[SegmentId, ...], ...]:
    """Return the questions among an event's curated `segments` that ask the same."""
    asked = [one for one in segments if one.role is LineRole.CONTENT and one.kind is Kind.QUESTION]
    return find_same_questions(asked, encoded.segments, encoded.vectors)


def find_concerns(
    encoded: EncodedSegments, stages: Stages, people: frozenset[str] = frozenset()
) -> tuple[Concern, ...]:
    """Return the concerns among `encoded` segments; `people` are names of persons, which label no concern."""
    segments, vectors = encoded.segments, encoded.vectors
    clusters = stages.clusterer.cluster(segments, vectors)
    return stages.describer.describe(clusters, segments, vectors, count_event_words(segments, people))


def redacted_corpus(corpus: Corpus, curation: Curation) -> Corpus:
    """Return the corpus as outputs may show it, with `[redacted]` in its pads; the report is checked against it.

    Raises UserMistake if redacted words are part of a name that event.toml gives.
    """
    if not curation.redactions:
        return corpus
    return replace(corpus, pads=_redacted(corpus, curation, divide(corpus.pads, corpus.event.prompts)).pads)


def redacted_analysis(analysis: Analysis, corpus: Corpus, curation: Curation) -> Analysis:
    """Return an earlier analysis without the words that `curation` redacts, as far as lines and labels have them."""
    if not curation.redactions:
        return analysis
    secrets = _redacted(corpus, curation, divide(corpus.pads, corpus.event.prompts)).secrets
    mask = partial(without_secrets, secrets=secrets)
    segments = (
        replace(
            one,
            text=mask(one.text),
            headings=tuple(map(mask, one.headings)),
            prompt=mask(one.prompt) if one.prompt else None,
        )
        for one in analysis.segments
    )
    concerns = tuple(replace(one, label=mask(one.label)) for one in analysis.concerns)
    return replace(analysis, segments=tuple(segments), concerns=concerns)


def _redacted(corpus: Corpus, curation: Curation, divided: Segmentation) -> Redacted:
    redacted = redact(curation, corpus.pads, divided.lines, divided.segments)
    event = corpus.event
    names = {
        "the event's title": event.title,
        "introduction.md": event.introduction,
        "the event's place": event.place or "",
        "the event's contact": event.contact or "",
    }
    for problem in (*corpus.problems, *corpus.withheld):
        names |= {f"the name of pad {problem.name}": problem.name, f"the name of group {problem.group}": problem.group}
    names |= {f"the name of pad {pattern}": pattern for pattern in unmatched_patterns(corpus.event)}
    check_names(redacted.secrets, names)
    return redacted


def curate(curation: Curation, draft: Draft) -> CuratedAnalysis:
    """Return a draft as the facilitator decided, with further quotes that are like decided ones, its front first."""
    curated = _decide(curation, draft)
    if curated.facts:
        curated = replace(curated, segments=tag_as_stated(curated.segments, curated.facts, draft.corpus.event.date))
    return replace(curated, concerns=front_first(curated.concerns, curated.segments, curated.entities))


def _decide(curation: Curation, draft: Draft) -> CuratedAnalysis:
    if not curation.decisions:
        return apply_decisions(curation, draft.found, draft.describer.describe)
    from pipeline.active_learning import learn  # noqa: PLC0415 - scikit-learn's regression: for decisions only

    encoded, describe = draft.encoded, draft.describer.describe
    curated = apply_decisions(curation, draft.found, describe, lambda known: learn(encoded, known).similar_quotes())
    return replace(curated, concerns=learn(encoded, curated.examples).with_reasons(curated.concerns))


def shown_reading(reading: ReadingInfo | None, segments: Sequence[Segment]) -> ReadingInfo | None:
    """Return what is known of a reading, without sentences that cite what is hidden or redacted."""
    if reading is None:
        return None
    shown = {segment.id for segment in segments if segment.role is LineRole.CONTENT}
    return replace(reading, summary=tuple(one for one in reading.summary if shown.issuperset(one.segment_ids)))


def digest(pads: Sequence[Pad]) -> str:
    """Return the SHA-256 over each pad's id and hash, in the order of ids: it changes when any pad's text does."""
    lines = sorted(f"{pad.sha256}  {pad.pad_id}\n" for pad in pads)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _log_date(event: EventInfo, log: Log) -> None:
    """Say if the event has no date, or one that its pads contradict."""
    if event.date is None:
        log('date: event.toml gives none, so only dates with a year have days, and "by Friday" or "in June" has none')
    for conflict in event.date_conflicts:
        known = "the dates with a year in the pads are"
        if conflict.source is DateSource.EDITED:
            known = f"the last edits of {conflict.count} of {_count(range(conflict.known), 'pad')} are"
        log(f"date: event.toml says {event.date}, but {known} from {conflict.first} to {conflict.last}: is it right?")


def _log_decisions(curated: CuratedAnalysis, log: Log) -> None:
    if curated.outcome.decisions:
        from pipeline.decision_text import curation_log  # noqa: PLC0415 - Babel: for decisions only

        for line in curation_log(curated.outcome, curated.segments):
            log(line)


def _log_reading(reading: ReadingInfo | None, log: Log) -> None:
    """Say how many lines came after a reading, or changed."""
    if reading and (reading.placed_ids or reading.unread):
        placed, unread = _count(reading.placed_ids, "line"), reading.unread
        log(f"reading: {placed} came or changed after it and were placed by likeness, {unread} not; `make read` again")


def _pad_info(pad: Pad) -> PadInfo:
    return PadInfo(
        pad_id=pad.pad_id,
        group=pad.group,
        revision=pad.revision,
        sha256=pad.sha256,
        source=pad.source,
        formerly=pad.formerly,
        text_remarks=pad.text_remarks,
    )


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
