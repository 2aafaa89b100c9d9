"""Compose a command: the models that settings name, an event from corpus/, its analysis, its outputs in build/.

    corpus/<event> ──► read ──► analyze ──► compare ──► render ──► gate ──► build/<event>
                                               ▲                                │
                                               └─────── the earlier analysis ───┘
Everything that may be replaced is chosen here (`stages_for`); the command line only parses arguments.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pathlib import Path

from fetch.corpus import read_corpus
from fetch.corpus_records import Corpus, Event
from fetch.errors import UserMistake
from fetch.files import describe_os_error, read_plain
from pipeline.analysis_records import Analysis
from pipeline.analyze import Draft, Log, Stages, analyze, draft_event, redacted_analysis, redacted_corpus
from pipeline.changes import comparable, compare
from pipeline.cluster import AverageLinkage
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.curation.decisions import Curation
from pipeline.curation.redaction import check_names
from pipeline.describe import Describer
from pipeline.encode import texts_in_context
from pipeline.inference import CACHE_FILE, BundledModels, ReadLines, load_custom_encoder, read_lines
from pipeline.progress import available_cores
from pipeline.publishing import (
    PREVIOUS,
    EventFolders,
    event_folders,
    no_garbage_collection,
    publish,
    read_analysis,
    read_event_theme,
    read_if_any,
    write_outputs,
)
from pipeline.reading.reading_file import READING_FILE, read_reading
from pipeline.segment import identify
from pipeline.segment_records import LineRole, Segment
from pipeline.serialization import ANALYSIS_FILE, from_json
from pipeline.settings import Settings, from_event
from pipeline.tag import Name, Tagger
from pipeline.tag.ner_model import MODEL, align, postfilter, prefilter
from pipeline.text import mask_unreadable, strip_markup
from pipeline.vectors import Embed

SPACY_MODEL_VARIABLE = "PADHARVEST_SPACY_MODEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a command runs: where its lines go, on how many cores, or with what reads lines in place of these.

    One that analyses an event again and again passes on the models that it has `loaded`, and after the first time
    `keep_previous`, so that the report always says what changed since it began. One that ends with an analysis says
    `once`: what only its beginning needs is then given back.
    """

    log: Log
    jobs: int = field(default_factory=available_cores)
    read: ReadLines | None = None
    loaded: BundledModels | None = None
    keep_previous: bool = False
    once: bool = False

    def models(self, folders: EventFolders) -> BundledModels:
        """Return the bundled models, with what they have read before."""
        read = self.read or partial(read_lines, jobs=self.jobs)
        return self.loaded or BundledModels(folders.build / CACHE_FILE, read)


def analyze_event(
    folders: EventFolders, now: str, run: Run, *, with_reading: bool = True, since: Path | None = None
) -> Corpus:
    """Analyse an event, write analysis.json and the report, and return its corpus, whose notes the user is shown.

    The report says what changed since the previous analysis, or since the one whose analysis.json is at `since`.
    """
    corpus = read_corpus(folders.source)
    curation = read_curation(folders.source / CURATION_FILE)
    settings = from_event(corpus.event.settings, folders.event)
    named = _read_since(since, folders.event) if since else None
    theme = read_event_theme(folders.source)  # what is wrong with it is said before the analysis, not after it
    if corpus.event.language:  # a language without a translation is refused before the analysis, not after it
        from pipeline.translation import report_translation  # noqa: PLC0415 - Babel, which English does without

        report_translation(corpus.event.language, ())
    stages = stages_for(settings, os.environ, run.models(folders), run.jobs)
    if run.once:
        stages = replace(stages, identify=partial(identify, keep=False))
    reading = read_reading(folders.source / READING_FILE) if with_reading else None
    with no_garbage_collection():
        analysis = analyze(corpus, settings, stages, now=now, log=run.log, curation=curation, reading=reading)
        shown = redacted_corpus(corpus, curation)
        previous = previous_analysis(folders.output, analysis, keep=run.keep_previous)
        if previous:
            previous = redacted_analysis(comparable(previous), corpus, curation)
        earlier = redacted_analysis(named, corpus, curation) if named else previous
        if earlier:
            analysis = replace(analysis, changes=compare(earlier, analysis, shown.pads))
        publish(analysis, shown, folders.output, previous, theme, jobs=run.jobs)
    return replace(corpus, notes=(*corpus.notes, *theme.notes))


