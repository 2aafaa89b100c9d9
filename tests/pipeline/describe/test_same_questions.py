"""Which questions ask the same, by the cases of tests/cases/describe/same_questions."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from _pytest.mark import ParameterSet

from pipeline.describe.same_questions import find_same_questions
from pipeline.encode import EncodedSegments, encode_segments
from pipeline.segment_records import Kind, Segment, SegmentId
from pipeline.transformer import embed
from tests.support.labelled_segments import bag, segments_of

CASES = Path(__file__).parents[2] / "cases" / "describe" / "same_questions"
FOREIGN = frozenset({"de", "es", "fr"})

Pair = tuple[Segment, Segment]


@cache
def pairs(name: str) -> tuple[Pair, ...]:
    """Return the pairs of a case file as questions of different groups."""
    found: list[Pair] = []
    for block in (CASES / f"{name}.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        lines = [line for line in block.split("\n") if not line.startswith("#")]
        keys = dict(line.split(": ", 1) for line in lines[:-2])
        one, two = (
            replace(
                question,
                id=SegmentId(f"{name}-{len(found)}-{question.id}"),
                kind=Kind.QUESTION,
                language=keys.get("language", "en"),
                headings=tuple(keys[key] for key in ("heading",) if key in keys),
            )
            for question in segments_of(zip(("Water", "Soil"), lines[-2:], strict=True))
        )
        found.append((one, two))
    return tuple(found)


@cache
def event() -> EncodedSegments:
    """Return the questions of all case files as one event."""
    names = ("same", "different", "known-failures")
    return encode_segments([one for name in names for pair in pairs(name) for one in pair], embed, FOREIGN)


def same_in(questions: list[Segment]) -> tuple[tuple[SegmentId, ...], ...]:
    return find_same_questions(questions, event().segments, event().vectors)


def cases() -> Iterator[ParameterSet]:
    fails = pytest.mark.xfail(strict=True, reason="see the file")
    for name, asks_the_same in (("same", True), ("different", False), ("known-failures", True)):
        for pair in pairs(name):
            marks = fails if name == "known-failures" else ()
            yield pytest.param(pair, asks_the_same, id=f"{name}: {pair[0].text}", marks=marks)


@pytest.mark.parametrize(("pair", "asks_the_same"), list(cases()))
def test_questions_are_the_same_only_if_a_careful_reader_would_say_so(pair: Pair, *, asks_the_same: bool) -> None:
    assert bool(same_in(list(pair))) is asks_the_same


def lines(*texts: str) -> list[Segment]:
    """Return questions, each of a group of its own, with the vectors of their words."""
    return [replace(one, kind=Kind.QUESTION) for one in segments_of((f"g{n}", text) for n, text in enumerate(texts))]


def found(questions: list[Segment]) -> list[list[str]]:
    sets = find_same_questions(questions, questions, bag([one.text for one in questions]))
    return [[str(one) for one in members] for members in sets]


def test_a_set_has_the_best_wording_first_and_then_the_others_in_reading_order() -> None:
    assert found(lines("lock: who pays?", "bees", "So who is it that pays for the lock?", "who pays for the lock")) == [
        ["s2", "s0", "s3"]
    ]


def test_every_two_questions_of_a_set_ask_the_same() -> None:
    long, longer = "who repairs the old water pump near the southern gate?", "who repairs the old water pump?"
    sets = found(lines(longer, f"{long[:-1]} tomorrow evening?", long))
    assert all(len(members) == 2 for members in sets)


def test_a_group_that_asks_twice_asks_once() -> None:
    one, two = lines("who pays for the lock?", "Who pays for the lock")
    assert found([one, replace(two, group=one.group, headings=("Money",))]) == [["s0", "s1"]]


def test_two_questions_under_one_heading_were_meant_as_two() -> None:
    one, two = lines("does the pump depend on the tap?", "does the tap depend on the pump?")
    assert found([one, two])
    assert not found([one, replace(two, pad_id=one.pad_id, group=one.group)])


def test_a_question_without_a_vector_is_compared_by_its_exact_words() -> None:
    questions = lines("who pays for the lock?", "Who pays for the lock", "who is it that pays for the lock?")
    nothing = np.zeros((0, 512), dtype=np.float32)
    assert find_same_questions(questions, [], nothing) == (("s0", "s1"),)


def test_no_question_and_a_single_one_are_in_no_set() -> None:
    assert found([]) == []
    assert found(lines("who pays for the lock?")) == []
