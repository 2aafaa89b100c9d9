"""The commands behind `make analyze`, `make report`, `make across`, `make read`, `make curate` and `make watch`.

Exit codes: 0 done, 1 done but some pads could not be read, 2 the user's mistake (one plain line),
70 a mistake of ours, whose traceback is in the log. Each command imports what it needs when it runs, so that `--help`
and mistakes in its arguments are quick.
"""

import atexit
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fetch.corpus_records import Result, parse_time
from fetch.errors import printable, run_command
from pipeline.progress import available_cores, shown_progress

if TYPE_CHECKING:  # the models' libraries: not for --help
    from pipeline.dask_cluster import Cluster as DaskCluster

app = typer.Typer(no_args_is_help=True, add_completion=False, help="From corpus/ to build/: concerns and the report.")

Event = Annotated[str, typer.Argument(help="The event's folder in corpus/.")]
CorpusRoot = Annotated[Path, typer.Option("--corpus", help="Where the events are.")]
BuildRoot = Annotated[Path, typer.Option("--build", help="Where the outputs go.")]
Now = Annotated[str | None, typer.Option(help="The time in the report, ISO 8601; default: the clock.")]
Port = Annotated[int, typer.Option(help="The port of the page on this machine; 0 is any free port.")]
Browser = Annotated[bool, typer.Option(help="Open the page in the browser.")]
Reading = Annotated[bool, typer.Option(help="Use what a language model said, if there is any.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Cores to use at the same time; default: all.")]
Cluster = Annotated[str | None, typer.Option(help="A Dask scheduler, tcp://…:8786, whose workers read the lines.")]

PADS_MISSING = 1
INTERRUPTED = 130
"""As shells have it: 128 and the number of SIGINT."""


@app.command()
def analyze(  # noqa: PLR0913, PLR0917 - one for each option
    event: Event,
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    now: Now = None,
    reading: Reading = True,  # noqa: FBT002 - Typer's way
    since: Annotated[Path | None, typer.Option(help="An analysis.json to say what changed since.")] = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    again: Annotated[bool, typer.Option("--again", help="Analyse also if nothing has changed.")] = False,  # noqa: FBT002 - Typer's way
) -> None:
    """Analyse an event and render its report, unless nothing has changed since they were made."""
    from pipeline.publishing import event_folders  # noqa: PLC0415 - models and templates: not for --help
    from pipeline.up_to_date import Made, digest_inputs, made_before, remarks_on, remember  # noqa: PLC0415 - as above

    folders = event_folders(corpus, build, event)
    options = {"now": now, "epoch": os.environ.get("SOURCE_DATE_EPOCH"), "reading": reading}
    inputs = digest_inputs(folders, options, since)
    made = None if again else made_before(folders, inputs)
    if made:
        _log(f"Nothing has changed since the report of {made.generated} was made, so it stands (see --again)")
    else:
        from pipeline.segment.language_identification import begin_loading  # noqa: PLC0415 - as above

        begin_loading()  # while the rest is imported and the pads are read
        from pipeline.app import Run, analyze_event, uses_own_model  # noqa: PLC0415 - as above

        moment = parse_time(now, os.environ.get("SOURCE_DATE_EPOCH")).isoformat()
        with shown_progress(_log), _connected(cluster) as connected:
            read = connected.read_lines if connected else None
            run = Run(log=_log, jobs=jobs or available_cores(), read=read, once=True)
            analyzed = analyze_event(folders, moment, run, with_reading=reading, since=since)
        made = Made(inputs=inputs, generated=moment, remarks=remarks_on(analyzed), pads_missing=bool(analyzed.problems))
        if not uses_own_model(analyzed.event, os.environ):  # which can change where we do not see it
            remember(folders, made)
    _finish(made.remarks, folders.output, pads_missing=made.pads_missing)


@app.command()
def stream(
    event: Event,
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    jobs: Jobs = None,
    cluster: Cluster = None,
) -> None:
    """Read thousands of pads, part by part, into files of lines, names and vectors, without a report."""
    from pipeline.app import Run  # noqa: PLC0415 - as above
    from pipeline.publishing import event_folders  # noqa: PLC0415 - as above
    from pipeline.streaming import stream_event  # noqa: PLC0415 - as above

    folders = event_folders(corpus, build, event)
    with shown_progress(_log), _connected(cluster) as connected:
        run = Run(log=_log, jobs=jobs or available_cores())
        streamed = stream_event(folders, run, connected)
    typer.echo(f"Lines, names and vectors: {streamed.folder}")
    if streamed.problems:
        raise typer.Exit(PADS_MISSING)


@app.command()
def report(event: Event, corpus: CorpusRoot = Path("corpus"), build: BuildRoot = Path("build")) -> None:
    """Render an event's report again from its saved analysis."""
    from pipeline.publishing import event_folders, render_event  # noqa: PLC0415 - as above
    from pipeline.up_to_date import remarks_on  # noqa: PLC0415 - as above

    folders = event_folders(corpus, build, event)
    rendered = render_event(folders)
    _finish(remarks_on(rendered), folders.output, pads_missing=bool(rendered.problems))


@app.command()
def across(  # noqa: PLR0913, PLR0917 - one for each option
    events: Annotated[list[str], typer.Argument(help="The events, two or more, analysed before.")],
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    now: Now = None,
    name: Annotated[str, typer.Option(help="The folder in build/ for this report.")] = "across",
    title: Annotated[str, typer.Option(help="The title of the report; default: those of the events.")] = "",
    language: Annotated[str, typer.Option(help='The language of the report, or "auto"; default: English.')] = "",
) -> None:
    """Report what came back across several events, from their saved analyses."""
    from pipeline.app import compare_saved  # noqa: PLC0415 - as above
    from pipeline.publishing import event_folders  # noqa: PLC0415 - as above

    moment = parse_time(now, os.environ.get("SOURCE_DATE_EPOCH")).isoformat()
    folders = [event_folders(corpus, build, event) for event in events]
    folder = compare_saved(folders, name, moment, title=title, language=language)
    typer.echo(f"Report: {folder / 'report.html'}")


