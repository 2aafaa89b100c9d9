"""The tables of benchmarks/quality.py: every system on every event, the means, and ratios to BERTopic."""

from collections.abc import Mapping, Sequence

from benchmarks.argkp import agreement
from benchmarks.scoring import FIGURES, Figures, Table, best, best_anywhere, cell, head, mean, ratio, row

Clusters = list[list[int]]
PEER = "BERTopic"
PLAIN = "; all"
"""The end of the names of systems that get all of the readers' segments."""


def print_events(table: Table, events: Sequence[str], test: Sequence[str], ours: str) -> None:
    """Print a row for each event and system, then for each set of events the means, and how `ours` compares."""
    titles = " / ".join(FIGURES)
    for event in sorted(events, key=lambda name: name not in test):
        mark = "nothing was tuned on it" if event in test else "the encoder as shipped was trained on it"
        print(f"### {event} ({mark})\n\n{head([titles])}")
        for system, rows in table.items():
            if event in rows:
                print(row(system, [cell(rows[event])]))
        print()
    _print_means(table, "test events", [event for event in events if event in test], ours)
    _print_means(table, "training events", [event for event in events if event not in test], ours)
    _print_means(table, "all events", events, ours)


def _print_means(table: Table, title: str, events: Sequence[str], ours: str) -> None:
    if not events:
        return
    print(f"### Means over {len(events)} {title}\n\n{head(FIGURES)}")
    complete = [system for system, rows in table.items() if all(event in rows for event in events)]
    for system in complete:
        print(row(system, [f"{mean(table, system, events)[name]:.3f}" for name in FIGURES]))
    peers = [system for system in complete if system.startswith(PEER)]
    plain = [system for system in peers if system.endswith(PLAIN)]
    rivals = {
        f"{PEER}, best setting for each figure{PLAIN}": _values(best(table, plain, events)),
        f"{PEER}, best setting for each figure; all or no other": _values(best(table, peers, events)),
        f"{PEER}, best setting for each figure and event": best_anywhere(table, peers, events),
    }
    own = mean(table, ours, events)
    for rival, figures in rivals.items():
        print(row(rival, [f"{figures[name]:.3f}" for name in FIGURES]))
        print(row(f"{ours}: times that", [f"**{ratio(own[name], figures[name]):.2f}**" for name in FIGURES]))
    print()


def _values(best_systems: Mapping[str, tuple[str, float]]) -> Figures:
    return {name: value for name, (_, value) in best_systems.items()}


def print_argkp(clusters: Mapping[str, Mapping[str, Clusters]], keys: Mapping[str, Sequence[str]]) -> None:
    """Print the adjusted Rand index for each question and system; BERTopic's outliers are counted in both ways."""
    indices: dict[str, dict[str, float]] = {}
    for system, by_question in clusters.items():
        indices[system] = {name: agreement(by_question[name], points) for name, points in keys.items()}
        if system.startswith(PEER):
            indices[f"{system}, outliers as one cluster"] = {
                name: agreement([*by_question[name], unclustered(by_question[name], len(points))], points)
                for name, points in keys.items()
            }
    means = {system: sum(rows.values()) / len(rows) for system, rows in indices.items()}
    print(f"### ArgKP dev, adjusted Rand index\n\n{head([*keys, 'mean'])}")
    for system, rows in indices.items():
        print(row(system, [*(f"{rows[name]:.3f}" for name in keys), f"{means[system]:.3f}"]))
    top = max((system for system in means if system.startswith(PEER)), key=means.__getitem__)
    print(f"\nours is {ratio(means['ours'], means[top]):.2f} times {top}.")


def unclustered(clusters: Clusters, count: int) -> list[int]:
    """Return the rows, of `count`, that are in no cluster."""
    clustered = {row for rows in clusters for row in rows}
    return [row for row in range(count) if row not in clustered]
