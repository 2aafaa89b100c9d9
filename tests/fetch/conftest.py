"""Servers and events for tests of `fetch`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import web as webs
from tests.support.fetching import Camp


@pytest.fixture
def web() -> Iterator[webs.Web]:
    with webs.running() as server:
        yield server


@pytest.fixture
def camp(tmp_path: Path) -> Camp:
    """An event of its own."""
    return Camp(tmp_path / "corpus" / "camp")
