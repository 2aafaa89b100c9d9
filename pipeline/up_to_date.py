"""Whether an event's outputs are those of its pads as they are: nothing is then made again.

    event's folder, program, options ──► digest ──┬─► the same as of the last run: its outputs stand
                                                  └─► kept in build/ after a run, with the digests of its outputs

The time of a run is not compared unless the user gave it: a report says when it was made, and that stays true.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from fetch.corpus_records import Corpus
from fetch.files import PARTIAL, read_plain, replace_file
from pipeline.publishing import EventFolders

_ROOT = Path(__file__).resolve().parents[1]
_PROGRAM = ("fetch", "pipeline", "templates", "requirements.txt")
_NOT_CODE = ".md"
"""Cards of the models; what Python and Jinja compiled, in `__pycache__`, is made of the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A run that ended well: the digest of its inputs, the time in its report, and what the user was told.

    `remarks` are about the pads, some of which may be missing.
    """

    inputs: str
    generated: str
    remarks: tuple[str, ...]
    pads_missing: bool


def remarks_on(corpus: Corpus) -> tuple[str, ...]:
    """Return what the user must know about the pads of an event."""
    return (*corpus.notes, *(problem.sentence for problem in (*corpus.withheld, *corpus.problems)))


def digest_inputs(folders: EventFolders, options: Mapping[str, object], since: Path | None) -> str:
    """Return the SHA-256 of all that an analysis depends on; `options` are those of the command.

    The rest is the program, the event's folder, and the earlier analysis at `since`. The one that a run finds among its
    outputs belongs to these.
    """
    paths = (*_program_files(), *_files(folders.source), *([since] if since else []))
    files = "\n".join(f"{path}\0{_digest(path)}" for path in paths)
    told = json.dumps({**options, "python": sys.version}, sort_keys=True)
    return sha256(f"{told}\n{files}".encode("utf-8", "surrogateescape")).hexdigest()


def made_before(folders: EventFolders, inputs: str) -> Made | None:
    """Return the last run of an event if it was made of `inputs`, and its outputs are still as it wrote them."""
    try:
        known = json.loads(read_plain(_record(folders), inside=folders.build))
        made = Made(**{**known["made"], "remarks": tuple(known["made"]["remarks"])})
        is_whole = bool(known["outputs"] == _outputs(folders))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return made if is_whole and made.inputs == inputs else None


def remember(folders: EventFolders, made: Made) -> None:
    """Keep what the outputs of an event were made of, now that they are complete."""
    known = {"made": asdict(made), "outputs": _outputs(folders)}
    replace_file(_record(folders), json.dumps(known, indent=1).encode())


def _record(folders: EventFolders) -> Path:
    return folders.build / f".{folders.event}.made.json"


def _outputs(folders: EventFolders) -> dict[str, str]:
    return {path.relative_to(folders.output).as_posix(): _digest(path) for path in _files(folders.output)}


def _program_files() -> Iterator[Path]:
    for name in _PROGRAM:
        path = _ROOT / name
        for file in [path] if path.is_file() else _files(path):
            if file.suffix != _NOT_CODE and "__pycache__" not in file.parts:
                yield file


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(PARTIAL))


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, or why there is none; a link is told from what it leads to, and not followed."""
    try:
        return sha256(read_plain(path, inside=path.parent)).hexdigest()
    except OSError as error:
        return type(error).__name__
