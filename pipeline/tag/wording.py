"""A line of notes without what only machines read, every character in its place."""

import re

READ = 2000
"""Code points of a segment that are read for its tags; a pasted wall of text says what it is before that."""

FILLER = "\x1a"
"""Stands for each character of an address: something is written there, and it is no word."""

_UNREAD = re.compile(
    r"<?(?:https?|ftp|ipfs|mailto|file):[^\s<>()\[\]|]+>?"  # addresses with a scheme
    r"|\bwww\.[^\s<>()\[\]|]+"
    r"|\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"  # e-mail
    r"|(?<=\])\([^()\s]{1,500}\)"  # the target of a Markdown link
    r"|<!--|-->|</?\w{1,12}>"
)
_ENDLESS = re.compile(rf"[^\s{FILLER}]{{80,}}")
"""No word of any language: keys, hashes, drawings made of signs."""

_SURROGATES = re.compile("[\ud800-\udfff]")
"""Halves of characters that a broken export left; spaCy cannot read them."""

_MARKS = re.compile(r"[*`~\[\]#]|(?<!\w)_+|_+(?!\w)")


_BOX = re.compile(r"^[\s>*+•–-]{0,8}\[\s?([ xX✓✔✗<>/~?-]?)\s?\](?!\()\s*|^\s*([☐☑☒✅✔✓])\s*")
_LEAD = re.compile(r"^[\s\-–—•·+=:>.…,;]+")
_ADDRESS = re.compile(rf"{FILLER}+")
_SPACES = re.compile(r"\s+")


def unmarked(text: str) -> str:
    """A segment's text with addresses and marks blanked out: same length, so offsets hold; at most READ long."""
    whole = _SURROGATES.sub("\ufffd", text[:READ])
    blank = _ENDLESS.sub(_filled, _UNREAD.sub(_filled, whole))
    return _MARKS.sub(lambda match: " " * len(match[0]), blank)


def _filled(match: re.Match[str]) -> str:
    return FILLER * len(match[0])


def checkbox(text: str) -> str | None:
    """`open` or `done` where a line starts with a checkbox in any of the usual hands, else None."""
    match = _BOX.match(text)
    if match is None:
        return None
    return "done" if (match[1] or match[2] or " ") in "xX✓✔☑☒✅" else "open"


def core(text: str) -> str:
    """What a line says: without checkbox, list marks, and with `url` for each address."""
    box = _BOX.match(text)
    plain = unmarked(text[box.end() :] if box else text)
    return _SPACES.sub(" ", _LEAD.sub("", _ADDRESS.sub(" url ", plain))).strip()
