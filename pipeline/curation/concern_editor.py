"""The concerns while decisions are applied to them, one after the other, and what is shown of them in the end.

draft concerns ──► ConcernEditor ──► edited() ──► segments and concerns as they are shown
                   rename, merge,
                   put, bar       ──► put_similar() ──► what the decisions teach about single quotes
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from pipeline.analysis_records import Concern, ConcernId, CurationOutcome, Origin
from pipeline.curation.fact_decisions import StatedByFacilitator
from pipeline.segment_records import Kind, LineRole, Segment, SegmentId
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
    those in `hidden` are not shown or say nothing.
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
    """A concern that is being edited: `draft` is as the program found it, `name` is given by the facilitator."""

    label: str
    draft: Concern | None = None
    name: str | None = None
    merged_into: EditedConcern | None = None
    dissolved: bool = False
    hidden: bool = False

    @property
    def title(self) -> str:
        """Return its given name, or else the program's label."""
        return self.name or self.label

    @property
    def current(self) -> EditedConcern:
        """Return the concern that it was merged into in the end, or itself."""
        concern = self
        while concern.merged_into is not None:
            concern = concern.merged_into
        return concern


class ConcernEditor:
    """Edits draft concerns; quotes are ids of segments, those in `hidden` are not shown, `facts` are said of them.

    `_home` has the concern that the facilitator put a quote in, None for no concern; `_also` further ones; `_barred`
    those that it must not be in; `_pinned` the one that was named because of it; `_similar` the one that it is in only
    because it is similar to its quotes; `_drafted` those that the program found.
    """

    def __init__(self, concerns: Sequence[Concern], segments: Sequence[Segment]) -> None:
        """`segments` are all of the event, in reading order."""
        self._segments = segments
        self._concerns = [EditedConcern(label=concern.label, draft=concern) for concern in concerns]
        self._by_label = {concern.label.casefold(): concern for concern in reversed(self._concerns)}
        self._by_name: dict[str, EditedConcern] = {}
        self._drafted: defaultdict[SegmentId, list[EditedConcern]] = defaultdict(list)
        for edited, concern in zip(self._concerns, concerns, strict=True):
            for quote in concern.segment_ids:
                self._drafted[quote].append(edited)
        self._home: dict[SegmentId, EditedConcern | None] = {}
        self._also: defaultdict[SegmentId, list[EditedConcern]] = defaultdict(list)
        self._barred: defaultdict[SegmentId, list[EditedConcern]] = defaultdict(list)
        self._pinned: dict[SegmentId, EditedConcern] = {}
        self._similar: dict[SegmentId, EditedConcern] = {}
        self.hidden: set[SegmentId] = set()
        self.facts = StatedByFacilitator(segments)

    def named(self, name: str) -> EditedConcern | None:
        """Return the concern to which the facilitator gave this name."""
        return _existing(self._by_name.get(name.casefold()))

    def labelled(self, label: str) -> EditedConcern | None:
        """Return the concern to which the program gave this label."""
        return _existing(self._by_label.get(label.casefold()))

    def holding(self, quotes: Sequence[SegmentId], label: str, *, naming: bool) -> EditedConcern:
        """Return the concern that the program put most of `quotes` in; a new one if none.

        Of several it is the one with that label, or the first, for a quote may be in more than one concern. With
        `naming`, the quotes stay in it, unless it is decided where they belong; and if it was named because of other
        quotes, they leave it for a new one: the facilitator named two concerns that the program has joined since.
        """
        votes = Counter(concern for quote in quotes for concern in self._drafted.get(quote, ()))
        ranked = sorted(votes, key=lambda concern: (-votes[concern], concern.label.casefold() != label.casefold()))
        existing = map(_existing, ranked)
        concern = next((concern for concern in existing if concern is not None), None)
        pinned_to = {self._pinned[quote].current for quote in quotes if quote in self._pinned}
        if concern is None or (naming and concern.name and concern not in pinned_to):
            concern, naming = self._add(EditedConcern(label=label)), True
        if naming:
            self._pinned.update(dict.fromkeys(quotes, concern))
        return concern

    def rename(self, concern: EditedConcern, name: str) -> None:
        """Give `concern` a name, and merge it with the concern that has this name already."""
        other = self.named(name)
        if other is not None:
            self.merge(other, concern)
        concern.current.name = name
        self._by_name[name.casefold()] = concern.current

    def create(self, name: str, *, apart_from: EditedConcern | None = None) -> EditedConcern:
        """Return the concern called `name`; make it if there is none, or if that is a former name of `apart_from`."""
        concern = self.named(name)
        is_other = apart_from is not None and concern is apart_from.current
        if concern is None or (is_other and concern.title.casefold() != name.casefold()):
            concern = self._by_name[name.casefold()] = self._add(EditedConcern(label=name, name=name))
        return concern

    def merge(self, concern: EditedConcern, other: EditedConcern) -> None:
        """Make `other` part of `concern`."""
        concern, other = concern.current, other.current
        if concern is not other:
            other.merged_into = concern
            concern.hidden |= other.hidden

    def put(self, quote: SegmentId, concern: EditedConcern | None) -> None:
        """Put `quote` in `concern` only, or in none."""
        self._home[quote] = concern
        self._also.pop(quote, None)
        if concern is not None:
            _discard(concern, self._barred[quote])

    def put_also(self, quote: SegmentId, concern: EditedConcern) -> None:
        """Put `quote` in `concern` and leave it where it is, unless the facilitator put it in none."""
        if quote in self._home and self._home[quote] is None:
            self.put(quote, concern)
            return
        _discard(concern, self._barred[quote])
        self._also[quote].append(concern)

    def bar(self, quote: SegmentId, concern: EditedConcern) -> None:
        """Keep `quote` out of `concern`."""
        self._barred[quote].append(concern)
        _discard(concern, self._also[quote])
        home = self._home.get(quote)
        if home is not None and home.current is concern.current:
            del self._home[quote]

    def put_similar(self, find_similar: FindSimilar) -> Examples:
        """Put further quotes in the concerns that were decided about, unless a decision says where they belong.

        Returns what was decided about single quotes: the same for any order of the same decisions.
        """
        decided = self._with_examples()
        examples = Examples(
            concerns=tuple(concern_examples for _, concern_examples in decided),
            in_none=frozenset(quote for quote, concern in self._home.items() if concern is None),
            hidden=frozenset(self.hidden | self.facts.saying_nothing),
        )
        placed = examples.decided | examples.hidden
        similar = find_similar(examples) if decided else ()
        for (concern, _), quotes in zip(decided, similar, strict=False):
            self._similar.update((quote, concern) for quote in quotes if quote not in placed)
        return examples

    def _add(self, concern: EditedConcern) -> EditedConcern:
        self._concerns.append(concern)
        return concern

    def _current(self) -> list[EditedConcern]:
        return [concern for concern in self._concerns if concern.merged_into is None and not concern.dissolved]

    def _with_examples(self) -> list[tuple[EditedConcern, ConcernExamples]]:
        """Return the concerns that were named or given quotes, by name, each with its examples."""
        positive: defaultdict[EditedConcern, set[SegmentId]] = defaultdict(set)
        negative: defaultdict[EditedConcern, set[SegmentId]] = defaultdict(set)
        for quote, concern in {**self._pinned, **self._home}.items():
            if concern is not None:
                positive[concern.current].add(quote)
        for concerns, examples in ((self._also, positive), (self._barred, negative)):
            for quote, others in concerns.items():
                for other in others:
                    examples[other.current].add(quote)
        shown = [concern for concern in self._current() if not concern.hidden and (concern.name or concern in positive)]
        return [
            (
                concern,
                ConcernExamples(
                    name=concern.title,
                    named=concern.name is not None,
                    positive=frozenset(positive[concern]),
                    negative=frozenset(negative[concern] - positive[concern]),
                ),
            )
            for concern in sorted(shown, key=lambda concern: concern.title)
        ]

    def edited(self, describe: DescribeConcerns) -> tuple[tuple[Segment, ...], tuple[Concern, ...], CurationOutcome]:
        """Return segments and concerns as they are shown, and what is not shown.

        `describe` describes concerns whose quotes changed. The most clearly recurring concerns come first.
        """
        redacted = {segment.id for segment in self._segments if segment.role is LineRole.REDACTED}
        members = self._members()
        under_hidden = {quote for concern, quotes in members.items() if concern.hidden for quote in quotes}
        hidden = (self.hidden | under_hidden) - redacted
        shown = {
            concern: quotes
            for concern, all_quotes in members.items()
            if not concern.hidden
            and (quotes := [quote for quote in all_quotes if quote not in hidden and quote not in redacted])
            and (concern.name or len(quotes) >= _FEWEST or self._is_home(concern, quotes))
        }
        placed = {quote for quotes in shown.values() for quote in quotes}
        content = placed | (self.facts.about - self.facts.saying_nothing)
        segments = tuple(_shown_segment(segment, hidden, content) for segment in self._segments)
        outcome = CurationOutcome(
            empty=tuple(c.name for c, quotes in members.items() if c.name and not c.hidden and not quotes),
            hidden_quotes=len(hidden),
            hidden_concerns=sum(concern.hidden and bool(quotes) for concern, quotes in members.items()),
        )
        return segments, self._described(shown, describe, hidden), outcome

    def _is_home(self, concern: EditedConcern, quotes: Sequence[SegmentId]) -> bool:
        homes = (self._home.get(quote) for quote in quotes)
        return any(home is not None and home.current is concern for home in homes)

    def _members(self) -> dict[EditedConcern, list[SegmentId]]:
        """Return the quotes of each concern that is not dissolved, in reading order."""
        members: dict[EditedConcern, list[SegmentId]] = {concern: [] for concern in self._current()}
        for quote in (segment.id for segment in self._segments):
            concerns = [*self._main_concerns(quote), *(concern.current for concern in self._also.get(quote, ()))]
            for concern in dict.fromkeys(concerns):
                if concern in members:
                    members[concern].append(quote)
        return members

    def _main_concerns(self, quote: SegmentId) -> list[EditedConcern]:
        """Return where a quote is: by decision, else pinned, else by similarity; and as the program found it.

        A quote that leaves what the program found for another concern leaves all of it.
        """
        if quote in self._home:
            home = self._home[quote]
            return [home.current] if home else []
        barred = [concern.current for concern in self._barred.get(quote, ())]
        drafted = [concern.current for concern in self._drafted.get(quote, ()) if concern.current not in barred]
        sources = (source[quote].current for source in (self._pinned, self._similar) if quote in source)
        placed = next((concern for concern in sources if concern not in barred), None)
        return drafted if placed is None or placed in drafted else [placed]

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
                suggested_ids=tuple(quote for quote in concern.segment_ids if self._is_suggested(quote, edited)),
                confirmed_ids=tuple(quote for quote in concern.segment_ids if self._is_confirmed(quote, edited)),
            )
            for edited, concern in zip(shown, concerns, strict=True)
        ]
        return tuple(
            sorted(distinct, key=lambda c: (not c.recurring, -len(c.agreeing_groups), -len(c.groups), not c.named))
        )

    def _is_confirmed(self, quote: SegmentId, concern: EditedConcern) -> bool:
        """Return whether the facilitator put a quote in a concern, or named the concern by it."""
        putting = (self._home.get(quote, self._pinned.get(quote)), *self._also.get(quote, ()))
        return any(put is not None and put.current is concern for put in putting)

    def _is_suggested(self, quote: SegmentId, concern: EditedConcern) -> bool:
        """Return whether a quote is in a concern by similarity to decided ones alone, not by the clustering."""
        similar = self._similar.get(quote)
        return similar is not None and similar.current is concern and concern not in self._drafted.get(quote, ())


