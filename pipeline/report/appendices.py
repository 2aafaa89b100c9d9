"""What became of the facilitator's decisions, in plain sentences."""

from collections.abc import Iterator

from pipeline.analysis_records import Analysis, Orphan
from pipeline.report.words import count, listed, strings

_WORDS_decided = strings("curation")


def decided(analysis: Analysis) -> tuple[str, tuple[str, ...]]:
    """What the report says about all decisions together, "" where there are none, and about each that has no place."""
    outcome = analysis.curation
    if not outcome.decisions:
        return "", ()
    applied = _WORDS_decided["applied" if outcome.applied == 1 else "applied_many"]
    sentences = [f"{count(outcome.applied, 'decision')} {applied}", *_hidden(analysis)]
    if outcome.followed:
        sentences.append(f"{len(outcome.followed):,} {_WORDS_decided['followed']}")
    if outcome.orphans:
        sentences.append(f"{len(outcome.orphans):,} {_WORDS_decided['lost']}")
    return " ".join(sentences), tuple(_lost(orphan, analysis) for orphan in outcome.orphans)


def _hidden(analysis: Analysis) -> Iterator[str]:
    outcome = analysis.curation
    hidden = [
        count(number, noun)
        for number, noun in ((outcome.hidden_concerns, "concern"), (outcome.hidden_quotes, "quote"))
        if number
    ]
    if hidden:
        yield f"{_WORDS_decided['hidden']} {listed(tuple(hidden))}."
    if outcome.redacted:
        yield f"{_WORDS_decided['redacted']} {count(outcome.redacted, 'place')}."


def _lost(orphan: Orphan, analysis: Analysis) -> str:
    """Decision 7 (hiding a quote on line 4 of pad water): its words stand in no pad; near is line 5 of pad water."""
    places = {segment.id: f"line {segment.line} of pad {segment.pad_id}" for segment in analysis.segments}
    near = listed(tuple(places[one] for one in orphan.near if one in places)) if orphan.near else ""
    return f"Decision {orphan.decision} ({orphan.what}): {orphan.why}{f'; near is {near}' if near else ''}."
