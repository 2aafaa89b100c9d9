"""build/<event>/ on disk: outputs are written whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.contract import from_json
from pipeline.errors import UserMistake
from pipeline.records import Analysis

ANALYSIS = "analysis.json"


def write_all(folder: Path, outputs: Mapping[str, bytes]) -> None:
    """Put each output under its name in `folder`; each file is replaced in one step, so none is ever half old.

    Raises UserMistake where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in outputs.items():
            _replace(folder / name, content)
    except OSError as error:
        raise UserMistake(
            f"{folder} cannot be written to ({error.strerror}); free some space or name another --build."
        ) from error


def read_analysis(folder: Path) -> Analysis:
    """The saved analysis in `folder`; raises UserMistake where there is none or it is not one."""
    path = folder / ANALYSIS
    try:
        return from_json(path.read_bytes())
    except FileNotFoundError as error:
        raise UserMistake(f"{path} does not exist; run `make analyze EVENT={folder.name}` first.") from error
    except ValueError as error:
        raise UserMistake(
            f"{path} is not an analysis of this version; run `make analyze EVENT={folder.name}` again."
        ) from error


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
