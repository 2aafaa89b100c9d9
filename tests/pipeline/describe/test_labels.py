"""What a concern is called, by the cases of tests/cases/describe/titles."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from pipeline.text import normalize
from tests.support.labelled_segments import bag, describe, segments_of

TITLES = Path(__file__).parents[2] / "cases" / "describe" / "titles"

Block = dict[str, list[str]]


def blocks(name: str) -> Iterator[tuple[Block, str, int]]:
    """Yield the blocks of a case file, with the comment above and the number of the first line."""
    cause, block, begin = "", defaultdict[str, list[str]](list), 0
    for number, line in enumerate([*(TITLES / f"{name}.txt").read_text(encoding="utf-8").split("\n"), ""], 1):
        if line.startswith("#"):
            cause = line.lstrip("# ")
        elif line:
            key, _, value = line.partition(": ")
            begin = begin or number
            block[key].append(value)
        elif block:
            yield block, cause, begin
            block, begin = defaultdict(list), 0


def cases() -> Iterator[ParameterSet]:
    for name in ("synthetic", "negative", "known-failures"):
        for block, cause, number in blocks(name):
            fails = pytest.mark.xfail(strict=True, reason=cause) if name == "known-failures" else ()
            yield pytest.param(block, id=f"{name}.txt:{number}", marks=fails)


def title_of(block: Block) -> str:
    lines = [(group, text) for group, texts in block.items() if group[0].isupper() for text in texts]
    (language,) = block.get("language", ["en"])
    segments = [replace(one, language=language) for one in segments_of(lines)]
    vectors = bag([one.text for one in segments])
    (concern,) = describe([range(len(segments))], segments, vectors, frozenset(block.get("person", [])))
    return concern.label


@pytest.mark.parametrize("block", list(cases()))
def test_a_title_is_one_plain_phrase_that_members_wrote_and_do_not_deny(block: Block) -> None:
    title = title_of(block)
    assert "," not in title
    if "title" in block:
        assert [title] == block["title"]
    for words in block.get("never", []):
        assert f" {words} " not in f" {normalize(title)} "
