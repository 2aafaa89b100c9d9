"""The event on the desk: what was found in it, read once, and the decisions in curation.toml, read at every step.

The file is the only memory. It may be edited by hand, and by another tab, while the page is open: each request reads it
again, and a change is refused if it was decided upon by somebody who saw another version of it.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.active_learning import Learner
from pipeline.active_learning.line_suggestions import State as Learned
from pipeline.active_learning.next_question import Question
from pipeline.analysis_records import SegmentId
from pipeline.analyze import Draft, curate
from pipeline.curation import Curated, Curation, Decision, Found, Redact, add, remove
from pipeline.curation.decision_file import parse, text_of

Find = Callable[[Curation], Draft]
"""What is found in the event without what a curation redacts: the slow part, up to vectors and concerns."""

_KEPT = 2
"""Findings that are kept: those with the last redaction, and those without it if it is taken back."""


class StaleError(Exception):
    """The decisions changed since the page was loaded that now wants to change them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """The event as decided: `version` is the hash of the file's text."""

    version: str
    curation: Curation
    found: Found
    draft: Draft
    curated: Curated

    def ask(self, skipped: frozenset[SegmentId]) -> tuple[Learned, Question | None]:
        """What to ask next, but for quotes that were skipped, and what its numbers are about."""
        draft, decided = self.draft, self.curated.decided
        learner = Learner(
            offered=draft.encoded.segments, vectors=draft.encoded.vectors, name_vectors=draft.encoded.encode_names
        )
        return learner.ask(replace(decided, hidden=decided.hidden | skipped))


class Desk:
    """The event of one folder; several threads may ask for its state and change it, one after the other."""

    def __init__(self, path: Path, find: Find) -> None:
        """`path` is the event's curation.toml."""
        self.path = path
        self.skipped: frozenset[SegmentId] = frozenset()
        self._find = find
        self._found: dict[tuple[Redact, ...], Draft] = {}
        self._state: State | None = None
        self._lock = threading.RLock()

    def state(self) -> State:
        """The event as the file says now; raises UserMistake where it cannot be read or has a mistake in it."""
        with self._lock:
            text = text_of(self.path)
            version = hashlib.sha256(text.encode()).hexdigest()[:16]
            if self._state is None or self._state.version != version:
                self._state = self._applied(version, parse(text, self.path))
            return self._state

    def decide(self, make: Callable[[State], Decision], version: str) -> State:
        """The state with one more decision, that `make` takes in view of the state whose version this is.

        Raises StaleError, or UserMistake, or what `make` raises, and then nothing was written.
        """
        with self._lock:
            self._check(version)
            add(self.path, make(self.state()))
            return self._kept_if_applied()

    def take_back(self, number: int, version: str) -> State:
        """The state without the decision with this number, from 1; raises as `decide` does."""
        with self._lock:
            self._check(version)
            remove(self.path, number)
            return self.state()

    def skip(self, quote: str) -> None:
        """Do not ask about this quote any more, until the page is served anew."""
        with self._lock:
            self.skipped |= {SegmentId(quote)}

    def _check(self, version: str) -> None:
        if self.state().version != version:
            raise StaleError

    def _kept_if_applied(self) -> State:
        """The new state; a decision that cannot be applied (a redaction of a group's name) is taken out again."""
        try:
            return self.state()
        except Exception:
            remove(self.path, len(parse(text_of(self.path), self.path).decisions))
            raise

    def _applied(self, version: str, curation: Curation) -> State:
        redactions = tuple(one for one in curation.decisions if isinstance(one, Redact))
        draft = self._found.pop(redactions) if redactions in self._found else self._find(curation)
        self._found[redactions] = draft
        while len(self._found) > _KEPT:
            self._found.pop(next(iter(self._found)))
        curated = curate(curation, draft)
        return State(version=version, curation=curation, found=draft.found, draft=draft, curated=curated)
