"""Grounds: the words in which a card gives the reasons why its quotes are there.

From concerns to cards: who raised them, and everything that was said about them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from pipeline.analysis_records import Concern, Segment, SegmentId
from pipeline.report.quote_sources import Sources, concern_anchor
from pipeline.report.report_records import Card, Cell, GroupCards, GroupQuotes, Quote, Why
from pipeline.report.words import count, listed, out_of, strength, strings

_HERE = strings("here")


def whys(concern: Concern, segments: Mapping[SegmentId, Segment], known: Sources) -> Mapping[str, Why]:
    """Why each quote is in the concern, by where it stands (`Quote.at`)."""
    found = {}
    for reason in concern.reasons:
        if reason.segment_id in concern.segment_ids and reason.exemplar_id in segments:
            like = known.quote(segments[reason.exemplar_id])
            words = _HERE["words"] if reason.shared_words else _HERE["meaning"]
            suggested = reason.segment_id in concern.suggested_ids
            found[known.quote(segments[reason.segment_id]).at] = Why(
                like=like,
                words=f"{_HERE['suggested']} {words}" if suggested else words,
                shared=", ".join(reason.shared_words),
            )
    return MappingProxyType(found)


def placed_by_likeness(concern: Concern) -> str:
    """A sentence that says how many quotes nobody put there; empty where the facilitator or the clustering put all."""
    number = len(concern.suggested_ids)
    return "" if not number else _HERE["one" if number == 1 else "many"].replace("NUMBER", str(number))


EXEMPLARS = 4
"""So many quotes stand on a card before the rest is unfolded: as many as can be read at a glance."""

_FEW = 2
_SOME = 4


def recurring_cards(
    concerns: Sequence[Concern], segments: Mapping[SegmentId, Segment], known: Sources
) -> tuple[Card, ...]:
    """A card per concern of several groups, in the order they come in (the most clearly recurring first)."""
    return tuple(_card(concern, segments, known) for concern in concerns if concern.recurring)


def one_group_cards(
    concerns: Sequence[Concern], segments: Mapping[SegmentId, Segment], known: Sources
) -> tuple[GroupCards, ...]:
    """The concerns of one group each, by group in event order."""
    cards = [_card(concern, segments, known) for concern in concerns if not concern.recurring]
    cards.sort(key=lambda card: card.groups[0].number)
    return tuple(
        GroupCards(group=group, cards=tuple(own)) for group, own in groupby(cards, key=lambda card: card.groups[0])
    )


def quotes_by_group(quotes: Iterable[Quote]) -> tuple[GroupQuotes, ...]:
    """`quotes` by group in event order; a group's stay in the order they came in."""
    ordered = sorted(quotes, key=lambda quote: quote.group.number)
    return tuple(
        GroupQuotes(group=group, quotes=tuple(own)) for group, own in groupby(ordered, key=lambda quote: quote.group)
    )


def _card(concern: Concern, segments: Mapping[SegmentId, Segment], known: Sources) -> Card:
    members = [segments[member] for member in concern.segment_ids]
    cells = tuple(_cells(Counter(member.group for member in members), known))
    groups = tuple(cell.group for cell in cells if cell.count)
    shown = concern.exemplar_ids[:EXEMPLARS]
    return Card(
        label=concern.label,
        anchor=concern_anchor(concern.id),
        raised=len(groups),
        of_groups=out_of(len(groups), len(known.wrote), len(concern.clear_groups)),
        strength=strength(len(groups), len(known.wrote), len(concern.clear_groups)),
        groups=groups,
        group_names=listed(tuple(group.name for group in groups)),
        cells=cells,
        exemplars=tuple(known.quote(segments[exemplar]) for exemplar in shown),
        others=tuple(known.quote(member) for member in members if member.id not in shown),
        by_group=quotes_by_group(map(known.quote, members)),
        quote_count=count(len(members), "quote"),
        named=concern.named,
        whys=whys(concern, segments, known),
        placed=placed_by_likeness(concern),
    )


def _cells(quotes: Counter[str], known: Sources) -> Iterator[Cell]:
    for group in known.groups:
        number = quotes[group.name]
        yield Cell(
            group=group,
            count=number,
            words=count(number, "quote") if number else "none",
            weight=(number > 0) + (number >= _FEW) + (number >= _SOME),
            wrote=group.name in known.wrote,
        )
