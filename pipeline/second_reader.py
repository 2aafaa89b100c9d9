"""Compose `make read`: an event's lines, the user's consent, a language model or files to paste, reading.json.

    corpus/<event> ──► draft and decisions ──► lines ──► consent ──► prompts and answers ──► corpus/<event>/reading.json

Redacted words, hidden quotes and withheld pads are not among the lines, so they cannot be sent.
"""

import datetime as dt
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fetch.corpus import read_corpus
from fetch.errors import UserMistake
from pipeline.analyze import curate, draft_event
from pipeline.app import stages_for
from pipeline.curation.apply_decisions import CuratedAnalysis
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.curation.redaction import Redacted, secret_spans, without_secrets
from pipeline.inference import CACHE_FILE, BundledModels
from pipeline.publishing import EventFolders, event_folders, read_if_any
from pipeline.reading.chat_protocol import KEY_VARIABLE
from pipeline.reading.chat_server import ChatLimits, ChatServer
from pipeline.reading.numbered_lines import PersonNames, numbered_lines
from pipeline.reading.passes import EventLines, Passes
from pipeline.reading.paste_files import PasteFiles
from pipeline.reading.prompts import PromptWriter
from pipeline.reading.reading_file import READING_FILE, read_reading, write_reading
from pipeline.reading.reading_placement import new_reading, place_reading, with_codebook, without_edited
from pipeline.reading.reading_records import Reading
from pipeline.reading.reading_run import ReadingRun, tally_sentences
from pipeline.reading.reading_settings import ReadingSettings, reading_settings
from pipeline.segment_records import REDACTED, Label, LineRole
from pipeline.serialization import ANALYSIS_FILE
from pipeline.settings import CHAT_WINDOW, from_event
from pipeline.tag import Tagger

PROMPTS = "reading"
"""The folder of prompts and answers in the event's folder in build/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What the user sees and says: lines, progress of a task, and whether lines may be sent."""

    report: Callable[[str], None]
    progress: Callable[[str, int, int], None]
    consent: Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An event before it is read: what is in its pads, as decided, and what was read of it before."""

    settings: ReadingSettings
    curated: CuratedAnalysis
    redacted: Redacted
    withheld: int
    stored: Reading | None
    tagger: Tagger

    def reading(self) -> Reading:
        """Return what was read before, on the lines as they are now; what has changed is not read."""
        segments = self.curated.segments
        if self.stored is None:
            return new_reading(segments)
        mask = partial(without_secrets, secrets=self.redacted.secrets)
        return without_edited(place_reading(self.stored, segments, self.redacted.written, mask))

    def passes(self) -> Passes:
        """Return what is to be asked about the event's lines."""
        people = None
        if not (self.settings.send_names or self.settings.is_local):
            people = PersonNames(self.curated.entities, self.curated.segments)
        lines = numbered_lines(self.curated.segments, people)
        hide = people.hide_everywhere if people else str
        writer = PromptWriter(context_tokens=self.settings.context, hide=hide)
        return Passes(EventLines(lines, self.curated.segments, people), writer, self.settings.passes)

    def notice(self, passes: Passes, reading: Reading) -> list[str]:
        """Return sentences on what will be sent where, and what will not."""
        settings, tokens = self.settings, passes.tokens_to_send(reading)
        where = f"{settings.model} at {settings.host}" if settings.url else "the chat window that you paste them into"
        hidden = sum(segment.role is LineRole.HIDDEN for segment in self.curated.segments)
        left_out = {"hidden quotes": hidden, "redacted places": self.redacted.count, "withheld pads": self.withheld}
        notice = [
            f"To be read: {len(passes.event.lines)} lines, in prompts of about {tokens:,} tokens, by {where}.",
            f"Left out: {', '.join(f'{count} {what}' for what, count in left_out.items())}.",
        ]
        if settings.url.startswith("http://") and not settings.is_local:
            notice.append("Its address begins with http://, so lines and key travel unencrypted; use https if it can.")
        if passes.event.people:
            people = sum(entity.label is Label.PERSON for entity in self.curated.entities)
            notice.append(f"The names of {people} persons that Padharvest recognises go as “Person 1” and so on.")
        return notice


