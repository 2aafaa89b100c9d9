"""The case files of tests/cases/segment/sentences: where a sentence ends (see the README beside them)."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given

from pipeline.segment.sentences import split_sentences
from pipeline.text import is_invisible
from tests.support.hostile import ANY_TEXT

CASES = Path(__file__).parents[2] / "cases" / "segment" / "sentences"


def read_cases(name: str) -> Iterator[str]:
    for line in (CASES / name).read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            yield line


@pytest.mark.parametrize("marked", tuple(read_cases("synthetic.txt")))
def test_sentences_end_at_the_marks_of_the_case(marked: str) -> None:
    text = marked.replace(" ‖ ", " ")
    assert [text[start:end] for start, end in split_sentences(text)] == marked.split(" ‖ ")


@pytest.mark.parametrize("text", tuple(read_cases("negative.txt")))
def test_one_sentence_stays_one(text: str) -> None:
    assert split_sentences(text) == [(0, len(text))]


@given(ANY_TEXT)
def test_sentences_are_in_order_and_leave_out_only_invisible_characters(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(is_invisible(char) for at, char in enumerate(text) if at not in covered)


@pytest.mark.parametrize("space", ("\n", "\n    ", "\t", "\u2028", "\u00a0", "\r\n"))
def test_any_white_space_may_stand_between_sentences(space: str) -> None:
    text = f"It rained.{space}Nobody came."
    assert [text[start:end] for start, end in split_sentences(text)] == ["It rained.", "Nobody came."]
