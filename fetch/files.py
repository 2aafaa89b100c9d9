"""Files read with a limit and written whole or not at all; what goes wrong is told in plain words.

Bytes of a text file from anywhere become text, and what had to be guessed or changed is said.
"""

import codecs
import errno
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from fetch.errors import PadFailure

MAX_TEXT = 10_000_000
"""Bytes of one pad's text. Etherpad slows down long before; the largest real pad we know of has 1.2 MB."""

MAX_EXPORT = 32_000_000
"""Bytes of a full export: some 30,000 revisions. Read whole, it takes ten times that of memory."""

REASONS = {
    errno.ENOENT: "it does not exist",
    errno.EACCES: "you may not read or write it; change its permissions",
    errno.EPERM: "you may not read or write it; change its permissions",
    errno.ENOSPC: "the disk is full; free some space and run this again",
    errno.EDQUOT: "your share of the disk is full; free some space and run this again",
    errno.EROFS: "the disk is read-only",
    errno.ELOOP: "it is a link that leads in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ENOTDIR: "a part of its path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.EMFILE: "too many files are open",
    errno.EIO: "the disk reports an error",
}


def reason(error: OSError) -> str:
    """What the operating system's error means, as a clause of a sentence."""
    return REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def read_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a regular file; raises PadFailure with a clause where it is none, unreadable or over the limit."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PadFailure(f"{_kind(status.st_mode)}, not a file with text")
        if status.st_size > limit:
            raise PadFailure(too_big(status.st_size, limit))
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and path.is_symlink():
            raise PadFailure("this link leads to nothing; name the file itself") from error
        raise PadFailure(f"it cannot be read: {reason(error)}") from error
    if len(data) > limit:
        raise PadFailure(too_big(len(data), limit))
    return data


def too_big(size: int, limit: int) -> str:
    """The clause for a pad over a limit, both in bytes."""
    return f"it has {size / 1e6:.0f} MB, and a pad may have {limit / 1e6:.0f} MB; split it or leave it out"


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step: whoever reads it, at any moment, finds the old bytes or the new ones.

    Written beside it, forced to the disk, renamed (POSIX `rename` is atomic). Raises OSError; then the old stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove what an interrupted `replace` left in `folder`; call it while the corpus is locked."""
    for left in sorted(folder.glob(".part-*")):
        left.unlink(missing_ok=True)


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "it is a folder"),
        (stat.S_ISFIFO, "it is a pipe"),
        (stat.S_ISSOCK, "it is a socket"),
        (stat.S_ISCHR, "it is a device"),
        (stat.S_ISBLK, "it is a device"),
    )
    return next((words for test, words in kinds if test(mode)), "it is something odd")


MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CODE_PAGES = (["cp1252"], ["cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "latin_1"])
"""What editors wrote before UTF-8. Western Europe's first: charset-normalizer refuses it for Polish or Russian, while
it takes French for Central European as readily (tried with a sentence each of seven languages)."""

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""C0 controls that no text holds often; tab, line ends, VT and FF are left out."""

BINARY = "it holds binary data, not text; export the notes as plain text (UTF-8)"


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""Text with lines ended by `\n`, never with a lone surrogate or NUL; `remarks` tell what was done to get there."""

    text: str
    remarks: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    r"""The text in a file's bytes; raises PadFailure, with a clause, where they hold none.

    UTF-8 first; UTF-16 and UTF-32 where a byte order mark says so. Nearly-UTF-8 stays UTF-8, with U+FFFD for the
    odd byte; what else is not UTF-8 is guessed among Western and Cyrillic code pages. A byte order mark is the
    file's signature, not its text, so it goes; that is for files only: in what a pad's server sends, it is text.
    `\r\n` of a Windows editor becomes `\n`; so does `\r` in a file that has no `\n` at all (classic Mac OS).
    """
    text, remarks = _marked(data) or _utf8(data) or _guess(data)
    if "\0" in text:
        raise PadFailure(BINARY)
    if "\r\n" in text:
        text, remarks = text.replace("\r\n", "\n"), (*remarks, "line ends of Windows became plain ones")
    elif "\r" in text and "\n" not in text:
        text, remarks = text.replace("\r", "\n"), (*remarks, "line ends of the old Mac OS became plain ones")
    return Decoded(text, remarks)


def without_surrogates(text: str) -> str:
    """`text` with surrogate pairs joined, and U+FFFD for each one alone: what UTF-8 can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _marked(data: bytes) -> tuple[str, tuple[str, ...]] | None:
    for mark, encoding in MARKS:
        if not data.startswith(mark):
            continue
        if encoding == "utf-8":
            return _utf8(data[len(mark) :])
        try:
            return data.decode(encoding), (f"it was in {encoding.upper()}",)
        except UnicodeDecodeError as error:
            raise PadFailure(f"it begins like {encoding.upper()} but is broken; save it as UTF-8") from error
    return None


def _utf8(data: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Text where `data` is UTF-8, or is so far more often than not."""
    try:
        return data.decode(), ()
    except UnicodeDecodeError:
        text = without_surrogates(data.decode("utf-8", "surrogatepass_or_replace"))
    broken = text.count("\ufffd")
    good = sum(not c.isascii() for c in text) - broken
    if good <= broken:
        return None
    return text, (f"bytes that are not UTF-8 became \ufffd ({broken} of them)",)


def _guess(data: bytes) -> tuple[str, tuple[str, ...]]:
    best = next((best for pages in CODE_PAGES if (best := from_bytes(data, cp_isolation=pages).best())), None)
    text = str(best) if best else data.decode("latin-1")
    if len(CONTROL.findall(text)) * 100 > len(text):
        raise PadFailure(BINARY)
    encoding = best.encoding if best else "latin_1"
    return text, (f"it is not UTF-8 and was read as {encoding}: look whether its accents are right",)


def _pass_or_replace(error: UnicodeError) -> tuple[str, int]:
    """UTF-8's surrogates as they are (CESU-8, WTF-8 of careless exporters), U+FFFD for all else."""
    try:
        found = codecs.lookup_error("surrogatepass")(error)
    except UnicodeError:
        found = codecs.lookup_error("replace")(error)
    return str(found[0]), found[1]


codecs.register_error("surrogatepass_or_replace", _pass_or_replace)
