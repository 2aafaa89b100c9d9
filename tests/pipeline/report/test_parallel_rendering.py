"""A large event is rendered in two processes, with the same files as in one."""

import pickle
from concurrent.futures.process import BrokenProcessPool

import pytest

from fetch.errors import UserMistake
from pipeline.report import VerbatimError, parallel_rendering
from pipeline.report.parallel_rendering import render_and_check
from tests.support.annotated import ALLOTMENTS, read

ANALYSIS, CORPUS = read(ALLOTMENTS)


@pytest.fixture
def event_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel_rendering, "LARGE", 1)


@pytest.mark.usefixtures("event_is_large")
def test_two_processes_write_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel_rendering, "BrokenProcessPool", ZeroDivisionError)  # one that ends is not made up for
    one, two = (render_and_check(ANALYSIS, CORPUS, None, jobs) for jobs in (1, 2))
    assert {"report.html", "report.wiki", "quotes.csv"} <= one.keys()
    assert one == two


@pytest.mark.usefixtures("event_is_large")
def test_a_process_that_the_system_ends_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> dict[str, bytes]:
        raise BrokenProcessPool

    monkeypatch.setattr(parallel_rendering, "_in_two_processes", broken)
    assert "report.html" in render_and_check(ANALYSIS, CORPUS, None, 2)


@pytest.mark.parametrize("kind", (VerbatimError, UserMistake))
def test_what_is_refused_there_is_told_here(kind: type[Exception]) -> None:
    assert str(pickle.loads(pickle.dumps(kind("line 3 is not so.")))) == "line 3 is not so."  # noqa: S301 - our own
