"""An event's outputs in build/: rendered, checked and written, and read back the next time.

    Analysis, Corpus, Theme ──► render ──► gate ──► build/<event>

Nothing here imports a stage of the analysis unless words are redacted: a saved analysis is rendered again in a moment.
"""

import ctypes
import fcntl
import gc
import os
import secrets
import shutil
import stat
import sys
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fetch.corpus import read_corpus
from fetch.corpus_records import Corpus
from fetch.errors import UserMistake
from fetch.files import PARTIAL, check_event_id, describe_os_error, read_plain, refuse_links, replace_file, sweep
from pipeline.analysis_records import Analysis
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.progress import available_cores
from pipeline.serialization import ANALYSIS_FILE, CHANGES_FILE, GROUPS_FOLDER, from_json, to_json

if TYPE_CHECKING:  # it brings Jinja, which is slow to import
    from pipeline.report import Theme

WRITERS = 16
"""Files that are written at a time."""

PREVIOUS = "previous"
"""The folder in the outputs' that holds the analysis which the last one was compared with (docs/changes.md)."""

_OLD = f"{PARTIAL}old"
"""The file that marks the folder of an earlier run's outputs, so that what is not ours in it is kept."""

_AT_FDCWD = -100
"""Of Linux's fcntl.h: a path is relative to the working directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFolders:
    """Where an event is read from and its outputs go to."""

    corpus: Path
    build: Path
    event: str

    @property
    def source(self) -> Path:
        """The event's folder in corpus/."""
        return self.corpus / self.event

    @property
    def output(self) -> Path:
        """The event's folder in build/."""
        return self.build / self.event


def event_folders(corpus: Path, build: Path, event: str) -> EventFolders:
    """Return the folders of an event that a user names, without what a killed run left half written in them.

    Raises UserMistake for a name that leads elsewhere.
    """
    folders = EventFolders(corpus=corpus, build=build, event=check_event_id(event))
    sweep(folders.source)
    clear_leftovers(folders.output)
    return folders


def render_event(folders: EventFolders) -> Corpus:
    """Render an event's report again from its saved analysis; return its corpus."""
    corpus = read_corpus(folders.source)
    curation = read_curation(folders.source / CURATION_FILE)
    theme = read_event_theme(folders.source)
    shown = corpus
    if curation.redactions:
        from pipeline.analyze import redacted_corpus  # noqa: PLC0415 - all stages, of which one finds the words

        shown = redacted_corpus(corpus, curation)
    with no_garbage_collection():
        publish(read_analysis(folders.output), shown, folders.output, theme=theme, jobs=available_cores())
    return replace(corpus, notes=(*corpus.notes, *theme.notes))


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: what an analysis and a report make lives to the end, and the search takes time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def read_event_theme(event: Path) -> "Theme":
    """Return the theme in an event's folder; raises UserMistake."""
    from pipeline.report import read_theme  # noqa: PLC0415 - Jinja, which is slow to import

    return read_theme(event)


def publish(  # noqa: PLR0913 - what is published, where, and how
    analysis: Analysis,
    corpus: Corpus,
    folder: Path,
    previous: Analysis | None = None,
    theme: "Theme | None" = None,
    *,
    jobs: int = 1,
) -> None:
    """Check and render first, write afterwards: a refused quote leaves the last good report in place.

    `previous` is kept for the next run. With more `jobs` than one, two processes render a large event.
    """
    from pipeline.report import VerbatimError, check_outputs  # noqa: PLC0415 - templates: after the stages
    from pipeline.report.parallel_rendering import render_and_check  # noqa: PLC0415 - as above

    outputs = {ANALYSIS_FILE: to_json(analysis)}
    try:
        check_outputs(outputs, analysis, corpus)
        outputs |= render_and_check(analysis, corpus, theme, jobs)
    except VerbatimError as error:
        raise theme.blamed(error) if theme and theme.templates else error from error
    kept = to_json(previous) if previous else _bytes_if_any(folder / PREVIOUS / ANALYSIS_FILE, folder)
    write_outputs(folder, outputs | ({f"{PREVIOUS}/{ANALYSIS_FILE}": kept} if kept else {}))


