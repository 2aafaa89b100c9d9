"""From lines and known prompts to the lines that ask the same in a few more or other letters."""

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.segment.near import alike
from pipeline.segment.rows import Row
from pipeline.segment.words import normal, plain

_NUMBER = re.compile(r"\d+")
_ASIDE = re.compile(r"[(\[][^()\[\]]{1,80}[)\]]$")
_PREFIX = 3  # words; a heading that begins like a shorter prompt may be another


def named(texts: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    """The normal forms of the lines that event.toml's prompts name, small edits allowed, with its wording."""
    known = {normal(plain(name)): name.strip() for name in names if normal(name)}
    found = dict(known)
    for text in dict.fromkeys(map(normal, texts)):
        for key, name in known.items():
            if alike(key, text) and digits(key) == digits(text):
                found.setdefault(text, name)
    return found


def extended(row: Row, text: str, wording: Mapping[str, str]) -> str | None:
    """The prompt that a line is but for a bracket behind it, or that a heading begins with ("What now? / Was nun?")."""
    bare = _ASIDE.sub("", text.rstrip())
    if bare != text and normal(bare) in wording:
        return wording[normal(bare)]
    parts = normal(text).split() if row.rank else []
    starts = (" ".join(parts[:count]) for count in range(len(parts) - 1, _PREFIX - 1, -1))
    return next((wording[start] for start in starts if start in wording), None)


def digits(text: str) -> tuple[str, ...]:
    """The numbers in a text: "Goal 1" and "Goal 2" are two prompts."""
    return tuple(_NUMBER.findall(text))
