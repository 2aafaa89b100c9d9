"""Which languages of an event the encoder that ships cannot read for meaning: English is all that it knows."""

from collections import Counter
from collections.abc import Sequence

from pipeline.records import LineRole, Segment

_UNDERSTOOD = frozenset({"en", "und"})
"""ISO 639-1; a text in no language that could be determined is a name, a number or a few of either."""

_SEEN = 2
"""Lines in a language before the event counts as written in it too: of 4,700 English notes 5 were taken for another
language, no two of an event for the same one; and a line has nothing to be compared with where no other is in it."""


def by_wording_only(segments: Sequence[Segment], encoder: str) -> frozenset[str]:
    """The languages whose lines are compared by their words alone; none where `encoder`, the user's own, is named.

    `segments` are all of an event's. A user who names an encoder for a multilingual event names one that reads it.
    """
    if encoder:
        return frozenset()
    counts = Counter(one.language for one in segments if one.role is LineRole.CONTENT)
    return frozenset(code for code, count in counts.items() if count >= _SEEN and code not in _UNDERSTOOD)
