"""Compose a command: the models that settings name, an event from corpus/, its analysis, its outputs in build/.

    corpus/<event> ──► read ──► analyze ──► compare ──► render ──► gate ──► build/<event>
                                               ▲                                │
                                               └─────── the earlier analysis ───┘
Everything that may be replaced is chosen here (`stages_for`); the command line only parses arguments.
"""

import json
import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fetch.corpus import read_corpus
from fetch.corpus_records import Corpus
from fetch.errors import UserMistake
from fetch.files import describe_os_error, replace_file
from pipeline.analysis_records import Analysis
from pipeline.analyze import Draft, Log, Stages, analyze, draft_event, redacted_analysis, redacted_corpus
from pipeline.changes import comparable, compare
from pipeline.cluster import AverageLinkage
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.curation.decisions import Curation
from pipeline.describe import Describer
from pipeline.inference import CACHE_FILE, BundledModels, load_custom_encoder
from pipeline.reading.reading_file import READING_FILE, read_reading
from pipeline.serialization import ANALYSIS_FILE, CHANGES_FILE, GROUPS_FOLDER, from_json, to_json
from pipeline.settings import Settings, from_event
from pipeline.tag import Name, Tagger
from pipeline.tag.ner_model import MODEL, align, postfilter

SPACY_MODEL_VARIABLE = "PADHARVEST_SPACY_MODEL"
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


def analyze_event(
    folders: EventFolders, now: str, log: Log, *, with_reading: bool = True, since: Path | None = None
) -> Corpus:
    """Analyse an event, write analysis.json and the report, and return its corpus, whose notes the user is shown.

    The report says what changed since the previous analysis, or since the one whose analysis.json is at `since`.
    """
    corpus = read_corpus(folders.source)
    curation = read_curation(folders.source / CURATION_FILE)
    settings = from_event(corpus.event.settings, folders.event)
    named = _read_since(since, folders.event) if since else None
    if corpus.event.language:  # a language without a translation is refused before the analysis, not after it
        from pipeline.translation import report_translation  # noqa: PLC0415 - Babel, which English does without

        report_translation(corpus.event.language, ())
    stages = stages_for(settings, os.environ, BundledModels(folders.build / CACHE_FILE))
    reading = read_reading(folders.source / READING_FILE) if with_reading else None
    analysis = analyze(corpus, settings, stages, now=now, log=log, curation=curation, reading=reading)
    shown = redacted_corpus(corpus, curation)
    previous = previous_analysis(folders.output, analysis)
    if previous:
        previous = redacted_analysis(comparable(previous), corpus, curation)
    earlier = redacted_analysis(named, corpus, curation) if named else previous
    if earlier:
        analysis = replace(analysis, changes=compare(earlier, analysis, shown.pads))
    publish(analysis, shown, folders.output, previous)
    return corpus


def previous_analysis(folder: Path, analysis: Analysis) -> Analysis | None:
    """Return what `analysis`, to be written to `folder`, is compared with; None for the first one.

    It is the saved analysis if its pads differ, and otherwise the one that this was compared with, so that neither a
    second run nor a morning of curation makes what the groups wrote since yesterday vanish.
    """
    saved = _read_if_any(folder / ANALYSIS_FILE)
    if saved and saved.corpus_sha256 != analysis.corpus_sha256:
        return saved
    return _read_if_any(folder / PREVIOUS / ANALYSIS_FILE)


def render_event(folders: EventFolders) -> Corpus:
    """Render an event's report again from its saved analysis; return its corpus."""
    corpus = read_corpus(folders.source)
    curation = read_curation(folders.source / CURATION_FILE)
    publish(read_analysis(folders.output), redacted_corpus(corpus, curation), folders.output)
    return corpus


