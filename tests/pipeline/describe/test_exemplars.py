"""Which quotes stand for a concern, why each of the others is with them, and which groups clearly agree."""

import numpy as np
import pytest

from pipeline.analysis_records import Reason
from pipeline.describe.concerns import AGREEMENT, agreeing_groups, choose_exemplars, find_reasons
from pipeline.describe.word_usage import count_event_words
from pipeline.segment_records import SegmentId
from tests.support.labelled_segments import bag, segments_of

PUMP = segments_of(
    (
        ("Water", "the old pump breaks down every summer"),
        ("Water", "pump again"),
        ("Soil", "somebody should repair the old pump"),
        ("Bees", "our pump needs a repair before June"),
    )
)
VECTORS = bag([one.text for one in PUMP])
ROWS = range(len(PUMP))


def test_the_first_exemplar_is_most_like_all_others_and_there_is_one_for_each_group() -> None:
    assert choose_exemplars(ROWS, PUMP, VECTORS) == [2, 3, 0]


def test_what_was_not_said_yet_comes_before_what_was() -> None:
    segments = segments_of(
        (group, f"a line of {group} that is long enough") for group in ("Water", "Soil", "Bees", "Paths")
    )
    vectors = np.array([[1, 0], [1, 0.05], [0.6, 0.8], [0.62, 0.78]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    first, second, *_ = choose_exemplars(range(4), segments, vectors)
    assert {first // 2, second // 2} == {0, 1}


def test_a_quote_is_explained_by_the_exemplar_of_another_group_and_the_words_of_both() -> None:
    reasons = find_reasons(ROWS, [2, 3, 0], PUMP, VECTORS, count_event_words(PUMP))
    assert Reason(segment_id=SegmentId("s0"), exemplar_id=SegmentId("s2"), shared_words=("old", "pump")) in reasons
    assert Reason(segment_id=SegmentId("s2"), exemplar_id=SegmentId("s3"), shared_words=("repair", "pump")) in reasons
    assert [one.segment_id for one in reasons] == ["s0", "s1", "s2", "s3"]


def test_quotes_that_share_no_word_say_so() -> None:
    segments = segments_of((("Water", "blocked gutters"), ("Soil", "leaking downpipe")))
    first, second = find_reasons(
        range(2), [0, 1], segments, bag([one.text for one in segments]), count_event_words(segments)
    )
    assert (first.exemplar_id, first.shared_words) == ("s1", ())
    assert (second.exemplar_id, second.shared_words) == ("s0", ())


def test_an_only_exemplar_explains_the_others_and_not_itself() -> None:
    segments = PUMP[:2]
    [reason] = find_reasons(range(2), [0], segments, VECTORS[:2], count_event_words(segments))
    assert (reason.segment_id, reason.exemplar_id, reason.shared_words) == ("s1", "s0", ("pump",))


def at(*cosines: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return rows of unit length in a plane, each with this cosine to the first axis."""
    return np.array([[one, np.sqrt(1 - one * one)] for one in cosines], dtype=np.float32)


def test_a_group_far_from_all_others_does_not_agree() -> None:
    vectors = at(1, 0.9, 0.8, -0.4)
    assert agreeing_groups(range(4), ["Water", "Soil", "Bees", "Paths"], vectors) == ("Water", "Soil", "Bees")


def test_one_good_quote_is_enough_however_many_others_a_group_has() -> None:
    vectors = at(1, 0.9, 0.95, -0.4, -0.5)
    assert agreeing_groups(range(5), ["Water", "Soil", "Bees", "Bees", "Bees"], vectors) == ("Water", "Soil", "Bees")


def test_quotes_of_its_own_group_do_not_make_a_group_agree() -> None:
    vectors = at(1, 0.99, 0.98, 0.0)
    assert agreeing_groups(range(4), ["Water", "Water", "Water", "Soil"], vectors) == ()


def test_a_quote_exactly_at_the_threshold_agrees_and_one_below_it_does_not() -> None:
    assert agreeing_groups(range(2), ["Water", "Soil"], at(1, AGREEMENT)) == ("Water", "Soil")
    assert agreeing_groups(range(2), ["Water", "Soil"], at(1, AGREEMENT - 0.001)) == ()


def test_a_group_without_others_agrees_with_itself() -> None:
    assert agreeing_groups((1, 2), ["Soil", "Water", "Water"], at(1, 0.1, -1)) == ("Water",)


@pytest.mark.parametrize("rows", ((0, 1), (1, 0)))
def test_lines_without_a_vector_never_agree(rows: tuple[int, int]) -> None:
    vectors = np.zeros((2, 3), dtype=np.float32)
    assert agreeing_groups(rows, ["Water", "Soil"], vectors) == ()
