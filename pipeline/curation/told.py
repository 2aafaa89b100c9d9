"""Decisions in plain words, for the report and the command line; never the words of a quote.

What a quote said when it was decided about may stand in no pad any more, and then no report may tell it.
"""

from pipeline.curation.records import (
    Anchor,
    Belongs,
    Decision,
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


def what(decision: Decision) -> str:  # noqa: C901, PLR0911 - one sentence for each kind of decision
    """The decision in a few words."""
    match decision:
        case Rename():
            return f"calling a concern “{decision.name}”"
        case Merge():
            return f"merging concerns into “{decision.name}”"
        case Split():
            return f"splitting off “{decision.name}”"
        case New():
            return f"the concern “{decision.name}”"
        case Belongs():
            return f"where {where(decision.quote)} belongs"
        case NotHere():
            return f"where {where(decision.quote)} does not belong"
        case NotAConcern():
            return "that something is not a concern"
        case HideQuote():
            return f"hiding {where(decision.quote)}"
        case HideConcern():
            return "hiding a concern"
        case Redact():
            return f"redacting {where(decision.quote) if decision.quote else 'words'}"
        case Same():
            return f"that {_listed(decision.names)} are the same"
        case NotSame():
            return f"that {_listed(decision.names)} are not the same"


def where(anchor: Anchor) -> str:
    """A quote by its place."""
    line = f" on line {anchor.line}" if anchor.line else ""
    return f"a quote{line} of pad {anchor.pad}" if anchor.pad else "a quote"


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"“{name}”" for name in names)
