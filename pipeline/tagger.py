"""Which spaCy pipeline spots names beside the rules: the user's own, or the one that ships."""

from collections.abc import Mapping

from pipeline.reader import Reader
from pipeline.settings import Settings
from pipeline.tag import Tagger, neural, own

VARIABLE = "PADHARVEST_SPACY_MODEL"


def tagger(settings: Settings, environ: Mapping[str, str], reader: Reader) -> Tagger:
    """What `environ` or else `settings` names, or the pipeline that ships, which reads by `reader`.

    Raises UserMistake where one of the user's own cannot be had.
    """
    if environ.get(VARIABLE):
        return own.load(environ[VARIABLE], f"{VARIABLE}={environ[VARIABLE]}")
    if settings.spacy_model:
        return own.load(settings.spacy_model, f'spacy_model = "{settings.spacy_model}"')
    return neural.tagger(reader.names)