def previous_analysis(folder: Path, analysis: Analysis, *, keep: bool = False) -> Analysis | None:
    """Return what `analysis`, to be written to `folder`, is compared with; None for the first one.

    It is the saved analysis if its pads differ, and otherwise the one that this was compared with, so that neither a
    second run nor a morning of curation makes what the groups wrote since yesterday vanish. With `keep`, it is the
    latter whenever there is one.
    """
    previous = read_if_any(folder / PREVIOUS / ANALYSIS_FILE)
    if keep and previous:
        return previous
    saved = read_if_any(folder / ANALYSIS_FILE)
    return saved if saved and saved.corpus_sha256 != analysis.corpus_sha256 else previous


def compare_saved(folders: Sequence[EventFolders], name: str, now: str, *, title: str = "", language: str = "") -> Path:
    """Write the report on what several events have in common, from their saved analyses; return its folder.

    It is called `name` and stands beside the folders of the events; `title` "" is made of theirs. Raises UserMistake
    for fewer than two events, one that has no analysis of this version, and a name that is an event's.
    """
    from pipeline.across.across_files import check_across, render_across  # noqa: PLC0415 - templates: for this only
    from pipeline.across.across_view import build_view  # noqa: PLC0415 - as above
    from pipeline.across.event_series import EventSeries, in_order  # noqa: PLC0415 - as above
    from pipeline.across.follow_ups import compare_events  # noqa: PLC0415 - as above
    from pipeline.translation import report_translation  # noqa: PLC0415 - Babel, as above

    output = _series_folder(folders, name)
    report_translation(language, ())  # a language without a translation is refused before anything is read
    analyses = in_order([_saved_analysis(one) for one in folders])
    curations = [read_curation(one.source / CURATION_FILE) for one in folders]
    secrets = tuple(
        (redaction.sha, redaction.count)
        for curation in curations
        for redaction in curation.redactions
        if redaction.count
    )
    for analysis in analyses:
        names = {f"the title of the event {analysis.event.id}": analysis.event.title}
        names |= {f"the name of group {info.group}": info.group for info in analysis.pads}
        check_names(secrets, names | {f"the name of pad {info.pad_id}": info.pad_id for info in analysis.pads})
    series = EventSeries(analyses=analyses, secrets=secrets, embed=_embed_for(analyses, folders[0].build))
    across = compare_events(series, now)
    translation = report_translation(language, [one for analysis in analyses for one in analysis.segments])
    report = render_across(across, build_view(across, analyses, translation, title), translation)
    check_across(report, across, analyses)
    write_outputs(output, {file: text.encode() for file, text in report.items()})
    return output


def _series_folder(folders: Sequence[EventFolders], name: str) -> Path:
    if len({one.event for one in folders}) < len(folders) or len(folders) < 2:  # noqa: PLR2004 - "across" means two
        raise UserMistake('Name two events or more, each once: make across EVENTS="day1 day2".')
    own = event_folders(folders[0].corpus, folders[0].build, name)
    if own.source.exists() or (own.output / ANALYSIS_FILE).exists():
        raise UserMistake(f"{name} is the name of an event; choose another one for this report: NAME=…")
    return own.output


def _saved_analysis(folders: EventFolders) -> Analysis:
    """Return the saved analysis of an event, under the name of its folder; raises UserMistake if it is damaged."""
    analysis = read_analysis(folders.output)
    groups, pads = {info.group for info in analysis.pads}, {info.pad_id for info in analysis.pads}
    named = {segment.group for segment in analysis.segments} | {one for own in analysis.concerns for one in own.groups}
    if not (named <= groups and pads >= {segment.pad_id for segment in analysis.segments}):
        raise UserMistake(
            f"{folders.output / ANALYSIS_FILE} names groups or pads that it does not have; "
            f"run `make analyze EVENT={folders.event}` again."
        )
    return replace(analysis, event=replace(analysis.event, id=folders.event))


def _embed_for(analyses: Sequence[Analysis], build: Path) -> Embed:
    """Return the encoder that all of the analyses name, or else the bundled one."""
    encoders = {str(analysis.settings.get("encoder", "")) for analysis in analyses}
    if len(encoders) == 1 and (encoder := encoders.pop()):
        return load_custom_encoder(encoder)
    return BundledModels(build / CACHE_FILE).embed


