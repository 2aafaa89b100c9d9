"""Runs fetches that are killed at each of their touches of the disk: `killed_fetches FOLDER`, see `run_killed`.

FOLDER/before is the corpus each fetch begins with.
"""

import sys
from pathlib import Path

from fetch.http import Limits
from fetch.pull import PullOptions, pull
from tests.support.killer import run_killed

NOW = "2026-05-04T12:00:00+00:00"


def fetch(folder: Path) -> bool:
    """Fetch once; return whether no pad failed."""
    options = PullOptions(now=NOW, environment={}, limits=Limits(connect=5, read=20, total=60))
    return all(result.outcome != "failed" for result in pull(folder, options))


if __name__ == "__main__":
    run_killed(Path(sys.argv[1]), fetch)