def read_event(folders: EventFolders, now: dt.datetime, dialogue: Dialogue, codebook: str | None = None) -> bool:
    """Have a language model read what is not read yet of an event; return whether all is read.

    What it says is kept in the event's reading.json as it comes. The reading begins with the concerns of the event
    `codebook`, if one is given. Raises UserMistake if the user does not consent, or if the reading cannot begin so, and
    ChatFailure if the server does not answer.
    """
    path = folders.source / READING_FILE
    found = _find(folders, dialogue)
    passes, reading, settings = found.passes(), found.reading(), found.settings
    if codebook and reading.codebook_from != codebook:
        reading = _begun_with(codebook, reading, found, folders, dialogue)
        write_reading(path, reading)
    if not passes.event.lines:
        raise UserMistake(f"{folders.source}: its pads have no lines to read.")
    if not passes.requests(reading):
        if reading != found.stored:  # lines have moved, or words were redacted
            write_reading(path, reading)
        dialogue.report(f"All {len(passes.event.lines)} lines are read; {path} has what was said.")
        return True
    for sentence in found.notice(passes, reading):
        dialogue.report(sentence)
    if settings.url and not settings.is_local and not dialogue.consent():
        raise UserMistake(f"Nothing was sent. To send it without being asked: make read EVENT={folders.event} YES=1")
    run = ReadingRun(
        passes=passes,
        save=lambda changed: write_reading(path, changed),
        report=dialogue.report,
        progress=dialogue.progress,
        model=settings.model or CHAT_WINDOW,
        host=settings.host or None,
        today=now.date(),
    )
    waiting = _run(run, reading, settings, folders)
    for prompt in waiting:
        answer = prompt.name.replace("prompt", "answer")
        dialogue.report(f"Paste {prompt} into a new chat, and save the answer beside it as {answer}.")
    if waiting:
        dialogue.report(f"Then run this again: make read EVENT={folders.event}")
    return not waiting


def _begun_with(event: str, reading: Reading, found: Found, folders: EventFolders, dialogue: Dialogue) -> Reading:
    """Return a reading with the concerns of another event to begin with; raises UserMistake if that is impossible."""
    if reading.codebook or reading.drafts or any(line.listed for line in reading.lines):
        raise UserMistake(
            f"{folders.source / READING_FILE} has concerns of its own already, so it cannot begin with those of "
            f"{event}; delete the file to read {folders.event} anew."
        )
    other = event_folders(folders.corpus, folders.build, event)
    path = other.source / READING_FILE
    theirs = read_reading(path)
    if theirs is None or not theirs.codebook:
        raise UserMistake(f"{path} has no list of concerns to begin with; run `make read EVENT={event}` first.")
    raised = {code for line in theirs.lines for code in (*line.first, *(line.codes or ()))}
    names = [code.name for code in theirs.codebook if code.id in raised]
    kept = _names_to_take_over(names, other, found)
    dialogue.report(f"The reading begins with {len(kept)} concerns of {event}; the model may add others.")
    if left_out := len(names) - len(kept):
        dialogue.report(f"Left out: {left_out} of its concerns, which name a person or have redacted words.")
    return with_codebook(reading, kept, event)


def _names_to_take_over(names: Sequence[str], other: EventFolders, found: Found) -> list[str]:
    """Return those of the `names` of another event's concerns that have no words which one of the two events redacts.

    To another machine no name of a person goes that the tagger recognises or the other event's analysis knows.
    """
    curation = read_curation(other.source / CURATION_FILE)
    redacted = ((one.sha, one.count) for one in curation.redactions if one.count)
    secrets = (*redacted, *found.redacted.secrets)
    kept = [name for name in names if REDACTED not in name and not secret_spans(name, secrets)]
    if found.settings.send_names or found.settings.is_local:
        return kept
    analysis = read_if_any(other.output / ANALYSIS_FILE)
    known = PersonNames(analysis.entities, analysis.segments) if analysis else PersonNames((), ())
    return [
        name
        for name, spotted in zip(kept, found.tagger.spot(kept), strict=True)
        if known.hide_everywhere(name) == name and not any(one.label is Label.PERSON for one in spotted)
    ]


def _find(folders: EventFolders, dialogue: Dialogue) -> Found:
    corpus = read_corpus(folders.source)
    curation = read_curation(folders.source / CURATION_FILE)
    settings = from_event(corpus.event.settings, folders.event)
    reads = reading_settings(corpus.event.reading, os.environ, folders.event)
    stored = read_reading(folders.source / READING_FILE)
    stages = stages_for(settings, os.environ, BundledModels(folders.build / CACHE_FILE))
    draft = draft_event(corpus, settings, stages, log=dialogue.report, curation=curation, reading=stored)
    return Found(
        settings=reads,
        curated=curate(curation, draft),
        redacted=draft.found.redacted,
        withheld=len(corpus.withheld),
        stored=stored,
        tagger=stages.tagger,
    )


def _run(run: ReadingRun, reading: Reading, settings: ReadingSettings, folders: EventFolders) -> list[Path]:
    """Read until all is read or prompts wait for answers, which are returned; say what was done, whatever ended it."""
    started = time.monotonic()
    try:
        if not settings.url:
            return run.with_files(reading, PasteFiles(folders.output / PROMPTS))
        limits = ChatLimits(total=settings.seconds)
        key = os.environ.get(KEY_VARIABLE, "")
        run.with_server(
            reading, ChatServer(settings.url, settings.model, key, limits=limits, sleep=time.sleep, report=run.report)
        )
        return []
    finally:
        reading = read_reading(folders.source / READING_FILE) or reading
        for sentence in tally_sentences(run, reading, time.monotonic() - started):
            run.report(sentence)
