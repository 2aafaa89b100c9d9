"""The rounds of a watch: what is fetched, analysed and said, when the next one is, and what a failure leaves."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fetch.corpus_records import Corpus, Event, Outcome, Result, failed
from fetch.errors import FetchError, UserMistake
from pipeline.translation import translation
from pipeline.watch import Steps, Surroundings, Watch
from pipeline.web.live_report import trouble_sentences, work_sentence

DOWN = "nothing answers at its server's address; check the link, or fetch again when it runs."
NOON = 1_778_068_800.0


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this machine's clock be in UTC: at `NOON` it is 12:00."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@dataclass
class Bench:
    """A watch of an event whose pads, files and analyses are a test's, on a clock that only steps move."""

    time: float = NOON
    every: float = 60.0
    said: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    pads: list[Result] = field(default_factory=lambda: pads("Water", "Soil"))
    fetch_error: Exception | None = None
    fetch_seconds: float = 1.0
    waiting: str = ""
    while_fetching: Callable[[], None] = lambda: None
    pause: float = 0.0
    files: int = 0
    analysed: str = ""
    analysis_error: Exception | None = None
    analyses: int = 0
    notes: tuple[str, ...] = ()
    asleep: Callable[[float], float] = lambda seconds: seconds

    def __post_init__(self) -> None:
        steps = Steps(
            fetch=self._fetch, pause=lambda: self.pause, digest=lambda: f"files {self.files}", analyse=self._analyse
        )
        world = Surroundings(say=self.said.append, clock=lambda: self.time, sleep=self._sleep)
        self.watch = Watch(steps, self.every, world, self.analysed)

    def _fetch(self, report: Callable[[str], None]) -> Iterator[Result]:
        if self.waiting:
            report(self.waiting)
        for pad in self.pads:
            self.while_fetching()
            yield pad
        self.time += self.fetch_seconds
        if self.fetch_error:
            raise self.fetch_error

    def _analyse(self, digest: str) -> Corpus:
        assert digest == f"files {self.files}"
        self.analyses += 1
        self.time += 3
        if self.analysis_error:
            raise self.analysis_error
        return Corpus(event=Event(id="spring", title="Spring"), pads=(), notes=self.notes)

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += self.asleep(seconds)

    def round(self) -> str:
        """Go one round, a minute after the one before; return the line that is said of it."""
        self.time = NOON + 60 * ((self.time - NOON + 59) // 60)
        self.watch.round()
        return self.said[-1]

    def page(self) -> list[str]:
        """What the page says of what does not work."""
        return trouble_sentences(self.watch.state, translation())


def pads(*groups: str, outcome: Outcome = Outcome.UNCHANGED) -> list[Result]:
    return [Result(name=group, outcome=outcome) for group in groups]


def test_a_round_is_one_line_and_only_what_changed_is_analysed() -> None:
    bench = Bench(pads=[*pads("Water", "Soil", outcome=Outcome.CHANGED), *pads("Kids")])
    assert bench.round() == "12:00:00  fetched: 2 changed, 1 unchanged; analysed in 3 s; next at 12:01:00"
    bench.pads = pads("Water", "Soil", "Kids")
    assert bench.round() == "12:01:00  fetched: 3 unchanged; nothing changed; next at 12:02:00"
    bench.files += 1
    assert "3 unchanged; analysed in 3 s" in bench.round()
    assert (bench.analyses, len(bench.said)) == (2, 3)


def test_an_event_of_files_alone_is_analysed_when_they_change() -> None:
    assert "fetched: no pad is on a server; analysed in 3 s" in Bench(pads=[]).round()


def test_a_server_that_answers_nothing_is_said_in_one_sentence_with_the_time_of_its_last_answer() -> None:
    bench = Bench()
    bench.round()
    up, bench.pads = bench.pads, [failed("Water", DOWN), failed("Soil", DOWN)]
    line = "12:01:00  fetched: 2 failed (nothing answers at its server's address); nothing changed; next at 12:02:00"
    assert bench.round() == line
    assert bench.round() == line.replace("12:02", "12:03").replace("12:01", "12:02")
    assert bench.page() == [
        "No answer since 12:00 (nothing answers at its server's address); the report shows what was fetched before."
    ]
    assert (bench.analyses, len(bench.said)) == (1, 3)
    bench.pads = up
    bench.round()
    assert bench.page() == []


def test_a_server_that_falls_silent_is_on_the_page_after_its_first_pad_though_the_others_take_minutes() -> None:
    bench = Bench(pads=[*pads("Water", "Soil"), failed("Kids", "its server does not show it to us.")])
    bench.round()
    bench.pads = [failed(name, "its server was silent for 40 s; fetch again later.") for name in ("Water", "Soil")]
    shown: list[bool] = []
    bench.while_fetching = lambda: shown.append(
        any("No answer since 12:00 (its server" in line for line in bench.page())
    )
    bench.round()
    assert shown == [False, True]


def test_a_pad_that_always_fails_is_no_reason_to_doubt_the_server() -> None:
    bench = Bench(pads=[failed("Kids", "its server does not show it to us."), *pads("Water", "Soil")])
    bench.round()
    shown: list[list[str]] = []
    bench.while_fetching = lambda: shown.append(bench.page())
    bench.round()
    assert len(shown) == 3
    assert all(page == bench.page() for page in shown)


def test_what_became_of_single_pads_is_said_once() -> None:
    gone = Result(name="Soil", outcome=Outcome.GONE)
    bench = Bench(pads=[*pads("Water"), gone, failed("Kids\u202e", "its server does not show it to us.")])
    bench.round()
    bench.round()
    assert bench.said[:2] == [
        "gone (copy kept): Soil",
        "failed: Kids\ufffd: its server does not show it to us",
    ]
    assert len(bench.said) == 4
    assert bench.page() == [
        "1 pad could not be fetched since 12:00 (its server does not show it to us); the report shows it as it was.",
        "1 pad is no longer on its server; the report shows the copy that was kept.",
    ]


def test_since_when_some_pads_fail_is_since_they_did_and_since_when_all_do_is_since_the_last_answer() -> None:
    bench = Bench(pads=[*pads("Water"), failed("Soil", DOWN)])
    bench.round()
    bench.round()
    assert bench.page()[0].startswith("1 pad could not be fetched since 12:00")
    bench.pads = [failed("Water", DOWN), failed("Soil", DOWN)]
    bench.round()
    bench.round()
    assert bench.page()[0].startswith("No answer since 12:01")


def test_a_fetch_that_is_refused_as_a_whole_is_a_sentence_and_the_next_round_fetches_again() -> None:
    bench = Bench(fetch_error=FetchError("corpus/spring: another fetch is running; wait until it is done."))
    assert "not fetched: corpus/spring: another fetch is running; wait until it is done; analysed" in bench.round()
    assert bench.page()[0].startswith("Nothing could be fetched since 12:00 (corpus/spring: another fetch is running")
    bench.fetch_error = None
    assert "fetched: 2 unchanged; nothing changed" in bench.round()
    assert bench.page() == []


def test_why_a_fetch_waits_is_on_the_page_while_it_waits() -> None:
    bench = Bench(waiting="https://pads.example.org accepts the next request in 40 s")
    bench.while_fetching = lambda: sentences.append(work_sentence(bench.watch.state, translation()))
    sentences: list[str] = []
    bench.round()
    assert sentences == [f"Fetching since 12:00. {bench.waiting}", "Fetching since 12:00."]
    bench.waiting = "https://pads.example.org accepts the next request in 7 s"
    bench.round()
    assert sentences[2:] == [f"Fetching since 12:01. {bench.waiting}", "Fetching since 12:01."]
    assert [line for line in bench.said if "accepts" in line] == [
        "https://pads.example.org accepts the next request in 40 s"
    ]
    assert work_sentence(bench.watch.state, translation()) == "Next fetch at 12:02."


def test_an_analysis_that_fails_leaves_the_last_report_and_is_tried_again_though_nothing_changed() -> None:
    bench = Bench()
    bench.round()
    bench.files, bench.analysis_error = 1, UserMistake("curation.toml: line 3 cannot be read.")
    assert "not analysed: curation.toml: line 3 cannot be read; next at" in bench.round()
    bench.round()
    assert bench.page() == [
        "No new report could be made since 12:01 (curation.toml: line 3 cannot be read); this is the last good one."
    ]
    bench.analysis_error = None
    assert "analysed in 3 s" in bench.round()
    assert (bench.page(), bench.analyses) == ([], 4)


def test_a_mistake_that_keeps_both_from_being_done_is_said_once() -> None:
    mistake = "event.toml: titel is not a known key; did you mean title?"
    bench = Bench(fetch_error=UserMistake(mistake), analysis_error=UserMistake(mistake))
    assert bench.round() == f"12:00:00  neither fetched nor analysed: {mistake}; next at 12:01:00"
    assert bench.page() == [f"No new report could be made since 12:00 ({mistake}); this is the last good one."]


def test_a_mistake_of_ours_goes_to_the_log_and_the_watch_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bench = Bench(analysis_error=ZeroDivisionError())
    assert "not analysed: Something went wrong inside Padharvest" in bench.round()
    assert "ZeroDivisionError" in (tmp_path / "build" / "padharvest.log").read_text(encoding="utf-8")
    bench.analysis_error, bench.fetch_error = None, ZeroDivisionError()
    assert "not fetched: Something went wrong inside Padharvest" in bench.round()
    bench.fetch_error = None
    bench.files += 1
    assert "analysed in 3 s" in bench.round()
    assert bench.page() == []


def test_what_there_is_to_say_of_the_pads_is_said_once() -> None:
    bench = Bench(notes=("water.txt: was changed by hand.",))
    bench.round()
    bench.files += 1
    bench.round()
    assert bench.said.count("water.txt: was changed by hand.") == 1


@pytest.mark.parametrize(
    ("fetch_seconds", "pause", "then"),
    (
        pytest.param(1, 0, "12:01:00", id="the interval counts from one fetch to the next"),
        pytest.param(90, 0, "12:01:33", id="a fetch that takes longer is followed by the next"),
        pytest.param(1, 80, "12:01:24", id="a server that accepts nothing yet is not asked"),
    ),
)
def test_the_next_fetch_is_when_the_interval_is_over_and_the_server_accepts_it(
    fetch_seconds: float, pause: float, then: str
) -> None:
    line = Bench(fetch_seconds=fetch_seconds, pause=pause).round()
    assert line.endswith(f"next at {then}")


def test_a_machine_that_was_asleep_fetches_when_it_wakes_and_ctrl_c_ends_the_wait() -> None:
    slept = iter((5.0, 3600.0))

    def asleep(_: float) -> float:
        try:
            return next(slept)
        except StopIteration:
            raise KeyboardInterrupt from None

    bench = Bench(asleep=asleep)
    with pytest.raises(KeyboardInterrupt):
        bench.watch.run()
    assert [line[:8] for line in bench.said] == ["12:00:00", "13:00:09"]
    assert bench.waits == [5.0, 5.0, 5.0]


def test_outputs_that_are_there_of_the_same_pads_are_not_made_again() -> None:
    bench = Bench(analysed="files 0")
    assert "2 unchanged; nothing changed" in bench.round()
    bench.files += 1
    assert "analysed in 3 s" in bench.round()
