"""What a word looks like."""

import re

import numpy as np
from hypothesis import given

from pipeline.tag.neural.features import BUCKETS, FLAGS, HASHES, SHAPES, flags, shapes_and_hashes
from tests.hostile import ANY_TEXT


def words(line: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", line)]


def shapes(line: str) -> list[int]:
    return [int(shape) for shape in shapes_and_hashes(line, words(line))[:, 0]]


def test_the_shape_tells_how_a_word_is_written() -> None:
    title, lower, short, long, initial, number, mark, handle, camel, mixed = shapes(
        "Ana asks OSM NATURE A 12 ; @ eBay b2B"
    )
    assert len({title, lower, short, long, initial, number, mark, handle, camel, mixed}) == 10


def test_words_written_alike_look_alike() -> None:
    assert shapes("Ana") == shapes("Zoe") == shapes("Éva")


@given(ANY_TEXT)
def test_each_word_has_its_numbers_in_range(line: str) -> None:
    of_line = words(line)
    ids, flagged = shapes_and_hashes(line, of_line), flags(line, of_line)
    assert ids.shape == (len(of_line), 1 + HASHES)
    assert flagged.shape == (len(of_line), FLAGS)
    assert ((ids[:, 0] < SHAPES) & (ids >= 0).all(axis=1) & (ids[:, 1:] < BUCKETS).all(axis=1)).all()
    assert ((flagged >= 0) & (flagged <= 1)).all()


def test_a_shouted_line_says_so_of_each_word() -> None:
    shouted, spoken = (
        flags("BRING THE LADDER", words("BRING THE LADDER")),
        flags("bring the ladder", words("bring the ladder")),
    )
    assert not np.array_equal(shouted, spoken)
