"""What readers of a report must know of an event's input: voices that are missing, and a date that cannot be right.

    pads' problems, ledger, languages ──► missing_voices
    event's date, dates in the pads, last edits ──► date_conflicts

Both return codes and numbers; the report says them in words.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase

from fetch.corpus_records import Corpus, Event, Pad
from pipeline.analysis_records import TEMPLATE_ONLY, Account, DateConflict, DateSource, Ledger, MissingVoice, VoiceGap
from pipeline.segment_records import LineRole, Segment
from pipeline.settings import languages_compared_by_wording

MONTH = dt.timedelta(days=31)
"""How far from the event's date other dates are normal: notes are tidied up afterwards, and plans come soon."""

YEAR = dt.timedelta(days=365)
"""How far ahead the dates with a year in notes may be: people write the year of a plan where it is the next one."""

Period = tuple[dt.date, dt.date]
"""The first and the last day that a date stands for."""


def date_conflicts(date: dt.date | None, written: Sequence[Period], pads: Sequence[Pad]) -> tuple[DateConflict, ...]:
    """Return what disagrees with the event's date by more than a month; nothing if it has none.

    `written` are dates with a year in the pads. They disagree if all are more than a month before the event's, or more
    than a year after it: notes speak of last year and plan the next one, but not only. The last edits disagree if more
    than half of those that are known do: somebody may have edited a pad years later.
    """
    if date is None:
        return ()
    exact = [(first, last) for first, last in written if last - first <= MONTH]  # "2018" is near any day of 2018
    edits = [(day, day) for day in map(_edited_on, pads) if day]
    far_edits = [edit for edit in edits if abs(edit[0] - date) > MONTH]
    conflicts = []
    if exact and (max(last for _, last in exact) < date - MONTH or min(exact)[0] > date + YEAR):
        conflicts.append(_conflict(DateSource.WRITTEN, exact, exact))
    if 2 * len(far_edits) > len(edits):
        conflicts.append(_conflict(DateSource.EDITED, far_edits, edits))
    return tuple(conflicts)


def _edited_on(pad: Pad) -> dt.date | None:
    """Return the day of a pad's last edit, or None if it is not known or a damaged manifest does not tell it."""
    with suppress(ValueError):
        return dt.datetime.fromisoformat(pad.edited_at).date() if pad.edited_at else None
    return None


def _conflict(source: DateSource, far: Sequence[Period], known: Sequence[Period]) -> DateConflict:
    first, last = min(first for first, _ in far), max(last for _, last in far)
    return DateConflict(source=source, count=len(far), known=len(known), first=first, last=last)


def missing_voices(
    corpus: Corpus, segments: Sequence[Segment], ledger: Ledger, encoder: str
) -> tuple[MissingVoice, ...]:
    """Return the pads and groups that the report lacks, or understands less well than others, in event.toml's order.

    First those that were not read, then those with nothing of their own, then those whose notes are mostly in a
    language that the encoder (a user's own one, or "") does not understand.
    """
    return (*_not_read(corpus), *_wrote_nothing(corpus.pads, ledger), *_not_understood(corpus.pads, segments, encoder))


def _not_read(corpus: Corpus) -> Iterator[MissingVoice]:
    for problem in (*corpus.problems, *corpus.withheld):
        yield MissingVoice(why=VoiceGap(problem.kind), group=problem.group, pad=problem.name)
    for pattern in unmatched_patterns(corpus.event):
        yield MissingVoice(why=VoiceGap.NO_PAD, group=None, pad=pattern)


def unmatched_patterns(event: Event) -> tuple[str, ...]:
    """Return the names with `*` in event.toml for which it names no pad: none was found yet, or none exists."""
    names = [ref.pad for ref in event.pads if ref.pad]
    return tuple(
        pattern
        for pattern in event.patterns
        if not any(fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]")) for name in names)
    )


def _wrote_nothing(pads: Sequence[Pad], ledger: Ledger) -> Iterator[MissingVoice]:
    for pad in pads:
        accounts = frozenset(ledger.lines[pad.pad_id])
        if accounts <= TEMPLATE_ONLY:
            why = VoiceGap.EMPTY if accounts <= {Account.EMPTY} else VoiceGap.TEMPLATE_ONLY
            yield MissingVoice(why=why, group=pad.group, pad=pad.pad_id)


def _not_understood(pads: Sequence[Pad], segments: Sequence[Segment], encoder: str) -> Iterator[MissingVoice]:
    foreign = languages_compared_by_wording(segments, encoder)
    for pad in pads:
        notes = (segment for segment in segments if segment.pad_id == pad.pad_id and segment.role is LineRole.CONTENT)
        counts = Counter(segment.language for segment in notes)
        languages = tuple(language for language, _ in counts.most_common() if language in foreign)
        if 2 * sum(counts[language] for language in languages) > counts.total():
            yield MissingVoice(why=VoiceGap.OTHER_LANGUAGE, group=pad.group, pad=pad.pad_id, languages=languages)
