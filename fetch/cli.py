"""The commands behind `make fetch`.

Exit codes: 0 done, 1 done but some pads failed, 2 the user's mistake (one plain line), 70 a mistake of ours
(sysexits.h EX_SOFTWARE), whose traceback is kept in a log.
"""

import datetime as dt
import sys
import traceback
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from fetch.add import Added, add
from fetch.errors import FetchError, UserMistake
from fetch.eventfile import check_name

app = typer.Typer(no_args_is_help=True, add_completion=False, help="From Etherpad, or from files, to corpus/.")

Event = Annotated[str, typer.Argument(help="The event's folder in corpus/, new or old.")]
CorpusRoot = Annotated[Path, typer.Option("--corpus", hidden=True)]
Now = Annotated[str | None, typer.Option(hidden=True, help="The time to write down, ISO 8601; default: the clock.")]

FAILURES = 1
MISTAKE = 2
OURS = 70


@app.callback()
def main() -> None:
    """Bring an event's pads into corpus/<event>/."""


@app.command("add")
def add_command(
    event: Event,
    paths: Annotated[list[Path], typer.Argument(help="Files (.txt, .md), or folders of them.")],
    corpus: CorpusRoot = Path("corpus"),
    now: Now = None,
) -> None:
    """Copy exported pads, as files, into an event."""
    _report(add(corpus / check_name(event), paths, _moment(now)), event)


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


def _report(results: Iterable[Added], event: str) -> None:
    """A line per file as it is done, then the tally; exits 1 where one failed."""
    tally: Counter[str] = Counter()
    for result in results:
        if result.failure is not None:
            typer.echo(result.failure, err=True)
        else:
            typer.echo(f"{result.change}: {result.path}{''.join(f'; {remark}' for remark in result.remarks)}")
        tally[result.change or "failed"] += 1
    counts = ", ".join(f"{tally[name]} {name}" for name in ("new", "changed", "unchanged", "failed"))
    typer.echo(f"{event}: {counts}")
    if tally["failed"]:
        raise typer.Exit(FAILURES)


def _moment(now: str | None) -> dt.datetime:
    """`--now` or the clock, UTC, to the second."""
    try:
        moment = dt.datetime.now(dt.UTC) if now is None else dt.datetime.fromisoformat(now)
    except ValueError as error:
        raise UserMistake(f"--now {now} is not a time; write it like 2026-05-04T12:00:00+00:00.") from error
    utc = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return utc.replace(microsecond=0)
