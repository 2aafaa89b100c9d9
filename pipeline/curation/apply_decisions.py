"""What was decided about single quotes, read off the board, and what is put beside it by likeness.

The facilitator's decisions applied, one after the other: from what the program found to what the report shows.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.analysis_records import CurationOutcome, Followed, Orphan, Segment, SegmentId
from pipeline.curation.anchors import Lost, Places
from pipeline.curation.board import Board, Card, emit
from pipeline.curation.decisions import (
    Anchor,
    Belongs,
    ConcernRef,
    Curated,
    Curation,
    Decided,
    DecidedConcern,
    Decision,
    Describe,
    Found,
    HideConcern,
    HideQuote,
    Liken,
    Merge,
    New,
    NotAConcern,
    NotHere,
    NotSame,
    Redact,
    Rename,
    Same,
    Secrets,
    Split,
    what,
)
from pipeline.curation.entity_decisions import of_shown, same_and_not_same
from pipeline.curation.redaction import without


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


def apply(curation: Curation, found: Found, describe: Describe, liken: Liken = lambda _: ()) -> Curated:
    """`found` as the facilitator decided it should be, and what became of each decision.

    Decisions are taken in their order, so that the later of two that disagree counts. Concerns that no decision
    touches stay as they are; `describe` gives the terms and exemplars of the others. A concern with a given name is
    kept, whatever the clustering makes of its quotes, and has an id that comes from its name. `liken` then puts
    further quotes with the concerns that were decided about, never one that was decided about itself.
    """
    table = _Table(curation, found)
    applied = sum(table.take_all())
    said = decided(table.board, found.segments)
    liken_on(table.board, found.segments, said, liken)
    emitted = emit(table.board, found, describe)
    return Curated(
        segments=emitted.segments,
        entities=of_shown(table.entities, emitted.segments),
        concerns=emitted.concerns,
        outcome=CurationOutcome(
            decisions=len(curation.decisions),
            applied=applied,
            followed=(*found.redacted.followed, *table.followed),
            orphans=tuple(sorted((*found.redacted.orphans, *table.orphans), key=lambda one: one.decision)),
            empty=emitted.empty,
            hidden_quotes=emitted.hidden_quotes,
            hidden_concerns=emitted.hidden_concerns,
            redacted=found.redacted.count,
        ),
        decided=said,
    )


def decided_in(curation: Curation, found: Found) -> Decided:
    """What `apply` would learn from: quick, for whoever asks the next question and shows nothing yet."""
    table = _Table(curation, found)
    table.take_all()
    return decided(table.board, found.segments)


class _Table:
    """Where decisions are taken: the board of concerns, the places of quotes, and what could not be placed."""

    def __init__(self, curation: Curation, found: Found) -> None:
        self._decisions = tuple(_clean(one, found.redacted.secrets) for one in curation.decisions)
        self.board = Board(found.concerns)
        self.entities = found.entities
        self.followed: list[Followed] = []
        self.orphans: list[Orphan] = []
        self._found = found
        self._places = Places(found.segments, found.redacted.written, _anchors(self._decisions))
        self._declared = {
            one.name.casefold(): one.name for one in self._decisions if isinstance(one, Rename | Merge | Split | New)
        }

    def take_all(self) -> list[bool]:
        """Apply all decisions, oldest first; whether each took effect."""
        return [self.take(number, one) for number, one in enumerate(self._decisions, 1)]

    def take(self, number: int, decision: Decision) -> bool:
        """Apply a decision; whether it took effect, if only in part."""
        match decision:
            case Rename() | Merge() | Split() | New():
                return self._concerns(number, decision)
            case Belongs() | NotHere() | HideQuote():
                return self._quote(number, decision)
            case NotAConcern() | HideConcern():
                card = self._card(number, decision, decision.concern)
                if card is not None and isinstance(decision, NotAConcern):
                    card.dissolved = True
                elif card is not None:
                    card.hidden = True
                return card is not None
            case Redact():
                return all(orphan.decision != number for orphan in self._found.redacted.orphans)
            case Same() | NotSame():
                self.entities, missing = same_and_not_same(decision, self.entities, self._found.segments)
                for name in missing:
                    self._lose(number, decision, f"“{name}” was found in no pad")
                return len(missing) < len(decision.names) - 1

    def _concerns(self, number: int, decision: Rename | Merge | Split | New) -> bool:
        if isinstance(decision, Rename | Merge):
            refs = (decision.concern,) if isinstance(decision, Rename) else decision.concerns
            cards = [card for ref in refs if (card := self._card(number, decision, ref, naming=True))]
            for other in cards[1:]:
                self.board.merge(cards[0], other)
            if cards:
                self.board.call(cards[0], decision.name)
            return bool(cards)
        apart_from = self._card(number, decision, decision.concern) if isinstance(decision, Split) else None
        quotes = [quote for one in decision.quotes if (quote := self._segment(number, decision, one))]
        if decision.quotes and not quotes and self.board.named(decision.name) is None and isinstance(decision, Split):
            return False
        card = self.board.begin(decision.name, apart_from=apart_from)
        for quote in quotes:
            self.board.put(quote, card)
        return bool(quotes) or not decision.quotes

    def _quote(self, number: int, decision: Belongs | NotHere | HideQuote) -> bool:
        quote = self._segment(number, decision, decision.quote)
        ref = None if isinstance(decision, HideQuote) else decision.concern
        card = self._card(number, decision, ref) if ref is not None else None
        if quote is None or (ref is not None and card is None):
            return False
        if isinstance(decision, HideQuote):
            self.board.hidden.add(quote)
        elif isinstance(decision, NotHere) and card is not None:
            self.board.bar(quote, card)
        elif isinstance(decision, Belongs) and decision.also and card is not None:
            self.board.put_also(quote, card)
        else:
            self.board.put(quote, card)
        return True

    def _segment(self, number: int, decision: Decision, anchor: Anchor) -> SegmentId | None:
        """The segment of a quote; noted where it was edited or is nowhere."""
        place = self._places.find(anchor)
        if isinstance(place, Lost):
            self._lose(number, decision, place.why, place.near)
            return None
        if place.edited:
            self.followed.append(Followed(decision=number, what=what(decision), segment_id=place.segment_id))
        return place.segment_id

    def _card(self, number: int, decision: Decision, ref: ConcernRef, *, naming: bool = False) -> Card | None:
        """The concern that is meant: by given name, by its quotes, or by its label; noted where it is nowhere.

        When it is `naming` that refers to a concern which bears a name for the sake of other quotes, then these quotes
        leave it: the facilitator named two concerns that the program now thinks are one.
        """
        card = self.board.named(ref.name)
        if card is not None:
            return card
        places = [self._places.find(anchor) for anchor in ref.quotes]
        quotes = [place.segment_id for place in places if not isinstance(place, Lost)]
        if quotes:
            card = self.board.holding(quotes)
            if card is None or (naming and card.name and not card.pins & set(quotes)):
                card = self.board.new(ref.name)
                self.board.pin(card, quotes)
            elif naming:
                self.board.pin(card, quotes)
            return card
        if not ref.quotes and (card := self.board.labelled(ref.name)):
            return card
        if ref.name.casefold() in self._declared:
            return self.board.begin(self._declared[ref.name.casefold()])
        if ref.quotes:
            near = next((place.near for place in places if isinstance(place, Lost)), ())
            self._lose(number, decision, "none of the quotes that its concern is known by stands in a pad", near)
        else:
            self._lose(number, decision, f"no concern is called “{ref.name}”{self._meant(ref.name)}")
        return None

    def _meant(self, name: str) -> str:
        labels = [*self._declared.values(), *(concern.label for concern in self._found.concerns)]
        close = difflib.get_close_matches(name, labels, n=1)
        return f" (there is “{close[0]}”)" if close else ""

    def _lose(self, number: int, decision: Decision, why: str, near: tuple[SegmentId, ...] = ()) -> None:
        self.orphans.append(Orphan(decision=number, what=what(decision), why=why, near=near))


def _anchors(decisions: Sequence[Decision]) -> Iterator[Anchor]:
    """Every anchor of quotes that were decided about one by one."""
    for one in decisions:
        if isinstance(one, Belongs | NotHere | HideQuote):
            yield one.quote
        elif isinstance(one, Split | New):
            yield from one.quotes


def _clean(decision: Decision, secrets: Secrets) -> Decision:
    """The decision without redacted words in the names that it gives or refers to."""
    if not secrets:
        return decision
    changes: dict[str, object] = {}
    for key in decision.__dataclass_fields__:
        value = getattr(decision, key)
        if isinstance(value, str) and key == "name":
            changes[key] = without(value, secrets)
        elif isinstance(value, ConcernRef):
            changes[key] = replace(value, name=without(value.name, secrets))
        elif key == "concerns":
            changes[key] = tuple(replace(ref, name=without(ref.name, secrets)) for ref in value)
        elif key == "names":
            changes[key] = tuple(without(name, secrets) for name in value)
    return replace(decision, **changes)  # type: ignore[arg-type] # same types as they were
