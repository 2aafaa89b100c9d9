"""Which encoder an analysis uses: the user's own, or the one that ships.

The model that finds names beside the rules: the bundled one, or a spaCy pipeline of the user's own.

build/<event>/ on disk: outputs are written whole or not at all.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from fetch.errors import UserMistake
from pipeline import inference as own
from pipeline.analysis_records import Analysis
from pipeline.encode import Embed
from pipeline.inference import Reader
from pipeline.serialization import ANALYSIS_FILE, from_json
from pipeline.settings import Settings
from pipeline.tag import Name, Tagger
from pipeline.tag.ner_filters import align, postfilter
from pipeline.tag.ner_model import MODEL


def encoder(settings: Settings, reader: Reader) -> Embed:
    """The encoder that `settings` names, or the one that ships, as `reader` runs it.

    Raises UserMistake where an encoder of the user's own cannot be had.
    """
    return own.load_custom_encoder(settings.encoder) if settings.encoder else reader.embed


VARIABLE = "PADHARVEST_SPACY_MODEL"


def tagger(settings: Settings, environ: Mapping[str, str], reader: Reader) -> Tagger:
    """Return the tagger that `environ` or else `settings` names, or the bundled one, which reads lines by `reader`.

    Raises UserMistake if a pipeline of the user's own cannot be used.
    """
    setting = f'spacy_model = "{settings.spacy_model}"'
    name = settings.spacy_model
    if environ.get(VARIABLE):
        name = environ[VARIABLE]
        setting = f"{VARIABLE}={name}"
    if name:
        from pipeline.tag.spacy_adapter import load  # noqa: PLC0415 - spaCy is slow to import

        return load(name, setting)
    meta = json.loads((MODEL.parent / "meta.json").read_text(encoding="utf-8"))

    def spot(texts: Sequence[str]) -> list[list[Name]]:
        aligned = [align(text) for text in texts]
        predicted = reader.names([line.text for line in aligned])
        names = [list(map(line.to_source, found)) for line, found in zip(aligned, predicted, strict=True)]
        return postfilter(texts, names)

    return Tagger(f"{meta['name']} {meta['version']}", spot)


def write_all(folder: Path, outputs: Mapping[str, bytes]) -> None:
    """Put each output under its name in `folder`; each file is replaced in one step, so none is ever half old.

    Raises UserMistake where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in outputs.items():
            _replace(folder / name, content)
    except OSError as error:
        raise UserMistake(
            f"{folder} cannot be written to ({error.strerror}); free some space or name another --build."
        ) from error


def read_analysis(folder: Path) -> Analysis:
    """The saved analysis in `folder`; raises UserMistake where there is none or it is not one."""
    path = folder / ANALYSIS_FILE
    try:
        return from_json(path.read_bytes())
    except FileNotFoundError as error:
        raise UserMistake(f"{path} does not exist; run `make analyze EVENT={folder.name}` first.") from error
    except ValueError as error:
        raise UserMistake(
            f"{path} is not an analysis of this version; run `make analyze EVENT={folder.name}` again."
        ) from error


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