def curate_event(folders: EventFolders, port: int, run: Run, echo: Callable[[str], None], *, browser: bool) -> None:
    """Serve the curation page of an event until it is interrupted; every decision is saved in its curation.toml."""
    from pipeline.web import CurationSession, serve  # noqa: PLC0415 - Flask, which analysis and report do not need

    event = read_corpus(folders.source).event
    settings = from_event(event.settings, folders.event)
    stages = stages_for(settings, os.environ, run.models(folders), run.jobs)

    def find(curation: Curation) -> Draft:
        reading = read_reading(folders.source / READING_FILE)
        corpus = read_corpus(folders.source)  # the groups, prompts and title that the page has changed
        return draft_event(corpus, settings, stages, log=run.log, curation=curation, reading=reading)

    session = CurationSession(folders.source, find)
    serve(session, event, port, echo, browser=browser)


def stages_for(
    settings: Settings, environ: Mapping[str, str], models: BundledModels, jobs: int | None = None
) -> Stages:
    """Return the stages that `settings` and `environ` name; raises UserMistake if a user's own model is not usable."""
    embed = load_custom_encoder(settings.encoder) if settings.encoder else models.embed
    return Stages(
        embed=embed,
        tagger=tagger_for(settings, environ, models),
        clusterer=AverageLinkage(settings, jobs or available_cores()),
        describer=Describer(embed),
        begin=partial(_begin_reading, settings, environ, models),
    )


def _begin_reading(
    settings: Settings, environ: Mapping[str, str], models: BundledModels, segments: Sequence[Segment]
) -> None:
    """Have `models` begin with the lines of an event, names first, for they are needed first."""
    for_names: list[str] = []
    if not _spacy_model(settings, environ):
        for_names = [align(mask_unreadable(segment.text)).text for segment in segments]
    for_meaning: list[str] = []
    if not settings.encoder:
        content = [segment for segment in segments if segment.role is LineRole.CONTENT]
        lines = {line for text in texts_in_context(content) for line in text.split("\n")}
        for_meaning = sorted(map(strip_markup, lines))
    models.begin([line for line in for_names if prefilter(line)], for_meaning)
    import_module("pipeline.tag.name_finding")  # spaCy, while the lines are read and the classifier of languages loads


def uses_own_model(event: Event, environ: Mapping[str, str]) -> bool:
    """Return whether a model of the user's own, in place of a bundled one, reads the event."""
    settings = from_event(event.settings, event.id)
    return bool(settings.encoder or _spacy_model(settings, environ))


def _spacy_model(settings: Settings, environ: Mapping[str, str]) -> str:
    return environ.get(SPACY_MODEL_VARIABLE) or settings.spacy_model


def tagger_for(settings: Settings, environ: Mapping[str, str], models: BundledModels) -> Tagger:
    """Return the tagger that `environ` or else `settings` names, or the bundled one; raises UserMistake as above."""
    if name := _spacy_model(settings, environ):
        setting = f"{SPACY_MODEL_VARIABLE}={name}" if environ.get(SPACY_MODEL_VARIABLE) else f'spacy_model = "{name}"'
        from pipeline.tag.spacy_adapter import load  # noqa: PLC0415 - spaCy is slow to import

        return load(name, setting)
    meta = json.loads((MODEL.parent / "meta.json").read_text(encoding="utf-8"))

    def spot(texts: Sequence[str]) -> list[list[Name]]:
        aligned = [align(text) for text in texts]
        predicted = models.predict_names([line.text for line in aligned])
        names = [list(map(line.to_source, found)) for line, found in zip(aligned, predicted, strict=True)]
        return postfilter(texts, names)

    return Tagger(f"{meta['name']} {meta['version']}", spot, languages=frozenset({"en"}))


def _read_since(path: Path, event: str) -> Analysis:
    """Return the analysis that the user names; raises UserMistake if it is none, or one of another event."""
    try:
        analysis = from_json(read_plain(path, inside=None))
    except OSError as error:
        raise UserMistake(f"{path} cannot be read: {describe_os_error(error)}; name an analysis.json.") from error
    except ValueError as error:
        raise UserMistake(f"{path} is not an analysis of this version; name an analysis.json.") from error
    if analysis.event.id != event:
        raise UserMistake(f"{path} is an analysis of the event {analysis.event.id}, not of {event}.")
    return analysis
