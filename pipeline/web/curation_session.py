"""The event while its facilitator decides about it: found once, and curated as the file says at every request.

    curation.toml ──► decisions ──► CuratedEvent ──► pages
          ▲                                            │
          └─────────── add, remove ◄── a form ─────────┘

The file is the only memory. It may be edited by hand, and in another tab, while the page is open: each request reads it
again, and a change is refused if it was made on a page that showed another version of the file. The same holds for
event.toml and introduction.md, which the facilitator may edit here too (event_files.py).
"""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fetch.corpus import INTRODUCTION_FILE
from pipeline.analysis_records import Analysis
from pipeline.analyze import Draft, curate, finish
from pipeline.curation.apply_decisions import CuratedAnalysis
from pipeline.curation.decision_file import CURATION_FILE, add, parse, read_text, remove
from pipeline.curation.decisions import Curation, Decision, Redact
from pipeline.curation.redaction import check_names
from pipeline.segment_records import SegmentId
from pipeline.web.event_files import EVENT_FILE, NAMES, Edit, EventFiles

Find = Callable[[Curation], Draft]
"""Finds what is in the event without what a curation redacts: the slow part, up to vectors and concerns."""

_MOST_KEPT = 3
"""Drafts that are kept: those after and before the last redaction or edit of event.toml, and one from before that."""


class OutdatedPageError(Exception):
    """The decisions have changed since the page was loaded that wants to change them."""


class RefusedFormError(Exception):
    """A form that cannot become a decision or an edit; `message` says why, to be translated, with `values`."""

    def __init__(self, message: str, **values: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CuratedEvent:
    """The event as decided: `version` is the hash of the decisions' file, `versions` has those of the event's files.

    `edits` are steps that changed the latter.
    """

    version: str
    versions: Mapping[str, str]
    introduction: str
    edits: tuple[Edit, ...]
    curation: Curation
    draft: Draft
    curated: CuratedAnalysis
    analysis: Analysis


class CurationSession:
    """Reads and changes the decisions about one event; requests of several threads are handled one after the other."""

    def __init__(self, folder: Path, find: Find) -> None:
        """`folder` is the event's in corpus/."""
        self.path = folder / CURATION_FILE
        self.files = EventFiles(folder)
        self.skipped: frozenset[SegmentId] = frozenset()
        self._find = find
        self._drafts: dict[tuple[str, tuple[tuple[int, Redact], ...]], Draft] = {}
        self._event: CuratedEvent | None = None
        self._lock = threading.RLock()

    def event(self) -> CuratedEvent:
        """Return the event as the files say now; raises UserMistake if one cannot be read or is wrong."""
        with self._lock:
            text = read_text(self.path)
            version = hashlib.sha256(text.encode()).hexdigest()[:16]
            versions = {name: self.files.version(name) for name in NAMES}
            event = self._event
            same = event and (event.version, event.versions, event.edits) == (version, versions, self.files.edits)
            if not event or not same:
                self._event = event = self._curated(version, versions, parse(text, self.path))
            return event

    def decide(self, make: Callable[[CuratedEvent], Decision], version: str) -> CuratedEvent:
        """Add the decision that `make` makes of the event, if this is its `version`, and return the new event.

        Raises OutdatedPageError, UserMistake, or what `make` raises, and then changes nothing.
        """
        with self._lock:
            self._check_version(version)
            number = add(self.path, make(self.event()))
            try:
                return self.event()
            except Exception:  # for example, the redaction of a group's name
                remove(self.path, number)
                raise

    def take_back(self, number: int, version: str) -> CuratedEvent:
        """Remove the decision with this number, from 1, and return the new event; raises as `decide` does."""
        with self._lock:
            self._check_version(version)
            remove(self.path, number)
            self.files.forget_decision(number)
            return self.event()

    def edit(self, name: str, make: Callable[[str], str], version: str, words: str) -> CuratedEvent:
        """Edit a file of the event, as `EventFiles.change` does, and return the new event; raises as `decide` does."""
        with self._lock:
            decisions = len(self.event().curation.decisions)
            if self.files.change(name, make, version, words):
                self.files.remember(decisions)
                try:
                    self._check_introduction(self.event())
                except Exception:  # for example, it has redacted words
                    self.files.take_back()
                    raise
            return self.event()

    def take_back_edit(self, number: int) -> CuratedEvent:
        """Take the last edit back, which must be the one with this number, from 1, and return the new event.

        Raises OutdatedPageError, OutdatedFileError or UserMistake.
        """
        with self._lock:
            if not 0 < number == len(self.files.edits):
                raise OutdatedPageError
            self.files.take_back()
            return self.event()

    def skip(self, quote: str) -> None:
        """Ask no more about this quote as long as the page is served."""
        with self._lock:
            self.skipped |= {SegmentId(quote)}

    def _check_version(self, version: str) -> None:
        if self.event().version != version:
            raise OutdatedPageError

    def _check_introduction(self, event: CuratedEvent) -> None:
        check_names(event.draft.found.redacted.secrets, {INTRODUCTION_FILE: event.introduction})

    def _curated(self, version: str, versions: Mapping[str, str], curation: Curation) -> CuratedEvent:
        numbered = enumerate(curation.decisions)  # a draft says by number which redactions could not be applied
        redactions = tuple((number, decision) for number, decision in numbered if isinstance(decision, Redact))
        key = (versions[EVENT_FILE], redactions)
        draft = self._drafts.pop(key) if key in self._drafts else self._find(curation)
        self._drafts[key] = draft
        while len(self._drafts) > _MOST_KEPT:
            self._drafts.pop(next(iter(self._drafts)))
        curated = curate(curation, draft)
        return CuratedEvent(
            version=version,
            versions=versions,
            introduction=self.files.text(INTRODUCTION_FILE),
            edits=self.files.edits,
            curation=curation,
            draft=draft,
            curated=curated,
            analysis=finish(draft, curated, now=""),
        )