def named_concern_id(name: str) -> ConcernId:
    """Return the id of a concern with a given name: the same whatever its quotes are."""
    digest = hashlib.sha256(f"named {name.casefold()}".encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return ConcernId(f"c-{digest}")


def _existing(concern: EditedConcern | None) -> EditedConcern | None:
    return concern.current if concern is not None and not concern.current.dissolved else None


def _discard(concern: EditedConcern, concerns: list[EditedConcern]) -> None:
    concerns[:] = [other for other in concerns if other.current is not concern.current]


def _shown_segment(segment: Segment, hidden: AbstractSet[SegmentId], content: AbstractSet[SegmentId]) -> Segment:
    """Return a segment without tags if it is hidden, and as content if it was set aside but is among `content`."""
    if segment.id in hidden:
        plain = replace(segment, owner=None, due=None, due_from=None, due_date=None, due_precision=None)
        return replace(plain, role=LineRole.HIDDEN, kind=Kind.OTHER)
    if segment.id in content and segment.role in _SET_ASIDE:
        return replace(segment, role=LineRole.CONTENT, kind=Kind.STATEMENT)
    return segment


def _as_concern(edited: EditedConcern, described: Concern | None, hidden: AbstractSet[SegmentId]) -> Concern:
    """Return an edited concern; `described` is None if its quotes did not change.

    A concern without a given name that lost or got a quote keeps its title, unless the title comes from a hidden quote.
    All groups of a concern with a given name share it clearly, because the facilitator says so.
    """
    draft, concern = edited.draft, described or edited.draft
    if concern is None:
        raise ValueError("A concern without draft must be described.")
    if described and draft and draft.origin is Origin.MODEL:
        concern = _as_read(described, draft)
    if edited.name is not None:
        name = edited.name
        return replace(
            concern, id=named_concern_id(name), label=name, origin=Origin.FACILITATOR, agreeing_groups=concern.groups
        )
    if described is None or draft is None or hidden & set(draft.segment_ids):
        return concern
    return replace(concern, id=draft.id, label=draft.label)


def _as_read(described: Concern, draft: Concern) -> Concern:
    """Return a model's concern with other quotes, and with those sentences of its summary that cite what is left."""
    left = set(described.segment_ids)
    return replace(
        draft,
        terms=described.terms,
        segment_ids=described.segment_ids,
        exemplar_ids=described.exemplar_ids,
        groups=described.groups,
        agreeing_groups=tuple(group for group in draft.agreeing_groups if group in described.groups),
        recurring=described.recurring,
        reasons=described.reasons,
        summary=tuple(sentence for sentence in draft.summary if left.issuperset(sentence.segment_ids)),
    )
