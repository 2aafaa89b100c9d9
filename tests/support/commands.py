"""Commands, run as a user runs them."""

import os
import subprocess
import sys
from pathlib import Path

NOW = "2026-05-04T12:00:00+00:00"


def pipeline(root: Path, *arguments: str | Path, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run `python -m pipeline` in the folder `root`, with a hash seed."""
    return subprocess.run(  # noqa: S603 - our own module, our own arguments
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
