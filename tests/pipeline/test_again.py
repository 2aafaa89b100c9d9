"""Again: what was described once is not described anew, and nobody can tell by the result."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.analysis_records import SegmentId
from pipeline.describe import Means
from pipeline.describe.concerns import Again
from tests.support.labelled_segments import bag, said

SAID = said(
    (
        ("Water", "who pays when the pump breaks"),
        ("Soil", "nobody knows who pays for repairs"),
        ("Kids", "who pays for the gate"),
        ("Water", "a rota for the tap"),
        ("Kids", "a rota for opening the gate"),
        ("Soil", "we need a rota for the bins"),
        ("Soil", "the bins are full"),
        ("Kids", "the bins are full"),
        ("Water", "the bins are full"),
        ("Bees", "the bins are full"),
    )
)
IDS = [one.id for one in SAID]


def again(offered: int = len(SAID)) -> Again:
    """Of all segments, of which the first few were offered to the clustering."""
    chosen = SAID[:offered]
    vectors = bag([one.text for one in chosen])
    return Again(segments=SAID, offered=chosen, vectors=vectors, means=Means(embed=bag))


GROUPS = st.lists(st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True), max_size=4)


@settings(deadline=None, max_examples=50)
@given(st.lists(GROUPS, min_size=1, max_size=4), st.integers(3, len(SAID)))
def test_what_was_described_before_changes_nothing(steps: list[list[list[SegmentId]]], offered: int) -> None:
    kept = again(offered)
    for groups in steps:
        assert kept(groups) == again(offered)(groups)


class Counting:
    """Gives vectors, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        return bag(texts)


def test_nothing_is_described_twice() -> None:
    embed = Counting()
    kept = replace(again(), means=Means(embed=embed))
    kept([IDS[:3], IDS[3:6]])
    before = embed.asked
    kept([IDS[:3], IDS[3:6]])
    assert embed.asked == before > 0


def test_what_was_told_apart_from_other_segments_is_forgotten() -> None:
    embed = Counting()
    kept = replace(again(offered=6), means=Means(embed=embed))
    kept([IDS[6:8]])
    kept([IDS[8:10]])
    before = embed.asked
    kept([IDS[6:8]])
    assert embed.asked > before


def test_two_concerns_of_the_same_words_have_ids_of_their_own() -> None:
    first, second = again()([IDS[6:8], IDS[8:10]])
    assert first.id != second.id
    assert second.id.startswith(first.id)


def test_what_nobody_offered_is_described_by_its_words() -> None:
    (one,) = again(offered=6)([IDS[6:8]])
    assert one.segment_ids == tuple(IDS[6:8])
