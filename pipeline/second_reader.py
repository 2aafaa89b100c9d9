"""Compose `make read`: an event's lines, the user's consent, a language model or files to paste, reading.json.

    corpus/<event> ──► draft and decisions ──► lines ──► consent ──► prompts and answers ──► corpus/<event>/reading.json

Redacted words, hidden quotes and withheld pads are not among the lines, so they cannot be sent.
"""

import datetime as dt
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetch.corpus import read_corpus
from fetch.errors import UserMistake
from pipeline.analysis_records import Label, LineRole
from pipeline.analyze import Draft, curate, draft_event
from pipeline.app import EventFolders, stages_for
from pipeline.curation.apply_decisions import CuratedAnalysis
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.reading.chat_server import ChatLimits, ChatServer
from pipeline.reading.numbered_lines import PersonNames, numbered_lines
from pipeline.reading.passes import EventLines, Passes
from pipeline.reading.paste_files import PasteFiles
from pipeline.reading.prompts import PromptWriter
from pipeline.reading.reading_file import READING_FILE, read_reading, write_reading
from pipeline.reading.reading_placement import new_reading, place_reading, without_edited
from pipeline.reading.reading_records import Reading
from pipeline.reading.reading_run import ReadingRun, left_out
from pipeline.reading.reading_settings import KEY_VARIABLE, ReadingSettings, reading_settings
from pipeline.settings import from_event

PROMPTS = "reading"
"""The folder of prompts and answers in the event's folder in build/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What the user sees and says: lines, progress of a task, and whether lines may be sent."""

    report: Callable[[str], None]
    progress: Callable[[str, int, int], None]
    consent: Callable[[], bool]


def read_event(folders: EventFolders, now: dt.datetime, dialogue: Dialogue) -> bool:
    """Have a language model read what is not read yet of an event; return whether all is read.

    What it says is kept in the event's reading.json as it comes. Raises UserMistake if the user does not consent, and
    ChatFailure if the server does not answer.
    """
    corpus = read_corpus(folders.source)
    curation = read_curation(folders.source / CURATION_FILE)
    reads = reading_settings(corpus.event.reading, os.environ, folders.event)
    stages = stages_for(
        from_event(corpus.event.settings, folders.event), os.environ, BundledModels(folders.build / CACHE_FILE)
    )
    path = folders.source / READING_FILE
    stored = read_reading(path)
    draft = draft_event(corpus, from_event(corpus.event.settings, folders.event), stages, log=dialogue.report, curation=curation, reading=stored)
    curated = curate(curation, draft)
    reading = _current(stored, draft, curated)
    passes = Passes(_event_lines(curated, reads), PromptWriter(context_tokens=reads.context_tokens), reads.passes)
    if not passes.event.lines:
        raise UserMistake(f"{folders.source}: its pads have no lines to read.")
    if not passes.requests(reading):
        dialogue.report(f"All {len(passes.event.lines)} lines are read; {path} has what was said.")
        return True
    for sentence in _notice(passes, reading, draft, curated, reads, len(corpus.withheld)):
        dialogue.report(sentence)
    if reads.url and not reads.is_local and not dialogue.consent():
        raise UserMistake("Nothing was sent. Say --yes (`make read EVENT=… YES=1`) to send it.")
    run = ReadingRun(
        passes=passes,
        save=lambda changed: write_reading(path, changed),
        report=dialogue.report,
        progress=dialogue.progress,
        model=reads.model or "a chat window",
        host=reads.host or None,
        today=now.date(),
    )
    return _run(run, reading, reads, folders, dialogue)


def _current(stored: Reading | None, draft: Draft, curated: CuratedAnalysis) -> Reading:
    if stored is None:
        return new_reading(curated.segments)
    return without_edited(place_reading(stored, curated.segments, draft.found.redacted.written))


def _event_lines(curated: CuratedAnalysis, reads: ReadingSettings) -> EventLines:
    people = None
    if not (reads.send_names or reads.is_local):
        people = PersonNames(curated.entities, curated.segments)
    return EventLines(numbered_lines(curated.segments, people), curated.segments, people)


def _notice(
    passes: Passes, reading: Reading, draft: Draft, curated: CuratedAnalysis, reads: ReadingSettings, withheld: int
) -> list[str]:
    """Return sentences on what will be sent where, and what will not."""
    lines, tokens = len(passes.event.lines), passes.tokens_to_send(reading)
    where = f"{reads.model} at {reads.host}" if reads.url else "the chat window that you paste it into"
    hidden = sum(segment.role is LineRole.HIDDEN for segment in curated.segments)
    parts = [
        f"{hidden} hidden quotes" if hidden else "",
        f"words redacted in {draft.found.redacted.count} places" if draft.found.redacted.count else "",
        f"{withheld} withheld pads" if withheld else "",
    ]
    kept_back = ", ".join(filter(None, parts)) or "nothing: no quote is hidden, nothing is redacted"
    notice = [
        f"To be read: {lines} lines, about {tokens:,} tokens of prompts, by {where}.",
        f"Left out: {kept_back}.",
    ]
    if passes.event.people:
        names = sum(entity.label is Label.PERSON for entity in curated.entities)
        notice.append(f"Names: {names} persons that Padharvest recognises go as “Person 1” and so on; others stay.")
    return notice


def _run(run: ReadingRun, reading: Reading, reads: ReadingSettings, folders: EventFolders, dialogue: Dialogue) -> bool:
    """Run until all is read or something is missing, and tell what was done, whatever ended it."""
    started = time.monotonic()
    waiting: Sequence[Path] = ()
    try:
        if reads.url:
            limits = ChatLimits(total=reads.seconds)
            key = os.environ.get(KEY_VARIABLE, "")
            server = ChatServer(reads.url, reads.model, key, limits=limits, sleep=time.sleep, report=dialogue.report)
            reading = run.with_server(reading, server)
        else:
            reading, waiting = run.with_files(reading, PasteFiles(folders.output / PROMPTS))
    finally:
        reading = read_reading(folders.source / READING_FILE) or reading
        for sentence in _tally(run, reading, time.monotonic() - started):
            dialogue.report(sentence)
    for path in waiting:
        dialogue.report(f"Paste {path} into a new chat, and save the answer as {path.name.replace('prompt', 'answer')}.")
    if waiting:
        dialogue.report(f"Then run this again: make read EVENT={folders.event}")
    return not waiting


def _tally(run: ReadingRun, reading: Reading, seconds: float) -> list[str]:
    tally = run.tally
    read = sum(line.codes is not None or line.facts is not None for line in reading.lines)
    return [
        *left_out(reading),
        f"Read: {read} of {len(run.passes.event.lines)} lines, {len(reading.codebook)} concerns; {tally.answers} answers "
        f"in this run, {tally.again} of them not complete; about {tally.tokens_in:,} tokens sent and "
        f"{tally.tokens_out:,} received in {seconds:.0f} s.",
    ]
