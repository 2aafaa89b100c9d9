"""Follow an event while it is on: fetch its pads, analyse what changed, wait, and again, until Ctrl-C.

      ┌────────── wait: the interval, and as long as the server asks ◄─────────┐
      ▼                                                                        │
    fetch ──► corpus/<event> ──► has something changed? ──► analyse ──► build/<event> ──► the live report

What fails in a round is said in a sentence, and the next round tries again: a fetch keeps what it has, and outputs are
exchanged at once, so that the page shows the last good report in the meantime. The fetch is passed in by the command,
for nothing else of `pipeline` asks a server.
"""

import datetime as dt
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import NoReturn

from fetch.corpus import read_corpus
from fetch.corpus_records import Corpus, Outcome, Result
from fetch.errors import PadharvestError, log_unexpected, printable
from pipeline.app import Run, analyze_event, uses_own_model
from pipeline.inference import BundledModels
from pipeline.progress import available_cores, shown_progress
from pipeline.publishing import EventFolders, read_if_any
from pipeline.serialization import ANALYSIS_FILE
from pipeline.translation import report_translation
from pipeline.up_to_date import Made, digest_inputs, made_before, remarks_on, remember
from pipeline.web.live_report import REPORT_FILE, LiveReport, Trouble, WatchState, Work, make_live_app
from pipeline.web.server import listening, open_browser

Say = Callable[[str], None]
"""Prints a line for the user."""

Fetch = Callable[[Say], Iterable[Result]]
"""Fetches an event's pads; it is given what prints a line on why it waits."""

MOST_ASLEEP = 5.0
"""Seconds after which the clock is read again: a laptop may have slept for an hour in between."""

WORTH_SAYING = frozenset({Outcome.GONE, Outcome.WITHHELD, Outcome.FAILED})
"""Outcomes for a pad of which the user reads the reason, once; if all pads failed, the round's line has it."""

NOT_FETCHED, NOT_ANALYSED = "not fetched: ", "not analysed: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a watch does in each round.

    `pause` returns the seconds until the servers accept the next request. `digest` stands for all that an analysis
    depends on. `analyse` is given it, writes the outputs and returns the corpus, whose notes are said.
    """

    fetch: Fetch
    pause: Callable[[], float]
    digest: Callable[[], str]
    analyse: Callable[[str], Corpus]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a watch needs of the world: `clock` gives seconds since 1970, `sleep` waits for some seconds."""

    say: Say
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """How an event is watched: `every` is the seconds from one fetch to the next, `port` 0 any free one."""

    every: float
    port: int = 0
    browser: bool = True
    with_reading: bool = True
    jobs: int = field(default_factory=available_cores)


class Watch:
    """The rounds of a watch; `state` is what its page shows, and may be read from other threads at any time."""

    def __init__(self, steps: Steps, every: float, world: Surroundings, analysed: str = "") -> None:
        """`analysed` is the digest of what the outputs were made of that are there already, if they are whole."""
        self._steps, self._every, self._world = steps, every, world
        self._answered = world.clock()
        self._analysed = analysed
        self._said: frozenset[str] = frozenset()
        self._failing: frozenset[str] = frozenset()
        self.state = WatchState(work=Work.FETCH, time=self._answered)

    def run(self) -> NoReturn:
        """Go round after round; ends with what `sleep` or a step raises on Ctrl-C."""
        while True:
            self.round()
            self._wait()

    def round(self) -> None:
        """Fetch, analyse if a file of the event has changed, and say so in one line."""
        began = self._world.clock()
        self._show(work=Work.FETCH, time=began)
        fetched = self._fetch()
        analysed = self._analyse()
        then = began + self._every
        with suppress(PadharvestError):  # a mistake in event.toml, which the fetch has said already
            then = max(then, self._world.clock() + self._steps.pause())
        self._show(work=Work.WAIT, time=then)
        why = fetched.removeprefix(NOT_FETCHED)
        same = fetched.startswith(NOT_FETCHED) and analysed == f"{NOT_ANALYSED}{why}"
        done = f"neither fetched nor analysed: {why}" if same else f"{fetched}; {analysed}"
        self._say(f"{_at(began)}  {done}; next at {_at(then)}")

    def _wait(self) -> None:
        while (left := self.state.time - self._world.clock()) > 0:
            self._world.sleep(min(left, MOST_ASLEEP))

    def _fetch(self) -> str:
        results: list[Result] = []
        try:
            for result in self._steps.fetch(self._report_wait):
                results.append(result)
                self._show(remark="")
                if result.outcome is not Outcome.FAILED:
                    self._answered = self._world.clock()
                elif result.name not in self._failing and _all_failed(results):  # the others may take minutes
                    self._show(unfetched=self._trouble(results))
        except Exception as error:  # noqa: BLE001 - what was fetched stays, and the next round tries again
            why = _reason(error)
            self._show(unfetched=Trouble(since=self._answered, why=why), remark="")
            return f"{NOT_FETCHED}{why}"
        self._failing = frozenset(result.name for result in results if result.outcome is Outcome.FAILED)
        counts = Counter(result.outcome for result in results)
        trouble = self._trouble(results) if counts[Outcome.FAILED] else None
        self._show(unfetched=trouble, gone=counts[Outcome.GONE], remark="")
        self._say_new(str(result) for result in results if result.outcome in WORTH_SAYING and not _all_failed(results))
        summary = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
        return f"fetched: {summary or 'no pad is on a server'}" + (f" ({trouble.why})" if trouble else "")

    def _trouble(self, results: Sequence[Result]) -> Trouble:
        """Return what failed of `results`, with the most frequent reason and without the advice that follows it."""
        whys = [result.remarks[0] for result in results if result.outcome is Outcome.FAILED]
        why = Counter(whys).most_common(1)[0][0].partition(";")[0].rstrip(".")
        trouble, before = Trouble(since=self._answered, why=why, pads=len(whys), of=len(results)), self.state.unfetched
        if before and before.pads < before.of and trouble.pads < trouble.of:
            return replace(trouble, since=before.since)
        return trouble

    def _analyse(self) -> str:
        began = self._world.clock()
        try:
            digest = self._steps.digest()
            if digest == self._analysed:
                return "nothing changed"
            self._show(work=Work.ANALYSE, time=began)
            corpus = self._steps.analyse(digest)
        except Exception as error:  # noqa: BLE001 - the last good report stays, and the next round tries again
            before, why = self.state.unmade, _reason(error)
            self._show(unmade=Trouble(since=before.since if before else self._world.clock(), why=why))
            return f"{NOT_ANALYSED}{why}"
        self._analysed = digest
        self._show(unmade=None)
        self._say_new(remarks_on(corpus))
        return f"analysed in {self._world.clock() - began:.0f} s"

    def _report_wait(self, line: str) -> None:
        self._show(remark=line)
        what = line.rpartition(" in ")[0]  # without the seconds, which differ from round to round
        if what not in self._said:
            self._said |= {what}
            self._say(line)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of fields, as written above

    def _say_new(self, lines: Iterable[str]) -> None:
        """Say lines that were not said before, so that what stays as it is does not fill the terminal."""
        for line in lines:
            if line not in self._said:
                self._said |= {line}
                self._say(line)

    def _say(self, line: str) -> None:
        self._world.say(printable(line))


