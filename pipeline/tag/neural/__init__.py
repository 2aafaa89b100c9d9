"""The tagger that ships: a head on the transformer that the sentence encoder runs anyway."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.tag.neural.head import MODEL, head, names
from pipeline.tag.neural.promise import may_name
from pipeline.tag.spans import Name, Spot, Tagger

LISTS = Path(__file__).resolve().parents[1] / "data"
"""The word lists that it reads by, beside its model."""

__all__ = ["LISTS", "MODEL", "head", "may_name", "names", "tagger"]


def tagger(read: Spot) -> Tagger:
    """The spaCy pipeline that ships, loaded when it is first asked; `read` gives the names in normal lines."""
    meta = json.loads((MODEL.parent / "meta.json").read_text(encoding="utf-8"))

    @cache
    def loaded() -> Spot:
        from pipeline.tag.neural import component  # noqa: PLC0415 - spaCy takes a while to import

        return component.spotter_of(read)

    def spot(lines: Sequence[str]) -> Sequence[Sequence[Name]]:
        return loaded()(lines)

    return Tagger(f"{meta['name']} {meta['version']}", spot)
