"""The facilitator's decisions applied, one after the other: from a draft analysis to what the report shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from rapidfuzz import fuzz, process

from pipeline.analysis_records import Concern, CurationOutcome, DecisionRef, Followed, Orphan, OrphanReason
from pipeline.anchors import Anchor, AnchorFinder, Lost, Placed
from pipeline.curation.concern_editor import ConcernEditor, DescribeConcerns, EditedConcern, Examples, FindSimilar
from pipeline.curation.decisions import (
    Belongs,
    ConcernRef,
    Curation,
    Decision,
    FactDecision,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    NotSame,
    Redact,
    Rename,
    Same,
    Split,
    StateDue,
    StateKind,
    StateOwner,
    concerns_of,
    quotes_of,
)
from pipeline.curation.entity_decisions import apply_to_entities, without_hidden_mentions
from pipeline.curation.redaction import Redacted, Secrets, decision_ref, orphan, without_secrets
from pipeline.segment_records import Entity, Line, LineRole, Segment, SegmentId, StatedFacts

_SIMILAR_NAME = 60
"""Similarity (normalised Indel, 0 to 100) from which a concern is proposed for a name that there is none of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAnalysis:
    """What the program found, before the facilitator's decisions other than redactions, which made it `redacted`."""

    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]
    concerns: tuple[Concern, ...]
    redacted: Redacted = field(default_factory=Redacted)


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratedAnalysis:
    """A draft after the decisions, what became of each of them, and what they say about single quotes.

    `facts` are said of content segments, which do not have them yet: due dates are still to be resolved to days.
    """

    segments: tuple[Segment, ...]
    entities: tuple[Entity, ...]
    concerns: tuple[Concern, ...]
    outcome: CurationOutcome
    examples: Examples = field(default_factory=Examples)
    facts: Mapping[SegmentId, StatedFacts] = field(default_factory=lambda: MappingProxyType({}))


def apply_decisions(
    curation: Curation, draft: DraftAnalysis, describe: DescribeConcerns, find_similar: FindSimilar = lambda _: ()
) -> CuratedAnalysis:
    """Return `draft` as the facilitator decided that it should be.

    Decisions are applied in their order, so that the later of two that contradict each other counts. Concerns that no
    decision touches stay as they are; `describe` gives the terms and exemplars of the others. A concern with a given
    name is kept, whatever the clustering makes of its quotes, and has an id that comes from its name. `find_similar`
    then adds quotes to the concerns that were decided about, but none that was decided about itself.
    """
    run = _Run(curation, draft)
    applied = run.apply_all()
    examples = run.editor.put_similar(find_similar)
    segments, concerns, outcome = run.editor.edited(describe)
    facts = run.editor.facts.facts(segments)
    return CuratedAnalysis(
        segments=segments,
        entities=without_hidden_mentions(run.entities, segments),
        concerns=concerns,
        outcome=replace(
            outcome,
            decisions=len(curation.decisions),
            applied=applied,
            followed=tuple(run.followed),
            orphans=tuple(sorted(run.orphans, key=lambda orphan: orphan.decision.number)),
            redacted=draft.redacted.count,
            stated_ids=tuple(segment.id for segment in segments if segment.id in facts),
        ),
        examples=examples,
        facts=facts,
    )


def restore_lines(lines: Sequence[Line], before: Sequence[Segment], after: Sequence[Segment]) -> tuple[Line, ...]:
    """Return `lines`, as content where the facilitator placed a segment of lines that had been set aside."""
    placed = {
        (new.pad_id, line)
        for old, new in zip(before, after, strict=True)
        if old.role is not new.role and new.role is LineRole.CONTENT
        for line in range(new.line, new.line + new.text.count("\n") + 1)
    }
    return tuple(
        replace(line, role=LineRole.CONTENT) if (line.pad_id, line.number) in placed else line for line in lines
    )


