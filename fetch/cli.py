"""A fetch as it is watched: a bar on a terminal, plain lines where the output goes elsewhere.

The commands behind `make fetch`.

Exit codes: 0 done, 1 done but some pads failed, 2 the user's mistake (one plain line), 70 a mistake of ours
(sysexits.h EX_SOFTWARE), whose traceback is kept in a log.
"""

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from fetch.add import add, begin, linked_pads
from fetch.corpus import Row, read_manifest, status
from fetch.corpus_records import Outcome, Result, tally
from fetch.errors import UserMistake, run_command
from fetch.event_file import EVENT_FILE, check_name, read_event
from fetch.pull import Options, harvest, rehearse
from fetch.store import intact


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


app = typer.Typer(no_args_is_help=True, add_completion=False)

Event = Annotated[str, typer.Argument(help="The event's folder in corpus/.")]
CorpusRoot = Annotated[Path, typer.Option("--corpus", hidden=True)]
Now = Annotated[str | None, typer.Option(hidden=True, help="The time to write down, ISO 8601; default: the clock.")]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be asked for, and ask nothing.")]
KeepHistory = Annotated[
    bool,
    typer.Option(
        "--keep-history",
        help="Keep each pad's full export, too: all earlier and deleted text, chat, names. Personal data!",
    ),
]

FAILURES = 1

ADDED = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.WITHHELD, Outcome.FAILED)


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
    now: Now = None,
) -> None:
    """Write the event's event.toml from links to its pads; pads that it has already stay as they are."""
    folder = corpus / check_name(event)
    refs = linked_pads(urls or [], links)
    fresh = begin(folder, refs, _moment(now))
    for ref in fresh:
        typer.echo(f"{ref.group or 'pattern'}: {ref.pad or ref.url}")
    typer.echo(f"{folder / EVENT_FILE}: pads added: {len(fresh)}, already there: {len(refs) - len(fresh)}")
    typer.echo(f"Look through it, then: make fetch EVENT={event}")


@app.command("add")
def add_command(
    event: Event,
    paths: Annotated[list[Path], typer.Argument(help="Files (.txt .md .html .etherpad), or folders of them.")],
    corpus: CorpusRoot = Path("corpus"),
    now: Now = None,
) -> None:
    """Copy exported pads, as files, into an event."""
    with watched() as watch:
        results = tuple(_each(add(corpus / check_name(event), paths, _moment(now)), watch.done))
    _end(event, results, ADDED)


@app.command("pull")
def pull_command(
    event: Event,
    *,
    dry_run: DryRun = False,
    keep_history: KeepHistory = False,
    corpus: CorpusRoot = Path("corpus"),
    now: Now = None,
) -> None:
    """Fetch the pads that event.toml names from their servers."""
    folder = corpus / check_name(event)
    if dry_run:
        for step in rehearse(folder):
            typer.echo(str(step))
        return
    if keep_history:
        typer.echo(f"{folder / 'pads'} will hold old and deleted text, chat and names: keep it to yourself.", err=True)
    moment = _moment(now).isoformat()
    with watched() as watch:
        options = Options(now=moment, environment=os.environ, history=keep_history, say=watch.waiting)
        results = tuple(_each(harvest(folder, options, watch.begun), watch.done))
    _end(event, results, tuple(Outcome))


@app.command("status")
def status_command(event: Event, corpus: CorpusRoot = Path("corpus"), now: Now = None) -> None:
    """Tell what is held of an event's pads: state, revision, size and age. Asks no server."""
    folder = corpus / check_name(event)
    entries = read_manifest(folder)
    rows = status(read_event(folder), entries, intact(folder, entries), _moment(now))
    print_table([field.name for field in fields(Row)], [astuple(row) for row in rows])


def run() -> None:
    """Run the command line."""
    run_command(app)


def _each(results: Iterable[Result], tell: Callable[[Result], None]) -> Iterator[Result]:
    """The results, each told as it comes."""
    for result in results:
        tell(result)
        yield result


def _end(event: str, results: Sequence[Result], outcomes: tuple[Outcome, ...]) -> None:
    """The tally of a run; exits 1 where a pad failed."""
    typer.echo(f"{event}: {tally(results, outcomes)}")
    if any(result.outcome is Outcome.FAILED for result in results):
        raise typer.Exit(FAILURES)


def _moment(now: str | None) -> dt.datetime:
    """`--now` or the clock, UTC, to the second."""
    try:
        moment = dt.datetime.now(dt.UTC) if now is None else dt.datetime.fromisoformat(now)
    except ValueError as error:
        raise UserMistake(f"--now {now} is not a time; write it like 2026-05-04T12:00:00+00:00.") from error
    utc = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return utc.replace(microsecond=0)
