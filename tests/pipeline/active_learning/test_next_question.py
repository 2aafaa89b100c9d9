"""The next question: one whose answer is worth a decision."""

from hypothesis import given

from pipeline.active_learning.next_question import Question, next_question
from tests.pipeline.active_learning.test_line_suggestions import FOOD, KEYS, LINES, ROOMS, Case, any_cases, concern


def asked(case: Case) -> Question | None:
    return next_question(case.learn())


def row_of(question: Question | None) -> int:
    assert question is not None
    assert question.segment is not None
    return int(question.segment.id)


def test_the_first_is_about_a_line_that_many_are_like() -> None:
    question = asked(Case([FOOD, KEYS, KEYS, KEYS]))
    assert question is not None
    assert (question.certain, row_of(question), question.options) == (False, 1, ())
    assert [segment.id for segment in question.alike] == ["2", "3"]


def test_the_second_is_about_something_else() -> None:
    assert row_of(asked(Case([FOOD, KEYS, KEYS, KEYS, ROOMS, ROOMS], [concern("Keys", [1])]))) in (4, 5)


def test_what_is_almost_certain_is_asked_with_yes_or_no() -> None:
    question = asked(Case([KEYS, KEYS], [concern("Keys", [0])]))
    assert question is not None
    assert (question.certain, row_of(question)) == (True, 1)
    (option,) = question.options
    assert option.concern.name == "Keys"
    assert option.nearest is not None
    assert option.nearest.id == "0"


def test_what_was_refused_is_not_offered_again() -> None:
    keys = concern("Keys", [0], no=[1])
    question = asked(Case([KEYS, KEYS], [keys]))
    assert question is not None
    assert (question.certain, row_of(question), question.options) == (False, 1, ())


def test_between_two_concerns_both_are_offered_the_likelier_first() -> None:
    keys, rooms = (
        concern("Keys", [0]),
        concern("Rooms", [3]),
    )
    between = [1.0, 1.3, 0, 0]
    question = asked(Case([KEYS, between, KEYS, ROOMS], [keys, rooms], in_none=[2]))
    assert question is not None
    assert (question.certain, row_of(question)) == (False, 1)
    assert [option.concern for option in question.options] == [rooms, keys]


def test_later_the_line_that_settles_most_pairs_across_groups_comes_first() -> None:
    large, small = [1.0, 0, 0, 0], [0, 1.0, 0, 0]
    half = [[0.6, 0, 0.8, 0], [0, 0.6, 0.8, 0]]
    rows = [large] * 64 + [small] * 14 + half
    concerns = (
        concern("Large", range(64)),
        concern("Small", range(64, 78)),
    )
    assert row_of(asked(Case(rows, concerns, groups=["North", "South"]))) == 78


def test_a_concern_with_quotes_and_only_a_working_title_is_to_be_named() -> None:
    keys = concern("keys kept", [0, 1], named=False)
    assert asked(Case(LINES, [keys])) == Question(concern=keys)


def test_when_all_is_placed_there_is_nothing_to_ask() -> None:
    assert asked(Case([])) is None
    assert asked(Case([KEYS, FOOD], [concern("Keys", [0])], in_none=[1])) is None


@given(any_cases())
def test_it_is_always_about_a_line_that_nobody_placed(case: Case) -> None:
    learned, question = case.learn(), asked(case)
    if question is None:
        assert all(learned.placed | ~learned.vectors.any(axis=1))
    else:
        row = row_of(question)
        assert not learned.placed[[row, *(int(segment.id) for segment in question.alike)]].any()
        assert not any(str(row) in option.concern.negative for option in question.options)


@given(any_cases())
def test_the_same_decisions_ask_the_same(case: Case) -> None:
    assert asked(case) == asked(case)
