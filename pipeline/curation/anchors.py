"""Quotes found again by what they say and what stands beside them: from a segment to its anchor, and back.

A pad that was fetched again has the same quotes on other lines, some of them edited. An anchor is found, in this order:
where its very words stand in its pad; in another pad; where its beginning stands, if it was written by hand; by words
that are similar enough (`SIMILAR`, helped by neighbours); and, if it bears no words, between its two neighbours.
"""

import difflib
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fetch.corpus_records import PadId
from pipeline.analysis_records import Segment, SegmentId
from pipeline.curation.decisions import Anchor

EXCERPT = 160
"""Code points of a quote that its anchor repeats: two lines in an editor."""

SIMILAR = 0.75
"""Similarity (Ratcliff and Obershelp 1988, as difflib has it) from which a quote is an edit of another: short lines
that have nothing to do with each other reach .6. Each neighbour that stands where it stood counts `NEIGHBOUR` more."""

NEIGHBOUR = 0.1
REMINDS = 0.35
"""Similarity from which a quote is worth showing beside one that was not found."""

_SHA = 16
_NEAR = 3
_MORE = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a quote is now; `edited` means that it does not say or stand what and where it did."""

    segment_id: SegmentId
    edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A quote that is nowhere; `near` are segments that stand where it stood or remind of it, best first."""

    why: str
    near: tuple[SegmentId, ...]