class _Run:
    """Decisions being applied: the edited concerns and entities, and what could not be placed or had been edited."""

    def __init__(self, curation: Curation, draft: DraftAnalysis) -> None:
        self._secrets = draft.redacted.secrets
        self._decisions = tuple(_without_secret_names(decision, self._secrets) for decision in curation.decisions)
        self._draft = draft
        self.editor = ConcernEditor(draft.concerns, draft.segments)
        self.entities = draft.entities
        self.followed = [*draft.redacted.followed]
        self.orphans = [*draft.redacted.orphans]
        placing = (decision for decision in self._decisions if not isinstance(decision, Redact))
        anchors = (anchor for decision in placing for anchor in quotes_of(decision))
        self._finder = AnchorFinder(draft.segments, draft.redacted.written, anchors)
        naming = (decision for decision in self._decisions if isinstance(decision, Rename | Merge | Split | New))
        self._given_names = {decision.name.casefold(): decision.name for decision in naming}

    def apply_all(self) -> int:
        """Apply all decisions, oldest first, and return how many took effect, if only in part."""
        refs = (decision_ref(number, decision, self._secrets) for number, decision in enumerate(self._decisions, 1))
        return sum(self._apply(ref, decision) for ref, decision in zip(refs, self._decisions, strict=True))

    def _apply(self, ref: DecisionRef, decision: Decision) -> bool:
        """Apply a decision and return whether it took effect."""
        match decision:
            case Redact():
                return all(orphan.decision.number != ref.number for orphan in self.orphans)
            case Same() | NotSame():
                self.entities, missing = apply_to_entities(decision, self.entities, self._draft.segments)
                self.orphans += [Orphan(decision=ref, why=OrphanReason.UNKNOWN_NAME, value=name) for name in missing]
                return len(missing) < len(decision.names) - 1
        naming = isinstance(decision, Rename | Merge)
        refs = concerns_of(decision)
        concerns = [concern for meant in refs if (concern := self._concern(ref, meant, naming=naming))]
        quotes = [quote for anchor in quotes_of(decision) if (quote := self._quote(ref, anchor))]
        match decision:
            case Rename() | Merge() | NotAConcern() | HideConcern():
                return self._edit_concerns(decision, concerns)
            case Split() | New():
                return self._create(decision, quotes, next(iter(concerns), None))
            case Belongs() | NotHere() | HideQuote():
                return len(concerns) == len(refs) and self._place(decision, quotes, next(iter(concerns), None))
            case StateKind() | StateOwner() | StateDue():
                return any(self._state(ref, decision, quote) for quote in quotes)

    def _edit_concerns(
        self, decision: Rename | Merge | NotAConcern | HideConcern, concerns: Sequence[EditedConcern]
    ) -> bool:
        for concern in concerns:
            concern.dissolved |= isinstance(decision, NotAConcern)
            concern.hidden |= isinstance(decision, HideConcern)
            self.editor.merge(concerns[0], concern)
        if concerns and isinstance(decision, Rename | Merge):
            self.editor.rename(concerns[0], decision.name)
        return bool(concerns)

    def _create(self, decision: Split | New, quotes: Sequence[SegmentId], apart_from: EditedConcern | None) -> bool:
        if quotes or isinstance(decision, New) or self.editor.named(decision.name):
            concern = self.editor.create(decision.name, apart_from=apart_from)
            for quote in quotes:
                self.editor.put(quote, concern)
        return bool(quotes) or not decision.quotes

    def _place(
        self, decision: Belongs | NotHere | HideQuote, quotes: Sequence[SegmentId], concern: EditedConcern | None
    ) -> bool:
        for quote in quotes:
            match decision:
                case HideQuote():
                    self.editor.hidden.add(quote)
                case NotHere() if concern:
                    self.editor.bar(quote, concern)
                case Belongs(also=True) if concern:
                    self.editor.put_also(quote, concern)
                case _:
                    self.editor.put(quote, concern)
        return bool(quotes)

    def _state(self, ref: DecisionRef, decision: FactDecision, quote: SegmentId) -> bool:
        """Note a fact about a quote and return True, or note that the quote does not have the words that it names."""
        stated = self.editor.facts.note(quote, decision)
        if not stated:
            self.orphans.append(Orphan(decision=ref, why=OrphanReason.NOT_IN_QUOTE, near=(quote,)))
        return stated

    def _quote(self, ref: DecisionRef, anchor: Anchor) -> SegmentId | None:
        """Return the segment of a quote, and note if it was edited or is lost."""
        place = self._finder.find(anchor)
        if isinstance(place, Lost):
            self.orphans.append(orphan(ref, place, anchor, self._secrets))
            return None
        if place.edited:
            self.followed.append(Followed(decision=ref, segment_id=place.segment_id))
        return place.segment_id

    def _concern(self, ref: DecisionRef, meant: ConcernRef, *, naming: bool = False) -> EditedConcern | None:
        """Return the concern that is meant: by given name, by its quotes, or by its label; note if there is none.

        With `naming`, the decision gives the concern a name, and its quotes stay in it.
        """
        places = [self._finder.find(anchor) for anchor in meant.quotes]
        quotes = [place.segment_id for place in places if isinstance(place, Placed)]
        concern = self.editor.named(meant.name)
        if concern is None and quotes:
            concern = self.editor.holding(quotes, meant.name, naming=naming)
        if concern is None and not meant.quotes:
            concern = self.editor.labelled(meant.name)
        if concern is None and meant.name.casefold() in self._given_names:
            concern = self.editor.create(self._given_names[meant.name.casefold()])
        if concern is None and meant.quotes:
            near = next((place.near for place in places if isinstance(place, Lost)), ())
            self.orphans.append(Orphan(decision=ref, why=OrphanReason.CONCERN_QUOTES_GONE, near=near))
        elif concern is None:
            names = [*self._given_names.values(), *(concern.label for concern in self._draft.concerns)]
            best = process.extractOne(meant.name, names, scorer=fuzz.ratio, score_cutoff=_SIMILAR_NAME)
            similar = best[0] if best else None
            unknown = OrphanReason.UNKNOWN_CONCERN
            self.orphans.append(Orphan(decision=ref, why=unknown, value=meant.name, similar=similar))
        return concern


def _without_secret_names(decision: Decision, secrets: Secrets) -> Decision:
    """Return a decision without redacted words in what it names: a concern, a person, an owner, a date."""

    def clean(value: object) -> object:
        if isinstance(value, str):
            return without_secrets(value, secrets)
        if isinstance(value, ConcernRef):
            return replace(value, name=without_secrets(value.name, secrets))
        return tuple(map(clean, value)) if isinstance(value, tuple) else value

    keys = ("name", "names", "concern", "concerns", "owner", "due")
    named = [key for key in keys if hasattr(decision, key)] if secrets else []
    return replace(decision, **{key: clean(getattr(decision, key)) for key in named})  # type: ignore[arg-type] # same types
