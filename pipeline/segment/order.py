"""From the recurring lines of each pad, in order, to those that keep their place among the others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise


class Look(Enum):
    """What a recurring line looks like, its place apart."""

    HEADING = auto()
    QUESTION = auto()
    FIELD = auto()  # a label with a number or nothing behind it
    LABEL = auto()  # a few words and a colon
    LEAD = auto()  # a sentence and a colon
    LINE = auto()  # a few words by themselves
    STATEMENT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Lines that stand next to the same recurring line in several groups' pads.

    `touching`: directly above or below it. `anchored`: statements in a run of such statements that a heading or the
    like belongs to. `following`: next to it when the lines that do not recur are left out.
    """

    touching: frozenset[str]
    anchored: frozenset[str]
    following: frozenset[str]


def find(sequences: Sequence[tuple[str, Sequence[str]]], need: int, looks: Mapping[str, Look]) -> Order:
    """The order of lines, from (group, lines from top to bottom, "" for one that does not recur) per pad."""
    beside = _pairs([(group, lines) for group, lines in sequences], need)
    after = _pairs([(group, list(dict.fromkeys(filter(None, lines)))) for group, lines in sequences], need)
    return Order(
        touching=frozenset(line for pair in beside for line in pair),
        anchored=_anchored(beside, looks),
        following=frozenset(line for pair in after for line in pair),
    )


def _pairs(sequences: Sequence[tuple[str, Sequence[str]]], need: int) -> list[tuple[str, str]]:
    """The pairs of lines, one after the other, found in at least `need` groups."""
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for group, lines in sequences:
        for one, other in pairwise(lines):
            if one and other and one != other:
                groups[one, other].add(group)
    return [pair for pair, found in groups.items() if len(found) >= need]


def _anchored(beside: Sequence[tuple[str, str]], looks: Mapping[str, Look]) -> frozenset[str]:
    """The statements that touch another, in a run that something else than a statement touches."""
    near: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in beside:
        near[one].append(other)
        near[other].append(one)
    paired = {line for line in near if _states(line, looks) and any(_states(other, looks) for other in near[line])}
    reached = [line for line in paired if any(not _states(other, looks) for other in near[line])]
    anchored = set(reached)
    while reached:
        for other in near[reached.pop()]:
            if other in paired and other not in anchored:
                anchored.add(other)
                reached.append(other)
    return frozenset(anchored)


def _states(line: str, looks: Mapping[str, Look]) -> bool:
    return looks[line] is Look.STATEMENT
