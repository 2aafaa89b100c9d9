"""Redaction: pads, lines and segments with `[redacted]` in place of words that no output may show.

    decisions ──► hashes of words ──► spans in the pads ──► masked pads, lines, segments
                  whole quotes    ──┘

Redaction comes before everything but segmentation, so that no label, name, id or hash can be made of redacted words.
Other decisions still find their quotes by the words in the pads (`Redacted.written`). A word is a run of letters or
digits, in any case; in scripts written without spaces, each character is a word.
"""

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from types import MappingProxyType

from fetch.corpus_records import KnownName, Pad
from fetch.errors import UserMistake
from pipeline.analysis_records import DecisionRef, Followed, Orphan, OrphanReason
from pipeline.anchors import Anchor, AnchorFinder, Lost, Placed, anchor_of
from pipeline.curation.decisions import Curation, Decision, Redact, names_of, quotes_of
from pipeline.segment_records import REDACTED, Kind, Line, LineRole, Segment, SegmentId
from pipeline.text import UNSPACED

_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_HASH_DIGITS = 16

Secrets = tuple[tuple[str, int], ...]
"""Redacted words by their hash and their number (see `words_sha`)."""

Span = tuple[int, int]
"""Code points of a text, from the first to before the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """Pads, lines and segments without redacted words, and what became of the redactions.

    `written` has the texts, as they are in the pads, of the segments that changed; `count` is the number of places
    where words were removed. A changed pad has the hash of its new text: the hash of the old one would tell a guesser
    of the words that they are right.
    """

    pads: tuple[Pad, ...] = ()
    lines: tuple[Line, ...] = ()
    segments: tuple[Segment, ...] = ()
    written: Mapping[SegmentId, str] = field(default_factory=lambda: MappingProxyType({}))
    secrets: Secrets = ()
    count: int = 0
    followed: tuple[Followed, ...] = ()
    orphans: tuple[Orphan, ...] = ()


def words_sha(words: str) -> tuple[str, int]:
    """Return the hash of `words`, without case and what is between them, and their number, which may be 0."""
    found = [word for _, word in _words(words)]
    return _sha(found), len(found)


def redact_words(words: str) -> Redact:
    """Return the decision that no output shows `words`; raises ValueError if they have no letter or digit."""
    sha, count = words_sha(words)
    if not count:
        raise ValueError("there is no letter or digit in it")
    return Redact(sha=sha, count=count)


def redact_quote(segment: Segment, segments: Sequence[Segment]) -> Redact:
    """Return the decision that no output shows the text of one of `segments`, nor the same words elsewhere."""
    sha, count = words_sha(segment.text)
    return Redact(sha=sha, count=count, quote=anchor_of(segment, segments, secret=True))


def secret_spans(text: str, secrets: Sequence[tuple[str, int]]) -> list[Span]:
    """Return where the words with these hashes and numbers are in `text`, in order; spans that touch are joined."""
    words = _words(text)
    return _union(
        (words[first][0][0], words[first + count - 1][0][1])
        for sha, count in secrets
        for first in range(len(words) - count + 1 if count else 0)
        if _sha([word for _, word in words[first : first + count]]) == sha
    )


def without_secrets(text: str, secrets: Sequence[tuple[str, int]]) -> str:
    """Return `text` with `[redacted]` in place of these words."""
    return _masked(text, secret_spans(text, secrets)) if secrets else text


def decision_ref(number: int, decision: Decision, secrets: Secrets) -> DecisionRef:
    """Return how outputs may name a decision: without redacted words, and without the words of its quote."""
    quotes = quotes_of(decision)
    anchor = None if names_of(decision) or not quotes else quotes[0]
    return DecisionRef(
        number=number,
        kind=decision.decides,
        names=tuple(without_secrets(name, secrets) for name in names_of(decision)),
        pad=without_secrets(anchor.pad, secrets) if anchor and anchor.pad else None,
        line=anchor.line if anchor else None,
    )


def _words(text: str) -> list[tuple[Span, str]]:
    return [(match.span(), unicodedata.normalize("NFKC", match[0]).casefold()) for match in _WORD.finditer(text)]


def _union(spans: Iterable[Span]) -> list[Span]:
    """Return `spans` in order, with those joined that overlap or touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _sha(words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]


def _masked(text: str, spans: Sequence[Span]) -> str:
    """Return `text` with `[redacted]` in place of each of these spans, which are in order and do not overlap."""
    done, parts = 0, []
    for start, end in spans:
        parts += [text[done:start], REDACTED]
        done = end
    return "".join((*parts, text[done:]))


def redact(curation: Curation, pads: Sequence[Pad], lines: Sequence[Line], segments: Sequence[Segment]) -> Redacted:
    """Return `pads` and their `lines` and `segments` without the words that `curation` redacts.

    Raises UserMistake if such words are in the name of a pad or group: these must be changed in event.toml.
    """
    numbered = [(n, decision) for n, decision in enumerate(curation.decisions, 1) if isinstance(decision, Redact)]
    if not numbered:
        return Redacted(pads=tuple(pads), lines=tuple(lines), segments=tuple(segments))
    found, whole = _find_redactions(numbered, pads, segments)
    for pad in pads:
        names = {f"pad {pad.pad_id}": f"{pad.pad_id} {pad.source}", f"group {pad.group}": pad.group}
        check_names(found.secrets, names)
    masks = {pad.pad_id: _Mask(pad, found.secrets, whole, segments) for pad in pads}
    redacted = tuple(_redacted_segment(segment, masks[segment.pad_id], found.secrets) for segment in segments)
    return replace(
        found,
        pads=tuple(_without_secret_former_names(mask.masked_pad(), found.secrets) for mask in masks.values()),
        lines=tuple(
            replace(line, start=masks[line.pad_id].offset(line.start), end=masks[line.pad_id].offset(line.end))
            for line in lines
        ),
        segments=redacted,
        written={old.id: old.text for old, new in zip(segments, redacted, strict=True) if old.text != new.text},
        count=sum(len(mask.spans) for mask in masks.values()),
    )


