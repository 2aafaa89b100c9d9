"""A pad's id as a file's stem: readable, and distinct on every file system, whatever people call their pads.

Which pad a [[pad]] of event.toml means: its id, from a name, a link or a file.

Where a pad is on the web: which software serves it, and the addresses to ask.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from fetch.corpus_records import Event, PadId, PadRef
from fetch.errors import PadFailure

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


def pad_ids(event: Event) -> tuple[PadId, ...]:
    """One id per [[pad]], in their order.

    Usually the pad's name on its server, or the stem of its file. Where two servers have a pad of the same name,
    those named by a link are called `name@server`.
    """
    names = [_name(ref) for ref in event.pads]
    often = Counter(names)
    return tuple(
        PadId(f"{name}@{urlsplit(ref.url).netloc}") if ref.url and often[name] > 1 else PadId(name)
        for name, ref in zip(names, event.pads, strict=True)
    )


def id_of_file(path: PurePosixPath) -> PadId:
    """The id of a pad that is known as a file: its stem, or what `fetch` made that stem from."""
    return pad_id_of(path.stem) or PadId(path.stem)


def normal(name: str) -> str:
    """A pad's name as Etherpad's server would redirect to: white space and colons become `_` (all versions)."""
    return re.sub(r":+", "_", re.sub(r"\s+", "_", name))


def name_in(url: str) -> str:
    """The pad's name in a link: what follows `/p/` (Etherpad), else the last part of the path (HedgeDoc)."""
    path = urlsplit(url).path
    _, etherpad, rest = path.partition("/p/")
    parts = [part for part in (rest if etherpad else path).split("/") if part]
    if not parts:
        return urlsplit(url).netloc
    return normal(unquote(parts[0] if etherpad else parts[-1]))


def _name(ref: PadRef) -> str:
    if ref.file is not None:
        return id_of_file(PurePosixPath(ref.file))
    return name_in(ref.url) if ref.url is not None else normal(ref.pad or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A pad's server (with the path that Etherpad or HedgeDoc is under) and its name there."""

    server: str
    name: str
    etherpad: bool

    @property
    def page(self) -> str:
        """The pad as people open it."""
        return f"{self.server}/p/{_quoted(self.name)}" if self.etherpad else f"{self.server}/{_quoted(self.name)}"

    def export(self, form: str) -> str:
        """Etherpad's export of the pad, `form` being etherpad, txt or html."""
        return f"{self.page}/export/{form}"

    @property
    def download(self) -> str:
        """HedgeDoc's Markdown of the note."""
        return f"{self.page}/download"


def place_of(event: Event, ref: PadRef) -> Place | None:
    """Where a [[pad]] is, None for a file."""
    if ref.pad is not None and event.server is not None:
        return Place(server=event.server, name=name_in(f"{event.server}/p/{quote(ref.pad, safe='')}"), etherpad=True)
    return place_in(ref.url) if ref.url is not None else None


def place_in(url: str) -> Place:
    """Where a link leads: an Etherpad where it has `/p/`, else HedgeDoc or CodiMD; raises PadFailure."""
    parts = urlsplit(url)
    before, etherpad, _ = parts.path.partition("/p/")
    if not etherpad:
        before = before.rstrip("/").rpartition("/")[0]
    name = name_in(url)
    if not parts.netloc or name == parts.netloc:
        raise PadFailure("the link names no pad; open the pad and copy the address from there.")
    return Place(server=f"{parts.scheme}://{parts.netloc}{before}", name=name, etherpad=bool(etherpad))


def _quoted(name: str) -> str:
    """A name for a path; dots alone would be taken for a step up, by every program on the way."""
    return name.replace(".", "%2E") if set(name) == {"."} else quote(name, safe="")
