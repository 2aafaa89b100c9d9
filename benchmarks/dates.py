"""Share of the date expressions in Microsoft's Recognizers-Text specification that are read exactly, by kind.

    .venv/bin/python -m benchmarks.dates

Not run by `make`. A case passes where exactly one date is found in the expression, with the first and last day of the
specification. Even cases were looked at while the rules were written, odd ones were only counted. Which kinds notes
could contain is decided, with reasons, in tests/cases/tag/dates/recognizers-kinds.toml. The cases are in ../shared.
"""

import argparse
import sys
from collections import defaultdict

from rich.console import Console
from rich.table import Table

from tests.support.date_specs import FILES, SPECS, Case, cases, passes


def main() -> int:
    """Print the table; return 2 where the cases are missing."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if not SPECS.is_dir():
        print(f"There are no date specifications in {SPECS}.", file=sys.stderr)
        return 2
    results = [(case, passes(case)) for case in cases()]
    by_kind: dict[str, list[tuple[Case, bool]]] = defaultdict(list)
    for case, passed in results:
        by_kind[case.kind].append((case, passed))
    table = Table("kind of expression", "even", "odd", "all", "share")
    for in_notes, title in ((True, "what notes could contain"), (False, "what they could not")):
        for kind in sorted(kind for kind, of_kind in by_kind.items() if of_kind[0][0].notes is in_notes):
            _add_row(table, kind, by_kind[kind])
        table.add_section()
        _add_row(table, title, [result for result in results if result[0].notes is in_notes])
        table.add_section()
    for file in FILES:
        of_file = [result for result in results if result[0].file == file]
        _add_row(table, f"{file}, what notes could contain", [result for result in of_file if result[0].notes])
        _add_row(table, f"{file}, all cases", of_file)
    _add_row(table, "all cases", results)
    Console(width=100).print(table)
    return 0


def _add_row(table: Table, name: str, results: list[tuple[Case, bool]]) -> None:
    even, odd = ([passed for case, passed in results if case.tuned is tuned] for tuned in (True, False))
    both = [*even, *odd]
    counts = [f"{sum(passed)}/{len(passed)}" for passed in (even, odd, both)]
    table.add_row(name, *counts, f"{sum(both) / len(both):.0%}")


if __name__ == "__main__":
    sys.exit(main())