@app.command()
def read(  # noqa: PLR0913, PLR0917 - one for each option
    event: Event,
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    now: Now = None,
    yes: Annotated[bool, typer.Option("--yes", help="Send the lines to another machine without asking.")] = False,  # noqa: FBT002 - Typer's way
    codebook: Annotated[str | None, typer.Option(help="An event that was read, whose concerns to begin with.")] = None,
) -> None:
    """Have a language model of your own read an event; what it says is kept in the event's reading.json."""
    from pipeline.publishing import event_folders  # noqa: PLC0415 - as above
    from pipeline.second_reader import Dialogue, read_event  # noqa: PLC0415 - as above

    folders = event_folders(corpus, build, event)
    moment = parse_time(now, os.environ.get("SOURCE_DATE_EPOCH"))
    try:
        with shown_progress(_log) as progress:
            dialogue = Dialogue(report=_log, progress=progress, consent=lambda: yes or _consent())
            complete = read_event(folders, moment, dialogue, codebook)
    except KeyboardInterrupt:
        typer.echo(f"Stopped; what was answered is kept. Go on with: make read EVENT={event}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if complete:
        typer.echo(f"Now make the report: make analyze EVENT={event}")


@app.command()
def curate(
    event: Event,
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    port: Port = 0,
    browser: Browser = True,  # noqa: FBT002 - Typer's way
) -> None:
    """Decide about an event's concerns and quotes on a local page; every step is saved in its curation.toml."""
    from pipeline.app import Run, curate_event  # noqa: PLC0415 - as above
    from pipeline.publishing import event_folders  # noqa: PLC0415 - as above

    curate_event(event_folders(corpus, build, event), port, Run(log=_log), typer.echo, browser=browser)
    typer.echo(f"\nYour decisions are saved; make the report with: make analyze EVENT={event}")


@app.command()
def watch(  # noqa: PLR0913, PLR0917 - one for each option
    event: Event,
    corpus: CorpusRoot = Path("corpus"),
    build: BuildRoot = Path("build"),
    every: Annotated[int, typer.Option(min=5, help="Seconds from one fetch to the next.")] = 60,
    port: Port = 0,
    browser: Browser = True,  # noqa: FBT002 - Typer's way
    reading: Reading = True,  # noqa: FBT002 - as above
    jobs: Jobs = None,
) -> None:
    """Fetch an event's pads again and again, and show the report of what they say now on a local page."""
    from fetch.pull import PullOptions, pull, seconds_until_accepted  # noqa: PLC0415 - as above
    from pipeline.publishing import event_folders  # noqa: PLC0415 - as above
    from pipeline.watch import WatchOptions, watch_event  # noqa: PLC0415 - as above

    folders = event_folders(corpus, build, event)

    def fetch(report: Callable[[str], None]) -> Iterator[Result]:
        options = PullOptions(now=parse_time(None).isoformat(), environment=os.environ)
        return pull(folders.source, options, report=report)

    options = WatchOptions(
        every=every, port=port, browser=browser, with_reading=reading, jobs=jobs or available_cores()
    )
    watch_event(folders, fetch, lambda: seconds_until_accepted(folders.source, time.time), options, typer.echo)


@app.command()
def schema(
    reading: Annotated[bool, typer.Option("--reading", help="Of reading.json instead.")] = False,  # noqa: FBT002 - Typer's way
    changes: Annotated[bool, typer.Option("--changes", help="Of changes.json instead.")] = False,  # noqa: FBT002 - Typer's way
    across: Annotated[bool, typer.Option("--across", help="Of across.json instead.")] = False,  # noqa: FBT002 - Typer's way
) -> None:
    """Print the JSON Schema of analysis.json."""
    from pipeline.across.across_files import across_schema  # noqa: PLC0415 - as below
    from pipeline.reading.reading_file import reading_schema  # noqa: PLC0415 - pydantic: not for --help
    from pipeline.report.formats.changes_json import changes_schema  # noqa: PLC0415 - as above
    from pipeline.serialization import schema_json  # noqa: PLC0415 - as above

    published = across_schema if across else changes_schema if changes else reading_schema if reading else schema_json
    typer.echo(published(), nl=False)


def run() -> None:
    """Run the command line."""
    atexit.register(gc.freeze)  # else Python looks for garbage in all objects before it ends, for half a second
    run_command(app)


@contextmanager
def _connected(address: str | None) -> "Iterator[DaskCluster | None]":
    """Yield the cluster whose scheduler is named, None if none is."""
    if address is None:
        yield None
        return
    from pipeline.dask_cluster import connect  # noqa: PLC0415 - as above

    with connect(address, _log) as cluster:
        yield cluster


def _finish(remarks: Sequence[str], folder: Path, *, pads_missing: bool) -> None:
    """Print `remarks` and where the report is; exit 1 if pads are missing."""
    from pipeline.serialization import GROUPS_FOLDER  # noqa: PLC0415 - as above

    for sentence in remarks:
        _log(sentence)
    typer.echo(f"Report: {folder / 'report.html'}")
    typer.echo(f"Pages to send to the groups: {folder / GROUPS_FOLDER}")
    if pads_missing:
        raise typer.Exit(PADS_MISSING)


def _consent() -> bool:
    """Return whether the user, who was told what is sent where, wants that; False if nobody can be asked."""
    return sys.stdin.isatty() and typer.confirm("Send it?")


def _log(line: str) -> None:
    typer.echo(printable(line), err=True)
