"""What the facilitator says of quotes themselves: their kind, who is to do it, and by when.

decisions ──► StatedByFacilitator.note ──► facts(segments as they are shown) ──► StatedFacts, in place of what was found

Facts change nothing about the concerns that were found: a quote stays where it is, whatever its kind.
"""

import re
from collections.abc import Sequence

from pipeline.curation.decisions import FactDecision, StateDue, StateKind, StateOwner
from pipeline.segment_records import Kind, LineRole, Segment, SegmentId, StatedFacts
from pipeline.text import UNSPACED

_BEGIN, _END = rf"(?<![^\W{UNSPACED}])", rf"(?![^\W{UNSPACED}])"
"""Where words begin and end: not within a longer word, except in scripts without spaces."""


class StatedByFacilitator:
    """Facts about quotes while decisions are applied: of two about the same fact the later one counts."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """`segments` are all of the event, without redacted words."""
        self._texts = {segment.id: segment.text for segment in segments}
        self._kinds: dict[SegmentId, Kind] = {}
        self._owners: dict[SegmentId, str | None] = {}
        self._dues: dict[SegmentId, str | None] = {}

    def note(self, quote: SegmentId, decision: FactDecision) -> bool:
        """Note what `decision` says of `quote`; return False, and note nothing, if it names words that are not there.

        No words ("") are said to be none.
        """
        match decision:
            case StateKind(kind=kind):
                self._kinds[quote] = kind
                return True
            case StateOwner(owner=said):
                words = self._owners
            case StateDue(due=said):
                words = self._dues
        found = words_in_quote(said, self._texts[quote]) if said else None
        if said and not found:
            return False
        words[quote] = found
        return True

    @property
    def saying_nothing(self) -> frozenset[SegmentId]:
        """Return the quotes that are said to say nothing."""
        return frozenset(quote for quote, kind in self._kinds.items() if kind is Kind.OTHER)

    @property
    def about(self) -> frozenset[SegmentId]:
        """Return the quotes that anything is said of."""
        return frozenset({*self._kinds, *self._owners, *self._dues})

    def facts(self, shown: Sequence[Segment]) -> dict[SegmentId, StatedFacts]:
        """Return the facts of those `shown` segments that anything is said of: as said, else as they were found."""
        about = self.about
        content = (segment for segment in shown if segment.role is LineRole.CONTENT)
        return {segment.id: self._facts(segment) for segment in content if segment.id in about}

    def _facts(self, segment: Segment) -> StatedFacts:
        """Return the facts of a segment.

        Whoever names an owner or a date, and no kind, means a next step. An owner and a date that were found go where
        the facilitator says that it is none.
        """
        is_taken = self._owners.get(segment.id) or self._dues.get(segment.id)
        kind = self._kinds.get(segment.id, Kind.ACTION if is_taken else segment.kind)
        keeps = kind in {segment.kind, Kind.ACTION}
        return StatedFacts(
            kind=kind,
            owner=self._owners.get(segment.id, segment.owner if keeps else None),
            due=self._dues.get(segment.id, segment.due if keeps else None),
            answer=segment.answer,
            about_group=segment.about_group,
        )


def words_in_quote(words: str, quote: str) -> str | None:
    """Return `words` as `quote` has them, in whatever case and with whatever white space; None if it does not."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = re.search(f"{_BEGIN}{pattern}{_END}", quote, re.IGNORECASE) if pattern else None
    return found[0] if found else None
