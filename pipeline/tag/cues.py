"""Cues in a line of notes: phrases of data/kinds.toml, compiled per language."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "kinds.toml"
_LEFT, _RIGHT = r"(?:(?<!\w)|(?!\w))", r"(?:(?!\w)|(?<!\w))"
"""Word edges that hold beside signs too, where `\\b` would ask for a word."""

_CODE = 2
"""Letters of a language code in ISO 639-1."""

_FIELDS = ("at", "of")
_SHAPES = {
    "start": "^(?:{})" + _RIGHT,
    "end": _LEFT + r"(?:{})\s*$",
    "whole": "^(?:{})$",
    "anywhere": _LEFT + "(?:{})" + _RIGHT,
}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands above a line: its heading path with the prompt, the nearest of these, the bullet it hangs under."""

    heading: str = ""
    nearest: str = ""
    parent: str = ""


def heard(text: str, around: Around, language: str) -> frozenset[str]:
    """A line's core text and what stands above it to the names of the cues heard in them."""
    read = {"text": text, "heading": around.heading, "nearest": around.nearest, "parent": around.parent}
    return frozenset(name for name, of, pattern in _cues(language) if read[of] and pattern.search(read[of]))


def says(cue: str, text: str, language: str) -> bool:
    """Whether one cue is heard in a text."""
    return any(name == cue and pattern.search(text) for name, _, pattern in _cues(language))


def _is_spoken(key: str, code: str, *, above: bool) -> bool:
    return key in ("any", code) or (above and len(key) == _CODE and key not in _FIELDS)


@cache
def _cues(language: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Name, what it is heard in, and pattern of each cue; English ones where a language has none of its own."""
    cues = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    spoken = {key for cue in cues.values() for key in cue if len(key) == _CODE}
    code = language if language in spoken else "en"
    compiled = []
    for name, cue in cues.items():
        above = "of" in cue  # a template is often in another language than the notes under it
        phrases = [phrase for key, listed in cue.items() if _is_spoken(key, code, above=above) for phrase in listed]
        if phrases:
            pattern = _SHAPES[cue.get("at", "anywhere")].format("|".join(phrases))
            compiled.append((name, cue.get("of", "text"), re.compile(pattern, re.IGNORECASE)))
    return tuple(compiled)
