"""Names as spans of a line."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Label


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a line: `text[start:end]`."""

    start: int
    end: int
    label: Label


Spot = Callable[[Sequence[str]], Sequence[Sequence[Name]]]
"""Lines of one event to the names that a model sees in each, in code points of that line, none overlapping another.

As many answers as lines, in their order. Lines come as `wording.unmarked` leaves them: marks are spaces, and each
character of an address is U+001A. Names of all six labels are welcome; the rules add theirs.
"""


@dataclass(frozen=True, slots=True)
class Tagger:
    """What spots names beside the rules; `name` is told in analysis.json and the report ("en_core_web_trf 3.8.0")."""

    name: str
    spot: Spot


def _nothing(texts: Sequence[str]) -> Sequence[Sequence[Name]]:
    return [()] * len(texts)


RULES = Tagger("rules", _nothing)
"""No model: the rules do it alone."""


def without_overlap(names: Iterable[Name]) -> list[Name]:
    """Names of a line to the longest of those that overlap, the first of equals, in reading order."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.start - name.end, name.start)):
        at = bisect_left(kept, name.start, key=lambda other: other.start)
        if (at == 0 or kept[at - 1].end <= name.start) and (at == len(kept) or name.end <= kept[at].start):
            kept.insert(at, name)
    return kept


def stands_free(text: str, start: int, end: int) -> bool:
    """Whether it is no part of a longer word: "js-example", "example.org", "#example"."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    joined_before = before[-1:] and before[-1] in "-_.#&+@" and (before[-1] in "#@" or before[:1].isalnum())
    joined_after = after[:1] and after[0] in "-_.&+" and after[1:].isalnum()
    return not (joined_before or joined_after or before[-1:].isalnum() or after[:1].isalnum())
