"""A spaCy pipeline, the user's own or the one that ships, as what spots names."""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import UserMistake
from pipeline.records import Label
from pipeline.tag.spans import Name, Spot, Tagger, without_overlap
from pipeline.tag.wording import FILLER

if TYPE_CHECKING:  # slow to import, and not needed before a pipeline is
    from spacy.language import Language
    from spacy.tokens import Doc

_DATA = Path(__file__).parent / "data" / "labels.toml"


def load(name: str, asked: str) -> Tagger:
    """The installed spaCy pipeline `name`, a package or a folder; `asked` is how the user asked for it.

    Raises UserMistake where it cannot be had, or finds no names at all.
    """
    import spacy  # noqa: PLC0415 - slow to import, see above

    try:
        nlp = spacy.load(name)
    except (OSError, ImportError, ValueError) as mistake:
        first = str(mistake).partition("\n")[0]
        raise UserMistake(
            f"{asked} cannot be loaded ({first}); name a folder or a pipeline installed in .venv, or take it out to "
            "use the tagger that ships with Padharvest."
        ) from mistake
    if not any("doc.ents" in nlp.get_pipe_meta(part).assigns for part in nlp.pipe_names):
        raise UserMistake(f"{asked} finds no names: none of its parts does; use a pipeline with an entity recogniser.")
    return Tagger(f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}", spotter(nlp))


def spotter(nlp: "Language") -> Spot:
    """A spaCy pipeline to what spots names with it: its `doc.ents`, in our labels (data/labels.toml)."""
    nlp.max_length = 10_000_000

    def spot(texts: Sequence[str]) -> list[list[Name]]:
        read = (text.replace(FILLER, " ") for text in texts)  # a space is what others trained with
        return [without_overlap(_names(doc)) for doc in nlp.pipe(read)]

    return spot


def _names(doc: "Doc") -> Iterator[Name]:
    for entity in doc.ents:
        label, text = _labels().get(entity.label_.casefold()), entity.text
        if label and text.strip():
            start = entity.start_char + len(text) - len(text.lstrip())
            yield Name(start, start + len(text.strip()), label)


@cache
def _labels() -> dict[str, Label]:
    """Other people's labels, without case, to ours."""
    listed = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {theirs: Label(ours) for ours, all_of_theirs in listed.items() for theirs in all_of_theirs}
