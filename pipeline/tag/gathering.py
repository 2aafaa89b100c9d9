"""The event's own title, which its notes name more than any other event."""

import re

from fetch.records import KnownName
from pipeline.records import Label
from pipeline.tag.lexicon import common_words

_WORD = re.compile(r"\w+")


def titled(title: str) -> tuple[KnownName, ...]:
    """The title of an event as a name of it; none where a single everyday word is the title ("Spring")."""
    words = _WORD.findall(title)
    if not words or (len(words) == 1 and words[0].casefold() in common_words()):
        return ()
    return (KnownName(name=" ".join(title.split()), label=Label.EVENT.value),)
