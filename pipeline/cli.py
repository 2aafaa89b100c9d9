"""The commands behind `make analyze` and `make report`.

Exit codes: 0 done, 1 done but some pads could not be read, 2 the user's mistake (one plain line),
70 a mistake of ours (sysexits.h EX_SOFTWARE), whose traceback is kept in the log.
"""

import datetime as dt
import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from fetch.corpus_records import Corpus
from fetch.errors import UserMistake, run_command
from pipeline.analysis_records import Analysis

app = typer.Typer(no_args_is_help=True, add_completion=False, help="From corpus/ to build/: concerns and the report.")

Event = Annotated[str, typer.Argument(help="The event's folder in corpus/.")]
CorpusRoot = Annotated[Path, typer.Option("--corpus", help="Where the events are.")]
BuildRoot = Annotated[Path, typer.Option("--build", help="Where the outputs go.")]
Now = Annotated[str | None, typer.Option(help="The time the report bears, ISO 8601; default: the clock.")]

PROBLEMS = 1


@app.command()
def analyze(
    event: Event, corpus: CorpusRoot = Path("corpus"), build: BuildRoot = Path("build"), now: Now = None
) -> None:
    """Analyse an event and render its report."""
    from fetch.corpus import read_corpus  # noqa: PLC0415 - what takes long to import is not needed for --help
    from pipeline.analyze import analyze as analyse_corpus  # noqa: PLC0415 - same
    from pipeline.analyze import shown  # noqa: PLC0415 - same
    from pipeline.app import encoder, tagger  # noqa: PLC0415 - same
    from pipeline.curation import CURATION_FILE, read_curation  # noqa: PLC0415 - same
    from pipeline.inference import CACHE, Reader  # noqa: PLC0415 - same
    from pipeline.settings import from_event  # noqa: PLC0415 - same

    read = read_corpus(corpus / event)
    curation = read_curation(corpus / event / CURATION_FILE)
    settings = from_event(read.event.settings, event)
    reader = Reader(build / CACHE)
    embed, spotter = encoder(settings, reader), tagger(settings, os.environ, reader)
    analysis = analyse_corpus(read, settings, _moment(now), _say, embed, tagger=spotter, curation=curation)
    _publish(analysis, shown(read, curation), build / event)


@app.command()
def report(event: Event, corpus: CorpusRoot = Path("corpus"), build: BuildRoot = Path("build")) -> None:
    """Render an event's report again from its saved analysis."""
    from fetch.corpus import read_corpus  # noqa: PLC0415 - as above
    from pipeline.analyze import shown  # noqa: PLC0415 - same
    from pipeline.app import read_analysis  # noqa: PLC0415 - same
    from pipeline.curation import CURATION_FILE, read_curation  # noqa: PLC0415 - same

    curation = read_curation(corpus / event / CURATION_FILE)
    _publish(read_analysis(build / event), shown(read_corpus(corpus / event), curation), build / event)


@app.command()
def curate(
    event: Event,
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    port: Annotated[int, typer.Option(help="Where the page is served on this machine; 0 is any free port.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,  # noqa: FBT002 - Typer's way
) -> None:
    """Decide about an event's concerns and quotes on a local page, every step saved in its curation.toml."""
    from fetch.corpus import read_corpus  # noqa: PLC0415 - as above
    from pipeline.analyze import find  # noqa: PLC0415 - same
    from pipeline.app import encoder, tagger  # noqa: PLC0415 - same
    from pipeline.curation import CURATION_FILE  # noqa: PLC0415 - same
    from pipeline.inference import CACHE, Reader  # noqa: PLC0415 - same
    from pipeline.settings import from_event  # noqa: PLC0415 - same
    from pipeline.web import CurationSession, serve  # noqa: PLC0415 - same

    read = read_corpus(corpus / event)
    settings = from_event(read.event.settings, event)
    reader = Reader(build / CACHE)
    embed, spotter = encoder(settings, reader), tagger(settings, os.environ, reader)
    look = partial(find, read, settings, _say, embed, tagger=spotter)
    session = CurationSession(corpus / event / CURATION_FILE, lambda curation: look(curation=curation))
    serve(session, read.event, port, typer.echo, browser=browser)
    typer.echo(f"\nYour decisions are saved; make the report with: make analyze EVENT={event}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of analysis.json."""
    from pipeline.serialization import schema_json  # noqa: PLC0415 - pydantic: not for --help

    typer.echo(schema_json(), nl=False)


def run() -> None:
    """Run the command line."""
    run_command(app)


def _publish(analysis: Analysis, corpus: Corpus, folder: Path) -> None:
    """Check and render first, write afterwards: a refused quote leaves the last good report in place."""
    from pipeline.app import ANALYSIS, write_all  # noqa: PLC0415 - same
    from pipeline.report import render_report  # noqa: PLC0415 - same
    from pipeline.serialization import to_json  # noqa: PLC0415 - templates and pydantic: not for --help

    outputs = render_report(analysis, corpus)
    write_all(folder, {ANALYSIS: to_json(analysis), **{name: text.encode() for name, text in outputs.items()}})
    problems = (problem.sentence for problem in (*corpus.withheld, *corpus.problems))
    for sentence in (*corpus.notes, *problems):
        typer.echo(sentence, err=True)
    typer.echo(f"Report: {folder / 'report.html'}")
    if corpus.problems:
        raise typer.Exit(PROBLEMS)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _moment(now: str | None) -> str:
    """`--now`, or SOURCE_DATE_EPOCH (reproducible-builds.org), or the clock; to the second, UTC, ISO 8601."""
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
