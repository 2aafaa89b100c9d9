"""Figures of many systems on many events: clusters in the form of score.py, means, best settings, and table rows."""

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
    """Return `file` (score.py) as a module; raises FileNotFoundError if there is none."""
    spec = importlib.util.spec_from_file_location("score", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def system_view(clusters: Iterable[Sequence[str]], group_of: Mapping[str, str]) -> tuple[object, ...]:
    """Return clusters of gold segments in the form of score.py; cards have 2 or more groups, most groups first."""
    members = dict(enumerate(clusters))
    assigned: dict[str, set[int]] = {gold_id: set() for gold_id in group_of}
    for number, ids in members.items():
        for gold_id in ids:
            assigned[gold_id].add(number)
    groups = {number: {group_of[gold_id] for gold_id in ids} for number, ids in members.items()}
    shared = [number for number in members if len(groups[number]) > 1]
    cards = sorted(shared, key=lambda number: (-len(groups[number]), -len(members[number]), number))
    return assigned, cards, {}, {}, {}, defaultdict(Counter), 0.0


def figures(
    score: ModuleType, system: tuple[object, ...], truths: Iterable[object], groups: Mapping[str, str]
) -> Figures:
    """Return a system's figures by score.py, as a mean over the readers."""
    rows = [score.compare(system, truth, groups) for truth in truths]
    return {name: sum(row[name] for row in rows) / len(rows) for name in FIGURES}


def ceiling(score: ModuleType, truths: Sequence[object], groups: Mapping[str, str]) -> Figures:
    """Return the figures of one reader against another, as a mean over all ordered pairs."""
    rows = [score.compare(first, second, groups) for first, second in permutations(truths, 2)]
    return {name: sum(row[name] for row in rows) / len(rows) for name in FIGURES}


def mean(table: Table, system: str, events: Sequence[str]) -> Figures:
    """Return the mean of a system's figures over the events."""
    rows = table[system]
    return {name: sum(rows[event][name] for event in events) / len(events) for name in FIGURES}


def best(table: Table, systems: Sequence[str], events: Sequence[str]) -> dict[str, tuple[str, float]]:
    """Return for each figure the system with the highest mean over the events, and that mean."""
    means = {system: mean(table, system, events) for system in systems}
    return {
        name: max(((system, means[system][name]) for system in systems), key=lambda pair: pair[1]) for name in FIGURES
    }


def best_anywhere(table: Table, systems: Sequence[str], events: Sequence[str]) -> Figures:
    """Return the mean of the best system's figures on each event, which nobody could have chosen beforehand."""
    return {
        name: sum(max(table[system][event][name] for system in systems) for event in events) / len(events)
        for name in FIGURES
    }


def ratio(ours: float, theirs: float) -> float:
    """Return how many times `theirs` `ours` is; infinite if `theirs` is 0."""
    return ours / theirs if theirs else float("inf")


def row(name: str, cells: Iterable[str]) -> str:
    """Return a line of a Markdown table."""
    return "| " + " | ".join((name, *cells)) + " |"


def head(names: Sequence[str]) -> str:
    """Return the first two lines of a Markdown table, whose first column has no name."""
    return f"{row('', names)}\n|---|{'---|' * len(names)}"


def cell(figures_of_event: Figures | None) -> str:
    """Return the three figures of an event as one cell, which is empty if there are none."""
    return " / ".join(f"{figures_of_event[name]:.3f}" for name in FIGURES) if figures_of_event else ""
