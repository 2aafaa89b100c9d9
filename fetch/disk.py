"""Files read with a limit and written whole or not at all; what goes wrong is told in plain words."""

import errno
import os
import stat
import tempfile
from pathlib import Path

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