def write_outputs(folder: Path, outputs: Mapping[str, bytes]) -> None:
    """Put `outputs` in place of those of the run before; raises UserMistake if `folder` cannot be written to.

    A reader finds all of the old ones or all of the new ones, also after the process was killed (docs/adr/0037). Files
    that have their content already are left alone, and so is what somebody else put into the folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = folder.resolve()  # the folder may be a link of the user's own
        with _locked(place.parent):
            _clear_leftovers(place)
            _replace(place, outputs)
    except OSError as error:
        reason = describe_os_error(error)
        raise UserMistake(
            f"{folder} cannot be written to ({reason}); free some space or name another --build."
        ) from error


def clear_leftovers(folder: Path) -> None:
    """Clear up behind a process that was killed while it wrote the outputs in `folder`; what is not ours stays."""
    if not folder.is_dir():
        return
    place = folder.resolve()
    with suppress(OSError), _locked(place.parent):  # who may only read is not kept from reading
        _clear_leftovers(place)


def _replace(folder: Path, outputs: Mapping[str, bytes]) -> None:
    same = {name for name, content in outputs.items() if _bytes_if_any(folder / name, folder) == content}
    outdated = _outdated(folder, outputs)
    if len(same) == len(outputs) and not outdated:
        return
    staged = folder.parent / f"{_staged_prefix(folder)}{secrets.token_hex(8)}"
    try:
        _stage(staged, folder, outputs, same)
        (folder / _OLD).touch()
        _sync_folder(folder)
        exchange(staged, folder)
        _sync_folder(folder.parent)
    except _NoExchangeError:
        _replace_one_by_one(folder, {name: outputs[name] for name in outputs if name not in same}, outdated)
    finally:
        _clear_leftovers(folder)


def _stage(staged: Path, folder: Path, outputs: Mapping[str, bytes], same: Collection[str]) -> None:
    """Write outputs to the new folder `staged`, those that are the `same` in `folder` as links to the files there.

    They are written side by side, as most of the time goes into waiting until each is safe on the disk.
    """

    def write(name: str) -> None:
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # a file system without hard links
            if name in same:
                os.link(folder / name, path)
                return
        replace_file(path, outputs[name])

    try:
        staged.mkdir()
        staged.chmod(stat.S_IMODE(folder.stat().st_mode))
    except OSError as error:
        raise _NoExchangeError from error
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, outputs))
    for path in {(staged / name).parent for name in outputs}:
        _sync_folder(path)


class _NoExchangeError(Exception):
    """The file system, or the rights of the user, do not let a folder be exchanged with another."""


def exchange(first: Path, second: Path) -> None:
    """Exchange two folders in one step; raises _NoExchangeError where that is impossible.

    Linux has renameat2 with RENAME_EXCHANGE, macOS renamex_np with RENAME_SWAP; Python has neither.
    """
    system, both = ctypes.CDLL(None, use_errno=True), (os.fsencode(first), os.fsencode(second))
    try:
        if sys.platform == "darwin":
            failed = system.renamex_np(*both, 2)
        else:
            failed = system.renameat2(_AT_FDCWD, both[0], _AT_FDCWD, both[1], 2)
    except AttributeError as error:
        raise _NoExchangeError from error
    if failed:
        raise _NoExchangeError(os.strerror(ctypes.get_errno()))


def _replace_one_by_one(folder: Path, changed: Mapping[str, bytes], outdated: Collection[Path]) -> None:
    for name in changed:
        refuse_links(folder / name, folder)
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda name: replace_file(folder / name, changed[name]), changed))
    for path in outdated:
        path.unlink(missing_ok=True)


def _outdated(folder: Path, outputs: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Return what an earlier run wrote to `folder` and this one does not, such as pages of groups that are gone.

    Some file systems list names in another normal form of Unicode than they were written in.
    """
    written = {unicodedata.normalize("NFC", name) for name in outputs}
    groups = folder / GROUPS_FOLDER
    pages = () if groups.is_symlink() else groups.glob("*")
    return tuple(
        path
        for path in (folder / CHANGES_FILE, *pages)
        if _is_dropped(path, folder)
        and os.path.lexists(path)
        and unicodedata.normalize("NFC", path.relative_to(folder).as_posix()) not in written
    )


def _is_dropped(path: Path, folder: Path) -> bool:
    """Return whether a file in `folder` is ours, and to be removed if a run does not write it."""
    if path.name.startswith(PARTIAL):
        return True
    if path.parent == folder / GROUPS_FOLDER:
        return path.suffix in {".html", ".wiki"}
    return path == folder / CHANGES_FILE


def _carry_over(old: Path, folder: Path) -> None:
    """Move what is not ours from the outputs of the run before, in `old`, to those of this one in `folder`."""
    whole = {old / GROUPS_FOLDER, old / PREVIOUS}
    for path in sorted(old.rglob("*")):  # a folder before what is in it
        place = folder / path.relative_to(old)
        if path not in whole and not os.path.lexists(place) and not _is_dropped(path, old):
            place.parent.mkdir(exist_ok=True)
            path.rename(place)


def _clear_leftovers(folder: Path) -> None:
    sweep(folder, *(inner for inner in folder.iterdir() if inner.is_dir() and not inner.is_symlink()))
    for path in folder.parent.iterdir():
        if path.name.startswith(_staged_prefix(folder)):
            if (path / _OLD).exists():
                _carry_over(path, folder)
            shutil.rmtree(path)


def _staged_prefix(folder: Path) -> str:
    return f"{PARTIAL}{folder.name}~"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time write to the events in `folder`; the kernel takes the lock from one that dies."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _bytes_if_any(path: Path, folder: Path) -> bytes | None:
    try:
        return read_plain(path, inside=folder)
    except OSError:
        return None


def read_analysis(folder: Path) -> Analysis:
    """Return the saved analysis in `folder`; raises UserMistake if there is none or it is not one."""
    path = folder / ANALYSIS_FILE
    try:
        return from_json(read_plain(path, inside=folder))
    except FileNotFoundError as error:
        raise UserMistake(f"{path} does not exist; run `make analyze EVENT={folder.name}` first.") from error
    except OSError as error:
        raise UserMistake(f"{path} cannot be read: {describe_os_error(error)}.") from error
    except ValueError as error:
        raise UserMistake(
            f"{path} is not an analysis of this version; run `make analyze EVENT={folder.name}` again."
        ) from error


def read_if_any(path: Path) -> Analysis | None:
    """Return the analysis at `path`, or None if there is none that this version can read."""
    try:
        return from_json(read_plain(path, inside=path.parent))
    except (OSError, ValueError):
        return None
