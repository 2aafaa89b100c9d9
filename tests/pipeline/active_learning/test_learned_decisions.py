"""Learning from decisions: they stand, similar quotes are added and marked, and refused quotes are not."""

from collections.abc import Sequence

import numpy as np
from sklearn.preprocessing import normalize

from fetch.corpus_records import PadId
from pipeline.active_learning import learn, next_question
from pipeline.analysis_records import Concern, ConcernId
from pipeline.anchors import anchor_of
from pipeline.curation.apply_decisions import CuratedAnalysis, DraftAnalysis, apply_decisions
from pipeline.curation.concern_editor import Examples
from pipeline.curation.decisions import Belongs, ConcernRef, Curation, Decision, New, NotHere
from pipeline.encode import EncodedSegments
from pipeline.segment_records import LineNo, Segment, SegmentId

LINES = (
    ("North", "Nobody knows who keeps the keys", (1.0, 0.1, 0.0)),
    ("South", "The keys were lost twice", (1.0, 0.0, 0.1)),
    ("West", "Who keeps the keys at night?", (0.95, 0.1, 0.1)),
    ("North", "Rooms are cold", (0.0, 1.0, 0.1)),
    ("South", "The heating of the hall is off", (0.1, 1.0, 0.0)),
    ("West", "Lunch was late", (0.0, 0.1, 1.0)),
)


def segments() -> tuple[Segment, ...]:
    return tuple(
        Segment(
            id=SegmentId(f"s{row}"),
            pad_id=PadId(group.casefold()),
            group=group,
            line=LineNo(1 + row // 3),
            start=0,
            end=len(text),
            text=text,
        )
        for row, (group, text, _) in enumerate(LINES)
    )


SEGMENTS = segments()
DRAFT = DraftAnalysis(segments=SEGMENTS, entities=(), concerns=())


ENCODED = EncodedSegments(
    segments=SEGMENTS,
    vectors=normalize(np.array([vector for *_, vector in LINES], dtype=np.float32)),
    encode_names=lambda names: np.zeros((len(names), 3), dtype=np.float32),
)


def describe(groups: Sequence[Sequence[SegmentId]]) -> list[Concern]:
    return [
        Concern(
            id=ConcernId(f"c-{ids[0]}"),
            label=f"About {ids[0]}",
            terms=(),
            segment_ids=tuple(ids),
            exemplar_ids=tuple(ids[:1]),
            groups=tuple(dict.fromkeys(one.group for one in SEGMENTS if one.id in ids)),
            agreeing_groups=(),
            recurring=len({one.group for one in SEGMENTS if one.id in ids}) > 1,
        )
        for ids in groups
    ]


def new(name: str, *rows: int) -> Decision:
    return New(name=name, quotes=tuple(anchor_of(SEGMENTS[row], SEGMENTS) for row in rows))


def belongs(row: int, name: str, *, also: bool = False) -> Decision:
    return Belongs(quote=anchor_of(SEGMENTS[row], SEGMENTS), concern=ConcernRef(name=name), also=also)


def not_here(row: int, name: str | None = None) -> Decision:
    concern = ConcernRef(name=name) if name else None
    return NotHere(quote=anchor_of(SEGMENTS[row], SEGMENTS), concern=concern)


def curated(*decisions: Decision) -> CuratedAnalysis:
    curation = Curation(decisions=decisions)
    return apply_decisions(curation, DRAFT, describe, lambda examples: learn(ENCODED, examples).similar_quotes())


def quotes(result: CuratedAnalysis) -> dict[str, set[str]]:
    return {one.label: set(one.segment_ids) for one in result.concerns}


def test_a_concern_holds_its_decided_quotes_and_similar_ones_which_are_marked() -> None:
    result = curated(new("Keys", 0))
    assert quotes(result) == {"Keys": {"s0", "s1", "s2"}}
    assert result.concerns[0].suggested_ids == ("s1", "s2")


def test_a_refused_quote_is_not_added_however_similar_it_is() -> None:
    assert quotes(curated(new("Keys", 0), not_here(1, "Keys"))) == {"Keys": {"s0", "s2"}}
    assert quotes(curated(new("Keys", 0), not_here(2))) == {"Keys": {"s0", "s1"}}


def test_a_decided_quote_is_where_it_was_put_however_dissimilar_it_is() -> None:
    result = curated(new("Keys", 0), new("Cold", 3), belongs(1, "Cold"))
    assert quotes(result)["Cold"] >= {"s3", "s1"}
    assert "s1" not in quotes(result)["Keys"]
    assert all("s1" not in one.suggested_ids for one in result.concerns)


def test_a_quote_may_belong_to_a_second_concern_as_well() -> None:
    result = curated(new("Keys", 0), new("Cold", 3), belongs(0, "Cold", also=True))
    assert "s0" in quotes(result)["Keys"]
    assert "s0" in quotes(result)["Cold"]
    moved = curated(new("Keys", 0), new("Cold", 3), belongs(0, "Cold"))
    assert "s0" in quotes(moved)["Cold"]
    assert moved.outcome.empty == ("Keys",)


def test_the_same_decisions_in_another_order_teach_the_same() -> None:
    these = [new("Keys", 0), new("Cold", 3), not_here(5), belongs(2, "Keys")]
    assert quotes(curated(*these)) == quotes(curated(*reversed(these)))
    assert curated(*these).examples == curated(*reversed(these)).examples


def test_the_reason_of_an_added_quote_is_the_most_similar_decided_quote_and_the_words_of_both() -> None:
    result = curated(new("Keys", 0))
    (keys,) = learn(ENCODED, result.examples).with_reasons(result.concerns)
    assert [(one.segment_id, one.exemplar_id, one.shared_words) for one in keys.reasons] == [
        ("s1", "s0", ("keys",)),
        ("s2", "s0", ("keeps", "keys")),
    ]


def test_the_next_question_is_never_about_a_decided_quote() -> None:
    decided = curated(new("Keys", 0), new("Cold", 3), not_here(5)).examples
    question = next_question(learn(ENCODED, decided))
    assert question is not None
    assert question.segment in {SEGMENTS[1], SEGMENTS[2], SEGMENTS[4]}


def test_without_decisions_no_quote_is_added_anywhere() -> None:
    assert curated().concerns == ()
    assert learn(ENCODED, Examples()).similar_quotes() == []
