"""From a corpus to its analysis: the one place that knows all stages, and their order.

    Corpus ──► segment ──► tag ──► encode ──► cluster ──► describe ──► Analysis
               lines,      kinds,  vectors    row         concerns        ▲
               segments    names                numbers      │            │
                  └──────────────────────────────────────────┴─► ledger ──┘

Every stage is a pure function over frozen records and knows none of the others. Only segments that say
something (role content, kind not `other`) are offered to the clustering; all of them stay in the analysis.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial

from fetch.records import Corpus, Pad
from pipeline.cluster import cluster
from pipeline.describe import Means, describe
from pipeline.encode import Embed, encode, text_of
from pipeline.languages import by_wording_only
from pipeline.ledger import account
from pipeline.records import Analysis, Concern, EventInfo, Kind, LineRole, PadInfo, Segment
from pipeline.segment import segment
from pipeline.settings import Settings
from pipeline.tag import RULES, Tagger, tag

Say = Callable[[str], None]


def analyze(  # noqa: PLR0913 - what is to be read, how, and the four things from outside that it is read with
    corpus: Corpus, settings: Settings, now: str, say: Say, embed: Embed, *, tagger: Tagger = RULES
) -> Analysis:
    """The analysis of a corpus; `now` is ISO 8601 and `say` is told each stage's counts as it ends.

    `embed` gives the vectors of lines: the encoder that ships with Padharvest, one that remembers, or a user's own.
    `tagger` spots names beside the rules: likewise.
    """
    reading = segment(corpus.pads, corpus.event.prompts)
    say(f"segment: {_count(reading.lines, 'line')} in {_count(corpus.pads, 'pad')}, {len(reading.segments)} segments")
    tagged = tag(reading.segments, corpus.event.date, tagger.spot, corpus.event.names)
    say(f"tag: {_count(tagged.entities, 'name')} of people, organisations, places, events, products and dates")
    concerns = find_concerns(tagged.segments, settings, embed)
    recurring = sum(concern.recurring for concern in concerns)
    say(f"cluster: {recurring} recurring concerns, {len(concerns) - recurring} of one group only")
    return Analysis(
        schema=1,
        generated=now,
        event=EventInfo(id=corpus.event.id, title=corpus.event.title, date=corpus.event.date),
        pads=tuple(_pad_info(pad) for pad in corpus.pads),
        segments=tagged.segments,
        entities=tagged.entities,
        concerns=concerns,
        ledger=account(reading.lines, tagged.segments, concerns),
        settings={**asdict(settings), "tagger": tagger.name},
        corpus_sha256=digest(corpus.pads),
        problems=(*corpus.problems, *corpus.withheld),
    )


def find_concerns(segments: Sequence[Segment], settings: Settings, embed: Embed) -> tuple[Concern, ...]:
    """The concerns among segments that say something; boilerplate, duplicates and `other` are never in one."""
    offered = [one for one in segments if one.role is LineRole.CONTENT and one.kind is not Kind.OTHER]
    foreign = by_wording_only(segments, settings.encoder)
    vectors = encode(text_of(offered), embed, [one.language not in foreign for one in offered])
    clusters = cluster(vectors, [one.group for one in offered], settings)
    means = Means(embed=embed, regroup=partial(cluster, settings=settings), seed=settings.seed)
    return describe(clusters, offered, vectors, means)


def digest(pads: Sequence[Pad]) -> str:
    """SHA-256 over each pad's id and hash, in the order of ids: changes when any pad's text does."""
    lines = sorted(f"{pad.sha256}  {pad.pad_id}\n" for pad in pads)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _pad_info(pad: Pad) -> PadInfo:
    return PadInfo(pad_id=pad.pad_id, group=pad.group, revision=pad.revision, sha256=pad.sha256, source=pad.source)


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
