"""From the board back to concerns and segments: what was decided about, described again; all else untouched."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.curation.board import Board, Card
from pipeline.curation.results import Describe, Found
from pipeline.records import Concern, ConcernId, Kind, LineRole, Segment, SegmentId
from pipeline.words import first_free

_SET_ASIDE = frozenset({LineRole.BOILERPLATE, LineRole.DUPLICATE})
_FEWEST = 2
"""Quotes of a concern that nobody named: one that lost all but one of them is none any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitted:
    """Segments and concerns as they are shown, the most clearly recurring concerns first, and what is not shown."""

    segments: tuple[Segment, ...]
    concerns: tuple[Concern, ...]
    empty: tuple[str, ...]
    hidden_quotes: int
    hidden_concerns: int


def emit(board: Board, found: Found, describe: Describe) -> Emitted:
    """What the board shows, with `describe` for concerns whose quotes changed."""
    redacted = {segment.id for segment in found.segments if segment.role is LineRole.REDACTED}
    members = board.members(found.segments)
    under_hidden = {quote for card, quotes in members.items() if card.hidden for quote in quotes}
    hidden = (board.hidden | under_hidden) - redacted
    shown = {
        card: quotes
        for card, all_quotes in members.items()
        if not card.hidden
        and (quotes := [quote for quote in all_quotes if quote not in hidden and quote not in redacted])
        and _is_concern(card, quotes, board)
    }
    placed = {quote for quotes in shown.values() for quote in quotes}
    return Emitted(
        segments=tuple(_segment(one, hidden, placed) for one in found.segments),
        concerns=_concerns(shown, describe, hidden, board),
        empty=tuple(card.name for card, quotes in members.items() if card.name and not card.hidden and not quotes),
        hidden_quotes=len(hidden),
        hidden_concerns=sum(card.hidden and bool(quotes) for card, quotes in members.items()),
    )


def concern_id(name: str) -> ConcernId:
    """The id of a concern that the facilitator named: the same whatever its quotes are."""
    return ConcernId(
        f"c-{hashlib.sha256(f'named {name.casefold()}'.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
    )


def _is_concern(card: Card, quotes: Sequence[SegmentId], board: Board) -> bool:
    decided = any((home := board.home.get(quote)) is not None and home.now is card for quote in quotes)
    return card.name is not None or len(quotes) >= _FEWEST or decided


def _segment(segment: Segment, hidden: set[SegmentId], placed: set[SegmentId]) -> Segment:
    """What is hidden says nothing to the report; what was set aside and is placed all the same is content."""
    if segment.id in hidden:
        plain = replace(segment, owner=None, due=None, due_from=None, due_date=None, due_precision=None)
        return replace(plain, role=LineRole.HIDDEN, kind=Kind.OTHER)
    if segment.id in placed and segment.role in _SET_ASIDE:
        return replace(segment, role=LineRole.CONTENT, kind=Kind.STATEMENT)
    return segment


def _concerns(
    shown: dict[Card, list[SegmentId]], describe: Describe, hidden: set[SegmentId], board: Board
) -> tuple[Concern, ...]:
    changed = [
        quotes for card, quotes in shown.items() if card.draft is None or tuple(quotes) != card.draft.segment_ids
    ]
    described = {frozenset(one.segment_ids): one for one in describe(changed)} if changed else {}
    concerns = [_concern(card, described.get(frozenset(quotes)), hidden) for card, quotes in shown.items()]
    taken = {one.label.casefold() for one in concerns if one.named}
    apart = []
    for card, one in zip(shown, concerns, strict=True):
        label = one.label if one.named else first_free([one.label], taken)
        apart.append(replace(one, label=label, suggested_ids=_suggested(card, one, board)))
    return tuple(sorted(apart, key=_rank))


def _rank(one: Concern) -> tuple[bool, int, int, bool]:
    return not one.recurring, -len(one.clear_groups), -len(one.groups), not one.named


def _concern(card: Card, described: Concern | None, hidden: set[SegmentId]) -> Concern:
    """A card as a concern. One that lost or got a quote keeps the title it is known by, unless a hidden one gave it.

    All groups of a concern that a person named share it clearly: somebody said so.
    """
    if card.name is not None:
        one = described or _draft(card)
        name = card.name
        return replace(one, id=concern_id(name), label=name, named=True, clear_groups=one.groups)
    if described is None:
        return _draft(card)
    if card.draft is None or hidden & set(card.draft.segment_ids):
        return described
    return replace(described, id=card.draft.id, label=card.draft.label)


def _suggested(card: Card, concern: Concern, board: Board) -> tuple[SegmentId, ...]:
    """The quotes that are there by likeness to decided ones alone, not by the clustering."""
    drafted = card.draft.segment_ids if card.draft else ()
    by_likeness = (one for one in concern.segment_ids if one in board.likened and one not in drafted)
    return tuple(one for one in by_likeness if board.likened[one].now is card)


def _draft(card: Card) -> Concern:
    if card.draft is None:
        raise ValueError("A concern without draft must be described.")
    return card.draft