def watch_event(
    folders: EventFolders, fetch: Fetch, pause: Callable[[], float], options: WatchOptions, say: Say
) -> None:
    """Watch an event and serve its live report until Ctrl-C; `fetch` and `pause` are as in `Steps`.

    Raises UserMistake if event.toml has a mistake in it, or the port is taken.
    """
    event = read_corpus(folders.source).event
    saved = read_if_any(folders.output / ANALYSIS_FILE)
    own = report_translation(event.language, saved.segments if saved else ())
    analysis = RepeatedAnalysis(folders, options, say)
    steps = Steps(fetch=fetch, pause=pause, digest=analysis.digest, analyse=analysis)
    made = made_before(folders, analysis.digest())
    watch = Watch(steps, options.every, Surroundings(say=say), made.inputs if made else "")
    live = LiveReport(folder=folders.output, title=event.title, state=lambda: watch.state)
    serving = listening(options.port, lambda guard, refused: make_live_app(live, guard, own, refused), say)
    with serving as (server, address), suppress(KeyboardInterrupt):
        threading.Thread(target=server.run, daemon=True).start()
        say(f"The live report: {address}\nThe pads are fetched every {options.every:g} s. Press Ctrl-C here to stop.")
        if options.browser:
            open_browser(address)
        watch.run()
    tag, made_at = live.made()
    report = folders.output / REPORT_FILE
    last = f"the last report, of {_at(made_at)}, is {report}" if tag else "there is no report yet"
    say(f"\nStopped. What was fetched is kept; {last}.")


class RepeatedAnalysis:
    """Analyses an event again and again, with models that stay loaded, and always says what changed since the first."""

    def __init__(self, folders: EventFolders, options: WatchOptions, say: Say) -> None:
        self._folders, self._options, self._say = folders, options, say
        self._models: BundledModels | None = None
        self._again = False

    def digest(self) -> str:
        """Return the digest of all that an analysis depends on."""
        reading = self._options.with_reading
        return digest_inputs(self._folders, {"now": None, "epoch": None, "reading": reading}, None)

    def __call__(self, digest: str) -> Corpus:
        """Analyse the event as its files are now, of this digest, and return its corpus; raises as `analyze_event`."""
        now = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
        run = Run(log=_log_nothing, jobs=self._options.jobs, keep_previous=self._again)
        models = self._models or run.models(self._folders)
        self._models = None  # those of an analysis that failed may wait for lines that will not come
        run, with_reading = replace(run, loaded=models), self._options.with_reading
        with shown_progress(self._say):
            corpus = analyze_event(self._folders, now, run, with_reading=with_reading)
        self._models, self._again = models, True
        if not uses_own_model(corpus.event, os.environ):
            made = Made(inputs=digest, generated=now, remarks=remarks_on(corpus), pads_missing=bool(corpus.problems))
            remember(self._folders, made)
        return corpus


def _all_failed(results: Iterable[Result]) -> bool:
    return all(result.outcome is Outcome.FAILED for result in results)


def _at(seconds: float) -> str:
    """Return a time of this machine's clock, to the second."""
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone():%H:%M:%S}"


def _reason(error: Exception) -> str:
    """Return what went wrong, as a clause; if it is a mistake of ours, its traceback goes to the log."""
    sentence = str(error) if isinstance(error, PadharvestError) else log_unexpected(error)
    return sentence.rstrip(".")


def _log_nothing(line: str) -> None:
    """Say nothing about the stages: a round has one line."""
