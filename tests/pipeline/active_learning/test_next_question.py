"""The next question: one whose answer is worth a decision."""

import numpy as np
from hypothesis import given

from pipeline.active_learning.line_suggestions import LearningState, learn
from pipeline.active_learning.next_question import Ask, Question, next_question
from tests.pipeline.active_learning.test_line_suggestions import FOOD, KEYS, LINES, ROOMS, any_states, concern, state_of


def asked(state: LearningState) -> Question | None:
    return next_question(state, learn(state))


def test_the_first_is_about_a_line_that_many_are_like() -> None:
    question = asked(state_of([FOOD, KEYS, KEYS, KEYS]))
    assert question is not None
    assert (question.ask, question.row, question.options) == (Ask.WHICH, 1, ())
    assert question.alike == (2, 3)


def test_the_second_is_about_something_else() -> None:
    state = state_of([FOOD, KEYS, KEYS, KEYS, ROOMS, ROOMS], [concern("Keys", [1])])
    question = asked(state)
    assert question is not None
    assert question.row in (4, 5)


def test_what_is_almost_certain_is_asked_with_yes_or_no() -> None:
    state = state_of([KEYS, KEYS], [concern("Keys", [0])])
    question = asked(state)
    assert question is not None
    assert (question.ask, question.row) == (Ask.BELONGS, 1)
    assert [(one.concern, one.nearest) for one in question.options] == [(0, 0)]


def test_what_was_refused_is_not_offered_again() -> None:
    keys = concern("Keys", [0], no=[1])
    question = asked(state_of([KEYS, KEYS], [keys]))
    assert question is not None
    assert (question.ask, question.row, question.options) == (Ask.WHICH, 1, ())


def test_between_two_concerns_both_are_offered_the_likelier_first() -> None:
    keys, rooms = (
        concern("Keys", [0]),
        concern("Rooms", [3]),
    )
    between = [1.0, 1.3, 0, 0]
    question = asked(state_of([KEYS, between, KEYS, ROOMS], [keys, rooms], in_none=[2]))
    assert question is not None
    assert (question.ask, question.row) == (Ask.WHICH, 1)
    assert [one.concern for one in question.options] == [1, 0]


def test_later_the_line_that_settles_most_pairs_across_groups_comes_first() -> None:
    groups = ["North", "South"] * 40
    large, small = [1.0, 0, 0, 0], [0, 1.0, 0, 0]
    half = [[0.6, 0, 0.8, 0], [0, 0.6, 0.8, 0]]
    rows = [large] * 64 + [small] * 14 + half
    concerns = (
        concern("Large", range(64)),
        concern("Small", range(64, 78)),
    )
    state = LearningState(
        texts=[""] * 80,
        groups=groups,
        vectors=np.array(rows, dtype=np.float32),
        concerns=concerns,
        names=np.zeros((2, 4), np.float32),
    )
    question = asked(state)
    assert question is not None
    assert question.row == 78


def test_a_concern_with_quotes_and_only_a_working_title_is_to_be_named() -> None:
    question = asked(state_of(LINES, [concern("keys kept", [0, 1], named=False)]))
    assert question == Question(ask=Ask.NAME, concern=0)


def test_when_all_is_placed_there_is_nothing_to_ask() -> None:
    assert asked(state_of([])) is None
    assert asked(state_of([KEYS, FOOD], [concern("Keys", [0])], in_none=[1])) is None


@given(any_states())
def test_it_is_always_about_a_line_that_nobody_placed(state: LearningState) -> None:
    question = asked(state)
    if question is None:
        assert all(state.placed() | ~state.vectors.any(axis=1))
    else:
        assert question.row is not None
        assert not state.placed()[question.row]
        assert not state.placed()[list(question.alike)].any()
        assert not any(question.row in state.concerns[one.concern].negative for one in question.options)


@given(any_states())
def test_the_same_decisions_ask_the_same(state: LearningState) -> None:
    assert asked(state) == asked(state)
