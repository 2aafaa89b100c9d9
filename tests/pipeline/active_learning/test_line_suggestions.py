"""Learning: lines are put in the concern whose decided quotes and name they resemble, and no decision is overruled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from fetch.corpus_records import PadId
from pipeline.active_learning.line_suggestions import Learned, learn
from pipeline.curation.concern_editor import ConcernExamples, Examples
from pipeline.encode import EncodedSegments
from pipeline.segment_records import LineNo, Segment, SegmentId

WIDTH = 4


@dataclass(frozen=True)
class Case:
    """Lines of three groups in turn, with what was decided about them; the id of a segment is its row number."""

    rows: Sequence[Sequence[float]]
    concerns: Sequence[ConcernExamples] = ()
    in_none: Sequence[int] = ()
    names: Sequence[Sequence[float]] | None = None
    texts: Sequence[str] | None = None
    groups: Sequence[str] = ("North", "South", "West")

    def learn(self) -> Learned:
        """Learn from the case; names of concerns teach nothing unless vectors of `names` are given."""
        names = self.names if self.names is not None else [[0.0] * WIDTH] * len(self.concerns)
        segments = tuple(
            Segment(
                id=SegmentId(str(row)),
                pad_id=PadId("pad"),
                group=self.groups[row % len(self.groups)],
                line=LineNo(1 + row),
                start=0,
                end=1,
                text=self.texts[row] if self.texts else f"line {row}",
            )
            for row in range(len(self.rows))
        )
        encoded = EncodedSegments(
            segments=segments, vectors=vectors_of(self.rows), encode_names=lambda _: vectors_of(names)
        )
        return learn(encoded, Examples(concerns=tuple(self.concerns), in_none=ids(self.in_none)))


def ids(rows: Iterable[int]) -> frozenset[SegmentId]:
    return frozenset(SegmentId(str(row)) for row in rows)


def concern(name: str, yes: Iterable[int] = (), no: Iterable[int] = (), *, named: bool = True) -> ConcernExamples:
    return ConcernExamples(name=name, named=named, positive=ids(yes), negative=ids(no))


def vectors_of(rows: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    units: NDArray[np.float32] = np.array(rows, dtype=np.float32).reshape(len(rows), WIDTH)
    return normalize(units).astype(np.float32) if len(rows) else units


KEYS, ROOMS, FOOD = [1.0, 0.1, 0, 0], [0, 1.0, 0.1, 0], [0, 0, 0.1, 1.0]
LINES = [KEYS, KEYS, KEYS, ROOMS, ROOMS, ROOMS, FOOD]


@st.composite
def any_cases(draw: st.DrawFn) -> Case:
    """Lines that lie anywhere, with any decisions about them, contradictions between concerns included."""
    count = draw(st.integers(0, 9))
    rows = draw(st.lists(st.lists(st.integers(-2, 2), min_size=WIDTH, max_size=WIDTH), min_size=count, max_size=count))
    some = st.frozensets(st.integers(0, count - 1)) if count else st.just(frozenset[int]())
    yes = draw(st.lists(some, max_size=4))
    concerns = [concern(f"Concern {n}", rows, draw(some) - rows) for n, rows in enumerate(yes)]
    return Case(rows, concerns, sorted(draw(some) - frozenset().union(*yes)))


def test_lines_are_put_in_the_concern_whose_quotes_they_resemble() -> None:
    learned = Case(
        LINES,
        [
            concern("Keys", [0]),
            concern("Rooms", [3]),
        ],
    ).learn()
    assert learned.members() == [[1, 2], [4, 5]]


def test_a_line_unlike_every_concern_is_put_in_none() -> None:
    learned = Case(LINES, [concern("Keys", [0])]).learn()
    assert 6 not in learned.members()[0]


def test_a_concern_without_quotes_is_learned_from_its_name() -> None:
    learned = Case(LINES, [concern("Food")], names=[FOOD]).learn()
    assert learned.members() == [[6]]


def test_what_belongs_in_none_teaches_that_its_like_belong_in_none_either() -> None:
    keys = concern("Keys", [0])
    somewhat = [1.0, 1.2, 0, 0]
    without = Case([KEYS, somewhat, somewhat], [keys]).learn()
    refused = Case([KEYS, somewhat, somewhat], [keys], in_none=[1]).learn()
    assert refused.fits[2, 0] < without.fits[2, 0]


def test_a_no_to_one_concern_says_nothing_about_the_others() -> None:
    keys, rooms = (
        concern("Keys", [0]),
        concern("Rooms", [3]),
    )
    before = Case(LINES, [keys, rooms]).learn()
    after = Case(LINES, [concern("Keys", [0], no=[4]), rooms]).learn()
    assert after.fits[5, 0] < before.fits[5, 0]
    assert after.fits[:, 1].tolist() == before.fits[:, 1].tolist()


@given(any_cases())
def test_no_decision_is_ever_overruled(case: Case) -> None:
    for decided, members in zip(case.concerns, case.learn().similar_quotes(), strict=True):
        assert not set(members) & decided.negative
        assert not set(members) & ids(case.in_none)
        assert not any(set(members) & other.positive for other in case.concerns)


@given(any_cases())
def test_a_line_is_put_with_one_concern_at_most(case: Case) -> None:
    rows = [row for members in case.learn().members() for row in members]
    assert len(rows) == len(set(rows))


@given(any_cases())
def test_the_order_of_concerns_does_not_change_what_they_hold(case: Case) -> None:
    turned = replace(case, concerns=case.concerns[::-1])
    np.testing.assert_allclose(turned.learn().fits[:, ::-1], case.learn().fits, atol=2e-5)


@given(any_cases())
def test_the_same_decisions_teach_the_same_to_the_bit(case: Case) -> None:
    assert case.learn().fits.tobytes() == case.learn().fits.tobytes()


def test_nothing_is_learned_from_nothing() -> None:
    assert Case([]).learn().members() == []
    assert Case(LINES).learn().members() == []
    assert Case([], [concern("Keys")]).learn().members() == [[]]


def test_a_line_without_a_word_fits_nothing() -> None:
    learned = Case([KEYS, [0.0] * WIDTH], [concern("Keys", [0])], names=[KEYS]).learn()
    assert learned.fits[1, 0] == 0


class TestSuggestions:
    texts = (
        "The keys are kept at the office",
        "Nobody knows where the Key is kept",
        "Who keeps the keys?",
        "Rooms are cold",
        "A cold hall",
        "No room",
        "Soup was good",
    )

    def test_name_the_most_similar_decided_quote(self) -> None:
        learned = Case(LINES, [concern("Keys", [0, 3])], texts=self.texts).learn()
        nearest = [learned.suggestion(row, 0).nearest for row in (1, 4)]
        assert nearest == [learned.segments[0], learned.segments[3]]

    def test_give_shared_words_as_the_line_writes_them(self) -> None:
        learned = Case(LINES, [concern("Keys", [0])], texts=self.texts).learn()
        assert [learned.suggestion(row, 0).shared for row in (1, 2)] == [("kept",), ("keys",)]

    def test_of_a_concern_without_quotes_give_the_words_of_its_name(self) -> None:
        learned = Case(LINES, [concern("Cold rooms")], names=[ROOMS], texts=self.texts).learn()
        offered = [learned.suggestion(row, 0) for row in (3, 4)]
        assert [(one.nearest, one.shared) for one in offered] == [(None, ("Rooms", "cold")), (None, ("cold",))]


@pytest.mark.parametrize("count", (1, 2))
def test_one_group_and_one_line_are_enough(count: int) -> None:
    learned = Case([KEYS] * count, [concern("Keys", [0])]).learn()
    assert learned.members() == [list(range(1, count))]
