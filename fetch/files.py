"""Files on disk: named, read with a limit, replaced in one step, and their bytes decoded to text.

An event's folder may come from somebody else. Nothing in it is read or written through a symbolic link, and no device
or pipe is opened; the folder itself, and those above it, may be links of the user's own.
"""

import codecs
import errno
import fcntl
import hashlib
import os
import re
import secrets
import stat
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from fetch.corpus_records import TextRemark, TextRemarkKind, remarks_on_characters
from fetch.errors import PadFailure, UserMistake

MAX_TEXT = 10_000_000
"""Bytes of one pad's text. Etherpad slows down long before; the largest real pad we know of has 1.2 MB."""

MAX_EXPORT = 32_000_000
"""Bytes of a full export: some 30,000 revisions. Parsing it takes ten times that much memory."""

OS_ERRORS = {
    errno.ENOENT: "it does not exist",
    errno.EACCES: "you may not read or write it; change its permissions",
    errno.EPERM: "you may not read or write it; change its permissions",
    errno.ENOSPC: "the disk is full; free some space and run this again",
    errno.ENOTDIR: "a part of its path is not a folder",
}

PARTIAL = ".part-"
"""How the names of files begin that are still being written."""

PLAIN_NAME = re.compile(r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$)[a-z0-9][a-z0-9_-]{0,99}", re.ASCII)
"""Names that are file names on every system; those left out first are devices of Windows."""

STEM_BYTES = 100
HASH_DIGITS = 16

EVENT_ID = re.compile(r"\w[\w.-]{0,99}")
"""An event's id is the name of a folder that make, a URL and a shell accept as it is."""


class RefusedFileError(OSError):
    """A link, device, pipe or folder where a file is expected; its `strerror` is a clause."""


def check_event_id(event_id: str) -> str:
    """Return `event_id` if an event's folder may be called so; raises UserMistake."""
    if EVENT_ID.fullmatch(event_id):
        return event_id
    raise UserMistake(
        f"{event_id!r} cannot be an event's name: it is a folder in corpus/, so use letters, digits, '-', '_' "
        "and '.', like wmcon18."
    )


def describe_os_error(error: OSError) -> str:
    """Return what an error of the operating system means, as a clause."""
    return OS_ERRORS.get(error.errno or 0, error.strerror or type(error).__name__)


def file_stem(name: str, *, default: str) -> str:
    """Return the stem of the file of a pad or a group: `name` if it is plain, otherwise its letters, `~` and a hash.

    Different names have different stems, also where a file system ignores case or normalises Unicode: no plain name
    contains `~`, and the hash (64 bits of SHA-256) is of the exact name. `default` stands for the letters of a name
    that has none.
    """
    if PLAIN_NAME.fullmatch(name):
        return name
    readable = re.sub(r"[^\w-]+", "_", name).strip("_-").encode()[:STEM_BYTES].decode(errors="ignore")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{readable or default}~{digest[:HASH_DIGITS]}"


def refuse_links(path: Path, folder: Path) -> None:
    """Raise RefusedFileError if `path`, or a folder between it and `folder`, is a symbolic link."""
    between = path.parts[len(folder.parts) :]
    for depth in range(1, len(between) + 1):
        part = folder.joinpath(*between[:depth])
        if part.is_symlink():
            clause = "it is a link; put the file itself there"
            raise RefusedFileError(errno.ELOOP, clause if part == path else f"{part} is a link; put the folder there")


