"""The tagger as a component of a spaCy pipeline, so that `spacy.load` reads it like any other."""

import itertools
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from pipeline.tag.neural.head import MODEL, head, names
from pipeline.tag.neural.normal import normal
from pipeline.tag.neural.sober import sober
from pipeline.tag.own import spotter
from pipeline.tag.spans import Name, Spot
from pipeline.transformer import batches

PIPELINE = MODEL.parent
FACTORY = "padharvest_names"

_DOCS = 1000
"""That are read at once: the more there are, the more lines have one length."""


class NamesComponent:
    """Sets `doc.ents` by the model in its folder; `read` may be replaced by one that shares the encoder's pass."""

    def __init__(self) -> None:
        self._folder = MODEL
        self.read: Spot = self._by_a_pass_of_its_own

    def __call__(self, doc: Doc) -> Doc:
        """The same document with its entities."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = _DOCS) -> Iterator[Doc]:
        """The same documents with their entities, `batch_size` at a time."""
        del batch_size  # spaCy's is for models whose time grows with a batch's longest text; see _DOCS
        rest = iter(stream)
        while docs := list(itertools.islice(rest, _DOCS)):
            lines = [normal(doc.text) for doc in docs]
            for doc, line, found in zip(docs, lines, self.read([line.text for line in lines]), strict=True):
                doc.ents = filter_spans(_entities(doc, map(line.placed, found)))
                yield doc

    def to_disk(self, path: Path, exclude: Iterable[str] = ()) -> None:
        """Copies its model to the folder `path`."""
        del exclude  # spaCy's, for parts; there is one
        if path.resolve() != self._folder.resolve():
            shutil.copytree(self._folder, path, dirs_exist_ok=True)

    def from_disk(self, path: Path, exclude: Iterable[str] = ()) -> "NamesComponent":
        """Reads by the model in the folder `path` from now on."""
        del exclude
        self._folder = path
        return self

    def _by_a_pass_of_its_own(self, lines: Sequence[str]) -> list[list[Name]]:
        found: list[list[Name]] = [[] for _ in lines]
        for batch in batches(lines):
            for row, of_line in zip(batch.rows, names(lines, batch, head(self._folder)), strict=True):
                found[row] = of_line
        return found


def _entities(doc: Doc, found: Iterable[Name]) -> Iterator[Span]:
    for name in found:
        span = doc.char_span(name.start, name.end, label=name.label.value, alignment_mode="expand")
        if span is not None:
            yield span


@Language.factory(FACTORY, assigns=["doc.ents"])
def _component(nlp: Language, name: str) -> NamesComponent:  # what spaCy asks a factory to take
    del nlp, name
    return NamesComponent()


def spotter_of(read: Spot) -> Spot:
    """The pipeline that ships as what spots names; `read` gives the names in lines as the models read them."""
    nlp = spacy.load(PIPELINE)
    part = nlp.get_pipe("names")
    assert isinstance(part, NamesComponent)  # noqa: S101 - our own folder's config says so
    part.read = read
    spot = spotter(nlp)
    return lambda texts: sober(texts, spot(texts))