def check_names(secrets: Secrets, names: Mapping[str, str]) -> None:
    """Raise UserMistake if redacted words are in one of `names`, which are given by where they stand."""
    for place, name in names.items():
        if secret_spans(name, secrets):
            raise UserMistake(
                f"corpus/…/curation.toml redacts words that are part of {place}, so they would be in the report; "
                "change it there or in event.toml."
            )


def without_secret_names(names: Sequence[KnownName], secrets: Secrets) -> tuple[KnownName, ...]:
    """Return those of event.toml's known names that contain no redacted words."""
    return tuple(known for known in names if not any(secret_spans(form, secrets) for form in (known.name, *known.also)))


def _without_secret_former_names(pad: Pad, secrets: Secrets) -> Pad:
    """Return a pad without those former names of its group that contain redacted words: why it was renamed, maybe."""
    return replace(pad, formerly=tuple(name for name in pad.formerly if not secret_spans(name, secrets)))


def _find_redactions(
    numbered: Sequence[tuple[int, Redact]], pads: Sequence[Pad], segments: Sequence[Segment]
) -> tuple[Redacted, frozenset[SegmentId]]:
    """Return what the redactions say, with nothing redacted yet, and the segments to redact as a whole."""
    finder = AnchorFinder(segments, {})
    texts = {segment.id: segment.text for segment in segments}
    secrets: dict[tuple[str, int], None] = {}
    places: list[tuple[int, Redact, Placed | Lost]] = []
    for number, decision in numbered:
        secret = (decision.sha, decision.count)
        secrets[secret] = None
        place = finder.find(decision.quote) if decision.quote else Lost(why=OrphanReason.WORDS_GONE)
        if isinstance(place, Placed):
            secrets[words_sha(texts[place.segment_id])] = None
        if isinstance(place, Placed) or not any(secret_spans(pad.text, [secret]) for pad in pads):
            places.append((number, decision, place))
    known = tuple(secret for secret in secrets if secret[1])
    refs = [(decision_ref(number, decision, known), decision, place) for number, decision, place in places]
    placed = [(ref, place) for ref, _, place in refs if isinstance(place, Placed)]
    found = Redacted(
        secrets=known,
        followed=tuple(Followed(decision=ref, segment_id=place.segment_id) for ref, place in placed if place.edited),
        orphans=tuple(
            orphan(ref, place, decision.quote, known) for ref, decision, place in refs if isinstance(place, Lost)
        ),
    )
    return found, frozenset(place.segment_id for _, place in placed)


def orphan(decision: DecisionRef, lost: Lost, anchor: Anchor | None, secrets: Secrets) -> Orphan:
    """Return the orphan of a decision whose quote, which `anchor` identifies, is lost."""
    pad = anchor.pad if anchor and lost.why is OrphanReason.PAD_GONE else None
    value = without_secrets(pad, secrets) if pad else None
    return Orphan(decision=decision, why=lost.why, value=value, near=lost.near)


class _Mask:
    """The redacted text of a pad, and where its offsets are now.

    A span that crosses the end of a line or of a segment is cut there: each part becomes a `[redacted]` of its own, so
    that lines and segments keep their number and order.
    """

    def __init__(self, pad: Pad, secrets: Secrets, whole: AbstractSet[SegmentId], segments: Sequence[Segment]) -> None:
        own = [segment for segment in segments if segment.pad_id == pad.pad_id]
        borders = {border for segment in own for border in (segment.start, segment.end)}
        borders.update(border for match in re.finditer("\n", pad.text) for border in match.span())
        quotes = [(segment.start, segment.end) for segment in own if segment.id in whole]
        self._pad = pad
        self.spans = [
            (start, end)
            for span in _union([*secret_spans(pad.text, secrets), *quotes])
            for start, end in pairwise(sorted({*span, *(border for border in borders if span[0] < border < span[1])}))
            if pad.text[start:end].strip()
        ]
        self._ends = [end for _, end in self.spans]
        self._shifts = [0, *accumulate(len(REDACTED) - (end - start) for start, end in self.spans)]
        self.text = _masked(pad.text, self.spans)

    def masked_pad(self) -> Pad:
        """Return the pad as it may be shown."""
        if not self.spans:
            return self._pad
        sha256 = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        return replace(self._pad, text=self.text, sha256=sha256, structure=None)

    def offset(self, old: int) -> int:
        """Return where an offset into the pad's text is now; it must not be inside a span."""
        return old + self._shifts[bisect_right(self._ends, old)]


def _redacted_segment(segment: Segment, mask: _Mask, secrets: Secrets) -> Segment:
    start, end = mask.offset(segment.start), mask.offset(segment.end)
    text = mask.text[start:end]
    nothing_left = not any(character.isalnum() for character in text.replace(REDACTED, ""))
    gone = segment.role is LineRole.CONTENT and text != segment.text and nothing_left
    return replace(
        segment,
        start=start,
        end=end,
        text=text,
        headings=tuple(without_secrets(heading, secrets) for heading in segment.headings),
        prompt=without_secrets(segment.prompt, secrets) if segment.prompt else None,
        role=LineRole.REDACTED if gone else segment.role,
        kind=Kind.OTHER if gone else segment.kind,
    )
