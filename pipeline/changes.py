"""What changed between two analyses of an event: lines, concerns and next steps.

    earlier, today ──► pairs of pads ──► pairs of lines ──┬─► new, edited and withdrawn lines, steps that were done
                                                          └─► pairs of concerns ──► appeared, grew, shrank, went

Lines are paired within their pad: equal ones in their order first, then edited ones by similarity and neighbours (see
`anchors`), the most similar first. Each line is in one pair or in none. Decisions are no changes: a line that was
hidden or redacted since is neither edited nor withdrawn. A few edited lines can make the clustering group many others
anew, so concerns are only said to have changed where changed lines are the reason; the others are counted. What only
the earlier analysis has is counted and not quoted.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from fetch.corpus_records import Pad, PadId, ProblemKind, groups_by_former_name
from pipeline.analysis_records import (
    Account,
    Analysis,
    Changes,
    Concern,
    ConcernChange,
    PadChanges,
    PadInfo,
    Trend,
)
from pipeline.anchors import SIMILAR, AnchorFinder, anchor_of, text_sha
from pipeline.segment_records import REDACTED, Checkbox, Kind, LineRole, Segment, SegmentId
from pipeline.text import normalize, normalized_words

SAME_CONCERN = 0.5
"""Share of the quotes of the smaller of two concerns that the other must have to be the same concern: most of them."""

MOST = 0.5
"""Share of the quotes of a concern that must be new for it to have appeared, or be withdrawn for it to have gone."""

FEWEST_WORDS = 2
"""Words of a line that must stand in a longer one for this to be the line with more written to it: "yes" is in many."""

_MISSING = frozenset({ProblemKind.NOT_FETCHED, ProblemKind.UNREADABLE})
"""Why a pad may be absent although nobody took it back."""

_SET_ASIDE = frozenset({Account.PROMPT, Account.HEADING, Account.BOILERPLATE, Account.DUPLICATE})

Pairs = Mapping[SegmentId, Segment]
"""From the id of an earlier segment to the segment that it is today."""


def compare(earlier: Analysis, today: Analysis, pads: Sequence[Pad]) -> Changes:
    """Return what changed between two analyses of one event; `pads` are those of `today`."""
    texts = {pad.pad_id: pad.text for pad in pads}
    earlier = _with_todays_names(earlier, today)
    paired_pads = [_paired_lines(pair, earlier, today, texts) for pair in _pad_pairs(earlier, today)]
    pairs = {old: new for pad in paired_pads for old, new in pad.pairs.items()}
    ticked = _ticked(today) - {pairs[one].id for one in _ticked(earlier) if one in pairs}
    changed = [pad.changes(ticked) for pad in paired_pads]
    lines = _PairedLines(
        pairs=pairs,
        unchanged={old: new for pad in paired_pads for old, new in pad.unchanged()},
        groups={one.id: one.group for one in earlier.segments},
    )
    concerns, regrouped = _concern_changes(earlier, today, lines)
    return Changes(
        since=earlier.generated,
        pads=tuple(pad for pad in changed if pad.new or pad.edited or pad.withdrawn or pad.done),
        concerns=tuple(concerns),
        regrouped=regrouped,
    )


def _with_todays_names(earlier: Analysis, today: Analysis) -> Analysis:
    """Return an earlier analysis with its groups called as they are today: a new name is no other group."""
    now = {info.pad_id: info.group for info in today.pads}
    former = groups_by_former_name(today.pads)
    names = {info.pad_id: now.get(info.pad_id, former.get(info.group, info.group)) for info in earlier.pads}
    if all(names[info.pad_id] == info.group for info in earlier.pads):
        return earlier
    segments = tuple(replace(one, group=names[one.pad_id]) for one in earlier.segments)
    of = {one.id: one.group for one in segments}
    return replace(
        earlier,
        pads=tuple(replace(info, group=names[info.pad_id]) for info in earlier.pads),
        segments=segments,
        concerns=tuple(
            replace(one, groups=tuple(dict.fromkeys(of[quote] for quote in one.segment_ids)))
            for one in earlier.concerns
        ),
    )


def _ticked(analysis: Analysis) -> frozenset[SegmentId]:
    return frozenset(one.id for one in analysis.segments if one.checkbox is Checkbox.DONE)


def comparable(analysis: Analysis) -> Analysis:
    """Return an analysis with no more in it than `compare` reads: no names, no summaries, no earlier changes."""
    return replace(
        analysis,
        segments=tuple(replace(one, owner=None, due=None, about_group=None) for one in analysis.segments),
        entities=(),
        concerns=tuple(replace(one, terms=(), reasons=(), summary=()) for one in analysis.concerns),
        same_questions=(),
        reading=None,
        changes=None,
    )


def pair_lines(old: Sequence[Segment], new: Sequence[Segment]) -> dict[SegmentId, Segment]:
    """Return which segment of a pad each earlier one is today, if any; both are in reading order."""
    pairs = dict(_equal_lines(old, new))
    taken = {segment.id for segment in pairs.values()}
    free = [segment for segment in new if segment.id not in taken]
    candidates = [
        (-score, abs(edit.line - segment.line), segment.start, edit.start, segment, edit)
        for segment, scored in _edited_lines([one for one in old if one.id not in pairs], old, new, free)
        for score, edit in scored
    ]
    for *_, segment, edit in sorted(candidates, key=lambda candidate: candidate[:4]):
        if segment.id not in pairs and edit.id not in taken:
            pairs[segment.id] = edit
            taken.add(edit.id)
    return pairs


def _equal_lines(old: Sequence[Segment], new: Sequence[Segment]) -> Iterator[tuple[SegmentId, Segment]]:
    """Yield pairs of equal lines: those in the same order first, then those that were moved."""
    old_shas, new_shas = [text_sha(one.text) for one in old], [text_sha(one.text) for one in new]
    free_old, free_new = dict(enumerate(old)), dict(enumerate(new))
    for start, new_start, length in SequenceMatcher(None, old_shas, new_shas, autojunk=False).get_matching_blocks():
        for index in range(length):
            yield free_old.pop(start + index).id, free_new.pop(new_start + index)
    moved: defaultdict[str, list[Segment]] = defaultdict(list)
    for index, segment in free_new.items():
        moved[new_shas[index]].append(segment)
    for index, segment in free_old.items():
        if moved[old_shas[index]]:
            yield segment.id, moved[old_shas[index]].pop(0)


def _edited_lines(
    missing: Sequence[Segment], old: Sequence[Segment], new: Sequence[Segment], free: Sequence[Segment]
) -> Iterator[tuple[Segment, list[tuple[float, Segment]]]]:
    """Yield each earlier line that is `missing` with what it may be today, of the lines that are `free`."""
    if not missing or not free:
        return
    anchors = [replace(anchor_of(segment, old), pad=free[0].pad_id) for segment in old]
    finder = AnchorFinder(new, {}, anchors)
    by_id = {segment.id: anchor for segment, anchor in zip(old, anchors, strict=True)}
    words = {segment.id: normalized_words(segment.text) for segment in free}
    for segment in missing:
        own = normalized_words(segment.text)
        edits = [(score, edit) for score, edit in finder.edits(by_id[segment.id]) if edit.id in words]
        yield segment, [*edits, *((SIMILAR, edit) for edit in free if _is_longer_form(own, words[edit.id]))]


def _is_longer_form(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether all words of one of two lines stand in the other, side by side."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= FEWEST_WORDS and f" {' '.join(shorter)} " in f" {' '.join(longer)} "


@dataclass(frozen=True, slots=True, kw_only=True)
class _PadPair:
    """A pad as it was and is; `standing` are the words of its lines today that no segment was made of."""

    pad_id: PadId | None
    group: str
    old: Sequence[Segment]
    new: Sequence[Segment]
    pairs: Pairs
    standing: frozenset[str]

    def changes(self, ticked: AbstractSet[SegmentId]) -> PadChanges:
        """Return what changed in the pad; `ticked` are the segments whose check box was ticked since."""
        withdrawn = [
            one
            for one in self.old
            if one.id not in self.pairs and _is_shown(one) and normalize(one.text) not in self.standing
        ]
        edited = {self.pairs[one.id].id for one in self.old if one.id in self.pairs and self._is_edit(one)}
        paired = {segment.id for segment in self.pairs.values()}
        once_set_aside = {normalize(text) for one in self.old for text in (*one.headings, one.prompt or "")}
        steps = {self.pairs[one.id].id for one in self.old if one.kind is Kind.ACTION and one.id in self.pairs}
        shown = [one for one in self.new if _is_shown(one)]
        return PadChanges(
            pad_id=self.pad_id,
            group=self.group,
            new=tuple(
                one.id for one in shown if one.id not in paired and normalize(one.text) not in once_set_aside - {""}
            ),
            edited=tuple(one.id for one in shown if one.id in edited),
            withdrawn=len(withdrawn),
            done=tuple(one.id for one in shown if one.id in steps & ticked),
            steps_gone=sum(one.kind is Kind.ACTION for one in withdrawn),
        )

    def unchanged(self) -> Iterator[tuple[SegmentId, SegmentId]]:
        """Yield the ids, before and now, of the lines whose words are the same."""
        yield from (
            (one.id, self.pairs[one.id].id) for one in self.old if one.id in self.pairs and not self._is_edit(one)
        )

    def _is_edit(self, old: Segment) -> bool:
        """Return whether the group changed the words of a line; a redaction, or the end of one, changes none."""
        new = self.pairs[old.id]
        redactions = {one.text.count(REDACTED) for one in (old, new)}
        return text_sha(old.text) != text_sha(new.text) and len(redactions) == 1


def _is_shown(segment: Segment) -> bool:
    return segment.role is LineRole.CONTENT


_PadIds = tuple[PadInfo, PadId | None, PadId | None]
"""A pad, its id in the earlier analysis and its id today."""


def _paired_lines(pad: _PadIds, earlier: Analysis, today: Analysis, texts: Mapping[PadId, str]) -> _PadPair:
    info, old_id, new_id = pad
    old = [one for one in earlier.segments if one.pad_id == old_id]
    new = [one for one in today.segments if one.pad_id == new_id]
    return _PadPair(
        pad_id=new_id,
        group=info.group if info.group in _known_groups(today) else "",
        old=old,
        new=new,
        pairs=pair_lines(old, new),
        standing=frozenset(_standing_lines(today, new_id, texts[new_id])) if new_id else frozenset(),
    )


def _pad_pairs(earlier: Analysis, today: Analysis) -> Iterator[_PadIds]:
    """Yield the pads of both analyses, first as they are today, then those that are gone.

    A pad of another name is the pad of a group that had one before which is gone. A pad that could not be read this
    time is left out: nothing is known of it.
    """
    before = {info.pad_id: info for info in earlier.pads}
    gone = {info.pad_id: info for info in earlier.pads if info.pad_id not in {new.pad_id for new in today.pads}}
    for info in today.pads:
        old = before.get(info.pad_id) or next((one for one in gone.values() if one.group == info.group), None)
        if old:
            gone.pop(old.pad_id, None)
        yield info, old.pad_id if old else None, info.pad_id
    missing = {problem.group for problem in today.problems if problem.kind in _MISSING}
    yield from ((old, old.pad_id, None) for old in gone.values() if old.group not in missing)


def _known_groups(today: Analysis) -> frozenset[str]:
    """Return the groups that today's report names; an earlier name may hold words that are redacted now."""
    return frozenset((*(info.group for info in today.pads), *(problem.group for problem in today.problems)))


