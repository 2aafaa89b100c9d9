"""Figures of many systems on many events: how clusters are seen by score.py, means, best settings, ratios, tables."""

import importlib.util
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from types import ModuleType

FIGURES = ("pair_f", "card_p", "found")

Figures = Mapping[str, float]
Table = Mapping[str, Mapping[str, Figures]]
"""Figures by system and event."""


def load(file: Path) -> ModuleType:
    """The functions of score.py, from wherever it is kept. Raises FileNotFoundError where it is not."""
    spec = importlib.util.spec_from_file_location("score", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seen(clusters: Iterable[Sequence[str]], group_of: Mapping[str, str]) -> tuple[object, ...]:
    """Clusters of gold segments' ids as score.py sees a system: cards of 2 or more groups, most groups first."""
    members = dict(enumerate(clusters))
    assigned: dict[str, set[int]] = {one: set() for one in group_of}
    for number, ids in members.items():
        for one in ids:
            assigned[one].add(number)
    groups = {number: {group_of[one] for one in ids} for number, ids in members.items()}
    shared = [number for number in members if len(groups[number]) > 1]
    cards = sorted(shared, key=lambda number: (-len(groups[number]), -len(members[number]), number))
    return assigned, cards, {}, {}, {}, defaultdict(Counter), 0.0


def figures(
    score: ModuleType, system: tuple[object, ...], truths: Iterable[object], groups: Mapping[str, str]
) -> Figures:
    """The mean over readers of what score.py says of a system."""
    rows = [score.compare(system, truth, groups) for truth in truths]
    return {name: sum(row[name] for row in rows) / len(rows) for name in FIGURES}


def ceiling(score: ModuleType, truths: Sequence[object], groups: Mapping[str, str]) -> Figures:
    """What one reader scores against another, as a mean over who is whom."""
    rows = [score.compare(one, other, groups) for one, other in permutations(truths, 2)]
    return {name: sum(row[name] for row in rows) / len(rows) for name in FIGURES}


def mean(table: Table, system: str, events: Sequence[str]) -> Figures:
    """A system's figures, each event counting once."""
    rows = table[system]
    return {name: sum(rows[event][name] for event in events) / len(events) for name in FIGURES}


def best(table: Table, systems: Sequence[str], events: Sequence[str]) -> dict[str, tuple[str, float]]:
    """For each figure the system with the highest mean over the events, and that mean."""
    means = {system: mean(table, system, events) for system in systems}
    return {name: max(((one, means[one][name]) for one in systems), key=lambda pair: pair[1]) for name in FIGURES}


def best_anywhere(table: Table, systems: Sequence[str], events: Sequence[str]) -> Figures:
    """The mean of what the best system of each event has: nobody could have chosen them before."""
    return {
        name: sum(max(table[system][event][name] for system in systems) for event in events) / len(events)
        for name in FIGURES
    }


def ratio(ours: float, theirs: float) -> float:
    """How many times theirs ours is; infinite where they have nothing."""
    return ours / theirs if theirs else float("inf")


def row(name: str, cells: Iterable[str]) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join((name, *cells)) + " |"


def head(names: Sequence[str]) -> str:
    """The first two lines of a Markdown table, whose first column has no name."""
    return f"{row('', names)}\n|---|{'---|' * len(names)}"


def triple(found: Figures | None) -> str:
    """The three figures of one event in one cell; empty where there are none."""
    return " / ".join(f"{found[name]:.3f}" for name in FIGURES) if found else ""
