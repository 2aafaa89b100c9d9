"""A fetch as it is watched: a bar on a terminal, plain lines where the output goes elsewhere."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from fetch.outcome import Outcome, Result


@dataclass(frozen=True, slots=True)
class Watch:
    """What a fetch tells while it runs: how many pads there are, a result, and why it waits."""

    begun: Callable[[int], None]
    done: Callable[[Result], None]
    waiting: Callable[[str], None]


@contextmanager
def watched() -> Iterator[Watch]:
    """A watch for the terminal or pipe that standard error is."""
    if not sys.stderr.isatty():
        yield Watch(lambda _: None, _line, lambda text: typer.echo(clean(text), err=True))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("pads", total=None)

        def done(result: Result) -> None:
            bar.update(task, advance=1, description="pads")
            if result.outcome is not Outcome.UNCHANGED:
                bar.console.print(clean(str(result)), markup=False, highlight=False, soft_wrap=True)

        yield Watch(
            lambda total: bar.update(task, total=total),
            done,
            lambda text: bar.update(task, description=escape(clean(text))),
        )


def print_table(fields: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their fields' names: a table on a terminal, tabs between the columns elsewhere."""
    cells = [[clean(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in (fields, *cells):
            typer.echo("\t".join(row))
        return
    table = Table(*(field.capitalize() for field in fields), box=None)
    for row in cells:
        table.add_row(*(escape(cell) for cell in row))
    Console().print(table)


def clean(text: str) -> str:
    """Text without characters that steer a terminal: groups and pads are named by strangers."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _line(result: Result) -> None:
    typer.echo(clean(str(result)), err=result.outcome is Outcome.FAILED)
