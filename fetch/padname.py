"""A pad's id as a file's stem: readable, and distinct on every file system, whatever people call their pads."""

import hashlib
import re
import unicodedata

from fetch.records import PadId

SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_. +,@()=&!$'")
"""ASCII that no file system of today objects to, inside a name."""

LONGEST = 230
"""Bytes of a stem; file systems allow 255 for the name, and an ending must fit."""

RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:[.\s~].*)?", re.IGNORECASE | re.DOTALL)
"""Names that Windows keeps for devices, with any ending (Microsoft, "Naming Files, Paths, and Namespaces")."""


def stem_of(pad_id: PadId) -> str:
    r"""The file's stem for a pad id: the id itself where that is safe, with three marks where it is not.

    `%xx` are the UTF-8 bytes of a character that some file system, or a reader's eye, cannot hold apart.
    `~` and hex digits at the end say which characters are upper case (bit n for the n-th), so that `Simple` and
    `simple` differ where case does not count. Both leave the name readable, and `pad_id_of` takes them back.
    An id that would be longer than a file's name may be is cut, and ends in `~~` and its SHA-256.

    Unlike ids have unlike stems after Unicode normalisation and case folding, too: what is kept as it is does not
    change under folding, and the whole is in NFC.
    """
    marked = _with_case(_escape(pad_id))
    return marked if len(marked.encode()) <= LONGEST else _cut(marked, pad_id)


def pad_id_of(stem: str) -> PadId | None:
    """The pad id that `stem_of` made this stem from; None where it made none such, or had to cut it."""
    base, mark, digits = stem.partition("~")
    if mark and not re.fullmatch(r"[1-9a-f][0-9a-f]*", digits):
        return None
    upper = int(digits, 16) if mark else 0
    text = "".join(c.upper() if upper >> n & 1 else c.lower() for n, c in enumerate(base))
    try:
        plain = re.sub(r"(?:%[0-9a-f]{2})+", lambda m: _unescape(m[0]), text)
    except UnicodeDecodeError:
        return None
    return PadId(plain) if plain and stem_of(PadId(plain)) == stem else None


def _escape(pad_id: str) -> str:
    """`pad_id` with `%xx` for every character that may not stand in a name as it is."""
    kept = "".join(c if _keeps(c) else _hex(c) for c in pad_id)
    if kept[:1] in {" ", ".", "-"} or RESERVED.fullmatch(kept):
        kept = _hex(kept[0]) + kept[1:]
    if unicodedata.is_normalized("NFC", kept):
        return kept
    return "".join(c if c.isascii() else _hex(c) for c in kept)


def _keeps(char: str) -> bool:
    """Whether a character stands as it is: safe, visible, unchanged by folding once its case is noted apart."""
    if char.isascii():
        return char.lower() in SAFE
    low = char.lower()
    simple = len(low) == 1 and (char in {low, low.upper()}) and len(low.upper()) == 1 and low.upper().lower() == low
    return simple and char.isprintable() and _folded(low) == unicodedata.normalize("NFD", low) and not _ignorable(char)


def _ignorable(char: str) -> bool:
    """Whether a case-insensitive ext4 may look past it (variation selectors, fillers, joiners)."""
    return unicodedata.category(char) in {"Cf", "Mn", "Me"} or "FILLER" in unicodedata.name(char, "FILLER")


def _folded(text: str) -> str:
    """Canonical caseless form (Unicode 3.13, D145): what APFS, ext4 and NTFS go no further than."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())


def _with_case(text: str) -> str:
    upper = sum(1 << n for n, c in enumerate(text) if c != c.lower())
    return f"{text}~{upper:x}" if upper else text


def _hex(char: str) -> str:
    return "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))


def _unescape(escapes: str) -> str:
    return bytes.fromhex(escapes.replace("%", "")).decode("utf-8", "surrogatepass")


def _cut(marked: str, pad_id: str) -> str:
    digest = hashlib.sha256(pad_id.encode("utf-8", "surrogatepass")).hexdigest()
    room = LONGEST - len(digest) - len("~~")
    start = marked.partition("~")[0].encode()[:room].decode("utf-8", "ignore")
    return f"{start.lower()}~~{digest}"
