"""The tagger that ships: a head on the transformer that the sentence encoder runs anyway."""

from pathlib import Path

from pipeline.tag.neural.head import MODEL, head, names
from pipeline.tag.neural.promise import may_name
from pipeline.tag.spans import Spot, Tagger

LISTS = Path(__file__).resolve().parents[1] / "data"
"""The word lists that it reads by, beside its model."""

__all__ = ["LISTS", "MODEL", "head", "may_name", "names", "tagger"]


def tagger(read: Spot) -> Tagger:
    """The spaCy pipeline that ships; `read` gives the names in normal lines."""
    from pipeline.tag.neural import component  # noqa: PLC0415 - spaCy takes a while to import

    return component.tagger(read)
