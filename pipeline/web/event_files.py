"""event.toml and introduction.md while they are edited on the page: read, replaced in one step, and taken back.

    text ──► an edit ──► new text ──► file ──► Edit ──► (taken back) the bytes that were there before

An edit is taken back if the file is still as the edit left it, so that nothing that was written since is lost. The
program remembers edits only while it serves the page; that of decisions is their file.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fetch.corpus import INTRODUCTION_FILE, MAX_INTRODUCTION
from fetch.errors import PadFailure, UserMistake
from fetch.files import describe_os_error, read_bytes, replace_file

EVENT_FILE = "event.toml"
NAMES = (EVENT_FILE, INTRODUCTION_FILE)

_BOM = b"\xef\xbb\xbf"


class OutdatedFileError(Exception):
    """A file was changed since the page was loaded that wants to change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A step that changed a file, in `words`; there were so many `decisions` then. None: there was no file."""

    name: str
    before: bytes | None
    after: bytes | None
    words: str
    decisions: int


class EventFiles:
    """The files that can be edited, by their names, and the edits that can be taken back, the oldest first."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the event's in corpus/."""
        self._folder = folder
        self.edits: tuple[Edit, ...] = ()

    def path(self, name: str) -> Path:
        """Return where a file is."""
        return self._folder / name

    def text(self, name: str) -> str:
        r"""Return the text of a file, "" if there is none; that of event.toml with its line ends, the other with `\n`.

        Raises UserMistake.
        """
        text = _decode(self.path(name), self._read(name) or b"")
        return text if name == EVENT_FILE else text.replace("\r\n", "\n")

    def version(self, name: str) -> str:
        """Return the hash of a file's bytes; raises UserMistake."""
        return hashlib.sha256(self._read(name) or b"").hexdigest()[:16]

    def change(self, name: str, make: Callable[[str], str], version: str, words: str) -> bool:
        """Put what `make` makes of a file's text in its place; return False if that is the same.

        `words` say what the step is. An empty introduction is no file. Raises OutdatedFileError if this is not the
        `version` of the file, UserMistake, or what `make` raises, and then changes nothing.
        """
        if self.version(name) != version:
            raise OutdatedFileError
        before, text = self._read(name), self.text(name)
        new = make(text)
        if new == text:
            return False
        bom = _BOM if before and before.startswith(_BOM) else b""
        after = bom + new.encode() if new.strip() else None
        self._write(name, after)
        self.edits += (Edit(name=name, before=before, after=after, words=words, decisions=0),)
        return True

    def remember(self, decisions: int) -> None:
        """Note that there were so many decisions when the last edit was made."""
        *others, last = self.edits
        self.edits = (*others, replace(last, decisions=decisions))

    def forget_decision(self, number: int) -> None:
        """Note that the decision with this number is gone, so that steps stay in the order in which they were made."""
        self.edits = tuple(replace(e, decisions=e.decisions - (number <= e.decisions)) for e in self.edits)

    def take_back(self) -> None:
        """Take the last edit back; raises OutdatedFileError if the file was changed since."""
        *others, last = self.edits
        if self._read(last.name) != last.after:
            raise OutdatedFileError
        self._write(last.name, last.before)
        self.edits = tuple(others)

    def _read(self, name: str) -> bytes | None:
        path = self.path(name)
        if not path.exists() and not path.is_symlink():
            return None
        try:
            return read_bytes(path, MAX_INTRODUCTION, inside=self._folder)
        except PadFailure as failure:
            raise UserMistake(f"{path}: {failure}.") from failure

    def _write(self, name: str, content: bytes | None) -> None:
        path = self.path(name)
        try:
            if content is None:
                path.unlink(missing_ok=True)
            else:
                replace_file(path, content)
        except OSError as error:
            raise UserMistake(f"{path}: cannot be written: {describe_os_error(error)}.") from error


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
