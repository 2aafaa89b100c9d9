"""A Dask scheduler and its workers as processes on this machine, started as docs/cluster.md says."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

START_SECONDS = 60

needs_dask = pytest.mark.skipif(
    not find_spec("distributed"), reason="run by `make test-cluster`, which installs Dask first"
)


@dataclass
class DaskCluster:
    """A running scheduler, and the workers that were started for it."""

    root: Path
    address: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self, folder: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a worker in a folder, by default that of this checkout, and wait until the scheduler knows it."""
        known = len(self.workers())
        worker = self.start("worker", self.address, "--nthreads", "1", "--no-nanny", folder=folder)
        wait_until(lambda: len(self.workers()) > known)
        return worker

    @contextmanager
    def worker(self, folder: Path) -> Iterator[None]:
        """Run a worker in a folder until the block ends."""
        process = self.start_worker(folder)
        try:
            yield
        finally:
            process.kill()
            process.wait(timeout=20)
        wait_until(lambda: not self.workers())

    def workers(self) -> list[str]:
        """Return the addresses of the workers that the scheduler knows."""
        from distributed import Client  # noqa: PLC0415 - an extra

        with Client(self.address, timeout=START_SECONDS, set_as_default=False) as client:
            return list(client.scheduler_info(n_workers=-1)["workers"])

    def start(self, command: str, *arguments: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
        """Start `dask scheduler` or `dask worker`, which ends with the cluster."""
        process = subprocess.Popen(  # noqa: S603 - our own Python
            [sys.executable, "-m", "dask", command, *arguments, "--no-dashboard"],
            cwd=folder or self.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process


@contextmanager
def running(root: Path) -> Iterator[DaskCluster]:
    """Run a scheduler on a free port until the block ends; it has no workers yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cluster = DaskCluster(root, f"tcp://127.0.0.1:{port}")
    try:
        cluster.start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        cluster.workers()
        yield cluster
    finally:
        for process in cluster.processes:
            process.kill()
            process.wait(timeout=20)


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail if it does not in time."""
    end = time.monotonic() + START_SECONDS
    while not holds():
        if time.monotonic() > end:
            pytest.fail("a worker did not start in time")
        time.sleep(0.1)
