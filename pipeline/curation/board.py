"""The concerns while decisions are applied to them, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.records import Concern, ConcernId, Segment, SegmentId


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
