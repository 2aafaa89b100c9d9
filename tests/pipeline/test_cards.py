"""The model cards tell what is shipped."""

import hashlib
import re
from pathlib import Path

import pytest

from pipeline import transformer
from pipeline.tag.ner_model import MODEL


@pytest.mark.parametrize(("card", "folder"), ((transformer.MODEL, "."), (MODEL.parent, "names")))
def test_the_card_names_each_file_with_its_size_and_hash(card: Path, folder: str) -> None:
    text = (card / "CARD.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| ([\d,]+) \| `([0-9a-f]{64})` \|$", text, re.MULTILINE)
    shipped = sorted(path for path in (card / folder).iterdir() if path.suffix != ".md")
    assert rows == [
        (
            path.relative_to(card).as_posix(),
            f"{path.stat().st_size:,}",
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in shipped
    ]


def test_the_models_are_as_small_as_promised() -> None:
    sizes = {
        folder: sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        for folder in (transformer.MODEL, MODEL.parent)
    }
    assert sizes[transformer.MODEL] <= 25_000_000
    assert sizes[MODEL.parent] <= 20_000_000
