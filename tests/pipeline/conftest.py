"""What several tests of the pipeline use, and takes long to make."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import chromium
from tests.support.commands import NOW, pipeline


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def analysed_sample(root: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder with the sample's outputs; tests that change them use a copy.

    It is made once for all processes of a run: those of pytest-xdist have a folder each in one of the run's.
    """
    own = tmp_path_factory.getbasetemp()
    build = (own.parent if hasattr(request.config, "workerinput") else own) / "analysed"
    build.mkdir(exist_ok=True)
    with (build / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (build / "sample" / "report.html").exists():
            done = pipeline(root, "analyze", "sample", "--build", build, "--now", NOW, seed="1")
            assert done.returncode == 0, done.stderr
    return build / "sample"
