"""An event's outputs in build/: rendered, checked and written, and read back the next time.

    Analysis, Corpus, Theme ──► render ──► gate ──► build/<event>

Nothing here imports a stage of the analysis unless words are redacted: a saved analysis is rendered again in a moment.
"""

import gc
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fetch.corpus import read_corpus
from fetch.corpus_records import Corpus
from fetch.errors import UserMistake
from fetch.files import describe_os_error, replace_file
from pipeline.analysis_records import Analysis
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.curation.decisions import Redact
from pipeline.serialization import ANALYSIS_FILE, CHANGES_FILE, GROUPS_FOLDER, from_json, to_json

if TYPE_CHECKING:  # it brings Jinja, which is slow to import
    from pipeline.report import Theme

WRITERS = 16
"""Files that are written at a time."""

PREVIOUS = "previous"
"""The folder in the outputs' that holds the analysis which the last one was compared with (docs/changes.md)."""


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


def render_event(folders: EventFolders) -> Corpus:
    """Render an event's report again from its saved analysis; return its corpus."""
    corpus = read_corpus(folders.source)
    curation = read_curation(folders.source / CURATION_FILE)
    theme = read_event_theme(folders.source)
    shown = corpus
    if any(isinstance(decision, Redact) for decision in curation.decisions):
        from pipeline.analyze import redacted_corpus  # noqa: PLC0415 - all stages, of which one finds the words

        shown = redacted_corpus(corpus, curation)
    gc.disable()  # what is made here lives until the end, so looking for garbage in it takes time for nothing
    try:
        publish(read_analysis(folders.output), shown, folders.output, theme=theme)
    finally:
        gc.enable()
    return replace(corpus, notes=(*corpus.notes, *theme.notes))


def read_event_theme(event: Path) -> "Theme":
    """Return the theme in an event's folder; raises UserMistake."""
    from pipeline.report import read_theme  # noqa: PLC0415 - Jinja, which is slow to import

    return read_theme(event)


def publish(
    analysis: Analysis,
    corpus: Corpus,
    folder: Path,
    previous: Analysis | None = None,
    theme: "Theme | None" = None,
) -> None:
    """Check and render first, write afterwards: a refused quote leaves the last good report in place.

    `previous` is kept for the next run.
    """
    from pipeline.report import VerbatimError, check_outputs, render_report  # noqa: PLC0415 - templates: after the stages
    from pipeline.translation import report_translation  # noqa: PLC0415 - Babel: as above

    report = render_report(analysis, corpus, report_translation(corpus.event.language, analysis.segments), theme)
    outputs = {ANALYSIS_FILE: to_json(analysis), **{name: text.encode() for name, text in report.items()}}
    try:
        check_outputs(outputs, analysis, corpus)
    except VerbatimError as error:
        raise theme.blamed(error) if theme and theme.templates else error from error
    if previous:
        write_outputs(folder / PREVIOUS, {ANALYSIS_FILE: to_json(previous)})
    write_outputs(folder, outputs)
    _remove_outdated(folder, outputs)


def _remove_outdated(folder: Path, outputs: Mapping[str, bytes]) -> None:
    """Remove what an earlier run wrote to `folder` and this one did not, such as pages of groups that are gone.

    Some file systems list names in another normal form of Unicode than they were written in.
    """
    written = {unicodedata.normalize("NFC", name) for name in outputs}
    pages = (path for ending in ("html", "wiki") for path in (folder / GROUPS_FOLDER).glob(f"*.{ending}"))
    for path in (folder / CHANGES_FILE, *pages):
        name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        if name not in written:
            path.unlink(missing_ok=True)


def write_outputs(folder: Path, outputs: Mapping[str, bytes]) -> None:
    """Write each output to its name in `folder`, each file in one step; raises UserMistake if that is impossible.

    Files that have their content already are left alone. The others are written side by side, as most of the time goes
    into waiting until each is safe on the disk.
    """
    changed = {folder / name: content for name, content in outputs.items() if not _has(folder / name, content)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(replace_file, changed, changed.values()))
    except OSError as error:
        raise UserMistake(
            f"{folder} cannot be written to ({error.strerror}); free some space or name another --build."
        ) from error


def _has(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def read_analysis(folder: Path) -> Analysis:
    """Return the saved analysis in `folder`; raises UserMistake if there is none or it is not one."""
    path = folder / ANALYSIS_FILE
    try:
        return from_json(path.read_bytes())
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
        return from_json(path.read_bytes())
    except (OSError, ValueError):
        return None
