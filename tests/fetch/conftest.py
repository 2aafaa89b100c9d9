"""Servers and events for tests of `fetch`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import fake_server
from tests.support.fetching import Camp


@pytest.fixture
def server() -> Iterator[fake_server.FakeServer]:
    with fake_server.running() as server:
        yield server


@pytest.fixture
def camp(tmp_path: Path) -> Camp:
    """An event that does not exist yet."""
    return Camp(tmp_path / "corpus" / "camp")
