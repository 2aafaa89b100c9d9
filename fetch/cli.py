"""The commands behind `make event` and `make fetch`, with a progress bar on a terminal and plain lines elsewhere.

Exit codes: 0 done, 1 done but some pads failed, 2 the user's mistake (one plain line), 70 an error in Padharvest itself
(sysexits.h EX_SOFTWARE), whose traceback is kept in a log.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from fetch.add import add_files, add_links, collect_links
from fetch.corpus import PadStatus, list_status, read_manifest
from fetch.corpus_records import Outcome, Result, parse_time
from fetch.errors import printable
from fetch.event_file import EVENT_FILE, read_event
from fetch.files import check_event_id
from fetch.pull import PullOptions, dry_run, pull
from fetch.store import intact_pads

app = typer.Typer(no_args_is_help=True, add_completion=False)

Event = Annotated[str, typer.Argument(help="The event's folder in corpus/.")]
CorpusRoot = Annotated[Path, typer.Option("--corpus", hidden=True)]
Now = Annotated[str | None, typer.Option(hidden=True, help="The time to record, ISO 8601; default: the clock.")]


@app.callback()
def main() -> None:
    """Bring an event's pads, from their servers or from files, into corpus/<event>/.

    Secrets come from the environment: PADHARVEST_USER and PADHARVEST_PASSWORD, PADHARVEST_SESSION, PADHARVEST_APIKEY;
    or from ~/.netrc.
    """


@app.command()
def new(
    event: Event,
    urls: Annotated[list[str] | None, typer.Argument(help="Links to pads; * in a name stands for many pads.")] = None,
    links: Annotated[str | None, typer.Option(help="A wiki page or text, on disk or the web, with pad links.")] = None,
    corpus: CorpusRoot = Path("corpus"),
) -> None:
    """Write links to pads into the event's event.toml; pads that are in it already stay as they are."""
    folder = corpus / check_event_id(event)
    refs = collect_links(urls or [], links)
    new_refs = add_links(folder, refs)
    for ref in new_refs:
        typer.echo(printable(f"{ref.group or 'pattern'}: {ref.pad or ref.url}"))
    typer.echo(f"{folder / EVENT_FILE}: pads added: {len(new_refs)}, already there: {len(refs) - len(new_refs)}")
    typer.echo(f"Look through it, then: make fetch EVENT={event}")


@app.command()
def add(
    event: Event,
    paths: Annotated[list[Path], typer.Argument(help="Files (.txt .md .html .etherpad), or folders of them.")],
    corpus: CorpusRoot = Path("corpus"),
    now: Now = None,
) -> None:
    """Copy exported pads, as files, into an event."""
    folder, time = corpus / check_event_id(event), parse_time(now)
    _show(event, lambda _on_start, _report: add_files(folder, paths, time))


@app.command("pull")
def pull_command(
    event: Event,
    *,
    only_plan: Annotated[bool, typer.Option("--dry-run", help="Show what would be asked for, without asking.")] = False,
    history: Annotated[
        bool,
        typer.Option(
            "--keep-history",
            help="Keep each pad's full export, too: all earlier and deleted text, chat, names. Personal data!",
        ),
    ] = False,
    corpus: CorpusRoot = Path("corpus"),
    now: Now = None,
) -> None:
    """Fetch the pads that event.toml names from their servers."""
    folder = corpus / check_event_id(event)
    if only_plan:
        for step in dry_run(folder):
            typer.echo(printable(str(step)))
        return
    if history:
        typer.echo(f"{folder / 'pads'} will hold old and deleted text, chat and names: keep it to yourself.", err=True)
    options = PullOptions(now=parse_time(now).isoformat(), environment=os.environ, history=history)
    _show(event, lambda on_start, report: pull(folder, options, on_start, report))


@app.command()
def status(event: Event, corpus: CorpusRoot = Path("corpus"), now: Now = None) -> None:
    """Show what is kept of an event's pads: state, revision, size and age. Asks no server."""
    folder = corpus / check_event_id(event)
    entries = read_manifest(folder)
    pads = list_status(read_event(folder), entries, intact_pads(folder, entries), parse_time(now))
    table = [[printable(cell) for cell in pad] for pad in pads]
    if not sys.stdout.isatty():
        for cells in (PadStatus._fields, *table):
            typer.echo("\t".join(cells))
        return
    grid = Table(*(name.capitalize() for name in PadStatus._fields), box=None)
    for cells in table:
        grid.add_row(*(escape(cell) for cell in cells))
    Console().print(grid)


def _show(event: str, run: Callable[[Callable[[int], None], Callable[[str], None]], Iterable[Result]]) -> None:
    """Show what `run` yields, given functions for the number of pads and a line of progress; exit with 1 on failure."""
    terminal = sys.stderr.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    results: list[Result] = []
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not terminal) as bar:
        task = bar.add_task("pads", total=None)

        def report(text: str) -> None:
            if terminal:
                bar.update(task, description=escape(printable(text)))
            else:
                typer.echo(printable(text), err=True)

        for result in run(lambda total: bar.update(task, total=total), report):
            results.append(result)
            bar.update(task, advance=1, description="pads")
            if not terminal or result.outcome is not Outcome.UNCHANGED:
                typer.echo(printable(str(result)), err=result.outcome is Outcome.FAILED)
    counts = Counter(result.outcome for result in results)
    typer.echo(f"{event}: {', '.join(f'{counts[outcome]} {outcome}' for outcome in Outcome)}")
    if counts[Outcome.FAILED]:
        raise typer.Exit(1)
