"""What every test may use."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("no deadlines", deadline=None)  # speed is measured in benchmarks/
settings.register_profile(  # of `make fuzz`
    "fuzz", deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("no deadlines")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Set the umask, until the test ends."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.fixture
def shared_events() -> Path:
    events = SHARED / "events"
    if not events.is_dir():
        pytest.skip("the labelled events are not beside this checkout")
    return events
