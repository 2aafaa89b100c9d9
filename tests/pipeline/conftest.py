"""What several tests of the pipeline use, and takes long to make."""

from pathlib import Path

import pytest

from tests.support.commands import NOW, pipeline


@pytest.fixture(scope="session")
def analysed_sample(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sample's outputs; tests that change them use a copy."""
    build = tmp_path_factory.mktemp("build")
    done = pipeline(root, "analyze", "sample", "--build", build, "--now", NOW, seed="1")
    assert done.returncode == 0, done.stderr
    return build / "sample"
