"""Anchors: from a segment to what identifies it, and from an anchor to where the segment is now.

A pad that is fetched again has the same quotes on other lines, and some of them edited. An anchor is found, in this
order: where its very words are in its pad; in another pad; where its beginning is, if it was written by hand; by words
that are similar enough (`SIMILAR`, helped by neighbours); and, if it has no words, between its two neighbours.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field
from rapidfuzz import fuzz

from fetch.corpus_records import PadId
from pipeline.analysis_records import OrphanReason
from pipeline.segment_records import Segment, SegmentId

Text = Annotated[str, Field(pattern=r"\S")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]
HashOrNone = Annotated[str, Field(pattern=r"^([0-9a-f]{8,64})?$")]


class Strict:
    """A record that a file of the event's folder may hold: no unknown keys, no conversion between types."""

    __slots__ = ()
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor(Strict):
    """Identifies a quote by its content, so that it is found again after edits.

    `sha` is the hash of its text (see `anchors.text_sha`), `before` and `after` those of the quotes beside it in its
    pad, "" where there is none. `text` is for people, and for finding a quote that was edited: its beginning, which
    ends in "…" if there is more. The anchor of a redaction has no `text`; an anchor written by hand may have nothing
    else. `line` is where the quote was, and decides between equals only.
    """

    pad: Text | None = None
    line: Annotated[int, Field(ge=1)] | None = None
    text: Text | None = None
    sha: Hash | None = None
    before: HashOrNone | None = None
    after: HashOrNone | None = None


EXCERPT = 160
"""Code points of a quote that its anchor repeats: two lines in an editor."""

SIMILAR = 0.75
"""Similarity (normalised Indel, 0 to 1) from which a quote is an edit of another: unrelated short lines reach .6. Each
neighbour that is still beside it adds `NEIGHBOUR`."""

NEIGHBOUR = 0.1
RELATED = 0.5
"""Similarity from which a quote is worth showing in place of a missing one."""

_HASH_DIGITS = 16
_MOST_NEAR = 3
_BOTH = 2
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a quote is now; `edited` means that its words or its pad have changed."""

    segment_id: SegmentId
    edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A quote that is nowhere; `near` are segments that resemble it or are where it was, best first."""

    why: OrphanReason
    near: tuple[SegmentId, ...] = ()


def text_sha(text: str) -> str:
    """Return the hash of a quote, whatever its white space: 16 hexadecimal digits of the SHA-256."""
    return hashlib.sha256(_normalized(text).encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]


