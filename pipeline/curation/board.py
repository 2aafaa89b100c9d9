"""The concerns while decisions are applied to them, one after the other.

From the board back to concerns and segments: what was decided about, described again; all else untouched.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.analysis_records import Concern, ConcernId, Kind, LineRole, Segment, SegmentId
from pipeline.curation.decisions import Describe, Found
from pipeline.text import unique_name


@dataclass(slots=True, eq=False)
class Card:
    """A concern on the board; `draft` is what the program made of it, `name` what the facilitator called it.

    `pins` are quotes that it was referred to by when it was named: they stay in it.
    """

    label: str
    draft: Concern | None = None
    name: str | None = None
    into: Card | None = None
    dissolved: bool = False
    hidden: bool = False
    pins: set[SegmentId] = field(default_factory=set)

    @property
    def now(self) -> Card:
        """What it was merged into, at the end, or itself."""
        card = self
        while card.into is not None:
            card = card.into
        return card


class Board:
    """Cards, and where the facilitator put quotes: `home` by quote (None: in no concern), `barred` from which cards.

    `also` are cards that a quote is in besides its home, `likened` the card that it is put in by likeness alone.
    """

    def __init__(self, concerns: Sequence[Concern]) -> None:
        self.cards = [Card(label=concern.label, draft=concern) for concern in concerns]
        self._by_draft: Mapping[ConcernId, Card] = {card.draft.id: card for card in self.cards if card.draft}
        self._drafted = {member: concern.id for concern in concerns for member in concern.segment_ids}
        self._by_label = {card.label.casefold(): card for card in reversed(self.cards)}
        self._by_name: dict[str, Card] = {}
        self.home: dict[SegmentId, Card | None] = {}
        self.also: dict[SegmentId, list[Card]] = {}
        self.likened: dict[SegmentId, Card] = {}
        self._barred: dict[SegmentId, list[Card]] = {}
        self.hidden: set[SegmentId] = set()

    def named(self, name: str) -> Card | None:
        """The concern that the facilitator called so."""
        return _alive(self._by_name.get(name.casefold()))

    def labelled(self, label: str) -> Card | None:
        """The concern that the program called so."""
        return _alive(self._by_label.get(label.casefold()))

    def holding(self, quotes: Sequence[SegmentId]) -> Card | None:
        """The concern that the program put most of `quotes` in, the first of several."""
        votes = Counter(self._drafted[quote] for quote in quotes if quote in self._drafted)
        for draft, _ in votes.most_common():
            card = _alive(self._by_draft[draft])
            if card is not None:
                return card
        return None

    def new(self, label: str, quotes: Sequence[SegmentId] = ()) -> Card:
        """A concern of these quotes, unnamed yet."""
        card = Card(label=label)
        self.cards.append(card)
        self.pin(card, quotes)
        return card

    def pin(self, card: Card, quotes: Sequence[SegmentId]) -> None:
        """Keep `quotes` in `card`, unless it is decided where they belong."""
        for other in self.cards:
            other.pins.difference_update(quotes)
        card.now.pins.update(quotes)

    def call(self, card: Card, name: str) -> Card:
        """Give `card` its name; one that bears it already and `card` are one from now on."""
        other = self.named(name)
        if other is not None and other is not card.now:
            self.merge(other, card)
            card = other
        card.now.name = name
        self._by_name[name.casefold()] = card.now
        return card.now

    def begin(self, name: str, *, apart_from: Card | None = None) -> Card:
        """The concern called `name`, made where there is none or where that is the old name of `apart_from`."""
        card = self.named(name)
        once = card is not None and apart_from is not None and card is apart_from.now and not _is_called(card, name)
        if card is None or once:
            card = self.new(name)
            card.name = name
            self._by_name[name.casefold()] = card
        return card

    def merge(self, card: Card, other: Card) -> None:
        """Make `other` part of `card`."""
        card, other = card.now, other.now
        if card is not other:
            other.into = card
            card.pins |= other.pins
            card.hidden |= other.hidden

    def put(self, quote: SegmentId, card: Card | None) -> None:
        """Put `quote` in `card`, or in none."""
        self.home[quote] = card
        self.also.pop(quote, None)
        self._barred[quote] = [one for one in self._barred.get(quote, []) if card is None or one.now is not card.now]

    def put_also(self, quote: SegmentId, card: Card) -> None:
        """Put `quote` in `card` besides where it is; one that is in no concern by decision is in that one then."""
        if self.home.get(quote) is None and quote in self.home:
            self.put(quote, card)
            return
        self._barred[quote] = [one for one in self._barred.get(quote, []) if one.now is not card.now]
        self.also.setdefault(quote, []).append(card)

    def bar(self, quote: SegmentId, card: Card) -> None:
        """Keep `quote` out of `card`."""
        self._barred.setdefault(quote, []).append(card)
        self.also[quote] = [one for one in self.also.get(quote, []) if one.now is not card.now]
        home = self.home.get(quote)
        if home is not None and home.now is card.now:
            del self.home[quote]

    def members(self, segments: Sequence[Segment]) -> dict[Card, list[SegmentId]]:
        """The quotes of each concern that is not dissolved, in reading order."""
        pinned = {quote: card.now for card in self.cards for quote in card.pins if card.into is None}
        found: dict[Card, list[SegmentId]] = {card: [] for card in self.cards if card.into is None}
        for segment in segments:
            others = [card.now for card in self.also.get(segment.id, [])]
            for card in dict.fromkeys([self._where(segment.id, pinned), *others]):
                if card is not None and not card.dissolved:
                    found[card].append(segment.id)
        return {card: quotes for card, quotes in found.items() if not card.dissolved}

    def yes(self, quote: SegmentId) -> list[Card]:
        """The concerns that `quote` was said to belong to, dissolved and hidden ones too."""
        home = self.home.get(quote)
        pinned = [] if quote in self.home else [card for card in self.cards if quote in card.pins]
        return [one.now for one in (*([home] if home else []), *self.also.get(quote, []), *pinned)]

    def no(self, quote: SegmentId) -> list[Card]:
        """The concerns that `quote` was said not to belong to."""
        return [card.now for card in self._barred.get(quote, [])]

    def _where(self, quote: SegmentId, pinned: Mapping[SegmentId, Card]) -> Card | None:
        if quote in self.home:
            home = self.home[quote]
            return home.now if home else None
        barred = [card.now for card in self._barred.get(quote, [])]
        return next((card for card in self._offers(quote, pinned) if card not in barred), None)

    def _offers(self, quote: SegmentId, pinned: Mapping[SegmentId, Card]) -> Iterator[Card]:
        if quote in pinned:
            yield pinned[quote]
        if quote in self.likened:
            yield self.likened[quote]
        if quote in self._drafted:
            yield self._by_draft[self._drafted[quote]].now


def _is_called(card: Card, name: str) -> bool:
    return card.name is not None and card.name.casefold() == name.casefold()


def _alive(card: Card | None) -> Card | None:
    return card.now if card is not None and not card.now.dissolved else None


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
        label = one.label if one.named else unique_name([one.label], taken)
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
