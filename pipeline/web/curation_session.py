"""The event while its facilitator decides about it: found once, and curated as the file says at every request.

    curation.toml ──► decisions ──► CuratedEvent ──► pages
          ▲                                            │
          └─────────── add, remove ◄── a form ─────────┘

The file is the only memory. It may be edited by hand, and in another tab, while the page is open: each request reads it
again, and a change is refused if it was made on a page that showed another version of the file.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.analyze import Draft, curate
from pipeline.curation.apply_decisions import CuratedAnalysis
from pipeline.curation.decision_file import add, parse, read_text, remove
from pipeline.curation.decisions import Curation, Decision, Redact
from pipeline.segment_records import SegmentId

Find = Callable[[Curation], Draft]
"""Finds what is in the event without what a curation redacts: the slow part, up to vectors and concerns."""

_MOST_KEPT = 2
"""Drafts that are kept: the one with the last redaction, and the one without it in case it is taken back."""


class OutdatedPageError(Exception):
    """The decisions have changed since the page was loaded that wants to change them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CuratedEvent:
    """The event as decided: `version` is the hash of the file's text."""

    version: str
    curation: Curation
    draft: Draft
    curated: CuratedAnalysis


class CurationSession:
    """Reads and changes the decisions about one event; requests of several threads are handled one after the other."""

    def __init__(self, path: Path, find: Find) -> None:
        """`path` is the event's curation.toml."""
        self.path = path
        self.skipped: frozenset[SegmentId] = frozenset()
        self._find = find
        self._drafts: dict[tuple[tuple[int, Redact], ...], Draft] = {}
        self._event: CuratedEvent | None = None
        self._lock = threading.RLock()

    def event(self) -> CuratedEvent:
        """Return the event as the file says now; raises UserMistake if the file cannot be read or is wrong."""
        with self._lock:
            text = read_text(self.path)
            version = hashlib.sha256(text.encode()).hexdigest()[:16]
            if self._event is None or self._event.version != version:
                self._event = self._curated(version, parse(text, self.path))
            return self._event

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
            return self.event()

    def skip(self, quote: str) -> None:
        """Ask no more about this quote as long as the page is served."""
        with self._lock:
            self.skipped |= {SegmentId(quote)}

    def _check_version(self, version: str) -> None:
        if self.event().version != version:
            raise OutdatedPageError

    def _curated(self, version: str, curation: Curation) -> CuratedEvent:
        numbered = enumerate(curation.decisions)  # a draft says by number which redactions could not be applied
        redactions = tuple((number, decision) for number, decision in numbered if isinstance(decision, Redact))
        draft = self._drafts.pop(redactions) if redactions in self._drafts else self._find(curation)
        self._drafts[redactions] = draft
        while len(self._drafts) > _MOST_KEPT:
            self._drafts.pop(next(iter(self._drafts)))
        curated = curate(curation, draft)
        return CuratedEvent(version=version, curation=curation, draft=draft, curated=curated)
