"""Which spaCy pipeline spots names beside the rules: the user's own, or the one that ships."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.settings import Settings
from pipeline.tag import RULES, Tagger, own

VARIABLE = "PADHARVEST_SPACY_MODEL"
BUNDLED = Path(__file__).parent / "models" / "tagger"


def tagger(settings: Settings, environ: Mapping[str, str], bundled: Path = BUNDLED) -> Tagger:
    """What `environ` or else `settings` names, or the pipeline that ships, in the folder `bundled`.

    Where no pipeline ships, the rules do it alone. Raises UserMistake where one of the user's own cannot be had.
    """
    if environ.get(VARIABLE):
        return own.load(environ[VARIABLE], f"{VARIABLE}={environ[VARIABLE]}")
    if settings.spacy_model:
        return own.load(settings.spacy_model, f'spacy_model = "{settings.spacy_model}"')
    return own.load(str(bundled), str(bundled)) if bundled.is_dir() else RULES
