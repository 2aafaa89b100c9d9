"""The model that finds names beside the rules: the bundled one, or a spaCy pipeline of the user's own."""

import json
from collections.abc import Mapping, Sequence

from pipeline.reader import Reader
from pipeline.settings import Settings
from pipeline.tag import Name, Tagger
from pipeline.tag.ner_filters import align, postfilter
from pipeline.tag.ner_model import MODEL

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
