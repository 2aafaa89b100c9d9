"""How well an analysis of corpus/sample finds what the hand-made list says is in it."""

from collections.abc import Collection, Hashable
from itertools import combinations

from pipeline.analysis_records import Account, Analysis
from pipeline.segment_records import Kind, Segment
from tests.support.sample_gold import Gold, pad_texts, quote_spans


def f1(found: Collection[Hashable], wanted: Collection[Hashable]) -> float:
    """Harmonic mean of precision and recall of `found`."""
    both = len(set(found) & set(wanted))
    return 2 * both / (len(set(found)) + len(set(wanted))) if both else 0.0


def kind(analysis: Analysis, gold: Gold, which: Kind) -> float:
    """F1 over the lines that hold a segment of this kind; questions, decisions and next steps are listed."""
    listed = {
        Kind.QUESTION: {(one.pad, one.line) for one in gold.questions},
        Kind.DECISION: {(one.pad, one.line) for one in gold.decisions},
        Kind.ACTION: {(one.pad, one.line) for one in gold.next_steps},
    }
    return f1({(one.pad_id, one.line) for one in analysis.segments if one.kind is which}, listed[which])


def owners(analysis: Analysis, gold: Gold) -> float:
    """F1 over (pad, line, owner as typed) of next steps."""
    found = {(one.pad_id, one.line, one.owner.casefold()) for one in analysis.segments if one.owner}
    return f1(found, {(one.pad, one.line, one.owner.casefold()) for one in gold.next_steps if one.owner})


def due_dates(analysis: Analysis, gold: Gold) -> float:
    """F1 over (pad, line, day) of next steps whose day the list is sure of, and of those found on their lines."""
    listed = {(one.pad, one.line): one.due_date for one in gold.next_steps if one.due_date}
    found = {
        (one.pad_id, one.line, one.due_date)
        for one in analysis.segments
        if one.due_date and (one.pad_id, one.line) in listed
    }
    return f1(found, {(*place, day) for place, day in listed.items()})


def pairs(analysis: Analysis, gold: Gold) -> float:
    """F1 over pairs of listed quotes from different pads: put into one concern by both?"""
    texts = pad_texts()
    where = {quote: (quote.pad, *place) for quote, place in quote_spans(gold, texts).items()}
    wanted = {
        frozenset(pair)
        for concern in gold.concerns
        for pair in combinations([where[quote] for quote in concern.quotes], 2)
        if pair[0][0] != pair[1][0]
    }
    by_id = {one.id: one for one in analysis.segments}
    found = set()
    for concern in analysis.concerns:
        members = [place for place in where.values() if any(_meets(by_id[i], place) for i in concern.segment_ids)]
        found |= {frozenset(pair) for pair in combinations(members, 2) if pair[0][0] != pair[1][0]}
    return f1(found, wanted)


def found_concerns(analysis: Analysis, gold: Gold) -> float:
    """Share of the listed recurring concerns that some recurring card is at least half made of, from 2 or more pads."""
    places = quote_spans(gold, pad_texts())
    by_id = {one.id: one for one in analysis.segments}
    wanted = [concern for concern in gold.concerns if not concern.one_group]
    hit = 0
    for concern in wanted:
        spans = [(quote.pad, *places[quote]) for quote in concern.quotes]
        for card in analysis.concerns:
            members = [by_id[i] for i in card.segment_ids]
            inside = [one for one in members if any(_meets(one, place) for place in spans)]
            if 2 * len(inside) >= len(members) and len({one.pad_id for one in inside}) > 1:
                hit += 1
                break
    return hit / len(wanted)


def names(analysis: Analysis, gold: Gold) -> float:
    """F1 over the listed names, dates apart: (pad, the name as typed, label), however often."""
    listed = {
        (pad, variant, entity.label)
        for pad, text in pad_texts().items()
        for entity in gold.entities
        for variant in entity.variants
        if variant in text
    }
    by_id = {one.id: one for one in analysis.segments}
    found = {
        (by_id[at.segment_id].pad_id, by_id[at.segment_id].text[at.start : at.end], str(entity.label))
        for entity in analysis.entities
        if entity.label != "DATE"
        for at in entity.mentions
    }
    return f1(found, listed)


def account(analysis: Analysis, pad: str, line: int) -> Account:
    """The ledger's entry for a line."""
    return next(lines for pad_id, lines in analysis.ledger.lines.items() if pad_id == pad)[line - 1]


def _meets(segment: Segment, place: tuple[str, int, int]) -> bool:
    """Whether they overlap by at least half of the shorter."""
    pad, start, end = place
    overlap = min(end, segment.end) - max(start, segment.start)
    return segment.pad_id == pad and 2 * overlap >= min(end - start, segment.end - segment.start) > 0
