"""The commands behind `make fetch`.

Exit codes: 0 done, 1 done but some pads failed, 2 the user's mistake (one plain line), 70 a mistake of ours
(sysexits.h EX_SOFTWARE), whose traceback is kept in a log.
"""

import datetime as dt
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Annotated

import typer

from fetch.add import add
from fetch.begin import begin
from fetch.errors import FetchError, UserMistake
from fetch.eventfile import EVENT_FILE, check_name, read_event
from fetch.harvest import Options, harvest, rehearse
from fetch.linked import linked_pads
from fetch.manifest import read_manifest
from fetch.outcome import Outcome, Result, tally
from fetch.progress import print_table, watched
from fetch.status import Row, status
from fetch.store import intact

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
MISTAKE = 2
OURS = 70

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
    """The console's entry: a known error is one line, an unknown one goes to the log."""
    try:
        app()
    except FetchError as error:
        typer.echo(str(error), err=True)
        sys.exit(MISTAKE if isinstance(error, UserMistake) else FAILURES)
    except Exception:  # noqa: BLE001 - the last catch: the traceback is kept, the user is told where
        log = Path("build") / "padharvest.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
        typer.echo(f"Padharvest made a mistake of its own; what happened is at the end of {log}.", err=True)
        sys.exit(OURS)


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