def is_file(path: Path) -> bool:
    """Return whether a regular file is at `path`, not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def read_plain(path: Path, *, inside: Path | None, limit: int = -1) -> bytes:
    """Return the bytes of a regular file, at most `limit` of them if it is not negative; raises OSError.

    `inside` is the folder in which no link is followed, None for a file that the user named himself. A device or pipe
    is refused, not waited for.
    """
    if inside is not None:
        refuse_links(path, inside)
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        kind = "folder" if stat.S_ISDIR(mode) else "device or pipe"
        raise RefusedFileError(errno.EINVAL, f"it is a {kind}, not a file with text")
    no_link = os.O_NOFOLLOW if inside is not None else 0
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | no_link), "rb") as file:
        return file.read(limit)


def read_bytes(path: Path, limit: int, *, inside: Path | None = None) -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes; raises PadFailure with a clause.

    `inside` is as for `read_plain`.
    """
    try:
        data = read_plain(path, inside=inside, limit=limit + 1)
        size = path.stat().st_size
    except RefusedFileError as error:
        raise PadFailure(describe_os_error(error)) from error
    except OSError as error:
        if isinstance(error, FileNotFoundError) and path.is_symlink():
            raise PadFailure("this link leads to nothing; name the file itself") from error
        raise PadFailure(f"it cannot be read: {describe_os_error(error)}") from error
    if len(data) > limit:
        size = max(size, len(data))
        raise PadFailure(f"it has {size / 1e6:.0f} MB, and it may have {limit / 1e6:.0f} MB; split it or leave it out")
    return data


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Return the tables in the text of the TOML file at `path`; raises UserMistake."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserMistake(f"{path}: is not TOML: {error}.") from error
    except ValueError as error:  # of int(), which refuses more than 4,300 digits
        raise UserMistake(f"{path}: a number in it has too many digits.") from error
    except RecursionError as error:
        raise UserMistake(f"{path}: its brackets are nested too deeply.") from error


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step: at any moment, a reader finds either the old bytes or the new ones.

    The content is written to a file beside it, forced to the disk and renamed (POSIX `rename` is atomic). Who may read
    it is the umask's to say, but never more people than might read the old file. Raises OSError, and then the old file
    is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = _begin_file(path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            with suppress(FileNotFoundError):
                os.fchmod(handle, stat.S_IMODE(os.fstat(handle).st_mode & path.lstat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(handle)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _begin_file(folder: Path) -> tuple[int, Path]:
    """Return the handle and the path of a new file in `folder`, locked so that `sweep` knows that it is in use."""
    while True:
        path = folder / f"{PARTIAL}{secrets.token_hex(8)}"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, path
        os.close(handle)  # it was swept before it was locked


def sweep(*folders: Path) -> None:
    """Remove what killed processes left half written in `folders`; a file that is being written stays."""
    for path in (found for folder in folders for found in folder.glob(f"{PARTIAL}*")):
        with suppress(OSError):
            handle = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(handle)


CODE_PAGES = (["cp1252"], ["cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "latin_1"])
"""What editors wrote before UTF-8. Western Europe's comes first: charset-normalizer refuses it for Polish or Russian,
but takes French for Central European as readily (tried with a sentence each in seven languages)."""

DECLARED = re.compile(r"iso8859-[0-9]+|cp125[0-8]|koi8-[ru]|utf-16(-[bl]e)?|gb18030|gbk|big5|shift_jis|euc_(jp|kr)")
"""Encodings, by their names in Python, that are taken from a server which declares them; Python has others, for other
purposes than text."""

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""C0 controls that are rare in text; tab, line ends, VT and FF are left out."""

MAX_CONTROLS = 0.4
"""Share of C0 controls up to which UTF-8 with NUL in it is text; UTF-16 without a byte order mark has a half."""

MAX_CONTROLS_OF_GUESS = 0.01
"""The same where the encoding is a guess; any bytes are text in some code page."""

BINARY = "it holds binary data, not text; export the notes as plain text (UTF-8)"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, what it lost or what is uncertain in it, and clauses on anything else that was changed."""

    text: str
    text_remarks: tuple[TextRemark, ...] = ()
    remarks: tuple[str, ...] = ()


def decode_file(data: bytes) -> Decoded:
    r"""Return the text in a file's bytes, as `decode` does; raises PadFailure, with a clause, if they are not text.

    A byte order mark is removed: it is a signature of files (in an answer from a pad's server, it would be text).
    `\r\n` of Windows becomes `\n`, and so does `\r` in a text without any `\n` (classic Mac OS).
    """
    decoded = decode(data)
    text, remarks = decoded.text, decoded.remarks
    if text.startswith("\ufeff"):
        text, remarks = text[1:], (*remarks, "its byte order mark was removed")
    if "\r\n" in text:
        text, remarks = text.replace("\r\n", "\n"), (*remarks, "its Windows line endings were converted")
    elif "\r" in text and "\n" not in text:
        text, remarks = text.replace("\r", "\n"), (*remarks, "its line endings of the old Mac OS were converted")
    return replace(decoded, text=text, remarks=remarks)


def decode(data: bytes, charset: str | None = None) -> Decoded:
    """Return the text in `data`, character by character; raises PadFailure, with a clause, if there is none.

    `charset` is what a server declares. Otherwise, UTF-16 is recognised by its byte order mark; then UTF-8 is tried.
    Bytes that are almost UTF-8 are read as UTF-8 with U+FFFD for the rest; otherwise the encoding is guessed among
    Western, Central European and Cyrillic code pages. NUL is kept.
    """
    decoded = _as_declared(data, charset) or _as_utf16(data) or _as_utf8(data) or _by_guess(data)
    is_certain = not decoded.text_remarks
    if "\0" in decoded.text and not (charset and is_certain):
        _refuse_binary(decoded.text, MAX_CONTROLS if is_certain else MAX_CONTROLS_OF_GUESS)
    return replace(decoded, text_remarks=(*remarks_on_characters(decoded.text), *decoded.text_remarks))


def without_surrogates(text: str) -> str:
    """Return `text` as UTF-8 can hold it: surrogate pairs joined, U+FFFD for lone surrogates."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def count_lone_surrogates(text: str) -> int:
    """Return how many lone surrogates `without_surrogates` replaces in a text."""
    return without_surrogates(text).count("\ufffd") - text.count("\ufffd")


def _as_declared(data: bytes, charset: str | None) -> Decoded | None:
    """Return the text in the encoding that a server declares, unless it is UTF-8, not known, or not true."""
    try:
        encoding = codecs.lookup(charset or "utf-8").name
        if DECLARED.fullmatch(encoding):
            return Decoded(data.decode(encoding), remarks=(f"its server sent it in {encoding}",))
    except (LookupError, UnicodeDecodeError, ValueError):
        pass
    return None


def _as_utf16(data: bytes) -> Decoded | None:
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    try:
        return Decoded(data.decode("utf-16"), remarks=("it was in UTF-16",))
    except UnicodeDecodeError as error:
        raise PadFailure("it begins like UTF-16 but is broken; save it as UTF-8") from error


def _as_utf8(data: bytes) -> Decoded | None:
    """Return the text if `data` is UTF-8, with halves of characters or not, or if most non-ASCII characters are."""
    with suppress(UnicodeDecodeError):
        text = data.decode("utf-8", "surrogatepass")
        whole = without_surrogates(text)
        was_cesu = ("its surrogate pairs (CESU-8) were joined",) if len(whole) < len(text) else ()
        return Decoded(whole, remarks_on_characters("", count_lone_surrogates(text)), was_cesu)
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    if sum(not character.isascii() for character in text) <= 2 * broken:
        return None
    return Decoded(text, (TextRemark(kind=TextRemarkKind.NOT_UTF8, count=broken),))


def _by_guess(data: bytes) -> Decoded:
    best = next((best for pages in CODE_PAGES if (best := from_bytes(data, cp_isolation=pages).best())), None)
    text = str(best) if best else data.decode("latin-1")
    _refuse_binary(text, MAX_CONTROLS_OF_GUESS)
    encoding = best.encoding if best else "latin_1"
    return Decoded(text, (TextRemark(kind=TextRemarkKind.GUESSED_ENCODING, encoding=encoding),))


def _refuse_binary(text: str, most: float) -> None:
    """Raise PadFailure if more than the share `most` of a text's characters are controls."""
    if len(CONTROL_CHARACTERS.findall(text)) > most * len(text):
        raise PadFailure(BINARY)
