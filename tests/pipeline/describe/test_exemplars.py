"""Which quotes stand for a concern, and why each of the others is with them."""

import numpy as np

from pipeline.analysis_records import Reason, SegmentId
from pipeline.describe.exemplars import exemplars_of, reasons_of
from pipeline.describe.word_usage import usage_of
from tests.support.labelled_segments import bag, said

PUMP = said(
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
    assert exemplars_of(ROWS, PUMP, VECTORS) == [2, 3, 0]


def test_what_was_not_said_yet_comes_before_what_was() -> None:
    segments = said((group, f"a line of {group} that is long enough") for group in ("Water", "Soil", "Bees", "Paths"))
    vectors = np.array([[1, 0], [1, 0.05], [0.6, 0.8], [0.62, 0.78]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    first, second, *_ = exemplars_of(range(4), segments, vectors)
    assert {first // 2, second // 2} == {0, 1}


def test_a_quote_is_explained_by_the_exemplar_of_another_group_and_the_words_of_both() -> None:
    reasons = reasons_of(ROWS, [2, 3, 0], PUMP, VECTORS, usage_of(PUMP))
    assert Reason(segment_id=SegmentId("s0"), exemplar_id=SegmentId("s2"), shared_words=("old", "pump")) in reasons
    assert Reason(segment_id=SegmentId("s2"), exemplar_id=SegmentId("s3"), shared_words=("repair", "pump")) in reasons
    assert [one.segment_id for one in reasons] == ["s0", "s1", "s2", "s3"]


def test_quotes_that_share_no_word_say_so() -> None:
    segments = said((("Water", "blocked gutters"), ("Soil", "leaking downpipe")))
    first, second = reasons_of(range(2), [0, 1], segments, bag([one.text for one in segments]), usage_of(segments))
    assert (first.exemplar_id, first.shared_words) == ("s1", ())
    assert (second.exemplar_id, second.shared_words) == ("s0", ())


def test_an_only_exemplar_explains_the_others_and_not_itself() -> None:
    segments = PUMP[:2]
    [reason] = reasons_of(range(2), [0], segments, VECTORS[:2], usage_of(segments))
    assert (reason.segment_id, reason.exemplar_id, reason.shared_words) == ("s1", "s0", ("pump",))
