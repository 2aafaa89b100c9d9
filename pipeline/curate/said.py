"""Decisions in plain words for the page, which may repeat quotes: it is seen by the facilitator only."""

from pipeline.curation import Anchor, ConcernRef, Decision
from pipeline.curation.records import (
    Belongs,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    NotSame,
    Redact,
    Rename,
    Same,
    Split,
)
from pipeline.curation.results import Secrets
from pipeline.curation.secrets import without

SHOWN = 70
"""Characters of a quote that a sentence repeats."""


def sentence(decision: Decision, secrets: Secrets) -> str:
    """What was decided, without words that are redacted."""
    return without(_said(decision), secrets)


def _said(decision: Decision) -> str:  # noqa: C901, PLR0911 - one sentence for each kind of decision
    match decision:
        case Rename():
            return f"{_concern(decision.concern)} is called “{decision.name}”."
        case Merge():
            return f"{' and '.join(map(_concern, decision.concerns))} are one concern, “{decision.name}”."
        case Split():
            return f"{_quotes(decision.quotes)} of {_concern(decision.concern)} became “{decision.name}”."
        case New():
            return f"New concern “{decision.name}”{f' with {_quotes(decision.quotes)}' if decision.quotes else ''}."
        case Belongs():
            return f"{_quote(decision.quote)} belongs to {_concern(decision.concern)}."
        case NotHere():
            place = _concern(decision.concern) if decision.concern else "any concern"
            return f"{_quote(decision.quote)} does not belong to {place}."
        case NotAConcern():
            return f"{_concern(decision.concern)} is not a concern."
        case HideQuote():
            return f"{_quote(decision.quote)} is hidden."
        case HideConcern():
            return f"{_concern(decision.concern)} is hidden, with its quotes."
        case Redact():
            words = f"{decision.count} word{'' if decision.count == 1 else 's'}"
            return f"{_quote(decision.quote) if decision.quote else words} redacted wherever it is said."
        case Same() | NotSame():
            names = " and ".join(f"“{name}”" for name in decision.names)
            return f"{names} are {'' if isinstance(decision, Same) else 'not '}the same."


def _concern(ref: ConcernRef) -> str:
    return f"“{ref.name}”"


def _quotes(quotes: tuple[Anchor, ...]) -> str:
    return f"{len(quotes)} quote{'' if len(quotes) == 1 else 's'}"


def _quote(anchor: Anchor) -> str:
    if anchor.text is not None:
        return f"“{anchor.text if len(anchor.text) <= SHOWN else anchor.text[: SHOWN - 1] + '…'}”"
    line = f" on line {anchor.line}" if anchor.line else ""
    return f"The quote{line} of pad {anchor.pad}" if anchor.pad else "A quote"
