"""Date expressions of Microsoft's Recognizers-Text specification that we read exactly, by kind. `make` does not run it.

    .venv/bin/python -m benchmarks.dates

A case passes where exactly one date is found in the expression and its first and last day are the specification's.
Even cases were looked at while the rules were written, odd ones were only counted. What notes could contain is decided
by kind, with reasons, in tests/cases/tag/dates/recognizers-kinds.toml. The cases lie beside the checkout.
"""

import sys
from collections import defaultdict

from rich.console import Console
from rich.table import Table

from tests.support.date_specs import FILES, SPECS, Case, cases, passes


def main() -> int:
    """The table on the terminal; 2 where the cases are missing."""
    if not SPECS.is_dir():
        print(f"there are no date specifications in {SPECS}", file=sys.stderr)
        return 2
    results = [(case, passes(case)) for case in cases()]
    by_kind: dict[str, list[tuple[Case, bool]]] = defaultdict(list)
    for case, passed in results:
        by_kind[case.kind].append((case, passed))
    table = Table("kind of expression", "even", "odd", "all", "share")
    for notes in (True, False):
        kinds = sorted(kind for kind, found in by_kind.items() if found[0][0].notes is notes)
        for kind in kinds:
            _row(table, kind, by_kind[kind])
        table.add_section()
        _row(
            table,
            "what notes could contain" if notes else "what they do not",
            [one for one in results if one[0].notes is notes],
        )
        table.add_section()
    for file in FILES:
        of_file = [one for one in results if one[0].file == file]
        _row(table, f"{file}, what notes could contain", [one for one in of_file if one[0].notes])
        _row(table, f"{file}, all cases", of_file)
    _row(table, "all cases", results)
    Console(width=100).print(table)
    return 0


def _row(table: Table, name: str, results: list[tuple[Case, bool]]) -> None:
    halves = [[passed for case, passed in results if case.tuned is tuned] for tuned in (True, False)]
    every = [*halves[0], *halves[1]]
    shown = [f"{sum(some)}/{len(some)}" for some in (*halves, every)]
    table.add_row(name, *shown, f"{sum(every) / len(every):.0%}")


if __name__ == "__main__":
    sys.exit(main())
