"""Characters that a file cannot hold, or that act on the text around them, spelled out: `⟦U+202E⟧`.

NUL and lone surrogates cannot be written at all; parsers turn a carriage return into a newline; U+2028 ends a line
in some programs; an unclosed bidi override turns around whatever follows it (CVE-2021-42574, "Trojan Source").
Readers should see that they are there. `⟦` itself is spelled out too, so that the inverse has one answer.
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
"""A regular expression's character class (without the brackets) of what is spelled out."""

_SHOWN = re.compile(f"[{CONTROLS}⟦]")
_SPELLED = re.compile("⟦U\\+([0-9A-F]{4,6})⟧")


def visible(text: str) -> str:
    """`text` with its control characters spelled out."""
    return _SHOWN.sub(lambda match: f"⟦{code_point(match[0])}⟧", text)


def restored(text: str) -> str:
    """What `visible` was given."""
    return _SPELLED.sub(lambda match: chr(int(match[1], 16)), text)


def code_point(character: str) -> str:
    """The name that Unicode gives a code point: `U+202E`."""
    return f"U+{ord(character):04X}"
