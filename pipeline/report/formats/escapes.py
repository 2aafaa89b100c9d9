"""What the formats' escapes are made of: control characters spelled out and character references, with their inverses.

Pads are written by anyone. In every format their text must look as it was written and do nothing, and since each quote
is read back out of the finished file, every escape has an exact inverse.
"""

import re

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u2028-\u202e\u2066-\u2069"  # line and paragraph separator, bidi embeddings, overrides and isolates
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff"  # surrogates: no encoding of Unicode may hold them
    f"{_NONCHARACTERS}"
)
"""Characters that a file cannot hold or that act on the text around them, as a character class without brackets.

NUL and lone surrogates cannot be written at all; parsers turn a carriage return into a newline; U+2028 ends a line in
some programs; an unclosed bidi override reorders whatever follows it (CVE-2021-42574, "Trojan Source").
"""

_CONTROL = re.compile(f"[{CONTROLS}⟦]")
_SPELLED_OUT = re.compile("⟦U\\+([0-9A-F]{4,6})⟧")
_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_CHARACTERS = {reference: character for character, reference in _NAMED.items()}
_REFERENCE = re.compile("&(?:lt|gt|amp|#([0-9]{1,7}));")


def spell_out_controls(text: str) -> str:
    """Return `text` with `⟦U+202E⟧` for a control character; `⟦` itself is spelled out too, to be unambiguous."""
    return _CONTROL.sub(lambda match: f"⟦{code_point(match[0])}⟧", text)


def restore_controls(text: str) -> str:
    """Invert `spell_out_controls`."""
    return _SPELLED_OUT.sub(lambda match: chr(int(match[1], 16)), text)


def code_point(character: str) -> str:
    """Return Unicode's notation for a code point: `U+202E`."""
    return f"U+{ord(character):04X}"


def to_references(characters: str) -> str:
    """Return each of `characters` as a reference (`&#91;`).

    HTML, MediaWiki and CommonMark decode references after they have parsed the markup, so these are inert.
    """
    return "".join(_NAMED.get(character) or f"&#{ord(character)};" for character in characters)


def from_references(text: str) -> str:
    """Decode the references that `to_references` writes."""
    return _REFERENCE.sub(lambda match: chr(int(match[1])) if match[1] else _CHARACTERS[match[0]], text)
