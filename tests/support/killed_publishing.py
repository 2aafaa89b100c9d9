"""Writes outputs and is killed at each touch of the disk: `killed_publishing FOLDER OUTPUTS`, see `run_killed`.

FOLDER/before is the build folder each run begins with, OUTPUTS the outputs of the event `fair` in JSON: name to text.
"""

import json
import sys
from pathlib import Path

from pipeline.publishing import write_outputs
from tests.support.killer import run_killed

if __name__ == "__main__":
    outputs = {name: text.encode() for name, text in json.loads(sys.argv[2]).items()}

    def write(build: Path) -> bool:
        """Write the outputs."""
        write_outputs(build / "fair", outputs)
        return True

    run_killed(Path(sys.argv[1]), write)
