"""Numeric character references (`&#91;`), which HTML, MediaWiki and CommonMark all decode after they parsed."""

import re

NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_DECODED = {name: character for character, name in NAMED.items()}
_REFERENCE = re.compile("&(?:lt|gt|amp|#([0-9]{1,7}));")


def referred(characters: str) -> str:
    """`characters`, each as a reference."""
    return "".join(NAMED.get(character) or f"&#{ord(character)};" for character in characters)


def decoded(text: str) -> str:
    """What `text` says when the references that `referred` writes are decoded."""
    return _REFERENCE.sub(lambda match: chr(int(match[1])) if match[1] else _DECODED[match[0]], text)
