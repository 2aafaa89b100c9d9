"""Words that must not be repeated: from words to their hash, and from hashes to where the words stand.

A word is a run of letters or digits, case apart; in scripts that are written without spaces, each sign is one.

Redaction: pads, lines and segments with `[redacted]` in place of what no output may show.

It comes before everything but the segmentation, so that no label, name, id or hash can be made of redacted words. What
is decided about other quotes is still found by the words as they stand in the pads (`Redacted.written`).
"""

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from fetch.corpus_records import KnownName, Pad
from fetch.errors import UserMistake
from pipeline.analysis_records import REDACTED, Followed, Kind, Line, LineRole, Orphan, Segment, SegmentId
from pipeline.curation.anchors import Lost, Places, anchor_of
from pipeline.curation.decisions import Curation, Redact, Redacted, Secrets, what

_NO_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Thai and Lao, Burmese, Khmer, Japanese and Chinese (Unicode blocks)."""

_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W_{_NO_SPACES}]+")
_SHA = 16


class Span(NamedTuple):
    """Code points of a text, from `start` to before `end`."""

    start: int
    end: int


def words_sha(words: str) -> tuple[str, int]:
    """The hash of `words`, case and what stands between them apart, and their number: 0 without letter or digit."""
    found = [word for _, word in _words(words)]
    return _sha(found), len(found)


def redact_words(words: str) -> Redact:
    """The decision that no output shows `words`, wherever they stand; ValueError where they have no letter or digit."""
    sha, count = words_sha(words)
    if not count:
        raise ValueError("there is no letter or digit in it")
    return Redact(sha=sha, count=count)


def redact_quote(segment: Segment, segments: Sequence[Segment]) -> Redact:
    """The decision that no output shows what one of `segments` says, nor the same words elsewhere."""
    sha, count = words_sha(segment.text)
    return Redact(sha=sha, count=count, quote=anchor_of(segment, segments, secret=True))


def spans(text: str, secrets: Sequence[tuple[str, int]]) -> list[Span]:
    """Where in `text` the words with these hashes and numbers stand, in order; spans that overlap are one."""
    found = _words(text)
    hits = sorted(hit for sha, count in secrets for hit in _hits(found, sha, count))
    joined: list[Span] = []
    for hit in hits:
        if joined and hit.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, hit.end))
        else:
            joined.append(hit)
    return joined


def without(text: str, secrets: Sequence[tuple[str, int]]) -> str:
    """`text` with `[redacted]` in place of these words."""
    return masked(text, spans(text, secrets)) if secrets else text


def masked(text: str, hidden: Sequence[Span]) -> str:
    """`text` with `[redacted]` in place of each of these spans, which are in order and apart."""
    done, parts = 0, []
    for start, end in hidden:
        parts += [text[done:start], REDACTED]
        done = end
    return "".join((*parts, text[done:]))


def _words(text: str) -> list[tuple[Span, str]]:
    return [
        (Span(match.start(), match.end()), unicodedata.normalize("NFKC", match[0]).casefold())
        for match in _WORD.finditer(text)
    ]


def _hits(words: Sequence[tuple[Span, str]], sha: str, count: int) -> Iterator[Span]:
    for first in range(len(words) - count + 1 if count else 0):
        run = words[first : first + count]
        if _sha([word for _, word in run]) == sha:
            yield Span(run[0][0].start, run[-1][0].end)


def _sha(words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:_SHA]


def redact(curation: Curation, pads: Sequence[Pad], lines: Sequence[Line], segments: Sequence[Segment]) -> Redacted:
    """`pads` and their `lines` and `segments` without the words that `curation` redacts.

    Raises UserMistake where such words stand in the name of a pad or group: these are event.toml's to change.
    """
    numbered = [(n, one) for n, one in enumerate(curation.decisions, 1) if isinstance(one, Redact)]
    if not numbered:
        return Redacted(pads=tuple(pads), lines=tuple(lines), segments=tuple(segments))
    found = _find(numbered, pads, segments)
    for pad in pads:
        check_names(found.secrets, {f"pad {pad.pad_id}": f"{pad.pad_id} {pad.source}", f"group {pad.group}": pad.group})
    masks = {pad.pad_id: _Mask(pad, found, segments) for pad in pads}
    new_segments = tuple(_segment(one, masks[one.pad_id], found) for one in segments)
    return Redacted(
        pads=tuple(masks[pad.pad_id].pad() for pad in pads),
        lines=tuple(
            replace(one, start=masks[one.pad_id].new(one.start), end=masks[one.pad_id].new(one.end)) for one in lines
        ),
        segments=new_segments,
        written={old.id: old.text for old, new in zip(segments, new_segments, strict=True) if old.text != new.text},
        secrets=found.secrets,
        count=sum(len(mask.spans) for mask in masks.values()),
        followed=found.followed,
        orphans=found.orphans,
    )


def restored(lines: Sequence[Line], before: Sequence[Segment], after: Sequence[Segment]) -> tuple[Line, ...]:
    """`lines`, with those as content that were set aside until the facilitator placed a quote on them."""
    placed = {
        (new.pad_id, line)
        for old, new in zip(before, after, strict=True)
        if old.role is not new.role and new.role is LineRole.CONTENT
        for line in range(new.line, new.line + new.text.count("\n") + 1)
    }
    if not placed:
        return tuple(lines)
    return tuple(replace(one, role=LineRole.CONTENT) if (one.pad_id, one.number) in placed else one for one in lines)


def check_names(secrets: Secrets, names: Mapping[str, str]) -> None:
    """Raises UserMistake where one of these words stands in a name, by what it is the name of."""
    for whose, name in names.items():
        if spans(name, secrets):
            raise UserMistake(
                f"corpus/…/curation.toml redacts words that are part of the name of {whose}, so they would be in the "
                "report; give it another name in event.toml."
            )


def tellable(names: Sequence[KnownName], secrets: Secrets) -> tuple[KnownName, ...]:
    """Those of event.toml's known names that hold no redacted words: the others must not become names in a report."""
    return tuple(one for one in names if not any(spans(form, secrets) for form in (one.name, *one.also)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    secrets: Secrets
    whole: frozenset[SegmentId]
    followed: tuple[Followed, ...]
    orphans: tuple[Orphan, ...]


def _find(numbered: Sequence[tuple[int, Redact]], pads: Sequence[Pad], segments: Sequence[Segment]) -> _Found:
    places = Places(segments, {})
    by_id = {segment.id: segment for segment in segments}
    secrets: dict[tuple[str, int], None] = {}
    whole: set[SegmentId] = set()
    followed: list[Followed] = []
    orphans: list[Orphan] = []
    for number, decision in numbered:
        secret = (decision.sha, decision.count)
        secrets[secret] = None
        place = places.find(decision.quote) if decision.quote else None
        if place is not None and not isinstance(place, Lost):
            whole.add(place.segment_id)
            secrets[words_sha(by_id[place.segment_id].text)] = None
            if place.edited:
                followed.append(Followed(decision=number, what=what(decision), segment_id=place.segment_id))
        elif not any(spans(pad.text, [secret]) for pad in pads):
            why, near = (place.why, place.near) if place else ("its words stand in no pad", ())
            orphans.append(Orphan(decision=number, what=what(decision), why=why, near=near))
    return _Found(
        secrets=tuple(one for one in secrets if one[1]),
        whole=frozenset(whole),
        followed=tuple(followed),
        orphans=tuple(orphans),
    )


class _Mask:
    """The redacted text of a pad, and where its places went.

    A span that reaches over the end of a line or of a segment is cut there: each part is a `[redacted]` of its own,
    so that lines and segments stay what and where they are.
    """

    def __init__(self, pad: Pad, found: _Found, segments: Sequence[Segment]) -> None:
        own = [segment for segment in segments if segment.pad_id == pad.pad_id]
        wanted = [Span(one.start, one.end) for one in own if one.id in found.whole]
        borders = {border for one in own for border in (one.start, one.end)}
        self._pad = pad
        self.spans = tuple(_cut(pad.text, [*spans(pad.text, found.secrets), *wanted], borders))
        self._ends = [span.end for span in self.spans]
        self._shifts = [0, *accumulate(len(REDACTED) - (span.end - span.start) for span in self.spans)]
        self.text = masked(pad.text, self.spans)

    def pad(self) -> Pad:
        """The pad as it may be shown."""
        if not self.spans:
            return self._pad
        sha256 = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        return replace(self._pad, text=self.text, sha256=sha256, structure=None)

    def new(self, place: int) -> int:
        """Where a place of the pad's text is now; no span lies around a place that is asked for."""
        return place + self._shifts[bisect_right(self._ends, place)]


def _cut(text: str, wanted: Sequence[Span], borders: set[int]) -> Iterator[Span]:
    """What is in any of `wanted`, cut at `borders` and line ends, without parts of white space only."""
    inside = [False] * (len(text) + 1)
    for start, end in wanted:
        inside[start:end] = [True] * (end - start)
    stops = sorted(
        {at for at in range(1, len(text) + 1) if inside[at] != inside[at - 1] or "\n" in text[at - 1 : at + 1]}
        | borders
        | {0, len(text)}
    )
    for start, end in pairwise(stops):
        if inside[start] and text[start:end].strip():
            yield Span(start, end)


def _segment(old: Segment, mask: _Mask, found: _Found) -> Segment:
    headings = tuple(without(heading, found.secrets) for heading in old.headings)
    prompt = without(old.prompt, found.secrets) if old.prompt else None
    start, end = mask.new(old.start), mask.new(old.end)
    text = mask.text[start:end]
    gone = old.role is LineRole.CONTENT and text != old.text and not _says(text)
    return replace(
        old,
        start=start,
        end=end,
        text=text,
        headings=headings,
        prompt=prompt,
        role=LineRole.REDACTED if gone else old.role,
        kind=Kind.OTHER if gone else old.kind,
    )


def _says(text: str) -> bool:
    return any(sign.isalnum() for sign in text.replace(REDACTED, ""))
