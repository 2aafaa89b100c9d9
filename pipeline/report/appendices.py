"""People, organisations, places, events, products and dates, with the lines they stand in: the report's index.

The ledger as a table whose shares add up to 100 %.

Which pads the encoder could not read for meaning, in plain words.

What became of the facilitator's decisions.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from fetch.corpus_records import PadId
from pipeline.analysis_records import Account, Analysis, Entity, Label, Ledger, LineRole, Segment, SegmentId
from pipeline.decision_text import curation_summary, orphan_texts
from pipeline.report.quote_sources import Sources, name_list_anchor
from pipeline.report.report_records import (
    GroupLedger,
    Joined,
    LedgerRow,
    LedgerView,
    NameList,
    NameView,
    Where,
    WordingOnly,
)
from pipeline.report.words import count, listed, strings
from pipeline.settings import languages_compared_by_wording
from pipeline.translation import translation

_TITLES = strings("label")


def name_lists(
    entities: Sequence[Entity], segments: Mapping[SegmentId, Segment], known: Sources
) -> tuple[NameList, ...]:
    """A list per kind of name that there are any of; dates as they come, all others by alphabet."""
    return tuple(
        NameList(
            title=_TITLES[label.value],
            anchor=name_list_anchor(label.value),
            names=tuple(_name(entity, segments, known) for entity in _sorted(label, entities)),
        )
        for label in Label
        if any(entity.label is label for entity in entities)
    )


def _sorted(label: Label, entities: Sequence[Entity]) -> list[Entity]:
    own = [entity for entity in entities if entity.label is label]
    return own if label is Label.DATE else sorted(own, key=lambda entity: (entity.name.casefold(), entity.name))


def _name(entity: Entity, segments: Mapping[SegmentId, Segment], known: Sources) -> NameView:
    forms = [segments[mention.segment_id].text[mention.start : mention.end] for mention in entity.mentions]
    return NameView(
        name=entity.name,
        variants=", ".join(form for form in dict.fromkeys(forms) if form != entity.name),
        joined=tuple(
            Joined(written=one.written, like=one.like, why=strings("spelling")[one.why])
            for one in entity.also
            if one.written.casefold() != one.like.casefold()  # capitals explain themselves
        ),
        where=tuple(_where(entity, segments, known)),
    )


def _where(entity: Entity, segments: Mapping[SegmentId, Segment], known: Sources) -> Iterator[Where]:
    """The lines by group in event order, each line once."""
    quotes = [known.quote(segments[mention.segment_id]) for mention in entity.mentions]
    lines = {quote.anchor: quote for quote in quotes}
    for group, own in groupby(sorted(lines.values(), key=lambda one: one.group.number), key=lambda one: one.group):
        yield Where(group=group, quotes=tuple(own))


TENTHS = 1000
"""Shares are given in tenths of a percent."""

_WORDS = strings("account")


def ledger_view(ledger: Ledger, known: Sources) -> LedgerView:
    """The rows of the ledger that hold any line, for the event and for each group."""
    used = [entry for entry in Account if ledger.counts[entry]]
    shares = largest_remainder([ledger.counts[entry] for entry in used])
    return LedgerView(
        rows=tuple(_rows(used, shares, ledger)),
        groups=tuple(_groups(used, ledger, known)),
        total=f"{ledger.total:,}",
        share=_percent(sum(shares)),
    )


def largest_remainder(counts: Sequence[int]) -> tuple[int, ...]:
    """The share of each count in tenths of a percent, adding up to 1000 (Hamilton's method; 0 for no counts at all)."""
    total = sum(counts)
    if not total:
        return tuple(0 for _ in counts)
    shares = [number * TENTHS // total for number in counts]
    by_remainder = sorted(range(len(counts)), key=lambda index: (-(counts[index] * TENTHS % total), index))
    for index in by_remainder[: TENTHS - sum(shares)]:
        shares[index] += 1
    return tuple(shares)


def _rows(used: Sequence[Account], shares: Sequence[int], ledger: Ledger) -> Iterator[LedgerRow]:
    x = 0
    for entry, share in zip(used, shares, strict=True):
        yield LedgerRow(
            account=entry.value,
            words=_WORDS[entry.value],
            lines=f"{ledger.counts[entry]:,}",
            share=_percent(share),
            x=x,
            width=share,
        )
        x += share


def _groups(used: Sequence[Account], ledger: Ledger, known: Sources) -> Iterator[GroupLedger]:
    for group in known.groups:
        pads = [source.info.pad_id for source in known.by_pad.values() if source.group == group]
        found = Counter(entry for pad_id in pads for entry in ledger.lines[pad_id])
        yield GroupLedger(group=group, counts=tuple(found[entry] for entry in used), total=f"{found.total():,}")


def _percent(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10} %"


def wording_only(analysis: Analysis, known: Sources) -> tuple[WordingOnly, ...]:
    """The pads with notes that were compared by their wording only, in event order, each with what those are."""
    foreign = languages_compared_by_wording(analysis.segments, str(analysis.settings.get("encoder", "")))
    languages: dict[PadId, Counter[str]] = {pad_id: Counter() for pad_id in known.by_pad}
    for one in analysis.segments:
        if one.role is LineRole.CONTENT:
            languages[one.pad_id][one.language] += 1
    found = []
    for pad_id, counts in languages.items():
        if foreign & counts.keys():
            group, words = known.by_pad[pad_id].group, _words(counts, foreign)
            found.append(WordingOnly(group=group, words=f"{pad_id}: {words}" if group.name in known.several else words))
    return tuple(found)


def _words(counts: Counter[str], foreign: AbstractSet[str]) -> str:
    """`Spanish` for a pad that is mostly in it, `2 notes in Catalan` for fewer; the most first."""
    names = strings("language")
    return listed(
        tuple(
            names.get(code, code)
            if 2 * number > counts.total()
            else f"{count(number, 'note')} in {names.get(code, code)}"
            for code, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            if code in foreign
        )
    )


def decided(analysis: Analysis) -> tuple[str, tuple[str, ...]]:
    """Return what the report says about all decisions together, "" if there are none, and about each orphan."""
    english = translation()
    outcome = analysis.curation
    return curation_summary(outcome, english), orphan_texts(outcome, analysis.segments, english)
