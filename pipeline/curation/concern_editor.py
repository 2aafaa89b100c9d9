"""The concerns while decisions are applied to them, one after the other, and what is shown of them in the end.

draft concerns ──► ConcernEditor ──► edited() ──► segments and concerns as they are shown
                   rename, merge,
                   put, bar, hide ──► examples() ──► what the decisions teach about single quotes
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from pipeline.analysis_records import Concern, ConcernId, CurationOutcome, Kind, LineRole, Segment, SegmentId
from pipeline.text import unique_name

_SET_ASIDE = frozenset({LineRole.BOILERPLATE, LineRole.DUPLICATE})
_FEWEST = 2
"""Quotes of a concern without a given name: one that is left with a single quote is no concern any more."""

DescribeConcerns = Callable[[Sequence[Sequence[SegmentId]]], Sequence[Concern]]
"""Makes a concern of each of some groups of segments, with terms, exemplars and a working title; in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernExamples:
    """A concern with the quotes that the facilitator said belong to it, and those they said do not.

    `named` means that `name` is the facilitator's, not a working title.
    """

    name: str
    named: bool = True
    positive: frozenset[SegmentId] = frozenset()
    negative: frozenset[SegmentId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What was decided about single quotes, whatever the order of decisions.

    `concerns` are sorted by name, without hidden and dissolved ones. The quotes in `in_none` belong to no concern,
    those in `hidden` are not shown.
    """

    concerns: tuple[ConcernExamples, ...] = ()
    in_none: frozenset[SegmentId] = frozenset()
    hidden: frozenset[SegmentId] = frozenset()

    @property
    def decided(self) -> frozenset[SegmentId]:
        """Return the quotes that were put in a concern or in none."""
        return self.in_none.union(*(concern.positive for concern in self.concerns))


FindSimilar = Callable[[Examples], Sequence[Sequence[SegmentId]]]
"""Finds further quotes for each concern of some examples, by similarity; a quote for one of them at most."""


@dataclass(slots=True, eq=False)
class EditedConcern:
    """A concern that is being edited: `draft` is as the program found it, `name` is given by the facilitator.

    `pinned` are the quotes that identified it when it was named: they stay in it.
    """

    label: str
    draft: Concern | None = None
    name: str | None = None
    merged_into: EditedConcern | None = None
    dissolved: bool = False
    hidden: bool = False
    pinned: set[SegmentId] = field(default_factory=set)

    @property
    def current(self) -> EditedConcern:
        """Return the concern that it was merged into in the end, or itself."""
        concern = self
        while concern.merged_into is not None:
            concern = concern.merged_into
        return concern


class ConcernEditor:
    """Edits draft concerns; quotes are ids of segments.

    `_home` has the concern that the facilitator put a quote in, None for no concern; `_also` further ones; `_barred`
    those that it must not be in; `_similar` the one that it is in only because it is similar to its quotes.
    """

    def __init__(self, concerns: Sequence[Concern], segments: Sequence[Segment]) -> None:
        """`segments` are all of the event, in reading order."""
        self._segments = segments
        self._concerns = [EditedConcern(label=concern.label, draft=concern) for concern in concerns]
        self._by_draft = {concern.draft.id: concern for concern in self._concerns if concern.draft}
        self._drafted = {member: concern.id for concern in concerns for member in concern.segment_ids}
        self._by_label = {concern.label.casefold(): concern for concern in reversed(self._concerns)}
        self._by_name: dict[str, EditedConcern] = {}
        self._home: dict[SegmentId, EditedConcern | None] = {}
        self._also: dict[SegmentId, list[EditedConcern]] = {}
        self._barred: dict[SegmentId, list[EditedConcern]] = {}
        self._similar: dict[SegmentId, EditedConcern] = {}
        self._hidden: set[SegmentId] = set()

    def named(self, name: str) -> EditedConcern | None:
        """Return the concern to which the facilitator gave this name."""
        return _existing(self._by_name.get(name.casefold()))

    def labelled(self, label: str) -> EditedConcern | None:
        """Return the concern to which the program gave this label."""
        return _existing(self._by_label.get(label.casefold()))

    def holding(self, quotes: Sequence[SegmentId]) -> EditedConcern | None:
        """Return the concern that the program put most of `quotes` in, the first of several."""
        votes = Counter(self._drafted[quote] for quote in quotes if quote in self._drafted)
        existing = (_existing(self._by_draft[draft]) for draft, _ in votes.most_common())
        return next((concern for concern in existing if concern is not None), None)

    def add(self, label: str, quotes: Sequence[SegmentId] = ()) -> EditedConcern:
        """Add a concern of these quotes, without a given name."""
        concern = EditedConcern(label=label)
        self._concerns.append(concern)
        self.pin(concern, quotes)
        return concern

    def pin(self, concern: EditedConcern, quotes: Sequence[SegmentId]) -> None:
        """Keep `quotes` in `concern`, unless it is decided where they belong."""
        for other in self._concerns:
            other.pinned.difference_update(quotes)
        concern.current.pinned.update(quotes)

    def rename(self, concern: EditedConcern, name: str) -> None:
        """Give `concern` a name, and merge it with the concern that has this name already."""
        other = self.named(name)
        if other is not None and other is not concern.current:
            self.merge(other, concern)
            concern = other
        concern.current.name = name
        self._by_name[name.casefold()] = concern.current

    def create(self, name: str, *, apart_from: EditedConcern | None = None) -> EditedConcern:
        """Return the concern called `name`; make it if there is none, or if that is a former name of `apart_from`."""
        concern = self.named(name)
        former = (
            concern is not None
            and apart_from is not None
            and concern is apart_from.current
            and (concern.name or "").casefold() != name.casefold()
        )
        if concern is None or former:
            concern = self.add(name)
            concern.name = name
            self._by_name[name.casefold()] = concern
        return concern

    def merge(self, concern: EditedConcern, other: EditedConcern) -> None:
        """Make `other` part of `concern`."""
        concern, other = concern.current, other.current
        if concern is not other:
            other.merged_into = concern
            concern.pinned |= other.pinned
            concern.hidden |= other.hidden

    def put(self, quote: SegmentId, concern: EditedConcern | None) -> None:
        """Put `quote` in `concern` only, or in none."""
        self._home[quote] = concern
        self._also.pop(quote, None)
        barred = self._barred.get(quote, [])
        self._barred[quote] = [other for other in barred if concern is None or other.current is not concern.current]

    def put_also(self, quote: SegmentId, concern: EditedConcern) -> None:
        """Put `quote` in `concern` and leave it where it is, unless the facilitator put it in none."""
        if self._home.get(quote) is None and quote in self._home:
            self.put(quote, concern)
            return
        self._barred[quote] = [other for other in self._barred.get(quote, []) if other.current is not concern.current]
        self._also.setdefault(quote, []).append(concern)

    def bar(self, quote: SegmentId, concern: EditedConcern) -> None:
        """Keep `quote` out of `concern`."""
        self._barred.setdefault(quote, []).append(concern)
        self._also[quote] = [other for other in self._also.get(quote, []) if other.current is not concern.current]
        home = self._home.get(quote)
        if home is not None and home.current is concern.current:
            del self._home[quote]

    def hide(self, quote: SegmentId) -> None:
        """Hide `quote`."""
        self._hidden.add(quote)

    def examples(self) -> Examples:
        """Return what was decided about single quotes: the same for any order of the same decisions."""
        return Examples(
            concerns=tuple(examples for _, examples in self._with_examples()),
            in_none=frozenset(quote for quote, concern in self._home.items() if concern is None),
            hidden=frozenset(self._hidden),
        )

    def put_similar(self, find_similar: FindSimilar) -> None:
        """Put further quotes in the concerns that were decided about, unless a decision says where they belong."""
        examples = self.examples()
        if examples.concerns:
            placed = examples.decided | examples.hidden
            for (concern, _), quotes in zip(self._with_examples(), find_similar(examples), strict=False):
                self._similar.update((quote, concern) for quote in quotes if quote not in placed)

    def _with_examples(self) -> list[tuple[EditedConcern, ConcernExamples]]:
        """Return the concerns that were named or given quotes, by name, each with its examples."""
        positive: dict[EditedConcern, set[SegmentId]] = {}
        negative: dict[EditedConcern, set[SegmentId]] = {}
        main = {**self._pinned(), **self._home}
        for quote in (segment.id for segment in self._segments):
            for concern in (main.get(quote), *self._also.get(quote, [])):
                if concern is not None:
                    positive.setdefault(concern.current, set()).add(quote)
            for barred in self._barred.get(quote, []):
                negative.setdefault(barred.current, set()).add(quote)
        shown = [concern for concern in self._current() if not concern.dissolved and not concern.hidden]
        return [
            (
                concern,
                ConcernExamples(
                    name=concern.name or concern.label,
                    named=concern.name is not None,
                    positive=frozenset(positive.get(concern, ())),
                    negative=frozenset(negative.get(concern, set()) - positive.get(concern, set())),
                ),
            )
            for concern in sorted(shown, key=lambda concern: concern.name or concern.label)
            if concern.name or concern in positive
        ]

    def edited(self, describe: DescribeConcerns) -> tuple[tuple[Segment, ...], tuple[Concern, ...], CurationOutcome]:
        """Return segments and concerns as they are shown, and what is not shown.

        `describe` describes concerns whose quotes changed. The most clearly recurring concerns come first.
        """
        redacted = {segment.id for segment in self._segments if segment.role is LineRole.REDACTED}
        members = self._members()
        under_hidden = {quote for concern, quotes in members.items() if concern.hidden for quote in quotes}
        hidden = (self._hidden | under_hidden) - redacted
        shown = {
            concern: quotes
            for concern, all_quotes in members.items()
            if not concern.hidden
            and (quotes := [quote for quote in all_quotes if quote not in hidden and quote not in redacted])
            and self._is_concern(concern, quotes)
        }
        placed = {quote for quotes in shown.values() for quote in quotes}
        segments = tuple(_shown_segment(segment, hidden, placed) for segment in self._segments)
        outcome = CurationOutcome(
            empty=tuple(c.name for c, quotes in members.items() if c.name and not c.hidden and not quotes),
            hidden_quotes=len(hidden),
            hidden_concerns=sum(concern.hidden and bool(quotes) for concern, quotes in members.items()),
        )
        return segments, self._described(shown, describe, hidden), outcome

    def _current(self) -> list[EditedConcern]:
        return [concern for concern in self._concerns if concern.merged_into is None]

    def _pinned(self) -> dict[SegmentId, EditedConcern]:
        return {quote: concern for concern in self._current() for quote in concern.pinned}

    def _members(self) -> dict[EditedConcern, list[SegmentId]]:
        """Return the quotes of each concern that is not dissolved, in reading order."""
        pinned = self._pinned()
        members: dict[EditedConcern, list[SegmentId]] = {concern: [] for concern in self._current()}
        for segment in self._segments:
            others = [concern.current for concern in self._also.get(segment.id, [])]
            for concern in dict.fromkeys([self._main_concern(segment.id, pinned), *others]):
                if concern is not None:
                    members[concern].append(segment.id)
        return {concern: quotes for concern, quotes in members.items() if not concern.dissolved}

    def _main_concern(self, quote: SegmentId, pinned: Mapping[SegmentId, EditedConcern]) -> EditedConcern | None:
        """Return where a quote is: by decision, else pinned, else by similarity, else as the program found it."""
        if quote in self._home:
            home = self._home[quote]
            return home.current if home else None
        candidates = [pinned.get(quote), self._similar.get(quote)]
        if quote in self._drafted:
            candidates.append(self._by_draft[self._drafted[quote]].current)
        barred = [concern.current for concern in self._barred.get(quote, [])]
        return next((concern for concern in candidates if concern is not None and concern not in barred), None)

    def _is_concern(self, concern: EditedConcern, quotes: Sequence[SegmentId]) -> bool:
        homes = (self._home.get(quote) for quote in quotes)
        decided = any(home is not None and home.current is concern for home in homes)
        return concern.name is not None or len(quotes) >= _FEWEST or decided

    def _described(
        self,
        shown: Mapping[EditedConcern, Sequence[SegmentId]],
        describe: DescribeConcerns,
        hidden: AbstractSet[SegmentId],
    ) -> tuple[Concern, ...]:
        changed = [quotes for c, quotes in shown.items() if c.draft is None or tuple(quotes) != c.draft.segment_ids]
        described = {frozenset(concern.segment_ids): concern for concern in describe(changed)} if changed else {}
        concerns = [_as_concern(c, described.get(frozenset(quotes)), hidden) for c, quotes in shown.items()]
        taken = {concern.label.casefold() for concern in concerns if concern.named}
        distinct = [
            replace(
                concern,
                label=concern.label if concern.named else unique_name([concern.label], taken),
                suggested_ids=tuple(self._suggested(edited, concern)),
            )
            for edited, concern in zip(shown, concerns, strict=True)
        ]
        return tuple(
            sorted(distinct, key=lambda c: (not c.recurring, -len(c.clear_groups), -len(c.groups), not c.named))
        )

    def _suggested(self, edited: EditedConcern, concern: Concern) -> Iterator[SegmentId]:
        """Yield the quotes that are in a concern by similarity to decided ones alone, not by the clustering."""
        for quote in concern.segment_ids:
            by_clustering = edited.draft is not None and quote in edited.draft.segment_ids
            if quote in self._similar and self._similar[quote].current is edited and not by_clustering:
                yield quote


def named_concern_id(name: str) -> ConcernId:
    """Return the id of a concern with a given name: the same whatever its quotes are."""
    digest = hashlib.sha256(f"named {name.casefold()}".encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return ConcernId(f"c-{digest}")


def _existing(concern: EditedConcern | None) -> EditedConcern | None:
    return concern.current if concern is not None and not concern.current.dissolved else None


def _shown_segment(segment: Segment, hidden: AbstractSet[SegmentId], placed: AbstractSet[SegmentId]) -> Segment:
    """Return a segment without tags if it is hidden, and as content if it was set aside but placed in a concern."""
    if segment.id in hidden:
        plain = replace(segment, owner=None, due=None, due_from=None, due_date=None, due_precision=None)
        return replace(plain, role=LineRole.HIDDEN, kind=Kind.OTHER)
    if segment.id in placed and segment.role in _SET_ASIDE:
        return replace(segment, role=LineRole.CONTENT, kind=Kind.STATEMENT)
    return segment


def _as_concern(edited: EditedConcern, described: Concern | None, hidden: AbstractSet[SegmentId]) -> Concern:
    """Return an edited concern; `described` is None if its quotes did not change.

    A concern without a given name that lost or got a quote keeps its title, unless the title comes from a hidden quote.
    All groups of a concern with a given name share it clearly, because the facilitator says so.
    """
    concern = described or edited.draft
    if concern is None:
        raise ValueError("A concern without draft must be described.")
    if edited.name is not None:
        name = edited.name
        return replace(concern, id=named_concern_id(name), label=name, named=True, clear_groups=concern.groups)
    if described is None or edited.draft is None or hidden & set(edited.draft.segment_ids):
        return concern
    return replace(described, id=edited.draft.id, label=edited.draft.label)
