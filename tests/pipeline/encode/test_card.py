"""The model card tells what is shipped."""

import hashlib
import re

from pipeline.encode.sentences import MODEL


def test_the_card_names_each_file_with_its_size_and_hash() -> None:
    card = (MODEL / "CARD.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| ([\d,]+) \| `([0-9a-f]{64})` \|$", card, re.MULTILINE)
    shipped = sorted(path for path in MODEL.iterdir() if path.name != "CARD.md")
    assert rows == [
        (path.name, f"{path.stat().st_size:,}", hashlib.sha256(path.read_bytes()).hexdigest()) for path in shipped
    ]
