"""Redaction: pads, lines and segments with `[redacted]` in place of what no output may show.

It comes before everything but the segmentation, so that no label, name, id or hash can be made of redacted words. What
is decided about other quotes is still found by the words as they stand in the pads (`Redacted.written`).
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from fetch.records import KnownName, Pad
from pipeline.curation.anchors import Lost, Places
from pipeline.curation.records import Curation, Redact
from pipeline.curation.results import Redacted, Secrets
from pipeline.curation.secrets import Span, masked, spans, without, words_sha
from pipeline.curation.told import what
from pipeline.errors import UserMistake
from pipeline.records import REDACTED, Followed, Kind, Line, LineRole, Orphan, Segment, SegmentId


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