def curate_event(folders: EventFolders, port: int, log: Log, echo: Callable[[str], None], *, browser: bool) -> None:
    """Serve the curation page of an event until it is interrupted; every decision is saved in its curation.toml."""
    from pipeline.web import CurationSession, serve  # noqa: PLC0415 - Flask, which analysis and report do not need

    event = read_corpus(folders.source).event
    settings = from_event(event.settings, folders.event)
    stages = stages_for(settings, os.environ, BundledModels(folders.build / CACHE_FILE))

    def find(curation: Curation) -> Draft:
        reading = read_reading(folders.source / READING_FILE)
        corpus = read_corpus(folders.source)  # the groups, prompts and title that the page has changed
        return draft_event(corpus, settings, stages, log=log, curation=curation, reading=reading)

    session = CurationSession(folders.source, find)
    serve(session, event, port, echo, browser=browser)


def stages_for(settings: Settings, environ: Mapping[str, str], models: BundledModels) -> Stages:
    """Return the stages that `settings` and `environ` name; raises UserMistake if a user's own model is not usable."""
    embed = load_custom_encoder(settings.encoder) if settings.encoder else models.embed
    return Stages(
        embed=embed,
        tagger=tagger_for(settings, environ, models),
        clusterer=AverageLinkage(settings),
        describer=Describer(embed),
    )


def tagger_for(settings: Settings, environ: Mapping[str, str], models: BundledModels) -> Tagger:
    """Return the tagger that `environ` or else `settings` names, or the bundled one; raises UserMistake as above."""
    name, setting = settings.spacy_model, f'spacy_model = "{settings.spacy_model}"'
    if environ.get(SPACY_MODEL_VARIABLE):
        name = environ[SPACY_MODEL_VARIABLE]
        setting = f"{SPACY_MODEL_VARIABLE}={name}"
    if name:
        from pipeline.tag.spacy_adapter import load  # noqa: PLC0415 - spaCy is slow to import

        return load(name, setting)
    meta = json.loads((MODEL.parent / "meta.json").read_text(encoding="utf-8"))

    def spot(texts: Sequence[str]) -> list[list[Name]]:
        aligned = [align(text) for text in texts]
        predicted = models.predict_names([line.text for line in aligned])
        names = [list(map(line.to_source, found)) for line, found in zip(aligned, predicted, strict=True)]
        return postfilter(texts, names)

    return Tagger(f"{meta['name']} {meta['version']}", spot, languages=frozenset({"en"}))


def publish(analysis: Analysis, corpus: Corpus, folder: Path, previous: Analysis | None = None) -> None:
    """Check and render first, write afterwards: a refused quote leaves the last good report in place.

    `previous` is kept for the next run.
    """
    from pipeline.report import check_outputs, render_report  # noqa: PLC0415 - templates: after the stages
    from pipeline.translation import report_translation  # noqa: PLC0415 - Babel: as above

    report = render_report(analysis, corpus, report_translation(corpus.event.language, analysis.segments))
    outputs = {ANALYSIS_FILE: to_json(analysis), **{name: text.encode() for name, text in report.items()}}
    check_outputs(outputs, analysis, corpus)
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
    """Write each output to its name in `folder`, each file in one step; raises UserMistake if that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in outputs.items():
            replace_file(folder / name, content)
    except OSError as error:
        raise UserMistake(
            f"{folder} cannot be written to ({error.strerror}); free some space or name another --build."
        ) from error


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


def _read_since(path: Path, event: str) -> Analysis:
    """Return the analysis that the user names; raises UserMistake if it is none, or one of another event."""
    try:
        analysis = from_json(path.read_bytes())
    except OSError as error:
        raise UserMistake(f"{path} cannot be read: {describe_os_error(error)}; name an analysis.json.") from error
    except ValueError as error:
        raise UserMistake(f"{path} is not an analysis of this version; name an analysis.json.") from error
    if analysis.event.id != event:
        raise UserMistake(f"{path} is an analysis of the event {analysis.event.id}, not of {event}.")
    return analysis


def _read_if_any(path: Path) -> Analysis | None:
    """Return the analysis at `path`, or None if there is none that this version can read."""
    try:
        return from_json(path.read_bytes())
    except (OSError, ValueError):
        return None
