"""What decisions teach: what was decided stands, what is like it is marked, and what was refused is not shown there."""

from collections.abc import Sequence

import numpy as np
from sklearn.preprocessing import normalize

from fetch.corpus_records import PadId
from pipeline.active_learning import Learner
from pipeline.analysis_records import Concern, ConcernId, LineNo, Segment, SegmentId
from pipeline.curation import (
    Belongs,
    ConcernRef,
    Curated,
    Curation,
    Decided,
    Decision,
    Found,
    New,
    NotHere,
    anchor_of,
    apply,
    decided_in,
)

SAID = (
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
        for row, (group, text, _) in enumerate(SAID)
    )


SEGMENTS = segments()
FOUND = Found(segments=SEGMENTS, entities=(), concerns=())


def learner() -> Learner:
    vectors = normalize(np.array([vector for *_, vector in SAID], dtype=np.float32))
    return Learner(
        offered=SEGMENTS, vectors=vectors, name_vectors=lambda names: np.zeros((len(names), 3), dtype=np.float32)
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
            clear_groups=(),
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


def curated(*decisions: Decision) -> Curated:
    return apply(Curation(decisions=decisions), FOUND, describe, learner().further)


def quotes(result: Curated) -> dict[str, set[str]]:
    return {one.label: set(one.segment_ids) for one in result.concerns}


def test_a_concern_holds_its_decided_quotes_and_those_like_them_which_are_marked() -> None:
    result = curated(new("Keys", 0))
    assert quotes(result) == {"Keys": {"s0", "s1", "s2"}}
    assert result.concerns[0].suggested_ids == ("s1", "s2")


def test_what_was_refused_is_not_shown_there_however_like_it_is() -> None:
    assert quotes(curated(new("Keys", 0), not_here(1, "Keys"))) == {"Keys": {"s0", "s2"}}
    assert quotes(curated(new("Keys", 0), not_here(2))) == {"Keys": {"s0", "s1"}}


def test_what_was_decided_about_is_where_it_was_put_however_unlike_it_is() -> None:
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
    assert decided_in(Curation(decisions=tuple(these)), FOUND) == decided_in(
        Curation(decisions=tuple(reversed(these))), FOUND
    )


def test_reasons_of_what_is_there_by_likeness_name_the_nearest_decided_quote_and_words_of_the_line() -> None:
    result = curated(new("Keys", 0))
    (keys,) = learner().explain(result.concerns, result.decided)
    assert [(one.segment_id, one.exemplar_id, one.shared_words) for one in keys.reasons] == [
        ("s1", "s0", ("keys",)),
        ("s2", "s0", ("keeps", "keys")),
    ]


def test_the_next_question_is_never_about_what_was_decided() -> None:
    decided = curated(new("Keys", 0), new("Cold", 3), not_here(5)).decided
    _, question = learner().ask(decided)
    assert question is not None
    assert question.row in {1, 2, 4}


def test_without_decisions_nothing_is_put_anywhere() -> None:
    assert curated().concerns == ()
    assert learner().further(Decided()) == ()