def _standing_lines(today: Analysis, pad_id: PadId, text: str) -> Iterator[str]:
    """Yield the words of the lines of a pad that are set aside today, as headings are."""
    for line, account in zip(text.split("\n"), today.ledger.lines[pad_id], strict=True):
        if account in _SET_ASIDE and normalize(line):
            yield normalize(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PairedLines:
    """All paired lines of the event, and `unchanged`, those of them with the same words; `groups` by earlier line."""

    pairs: Pairs
    unchanged: Mapping[SegmentId, SegmentId]
    groups: Mapping[SegmentId, str]

    def lost(self, old: Concern) -> list[SegmentId]:
        """Return the quotes of an earlier concern that are withdrawn or edited."""
        return [one for one in old.segment_ids if one not in self.unchanged]

    def fresh(self, new: Concern) -> list[SegmentId]:
        """Return the quotes of a concern of today that are new or edited."""
        same = set(self.unchanged.values())
        return [one for one in new.segment_ids if one not in same]

    def has_secret(self, old: Concern) -> bool:
        """Return whether a quote of an earlier concern is hidden or redacted today."""
        now = [self.pairs[one] for one in old.segment_ids if one in self.pairs]
        return any(one.role in {LineRole.HIDDEN, LineRole.REDACTED} for one in now)


def _concern_changes(earlier: Analysis, today: Analysis, lines: _PairedLines) -> tuple[list[ConcernChange], int]:
    """Return what changed lines did to concerns of several groups, and how many others were only grouped anew.

    The former are in today's order, then those that went.
    """
    paired = _concern_pairs(earlier.concerns, today.concerns, lines.pairs)
    old_of = {new.id: old for old, new in paired}
    known = {old.id for old, _ in paired}
    possible: list[tuple[Concern | None, Concern | None]] = [(old_of.get(new.id), new) for new in today.concerns]
    possible += [(old, None) for old in earlier.concerns if old.id not in known and not lines.has_secret(old)]
    changed = [(old, new) for old, new in possible if _size(old) != _size(new) and _is_recurring(old, new)]
    found = [_change_of(old, new, today, lines) for old, new in changed]
    return [change for change in found if change], sum(change is None for change in found)


def _size(concern: Concern | None) -> tuple[int, int]:
    return (len(concern.groups), len(concern.segment_ids)) if concern else (0, 0)


def _is_recurring(*concerns: Concern | None) -> bool:
    return any(concern.recurring for concern in concerns if concern)


def _shown_label(label: str, today: Analysis) -> str:
    """Return the label of a concern that went if a single line that is shown today has its words, else ""."""
    words = frozenset(normalized_words(label))
    shown = (normalized_words(one.text) for one in today.segments if _is_shown(one))
    return label if words and any(words.issubset(line) for line in shown) else ""


def _concern_pairs(earlier: Sequence[Concern], today: Sequence[Concern], pairs: Pairs) -> list[tuple[Concern, Concern]]:
    """Return which concern each earlier one is today: by id or label first, then by most quotes in common."""
    candidates = []
    for rank, old in enumerate(earlier):
        members = {pairs[one].id for one in old.segment_ids if one in pairs}
        for new_rank, new in enumerate(today):
            common = len(members.intersection(new.segment_ids))
            named = old.id == new.id or old.label.casefold() == new.label.casefold()
            fewest = min(len(old.segment_ids), len(new.segment_ids))
            if named or (fewest and common >= SAME_CONCERN * fewest):
                candidates.append((not named, -common, rank, new_rank))
    found: dict[int, int] = {}
    for *_, rank, new_rank in sorted(candidates):
        if rank not in found and new_rank not in found.values():
            found[rank] = new_rank
    return [(earlier[rank], today[new_rank]) for rank, new_rank in found.items()]


def _change_of(old: Concern | None, new: Concern | None, today: Analysis, lines: _PairedLines) -> ConcernChange | None:
    """Return what happened to a concern that has other numbers now; None if no changed line is the reason."""
    fresh, lost = lines.fresh(new) if new else [], lines.lost(old) if old else []
    groups_now = {one.id: one.group for one in today.segments}
    joining, leaving = {groups_now[one] for one in fresh}, {lines.groups[one] for one in lost}
    before, now = old.groups if old else (), new.groups if new else ()
    joined = tuple(group for group in now if old and group not in before and group in joining)
    left = tuple(group for group in before if new and group not in now and group in leaving)
    trend = _trend(old, new)
    by_groups = len(before) != len(now)
    is_reason = {
        Trend.APPEARED: new is not None and len(fresh) >= MOST * len(new.segment_ids),
        Trend.WENT: old is not None and len(lost) >= MOST * len(old.segment_ids),
        Trend.GREW: bool(joined if by_groups else fresh),
        Trend.SHRANK: bool(left if by_groups else lost),
    }
    if not is_reason[trend]:
        return None
    return ConcernChange(
        trend=trend,
        concern_id=new.id if new else None,
        label=new.label if new else _shown_label(old.label, today) if old else "",
        groups_before=len(before),
        groups_now=len(now),
        quotes_before=_size(old)[1],
        quotes_now=_size(new)[1],
        joined=joined,
        left=tuple(group for group in left if group in _known_groups(today)),
    )


def _trend(old: Concern | None, new: Concern | None) -> Trend:
    if old is None:
        return Trend.APPEARED
    if new is None:
        return Trend.WENT
    return Trend.GREW if _size(new) > _size(old) else Trend.SHRANK
