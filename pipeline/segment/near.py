"""From many short texts to the few that stand for them: copies with small edits are told from mere neighbours."""

from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

LIKENESS = 0.9  # difflib's ratio; a typing error or two in a line of ten words
_ENDS = 3  # words at either end, one of which a small edit leaves alone
_BUCKET = 8  # leaders compared at most, which keeps the whole linear
_SHORT, _LONG = 4, 60  # words; shorter lines are too easily alike, longer ones too dear to compare


def alike(one: str, other: str) -> bool:
    """Whether two normal forms are the same but for small edits."""
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    if 2 * shorter < LIKENESS * (shorter + longer) or not _share_words(one, other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= LIKENESS and matcher.ratio() >= LIKENESS


def leaders(texts: Iterable[str]) -> dict[str, str]:
    """For each text the one it is a copy of, maybe itself; earlier texts lead, so give the commonest first."""
    led: dict[str, str] = {}
    buckets: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for text in texts:
        if text in led:
            continue
        parts = text.split()
        led[text] = text
        if not _SHORT <= len(parts) <= _LONG:
            continue
        ends = (("", *parts[:_ENDS]), (*parts[-_ENDS:], ""))
        seen = dict.fromkeys(leader for end in ends for leader in buckets[end])
        found = next((leader for leader in seen if alike(text, leader)), None)
        if found is not None:
            led[text] = found
            continue
        for end in ends:
            if len(buckets[end]) < _BUCKET:
                buckets[end].append(text)
    return led


def _share_words(one: str, other: str) -> bool:
    """A cheap test first: all words but one in four are the same."""
    parts, others = one.split(), set(other.split())
    return sum(part in others for part in parts) >= len(parts) - max(1, len(parts) // 4)
