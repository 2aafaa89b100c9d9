"""The commands behind `make analyze`, `make report` and `make curate`.

Exit codes: 0 done, 1 done but some pads could not be read, 2 the user's mistake (one plain line),
70 a mistake of ours, whose traceback is in the log. Each command imports what it needs when it runs, so that `--help`
and mistakes in its arguments are quick.
"""

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer

from fetch.corpus_records import Corpus
from fetch.errors import UserMistake, run_command

app = typer.Typer(no_args_is_help=True, add_completion=False, help="From corpus/ to build/: concerns and the report.")

Event = Annotated[str, typer.Argument(help="The event's folder in corpus/.")]
CorpusRoot = Annotated[Path, typer.Option("--corpus", help="Where the events are.")]
BuildRoot = Annotated[Path, typer.Option("--build", help="Where the outputs go.")]
Now = Annotated[str | None, typer.Option(help="The time in the report, ISO 8601; default: the clock.")]

PADS_MISSING = 1


@app.command()
def analyze(
    event: Event, corpus: CorpusRoot = Path("corpus"), build: BuildRoot = Path("build"), now: Now = None
) -> None:
    """Analyse an event and render its report."""
    from pipeline.app import EventFolders, analyze_event  # noqa: PLC0415 - models and templates: not for --help

    folders = EventFolders(corpus=corpus, build=build, event=event)
    _finish(analyze_event(folders, _moment(now), _log), folders.output)


@app.command()
def report(event: Event, corpus: CorpusRoot = Path("corpus"), build: BuildRoot = Path("build")) -> None:
    """Render an event's report again from its saved analysis."""
    from pipeline.app import EventFolders, render_event  # noqa: PLC0415 - as above

    folders = EventFolders(corpus=corpus, build=build, event=event)
    _finish(render_event(folders), folders.output)


@app.command()
def curate(
    event: Event,
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    port: Annotated[int, typer.Option(help="The port of the page on this machine; 0 is any free port.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,  # noqa: FBT002 - Typer's way
) -> None:
    """Decide about an event's concerns and quotes on a local page; every step is saved in its curation.toml."""
    from pipeline.app import EventFolders, curate_event  # noqa: PLC0415 - as above

    curate_event(EventFolders(corpus=corpus, build=build, event=event), port, _log, typer.echo, browser=browser)
    typer.echo(f"\nYour decisions are saved; make the report with: make analyze EVENT={event}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of analysis.json."""
    from pipeline.serialization import schema_json  # noqa: PLC0415 - pydantic: not for --help

    typer.echo(schema_json(), nl=False)


def run() -> None:
    """Run the command line."""
    run_command(app)


def _finish(corpus: Corpus, folder: Path) -> None:
    """Print what the user must know about the pads and where the report is; exit 1 if pads are missing."""
    problems = (problem.sentence for problem in (*corpus.withheld, *corpus.problems))
    for sentence in (*corpus.notes, *problems):
        typer.echo(sentence, err=True)
    typer.echo(f"Report: {folder / 'report.html'}")
    if corpus.problems:
        raise typer.Exit(PADS_MISSING)


def _log(line: str) -> None:
    typer.echo(line, err=True)


def _moment(now: str | None) -> str:
    """Return `--now`, or SOURCE_DATE_EPOCH (reproducible-builds.org), or the clock: UTC, to the second, ISO 8601."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        if now is not None:
            moment = dt.datetime.fromisoformat(now)
        elif epoch is not None:
            moment = dt.datetime.fromtimestamp(int(epoch), dt.UTC)
        else:
            moment = dt.datetime.now(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise UserMistake(f"--now {now or epoch} is not a time; write it like 2026-05-04T12:00:00+00:00.") from error
    utc = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return utc.replace(microsecond=0).isoformat()
