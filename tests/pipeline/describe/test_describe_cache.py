"""What was described once is not described again, and the result is equal with and without the cache."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.describe import DescribeCache, Describer
from pipeline.segment_records import SegmentId
from pipeline.vectors import Embed, Vectors
from tests.support.labelled_segments import bag, segments_of

SEGMENTS = segments_of(
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
IDS = [one.id for one in SEGMENTS]


def cache(offered: int = len(SEGMENTS), embed: Embed = bag) -> DescribeCache:
    """Return a cache for all segments, of which the first few were offered to the clustering."""
    chosen = SEGMENTS[:offered]
    vectors = bag([one.text for one in chosen])
    return DescribeCache(
        segments=SEGMENTS, offered=chosen, vectors=vectors, people=frozenset(), describer=Describer(embed)
    )


GROUPS = st.lists(st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True), max_size=4)


@settings(max_examples=50)
@given(st.lists(GROUPS, min_size=1, max_size=4), st.integers(3, len(SEGMENTS)))
def test_what_was_described_before_changes_nothing(steps: list[list[list[SegmentId]]], offered: int) -> None:
    kept = cache(offered)
    for groups in steps:
        assert kept.describe(groups) == cache(offered).describe(groups)


class Counting:
    """An encoder that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        return bag(texts)


def test_nothing_is_described_twice() -> None:
    embed = Counting()
    kept = cache(embed=embed)
    kept.describe([IDS[:3], IDS[3:6]])
    before = embed.calls
    kept.describe([IDS[:3], IDS[3:6]])
    assert embed.calls == before > 0


def test_a_description_among_other_segments_is_forgotten() -> None:
    embed = Counting()
    kept = cache(offered=6, embed=embed)
    kept.describe([IDS[6:8]])
    kept.describe([IDS[8:10]])
    before = embed.calls
    kept.describe([IDS[6:8]])
    assert embed.calls > before


def test_two_concerns_of_the_same_words_have_ids_of_their_own() -> None:
    first, second = cache().describe([IDS[6:8], IDS[8:10]])
    assert first.id != second.id
    assert second.id.startswith(first.id)


def test_what_nobody_offered_is_described_by_its_words() -> None:
    (one,) = cache(offered=6).describe([IDS[6:8]])
    assert one.segment_ids == tuple(IDS[6:8])
