"""Learning: lines are put in the concern whose decided quotes and name they resemble, and no decision is overruled."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from pipeline.active_learning.line_suggestions import LearningState, learn, suggestion
from pipeline.curation.concern_editor import ConcernExamples

WIDTH = 4


def state_of(
    rows: Sequence[Sequence[float]],
    concerns: Sequence[ConcernExamples[int]] = (),
    in_none: Sequence[int] = (),
    names: Sequence[Sequence[float]] | None = None,
    texts: Sequence[str] | None = None,
) -> LearningState:
    """A state of lines of three groups in turn, whose names teach nothing unless they are given."""
    return LearningState(
        texts=texts or [f"line {row}" for row in range(len(rows))],
        groups=["North", "South", "West"] * (len(rows) // 3) + ["North", "South", "West"][: len(rows) % 3],
        vectors=vectors_of(rows),
        concerns=tuple(concerns),
        names=vectors_of(names if names is not None else [[0.0] * WIDTH] * len(concerns)),
        in_none=frozenset(in_none),
    )


def concern(name: str, yes: Iterable[int] = (), no: Iterable[int] = (), *, named: bool = True) -> ConcernExamples[int]:
    return ConcernExamples(name=name, named=named, positive=frozenset(yes), negative=frozenset(no))


def vectors_of(rows: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    units: NDArray[np.float32] = np.array(rows, dtype=np.float32).reshape(len(rows), WIDTH)
    return normalize(units).astype(np.float32) if len(rows) else units


KEYS, ROOMS, FOOD = [1.0, 0.1, 0, 0], [0, 1.0, 0.1, 0], [0, 0, 0.1, 1.0]
LINES = [KEYS, KEYS, KEYS, ROOMS, ROOMS, ROOMS, FOOD]


@st.composite
def any_states(draw: st.DrawFn) -> LearningState:
    """Lines that lie anywhere, with any decisions about them, contradictions between concerns included."""
    count = draw(st.integers(0, 9))
    rows = draw(st.lists(st.lists(st.integers(-2, 2), min_size=WIDTH, max_size=WIDTH), min_size=count, max_size=count))
    some = st.frozensets(st.integers(0, count - 1)) if count else st.just(frozenset[int]())
    yes = draw(st.lists(some, max_size=4))
    concerns = [concern(f"Concern {n}", rows, draw(some) - rows) for n, rows in enumerate(yes)]
    return state_of(rows, concerns, sorted(draw(some) - frozenset().union(*yes)))


def test_lines_are_put_in_the_concern_whose_quotes_they_resemble() -> None:
    learned = learn(
        state_of(
            LINES,
            [
                concern("Keys", [0]),
                concern("Rooms", [3]),
            ],
        )
    )
    assert learned.members == ((1, 2), (4, 5))


def test_a_line_unlike_every_concern_is_put_in_none() -> None:
    learned = learn(state_of(LINES, [concern("Keys", [0])]))
    assert 6 not in learned.members[0]


def test_a_concern_without_quotes_is_learned_from_its_name() -> None:
    learned = learn(state_of(LINES, [concern("Food")], names=[FOOD]))
    assert learned.members == ((6,),)


def test_what_belongs_in_none_teaches_that_its_like_belong_in_none_either() -> None:
    keys = concern("Keys", [0])
    somewhat = [1.0, 1.2, 0, 0]
    without = learn(state_of([KEYS, somewhat, somewhat], [keys]))
    refused = learn(state_of([KEYS, somewhat, somewhat], [keys], in_none=[1]))
    assert refused.fits[2, 0] < without.fits[2, 0]


def test_a_no_to_one_concern_says_nothing_about_the_others() -> None:
    keys, rooms = (
        concern("Keys", [0]),
        concern("Rooms", [3]),
    )
    before = learn(state_of(LINES, [keys, rooms]))
    after = learn(state_of(LINES, [concern("Keys", [0], no=[4]), rooms]))
    assert after.fits[5, 0] < before.fits[5, 0]
    assert after.fits[:, 1].tolist() == before.fits[:, 1].tolist()


@given(any_states())
def test_no_decision_is_ever_overruled(state: LearningState) -> None:
    learned = learn(state)
    for decided, members in zip(state.concerns, learned.members, strict=True):
        assert not set(members) & decided.negative
        assert not set(members) & state.in_none
        assert not any(set(members) & other.positive for other in state.concerns)


@given(any_states())
def test_a_line_is_put_with_one_concern_at_most(state: LearningState) -> None:
    rows = [row for members in learn(state).members for row in members]
    assert len(rows) == len(set(rows))


@given(any_states())
def test_the_order_of_concerns_does_not_change_what_they_hold(state: LearningState) -> None:
    turned = LearningState(
        texts=state.texts,
        groups=state.groups,
        vectors=state.vectors,
        concerns=state.concerns[::-1],
        names=state.names[::-1],
        in_none=state.in_none,
    )
    np.testing.assert_allclose(learn(turned).fits[:, ::-1], learn(state).fits, atol=2e-5)


@given(any_states())
def test_the_same_decisions_teach_the_same_to_the_bit(state: LearningState) -> None:
    assert learn(state).fits.tobytes() == learn(state).fits.tobytes()


def test_nothing_is_learned_from_nothing() -> None:
    assert learn(state_of([])).members == ()
    assert learn(state_of(LINES)).members == ()
    assert learn(state_of([], [concern("Keys")])).members == ((),)


def test_a_line_without_a_word_fits_nothing() -> None:
    learned = learn(state_of([KEYS, [0.0] * WIDTH], [concern("Keys", [0])], names=[KEYS]))
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
        state = state_of(LINES, [concern("Keys", [0, 3])], texts=self.texts)
        learned = learn(state)
        assert [suggestion(state, learned, row, 0).nearest for row in (1, 4)] == [0, 3]

    def test_give_shared_words_as_the_line_writes_them(self) -> None:
        state = state_of(LINES, [concern("Keys", [0])], texts=self.texts)
        learned = learn(state)
        assert [suggestion(state, learned, row, 0).shared for row in (1, 2)] == [("kept",), ("keys",)]

    def test_of_a_concern_without_quotes_give_the_words_of_its_name(self) -> None:
        state = state_of(LINES, [concern("Cold rooms")], names=[ROOMS], texts=self.texts)
        offered = [suggestion(state, learn(state), row, 0) for row in (3, 4)]
        assert [(one.nearest, one.shared) for one in offered] == [(None, ("Rooms", "cold")), (None, ("cold",))]


@pytest.mark.parametrize("count", (1, 2))
def test_one_group_and_one_line_are_enough(count: int) -> None:
    learned = learn(state_of([KEYS] * count, [concern("Keys", [0])]))
    assert learned.members == (tuple(range(1, count)),)
