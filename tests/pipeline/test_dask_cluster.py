"""Lines read on a Dask cluster: the same bytes as here, though a worker is killed; others are refused in a sentence."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fetch.errors import UserMistake
from pipeline import dask_cluster
from pipeline.app import Run, analyze_event
from pipeline.dask_cluster import ClusterFailure, connect, find_difference, identity, read_task, run_checked, tasks
from pipeline.inference import BundledModels, ReadLines, Results, read_lines
from pipeline.publishing import EventFolders
from tests.support.commands import NOW
from tests.support.dask_processes import DaskCluster, needs_dask, running

LINES = [f"{'the pump of Maria Lopez in Berlin ' * (number % 5)}number {number}" for number in range(90)] + [
    "",
    "\ud800",
]


def no_log(line: str) -> None:
    """Forget it."""


def here(lines: Sequence[str]) -> dict[str, bytes]:
    return {line: result for results in read_lines([lines], 1) for line, result in results.items()}


def test_each_line_is_in_one_task_those_of_the_first_part_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "TASK_LINES", 2)
    assert tasks([["ccc", "a", "bb"], ["", "dd", "e"], []]) == [["a", "bb"], ["ccc"], ["", "e"], ["dd"]]


def test_a_task_gives_the_results_of_its_lines_in_their_order() -> None:
    expected = here(LINES)
    assert read_task(LINES[::-1]) == [expected[line] for line in LINES[::-1]]


def test_a_worker_is_compared_by_all_that_decides_about_a_result() -> None:
    assert find_difference(identity(), identity()) is None
    for what in identity():
        found = find_difference(identity(), {**identity(), what: "2.0"})
        assert found in {what, f"{what} 2.0, not {identity()[what]}"}
    assert find_difference({"numpy": "2.4"}, {}) == "numpy None, not 2.4"


def test_a_worker_that_has_changed_since_reads_nothing() -> None:
    with pytest.raises(UserMistake, match=r"^--cluster: the worker .* has numpy .*, not 0\.1, so .* docs/cluster\.md "):
        run_checked(read_task, LINES, {**identity(), "numpy": "0.1"})
    assert run_checked(len, LINES, identity()) == len(LINES)


@pytest.mark.parametrize("address", ("scheduler:8786", "http://scheduler:8786", "tcp://scheduler", "tcp://a b:1", ""))
def test_an_address_that_is_none_is_a_mistake(address: str) -> None:
    with pytest.raises(UserMistake, match=r'^--cluster: expected an address like "tcp://scheduler:8786", not '):
        connect(address, no_log).__enter__()


def test_without_the_package_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserMistake, match=r"^--cluster needs the package distributed; run `.*`, or leave"):
        connect("tcp://scheduler:8786", no_log).__enter__()


@pytest.fixture
def cluster(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DaskCluster]:
    monkeypatch.setattr(dask_cluster, "TASK_LINES", 10)
    with running(root) as cluster:
        yield cluster


class Killing:
    """Reads lines as `read` does, and kills a process when the first results have come."""

    def __init__(self, read: ReadLines, process: subprocess.Popen[bytes]) -> None:
        self.read, self.process = read, process

    def __call__(self, parts: Sequence[Sequence[str]]) -> Iterator[Results]:
        results = self.read(parts)
        return self._kill_after_the_first(results)

    def _kill_after_the_first(self, results: Iterator[Results]) -> Iterator[Results]:
        yield next(results)
        self.process.kill()
        self.process.wait(timeout=20)
        yield from results


@pytest.mark.cluster
@needs_dask
def test_an_analysis_has_the_same_bytes_though_one_of_two_workers_is_killed(
    cluster: DaskCluster, root: Path, analysed_sample: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    _, second = cluster.start_worker(), cluster.start_worker()
    folders = EventFolders(corpus=root / "corpus", build=tmp_path, event="sample")
    with connect(cluster.address, told.append) as connected:
        analyze_event(folders, NOW, Run(log=told.append, read=Killing(connected.read_lines, second)))
    assert told[0] == f"cluster: work goes to 2 workers at {cluster.address}"
    assert len(cluster.workers()) == 1
    expected = {path.relative_to(analysed_sample): path.read_bytes() for path in files(analysed_sample)}
    assert {path.relative_to(folders.output): path.read_bytes() for path in files(folders.output)} == expected


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.cluster
@needs_dask
def test_what_was_read_is_kept_if_no_worker_is_left(
    cluster: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "ALIVE_EVERY", 1.0)
    only, file = cluster.start_worker(), tmp_path / "lines.sqlite"
    with (
        connect(cluster.address, no_log) as connected,
        pytest.raises(ClusterFailure, match="no worker is left; start some"),
    ):
        BundledModels(file, Killing(connected.read_lines, only)).embed(LINES)
    asked: list[str] = []

    def read_rest(parts: Sequence[Sequence[str]]) -> Iterator[Results]:
        asked.extend(line for lines in parts for line in lines)
        return read_lines(parts, 1)

    assert (BundledModels(file, read_rest).embed(LINES) == BundledModels(tmp_path / "other").embed(LINES)).all()
    assert 0 < len(asked) < len(LINES)


@pytest.mark.cluster
@needs_dask
def test_a_scheduler_that_is_gone_ends_in_a_sentence(cluster: DaskCluster) -> None:
    cluster.start_worker()
    scheduler = cluster.processes[0]
    with (
        connect(cluster.address, no_log) as connected,
        pytest.raises(ClusterFailure, match="the scheduler is gone;"),
    ):
        list(Killing(connected.read_lines, scheduler)([LINES]))


@pytest.mark.cluster
@needs_dask
def test_workers_that_are_missing_or_unlike_this_machine_are_refused(
    cluster: DaskCluster, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 1.0)
    assert refusal(cluster) == f"--cluster: {cluster.address} has no workers; docs/cluster.md says how to start some."
    with cluster.worker(tmp_path):
        assert " has no Padharvest (No module named 'pipeline'), so its results could differ" in refusal(cluster)
    for package in ("fetch", "pipeline"):
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pipeline" / "models" / "encoder" / "model.onnx").unlink()
    with cluster.worker(tmp_path):
        assert " has other models, so its results could differ" in refusal(cluster)
    (tmp_path / "pipeline" / "app.py").unlink()
    with cluster.worker(tmp_path):
        assert " has another version of Padharvest, so its results could differ" in refusal(cluster)


def refusal(cluster: DaskCluster) -> str:
    with pytest.raises(UserMistake) as mistake:
        connect(cluster.address, no_log).__enter__()
    return str(mistake.value)