def text_sha(text: str) -> str:
    """The hash of a quote, white space apart: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(_normal(text).encode("utf-8", "surrogatepass")).hexdigest()[:_SHA]


def anchor_of(segment: Segment, segments: Sequence[Segment], *, secret: bool = False) -> Anchor:
    """The anchor of one of `segments`, which are in reading order; a `secret` one does not repeat its words."""
    own = [one for one in segments if one.pad_id == segment.pad_id]
    at = next(place for place, one in enumerate(own) if one.id == segment.id)
    return Anchor(
        pad=segment.pad_id,
        line=segment.line,
        text=None if secret else _excerpt(segment.text),
        sha=text_sha(segment.text),
        before=text_sha(own[at - 1].text) if at else "",
        after=text_sha(own[at + 1].text) if at + 1 < len(own) else "",
    )


@dataclass(frozen=True, slots=True)
class _Spot:
    segment: Segment
    said: str
    shas: frozenset[str]


class Places:
    """Where quotes stand now: `find` says for an anchor."""

    def __init__(
        self, segments: Sequence[Segment], written: Mapping[SegmentId, str], anchors: Iterable[Anchor] = ()
    ) -> None:
        """`written` has texts as they were before redaction; `anchors` are all that will be looked for."""
        self._pads: defaultdict[PadId, list[_Spot]] = defaultdict(list)
        self._by_sha: defaultdict[str, list[tuple[PadId, int]]] = defaultdict(list)
        for segment in segments:
            texts = (segment.text, written.get(segment.id, segment.text))
            spot = _Spot(segment, _normal(texts[-1]), frozenset(map(text_sha, texts)))
            for sha in sorted(spot.shas):
                self._by_sha[sha].append((segment.pad_id, len(self._pads[segment.pad_id])))
            self._pads[segment.pad_id].append(spot)
        self._decided = frozenset(anchor.sha for anchor in anchors if anchor.sha)

    def find(self, anchor: Anchor) -> Placed | Lost:
        """Where the quote of `anchor` is, or that it is nowhere."""
        for finds, edited in (
            (self._same_words, False),
            (self._moved, True),
            (self._beginning, anchor.sha is not None),
            (self._similar, True),
            (self._between, True),
        ):
            place = finds(anchor)
            if place is not None:
                return Placed(segment_id=self._at(place).segment.id, edited=edited)
        return self._lost(anchor)

    def _same_words(self, anchor: Anchor) -> tuple[PadId, int] | None:
        found = self._by_sha.get(anchor.sha or "", [])
        return self._best([place for place in found if anchor.pad in {None, place[0]}], anchor)

    def _moved(self, anchor: Anchor) -> tuple[PadId, int] | None:
        """In another pad: if it stands there once, or beside its neighbours."""
        found = self._by_sha.get(anchor.sha or "", [])
        return self._best(found if len(found) == 1 else [one for one in found if self._beside(one, anchor)], anchor)

    def _beginning(self, anchor: Anchor) -> tuple[PadId, int] | None:
        """The one quote that begins so (an anchor that was cut), or that says or holds this (one written by hand)."""
        said = _normal(anchor.text or "").removesuffix(_MORE).rstrip()
        if not said or (anchor.sha and not (anchor.text or "").endswith(_MORE)):
            return None
        spots = list(self._spots(anchor))
        for fits in (str.__eq__, str.startswith, str.__contains__)[1 if anchor.sha else 0 : 2 if anchor.sha else 3]:
            found = [place for place, spot in spots if fits(spot.said, said)]
            if found:
                return self._best(found, anchor) if fits is str.__eq__ or len(found) == 1 else None
        return None

    def _similar(self, anchor: Anchor) -> tuple[PadId, int] | None:
        scored = [(score, place) for score, place in self._scored(anchor, SIMILAR - 2 * NEIGHBOUR) if score >= SIMILAR]
        best = max((score for score, _ in scored), default=0.0)
        return self._best([place for score, place in scored if score == best], anchor)

    def _between(self, anchor: Anchor) -> tuple[PadId, int] | None:
        """The one quote that both neighbours still stand around, for anchors that do not say what they are of."""
        if anchor.text is not None or not (anchor.before or anchor.after):
            return None
        found = [place for place, _ in self._spots(anchor) if self._beside(place, anchor) == len(("before", "after"))]
        return found[0] if len(found) == 1 else None

    def _lost(self, anchor: Anchor) -> Lost:
        if anchor.pad is not None and anchor.pad not in self._pads:
            return Lost(why=f"there is no pad {anchor.pad} any more", near=())
        remind = [place for _, place in sorted(self._scored(anchor, REMINDS), key=lambda one: -one[0])]
        beside = [place for place, _ in self._spots(anchor) if self._beside(place, anchor)] if anchor.pad else []
        near = list(dict.fromkeys([*remind, *beside]))[:_NEAR]
        return Lost(why="its words stand in no pad", near=tuple(self._at(place).segment.id for place in near))

    def _scored(self, anchor: Anchor, least: float) -> Iterator[tuple[float, tuple[PadId, int]]]:
        """Quotes at least so similar to `anchor`; not its neighbours or others that were decided about as they are."""
        said = _normal(anchor.text or "").removesuffix(_MORE)
        taken = self._decided | {anchor.before, anchor.after}
        matcher = difflib.SequenceMatcher(autojunk=False, b=said)
        for place, spot in self._spots(anchor) if said else ():
            if spot.shas & taken:
                continue
            matcher.set_seq1(spot.said[: max(EXCERPT, len(said))])
            if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= least and matcher.ratio() >= least:
                yield matcher.ratio() + NEIGHBOUR * self._beside(place, anchor), place

    def _spots(self, anchor: Anchor) -> Iterator[tuple[tuple[PadId, int], _Spot]]:
        for pad_id, spots in self._pads.items():
            if anchor.pad in {None, pad_id}:
                yield from (((pad_id, at), spot) for at, spot in enumerate(spots))

    def _best(self, found: Collection[tuple[PadId, int]], anchor: Anchor) -> tuple[PadId, int] | None:
        """Among equals the one beside its neighbours, then nearest to its line, then first."""
        line = anchor.line or 0
        return min(
            found,
            key=lambda one: (-self._beside(one, anchor), abs(self._at(one).segment.line - line)),
            default=None,
        )

    def _beside(self, place: tuple[PadId, int], anchor: Anchor) -> int:
        """How many of the neighbours of `anchor`, 0 to 2, stand beside this place."""
        pad_id, at = place
        spots = self._pads[pad_id]
        before = spots[at - 1].shas if at else frozenset({""})
        after = spots[at + 1].shas if at + 1 < len(spots) else frozenset({""})
        return (anchor.before in before) + (anchor.after in after)

    def _at(self, place: tuple[PadId, int]) -> _Spot:
        return self._pads[place[0]][place[1]]


def without_words(anchor: Anchor) -> Anchor:
    """The same anchor, for a quote whose words must not be repeated."""
    return replace(anchor, text=None)


def _excerpt(text: str) -> str:
    said = _normal(text).encode("utf-8", "replace").decode()
    return said if len(said) <= EXCERPT else said[: EXCERPT - 1] + _MORE


def _normal(text: str) -> str:
    return " ".join(text.split())
