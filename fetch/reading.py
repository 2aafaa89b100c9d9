"""The bytes of an exported file become a pad's text, with structure where its kind has some."""

from pathlib import Path

from fetch import disk
from fetch.decode import decode
from fetch.errors import PadFailure
from fetch.etherpad import read_export
from fetch.etherpad.changeset import Malformed
from fetch.html import read_html
from fetch.judge import Got

FORMS = {".txt": "txt", ".md": "markdown", ".html": "html", ".htm": "html", ".etherpad": "etherpad"}
"""What a file's ending says of its form."""


def form_of(path: Path) -> str | None:
    """The form of an export, by its ending; None for what is none."""
    return FORMS.get(path.suffix.lower())


def bytes_of(path: Path) -> bytes:
    """The bytes of an export; raises PadFailure, with a clause, where it cannot be read or is too big for its form."""
    return disk.read_bytes(path, disk.MAX_EXPORT if form_of(path) == "etherpad" else disk.MAX_TEXT)


def read(data: bytes, form: str) -> Got:
    """The pad in an export's bytes; raises PadFailure, with a clause, where there is none in it."""
    if form == "etherpad":
        return _export(data)
    decoded = decode(data)
    text, structure = read_html(decoded.text) if form == "html" else (decoded.text, None)
    return Got(text=text, form=form, structure=structure, remarks=(*decoded.remarks, *_empty(text)))


def _export(data: bytes) -> Got:
    try:
        export = read_export(data)
    except Malformed as error:
        raise PadFailure(f"it is no export of an Etherpad ({error})") from error
    return Got(
        text=export.text,
        form="etherpad",
        revision=export.revision,
        edited_at=export.edited_at,
        structure=export.structure,
        raw=data,
        remarks=_empty(export.text),
    )


def _empty(text: str) -> tuple[str, ...]:
    return () if text.strip() else ("it is empty",)
