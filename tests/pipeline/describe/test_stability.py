"""What a concern is called and where it stands depends on what is in it, not on what else was written."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.segment_records import Segment
from tests.support.labelled_segments import bag, describe, segments_of

GROUPS = st.sampled_from(("Water", "Soil", "Bees"))
WORDS = st.sampled_from(("pump", "gate", "path", "wasp", "mole", "with", "and", "key", "old", "lock"))
CLUSTERS = st.lists(
    st.lists(st.tuples(GROUPS, st.lists(WORDS, min_size=2, max_size=6).map(" ".join)), min_size=2, max_size=4),
    min_size=1,
    max_size=4,
)
UNRELATED = (
    ("Swallows", "swallows returned beneath ferry eaves"),
    ("Swallows", "yesterday's timetable was misprinted"),
)


def named(clusters: Sequence[Sequence[int]], segments: Sequence[Segment]) -> list[tuple[str, str]]:
    """The id and the label of each concern, in order."""
    vectors = bag([segment.text for segment in segments])
    return [(one.id, one.label) for one in describe(clusters, segments, vectors)]


@hypothesis_settings(max_examples=40)
@given(CLUSTERS)
def test_a_line_or_a_pad_more_leaves_other_concerns_their_ids_labels_and_order(
    clusters: list[list[tuple[str, str]]],
) -> None:
    lines = [line for members in clusters for line in members]
    ends = np.cumsum([len(members) for members in clusters])
    rows = [tuple(range(end - len(members), end)) for end, members in zip(ends, clusters, strict=True)]
    before = named(rows, segments_of(lines))
    assert named(rows, segments_of([*lines, UNRELATED[0]])) == before
    assert named(rows, segments_of([*lines, *UNRELATED])) == before
    with_its_concern = named([*rows, (len(lines), len(lines) + 1)], segments_of([*lines, *UNRELATED]))
    assert [one for one in with_its_concern if one in before] == before


@hypothesis_settings(max_examples=40)
@given(CLUSTERS)
def test_an_id_is_made_of_the_texts_and_nothing_else(clusters: list[list[tuple[str, str]]]) -> None:
    members = clusters[0]
    [(alone, _)] = named([tuple(range(len(members)))], segments_of(members))
    shifted = segments_of([*UNRELATED, *members])
    [(after, _)] = named([tuple(range(2, 2 + len(members)))], shifted)
    assert alone == after