def anchor_of(segment: Segment, segments: Sequence[Segment], *, secret: bool = False) -> Anchor:
    """Return the anchor of one of `segments`, which are in reading order; a `secret` one does not repeat its words."""
    own = [other for other in segments if other.pad_id == segment.pad_id]
    index = next(index for index, other in enumerate(own) if other.id == segment.id)
    text = _normalized(segment.text).encode("utf-8", "replace").decode()
    excerpt = text if len(text) <= EXCERPT else text[: EXCERPT - 1] + _ELLIPSIS
    return Anchor(
        pad=segment.pad_id,
        line=segment.line,
        text=None if secret else excerpt,
        sha=text_sha(segment.text),
        before=text_sha(own[index - 1].text) if index else "",
        after=text_sha(own[index + 1].text) if index + 1 < len(own) else "",
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A segment, its index among those of its pad, its normalized text, and the hashes it can be found by."""

    segment: Segment
    index: int
    text: str
    hashes: frozenset[str]


class AnchorFinder:
    """Finds the segments that anchors identify."""

    def __init__(
        self, segments: Sequence[Segment], written: Mapping[SegmentId, str], anchors: Iterable[Anchor] = ()
    ) -> None:
        """`written` has texts as they were before redaction; `anchors` are all that will be looked for."""
        self._pads: defaultdict[PadId, list[_Place]] = defaultdict(list)
        self._by_hash: defaultdict[str, list[_Place]] = defaultdict(list)
        for segment in segments:
            text = written.get(segment.id, segment.text)
            hashes = frozenset({text_sha(segment.text), text_sha(text)})
            place = _Place(segment, len(self._pads[segment.pad_id]), _normalized(text), hashes)
            self._pads[segment.pad_id].append(place)
            for sha in hashes:
                self._by_hash[sha].append(place)
        self._decided = frozenset(anchor.sha for anchor in anchors if anchor.sha)

    def find(self, anchor: Anchor) -> Placed | Lost:
        """Return where the quote of `anchor` is, or that it is nowhere."""
        for strategy, edited in (
            (self._same_words, False),
            (self._other_pad, True),
            (self._beginning, anchor.sha is not None),
            (self._similar, True),
            (self._between_neighbours, True),
        ):
            place = strategy(anchor)
            if place is not None:
                return Placed(segment_id=place.segment.id, edited=edited)
        return self._lost(anchor)

    def _same_words(self, anchor: Anchor) -> _Place | None:
        places = self._by_hash.get(anchor.sha or "", [])
        return self._best([place for place in places if anchor.pad in {None, place.segment.pad_id}], anchor)

    def _other_pad(self, anchor: Anchor) -> _Place | None:
        """Return where the same words are in another pad, if they are there once, or beside the same neighbours."""
        places = self._by_hash.get(anchor.sha or "", [])
        return self._best(places if len(places) == 1 else [p for p in places if self._neighbours(p, anchor)], anchor)

    def _beginning(self, anchor: Anchor) -> _Place | None:
        """Return the only quote that begins with a shortened anchor, or that equals or contains one written by hand."""
        beginning = _normalized(anchor.text or "").removesuffix(_ELLIPSIS).rstrip()
        by_hand = not anchor.sha
        if not beginning or not (by_hand or (anchor.text or "").endswith(_ELLIPSIS)):
            return None
        for matches in (str.__eq__, str.startswith, str.__contains__) if by_hand else (str.startswith,):
            places = [place for place in self._places(anchor) if matches(place.text, beginning)]
            if places:
                return self._best(places, anchor) if matches is str.__eq__ or len(places) == 1 else None
        return None

    def edits(self, anchor: Anchor) -> list[tuple[float, Segment]]:
        """Return the segments that may be an edit of the quote of `anchor`, each with its score, `SIMILAR` or more."""
        return [(score, place.segment) for score, place in self._edits(anchor)]

    def _edits(self, anchor: Anchor) -> list[tuple[float, _Place]]:
        return [scored for scored in self._scored(anchor, SIMILAR - 2 * NEIGHBOUR) if scored[0] >= SIMILAR]

    def _similar(self, anchor: Anchor) -> _Place | None:
        scored = self._edits(anchor)
        best = max((score for score, _ in scored), default=0.0)
        return self._best([place for score, place in scored if score == best], anchor)

    def _between_neighbours(self, anchor: Anchor) -> _Place | None:
        """Return the only quote between both neighbours, for an anchor without words."""
        if anchor.text is not None or not (anchor.before or anchor.after):
            return None
        places = [place for place in self._places(anchor) if self._neighbours(place, anchor) == _BOTH]
        return places[0] if len(places) == 1 else None

    def _lost(self, anchor: Anchor) -> Lost:
        if anchor.pad is not None and anchor.pad not in self._pads:
            return Lost(why=OrphanReason.PAD_GONE)
        related = [place for _, place in sorted(self._scored(anchor, RELATED), key=lambda scored: -scored[0])]
        beside = [place for place in self._places(anchor) if self._neighbours(place, anchor)] if anchor.pad else []
        near = dict.fromkeys(place.segment.id for place in (*related, *beside))
        return Lost(why=OrphanReason.QUOTE_GONE, near=tuple(near)[:_MOST_NEAR])

    def _scored(self, anchor: Anchor, least: float) -> Iterator[tuple[float, _Place]]:
        """Yield the quotes at least this similar, except neighbours and those with decisions of their own."""
        text = _normalized(anchor.text or "").removesuffix(_ELLIPSIS)
        excluded = self._decided | {anchor.before, anchor.after}
        for place in self._places(anchor) if text else ():
            if not place.hashes & excluded:
                similarity = fuzz.ratio(place.text[: max(EXCERPT, len(text))], text) / 100
                if similarity >= least:
                    yield similarity + NEIGHBOUR * self._neighbours(place, anchor), place

    def _places(self, anchor: Anchor) -> Iterator[_Place]:
        for pad_id, places in self._pads.items():
            if anchor.pad in {None, pad_id}:
                yield from places

    def _best(self, places: Collection[_Place], anchor: Anchor) -> _Place | None:
        """Return the place beside its neighbours, then nearest to its line, then first."""
        line = anchor.line or 0
        return min(places, key=lambda p: (-self._neighbours(p, anchor), abs(p.segment.line - line)), default=None)

    def _neighbours(self, place: _Place, anchor: Anchor) -> int:
        """Return how many of the neighbours of `anchor`, 0 to 2, are beside a place; "" stands for the pad's ends."""
        others = self._pads[place.segment.pad_id]
        before = others[place.index - 1].hashes if place.index else {""}
        after = others[place.index + 1].hashes if place.index + 1 < len(others) else {""}
        return (anchor.before in before) + (anchor.after in after)


def _normalized(text: str) -> str:
    return " ".join(text.split())
