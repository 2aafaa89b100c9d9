"""What was decided about single quotes, read off the board, and what is put beside it by likeness."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.curation.board import Board, Card
from pipeline.curation.results import Decided, DecidedConcern, Liken
from pipeline.records import Segment, SegmentId


def decided(board: Board, segments: Sequence[Segment]) -> Decided:
    """Which quotes were said to belong where, and where not: the same for any order of the same decisions."""
    yes, no = _quotes(board, segments)
    concerns = [
        DecidedConcern(
            name=card.name or card.label,
            named=card.name is not None,
            yes=frozenset(yes[card]),
            no=frozenset(no[card]) - frozenset(yes[card]),
        )
        for card in _cards(board, segments)
    ]
    nowhere = frozenset(quote for quote, card in board.home.items() if card is None)
    return Decided(concerns=tuple(concerns), nowhere=nowhere, hidden=frozenset(board.hidden))


def liken_on(board: Board, segments: Sequence[Segment], said: Decided, liken: Liken) -> None:
    """Note on the board where `liken` puts quotes that nobody placed; the board heeds what bars them."""
    if not said.concerns:
        return
    placed = said.nowhere.union(said.hidden, *(concern.yes for concern in said.concerns))
    for card, quotes in zip(_cards(board, segments), liken(said), strict=False):
        for quote in quotes:
            if quote not in placed:
                board.likened[quote] = card


def _cards(board: Board, segments: Sequence[Segment]) -> list[Card]:
    """The concerns that were named or given quotes, by name."""
    yes, _ = _quotes(board, segments)
    alive = [card for card in board.cards if card.into is None and not card.dissolved and not card.hidden]
    return sorted((card for card in alive if card.name or yes[card]), key=lambda card: card.name or card.label)


def _quotes(
    board: Board, segments: Sequence[Segment]
) -> tuple[defaultdict[Card, list[SegmentId]], defaultdict[Card, list[SegmentId]]]:
    """The quotes that were said to belong to each card, and those that were said not to."""
    yes: defaultdict[Card, list[SegmentId]] = defaultdict(list)
    no: defaultdict[Card, list[SegmentId]] = defaultdict(list)
    for segment in segments:
        for card in board.yes(segment.id):
            yes[card].append(segment.id)
        for card in board.no(segment.id):
            no[card].append(segment.id)
    return yes, no
