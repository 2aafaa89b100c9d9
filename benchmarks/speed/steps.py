"""What the steps around an analysis cost: fetching, a reading, a curation step; part of `make bench`.

    .venv/bin/python -m benchmarks.speed.steps [--notes 3600] [--pads 1000] [--runs 5]

In one run on one machine, each as the median of the runs and as a ratio: to plan a fetch, of ten times as many pads; to
fetch pads that have not changed, beside a bare loop of the same requests to the same server, one of this machine; a
reading by a model that answers at once, and a step of the curation page, beside the analysis of as many segments.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path

import requests

from benchmarks.reading_speed import read_notes
from benchmarks.speed.end_to_end import measure, write_event
from fetch.corpus import read_corpus
from fetch.corpus_records import Outcome
from fetch.pull import PullOptions, dry_run, pull
from pipeline.analyze import Draft, draft_event
from pipeline.app import stages_for
from pipeline.curation.decisions import Curation
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.settings import Settings
from pipeline.translation import translation
from pipeline.web import CurationSession
from pipeline.web.server import Guard, make_app
from tests.support.fake_server import FakeServer, export, running
from tests.support.pad_writer import written

NOW = "2026-05-04T12:00:00+00:00"
PORT = 5000
ETAG = 'W/"1"'
MORE = 10
"""Times as many pads for which a fetch is planned as well."""


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of this process that `work` takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def wall_seconds(work: Callable[[], object]) -> float:
    """Return the seconds on the clock that `work` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def write_links(folder: Path, server: str, count: int) -> None:
    """Write the event.toml of an event of `count` pads on a server."""
    folder.mkdir(parents=True)
    tables = (f'[[pad]]\ngroup = "Group {number}"\npad = "pad-{number}"\n' for number in range(count))
    text = f'title = "Pads"\nserver = "{server}"\n' + "".join(tables)
    (folder / "event.toml").write_text(text, encoding="utf-8")


def fetch(folder: Path, wanted: Outcome) -> None:
    """Fetch the event; stop if an outcome is another."""
    outcomes = {result.outcome for result in pull(folder, PullOptions(now=NOW, environment={}))}
    if outcomes != {wanted}:
        raise SystemExit(f"The pads of the benchmark are {outcomes}, not {wanted}.")


def ask(server: FakeServer, paths: Sequence[str]) -> None:
    """Get paths of the server over one connection, each unless it is as before."""
    with requests.Session() as session:
        for path in paths:
            session.get(f"{server.base}{path}", headers={"If-None-Match": ETAG}, timeout=60).raise_for_status()


def print_fetching(place: Path, count: int, runs: int) -> None:
    """Print what it costs to plan a fetch, and to fetch what has not changed."""
    few, many = place / "few", place / "many"
    with running() as server:
        for number in range(count):
            server.pad(f"pad-{number}", export(written(f"* point {number}\n"), f"pad-{number}", ETAG))
        write_links(few, server.base, count)
        write_links(many, server.base, MORE * count)
        fetch(few, Outcome.NEW)
        asked = len(server.requests)
        fetch(few, Outcome.UNCHANGED)
        paths = server.paths()[asked:]
        again, bare, planned, more = [], [], [], []
        for _ in range(runs):
            bare.append(wall_seconds(lambda: ask(server, paths)))
            again.append(wall_seconds(lambda: fetch(few, Outcome.UNCHANGED)))
            planned.append(cpu_seconds(lambda: dry_run(few)))
            more.append(cpu_seconds(lambda: dry_run(many)))
    ours, loop, one, ten = map(statistics.median, (again, bare, planned, more))
    print(
        f"Planning a fetch: {one:.2f} CPU s for {count:,} pads that are kept, {ten:.2f} for {MORE * count:,} new ones"
    )
    print(
        f"{count:,} unchanged pads: {ours:.1f} s, {ours / loop:.2f} of a bare loop of the same {len(paths):,} requests"
    )


def print_reading(segments: int, analysis: float, runs: int) -> None:
    """Print what a reading costs without its model; `analysis` is what one of as many segments takes."""
    with tempfile.TemporaryDirectory() as folder:
        cost = statistics.median(read_notes(segments, Path(folder)).cpu_seconds for _ in range(runs))
    print(f"A reading of {segments:,} lines, without the model: {cost:.1f} CPU s, {cost / analysis:.2f} of an analysis")


class CurationPage:
    """The curation page of an event, asked as a browser would ask it."""

    def __init__(self, event: Path, cache: Path) -> None:
        corpus, stages = read_corpus(event), stages_for(Settings(), {}, BundledModels(cache))

        def find(curation: Curation) -> Draft:
            return draft_event(corpus, Settings(), stages, log=lambda _: None, curation=curation)

        self.session, self.guard = CurationSession(event, find), Guard(port=PORT)
        self.home = f"http://{self.guard.host}"
        self.browser = make_app(self.session, self.guard, translation("en"), lambda: None).test_client()
        self.browser.get(self.guard.address().removeprefix(self.home), base_url=self.home)

    def rename(self, number: int) -> None:
        """Rename a concern, by its place, and wait for the page that follows; stop if that is refused."""
        now = self.session.event()
        fields = {"do": "rename", "concern": now.curated.concerns[number].id, "name": f"Renamed {number}"}
        fields |= {"page": "overview", "at": "0", "token": self.guard.token, "version": now.version}
        answer = self.browser.post("/decide", base_url=self.home, data=fields, follow_redirects=True)
        if answer.status_code != HTTPStatus.OK or len(self.session.event().curation.decisions) == len(
            now.curation.decisions
        ):
            raise SystemExit(f"The curation page did not accept a decision: {answer.status}")


def print_curation(event: Path, cache: Path, analysis: float, runs: int) -> None:
    """Print what a step of the curation page costs, the page that follows included."""
    page = CurationPage(event, cache)
    page.session.event()  # finds what is in the event
    costs = [cpu_seconds(partial(page.rename, number)) for number in range(runs)]
    share = statistics.median(costs) / analysis
    print(f"A step of the curation page: {statistics.median(costs):.2f} CPU s, {share:.3f} of an analysis", end="")
    print(f" (the first step {costs[0]:.2f} s)")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=3600, help="of the event that is analysed")
    parser.add_argument("--pads", type=int, default=1000, help="that are fetched")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"\n{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        print_fetching(place / "fetched", options.pads, options.runs)
        event, build = place / "corpus/notes", place / "build"
        write_event(event, options.notes)
        places = ("--corpus", str(event.parent), "--build", str(build))
        analysis = measure((sys.executable, "-m", "pipeline", "analyze", event.name, *places), place / "log").cpu
        segments = len(json.loads((build / event.name / "analysis.json").read_text(encoding="utf-8"))["segments"])
        print(f"Analysis of {segments:,} segments: {analysis:.1f} CPU s")
        print_curation(event, build / CACHE_FILE, analysis, options.runs)
        print_reading(segments, analysis, options.runs)


if __name__ == "__main__":
    main()
