"""A large event is rendered in two processes, with the same files as in one."""

from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import pytest

from pipeline.report import VerbatimError, parallel_rendering
from pipeline.report.parallel_rendering import render_and_check
from tests.support.annotated import ALLOTMENTS, read

ANALYSIS, CORPUS = read(ALLOTMENTS)


@pytest.fixture
def event_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel_rendering, "LARGE", 1)


@pytest.mark.usefixtures("event_is_large")
def test_two_processes_write_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    one = render_and_check(ANALYSIS, CORPUS, None, 1)
    monkeypatch.delattr(parallel_rendering, "render_report")  # one process is not enough now
    two = render_and_check(ANALYSIS, CORPUS, None, 2)
    assert {"report.html", "report.wiki", "quotes.csv"} <= one.keys()
    assert one == two


@pytest.mark.usefixtures("event_is_large")
def test_what_is_refused_is_told_as_by_one_process() -> None:
    first, *others = CORPUS.pads
    changed = replace(CORPUS, pads=(replace(first, sha256="0" * 64), *others))
    told = []
    for jobs in (1, 2):
        with pytest.raises(VerbatimError) as refusal:
            render_and_check(ANALYSIS, changed, None, jobs)
        told.append(str(refusal.value))
    assert told[0] == told[1]


@pytest.mark.usefixtures("event_is_large")
@pytest.mark.parametrize("failure", (BrokenProcessPool(), OSError(38, "Function not implemented")))
def test_a_process_that_the_system_ends_or_does_not_start_is_done_without(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: object) -> dict[str, bytes]:
        raise failure

    monkeypatch.setattr(parallel_rendering, "_in_two_processes", fail)
    assert "report.html" in render_and_check(ANALYSIS, CORPUS, None, 2)
