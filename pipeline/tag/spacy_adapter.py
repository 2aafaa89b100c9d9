"""spaCy in both directions: the bundled model as a spaCy component, and a user's own spaCy pipeline as a tagger.

Importing this module registers the component, so that `spacy.load("pipeline/models/tagger")` works. An analysis with
the bundled model does not need it.
"""

import itertools
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from fetch.errors import UserMistake
from pipeline.segment_records import Label
from pipeline.tag.name_patterns import Name, Spot, Tagger
from pipeline.tag.ner_model import MODEL, align, load_model, predict_names
from pipeline.text import FILLER, data_table
from pipeline.transformer import batches

FACTORY = "padharvest_names"
"""The component's name in pipeline/models/tagger/config.cfg."""

_MAX_LENGTH = 10_000_000
_BATCH_SIZE = 1000
"""Documents read together; more documents contain more lines of equal length, which the encoder reads in one batch."""


@Language.factory(FACTORY, assigns=["doc.ents"])
class NamesComponent:
    """A spaCy component that sets `doc.ents` to the names that the model in its folder predicts."""

    def __init__(self, nlp: Language, name: str) -> None:
        del nlp, name  # the arguments that spaCy passes to a factory
        self._folder = MODEL

    def __call__(self, doc: Doc) -> Doc:
        """Return `doc` with its entities."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = _BATCH_SIZE) -> Iterator[Doc]:
        """Yield the documents of `stream` with their entities, each name expanded to whole tokens of spaCy."""
        remaining = iter(stream)
        while docs := list(itertools.islice(remaining, batch_size)):
            aligned = [align(doc.text) for doc in docs]
            lines = [line.text for line in aligned]
            for batch in batches(lines):
                predicted = predict_names(lines, batch, load_model(self._folder))
                for row, names in zip(batch.rows, predicted, strict=True):
                    found = [aligned[row].to_source(name) for name in names]
                    ents = (docs[row].char_span(n.start, n.end, n.label.value, alignment_mode="expand") for n in found)
                    docs[row].ents = filter_spans(filter(None, ents))
            yield from docs

    def to_disk(self, path: Path, exclude: Iterable[str] = ()) -> None:
        """Copy the model to the folder `path`."""
        del exclude  # spaCy's argument; the component has no parts to exclude
        if path.resolve() != self._folder.resolve():
            shutil.copytree(self._folder, path, dirs_exist_ok=True)

    def from_disk(self, path: Path, exclude: Iterable[str] = ()) -> "NamesComponent":
        """Use the model in the folder `path` from now on."""
        del exclude
        self._folder = path
        return self


def load(name: str, setting: str) -> Tagger:
    """Return the installed spaCy pipeline `name`, a package or a folder, as a tagger.

    `setting` is the user's setting as they wrote it, for messages. Raises UserMistake if the pipeline cannot be loaded
    or has no component that sets entities.
    """
    try:
        nlp = spacy.load(name)
    except (OSError, ImportError, ValueError) as mistake:
        first = str(mistake).partition("\n")[0]
        raise UserMistake(
            f"{setting} cannot be loaded ({first}); name a folder or a pipeline installed in .venv, or remove the "
            "setting to use the tagger that ships with Padharvest."
        ) from mistake
    if not any("doc.ents" in nlp.get_pipe_meta(part).assigns for part in nlp.pipe_names):
        raise UserMistake(f"{setting} has no component that finds names; use a pipeline with an entity recogniser.")
    return Tagger(f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}", spot_with(nlp))


def spot_with(nlp: Language) -> Spot:
    """Return a function that finds names with a spaCy pipeline: its `doc.ents`, with our labels."""
    nlp.max_length = _MAX_LENGTH
    synonyms = data_table("entity_labels.toml")
    labels = {foreign: Label(label) for label, of_label in synonyms.items() for foreign in of_label}

    def names(doc: Doc) -> Iterator[Name]:
        for entity in doc.ents:
            label, text = labels.get(entity.label_.casefold()), entity.text
            if label and text.strip():
                start = entity.start_char + len(text) - len(text.lstrip())
                yield Name(start, start + len(text.strip()), label)

    def spot(texts: Sequence[str]) -> list[list[Name]]:
        readable = (text.replace(FILLER, " ") for text in texts)  # other pipelines were not trained on FILLER
        return [list(names(doc)) for doc in nlp.pipe(readable)]

    return spot
