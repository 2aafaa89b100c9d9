"""Answers of language models: what of them is used, and what is said of the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.answers import LONGEST_NAME, AnswerChecker, find_items, find_words, plain
from pipeline.reading.chat_protocol import Refusal, Response, outcome_of
from pipeline.reading.prompts import PromptWriter, Request
from pipeline.reading.reading_records import Code, CodeId, DraftConcern, LineFacts, ReadSentence, Task
from pipeline.segment_records import Kind
from tests.support.damaged import as_json, assert_plain, damaged
from tests.support.readings import LARGE, event_lines, number_of

EVENT = event_lines(
    {
        "Water": "* Ana will mend the pump by Friday\n* who pays for the pump?\n",
        "Soil": "* the board pays\n* ask the Water group\n",
    }
)
CODES = (Code(id=CodeId("c1"), name="Who pays"), Code(id=CodeId("c2"), name="The pump breaks"))
MEND, WHO, BOARD, ASK = (line.number for line in EVENT.lines)
CHECKER = AnswerChecker(
    lines=EVENT.by_number,
    segments=EVENT.segments,
    codes=frozenset(code.id for code in CODES),
    members={CodeId("c1"): frozenset({WHO, BOARD}), CodeId("c2"): frozenset({MEND})},
    groups=EVENT.group_names,
)
WRITER = PromptWriter(context_tokens=LARGE)


def draft(name: str, *lines: int) -> DraftConcern:
    return DraftConcern(name=name, lines=lines)


CODING = next(WRITER.coding(EVENT.lines, CODES, ()))
FACTS = next(WRITER.facts(EVENT.lines, ("Water", "Soil"), ()))
MERGE = WRITER.merge([[draft("Who pays", 1), draft("Dogs")], [draft("Money", 2, 1)]], EVENT.lines, ())
SUMMARY = next(WRITER.summaries([(CODES[0], EVENT.lines[1:3])], ()))


def coded(**changes: object) -> str:
    lines = {number: ["c1"] for number in CODING.lines} | {int(n[1:]): codes for n, codes in changes.items()}
    return json.dumps({"lines": [{"line": n, "concerns": codes} for n, codes in lines.items() if codes is not None]})


def reasons(text: str, request: Request = CODING) -> list[str]:
    return [fault.reason for fault in CHECKER.check(request, text).faults]


@pytest.mark.parametrize(
    "text",
    (
        '{"lines": [{"line": 1}, {"line": 2}]}',
        '```json\n{"lines": [{"line": 1}, {"line": 2}]}\n```',
        'Sure! Here is the JSON:\n{"note": "as asked", "lines": [{"line": 1}, {"line": 2}]}\nAnything else?',
        '<think>First {"lines": [{"line": 9}]}, no.</think>{"lines": [{"line": 1}, {"line": 2}]}',
        '[{"line": 1}, {"line": 2}]',
        '{"lines": [{"line": 1}, {"line": 2}, {"line": 3, "conc',
        '{"lines": [{"line": 1}, "or", {"line": 2},]}',
    ),
)
def test_json_is_found_whatever_is_around_it(text: str) -> None:
    assert find_items(text, "lines") == [{"line": 1}, {"line": 2}]


@pytest.mark.parametrize(
    "text", ("", "I cannot help with that.", '{"lines": "none"}', "[" * 100_000, '{"lines": ' * 99)
)
def test_without_an_array_of_that_name_there_is_nothing(text: str) -> None:
    assert not find_items(text, "lines")


@given(st.text())
def test_no_text_stops_the_search(text: str) -> None:
    find_items(f'{{"lines": [{text}', "lines")
    CHECKER.check(CODING, text)


def test_every_line_that_was_asked_for_has_its_concerns() -> None:
    checked = CHECKER.check(CODING, coded(**{f"n{ASK}": ["c2", "C1"], f"n{MEND}": []}))
    assert checked.values == {MEND: (), WHO: ("c1",), BOARD: ("c1",), ASK: ("c2", "c1")}
    assert not checked.faults


@pytest.mark.parametrize(
    ("changes", "sentence"),
    (
        ({"n512": ["c1"]}, "Line 512 does not exist."),
        ({f"n{WHO}": None}, f"Line {WHO} is missing."),
        ({f"n{WHO}": ["c31"]}, f"Line {WHO}: concern c31 is not in the list."),
        ({f"n{WHO}": ["<b>x</b>"]}, f"Line {WHO}: concern x is not in the list."),
    ),
)
def test_what_does_not_fit_is_one_sentence(changes: dict[str, object], sentence: str) -> None:
    assert reasons(coded(**changes)) == [sentence]


def test_a_line_that_is_there_twice_keeps_its_first_concerns() -> None:
    text = json.dumps({"lines": [{"line": n, "concerns": ["c1"]} for n in (*CODING.lines, WHO)]})
    assert reasons(text) == [f"Line {WHO} is there twice."]
    assert CHECKER.check(CODING, text).values[WHO] == ("c1",)


def test_an_answer_without_json_faults_every_line() -> None:
    checked = CHECKER.check(CODING, "I am only a language model.")
    assert checked.is_empty
    assert {fault.place for fault in checked.faults} == set(CODING.lines)


def facts(**details: object) -> str:
    lines = [
        {"line": n, "kind": "action" if n == MEND else "question" if n == WHO else "statement"} for n in FACTS.lines
    ]
    return json.dumps({"lines": lines, "details": [{"line": MEND, "owner": "", "due": "", **details}]})


def test_owners_and_dates_are_words_of_their_line() -> None:
    checked = CHECKER.check(FACTS, facts(owner="ANA", due="by  friday"))
    assert checked.values[MEND] == LineFacts(kind=Kind.ACTION, owner="Ana", due="by Friday")


def test_an_owner_that_is_not_in_the_line_is_left_out_and_told() -> None:
    (fault,) = CHECKER.check(FACTS, facts(owner="Ana Pérez", due="by Friday")).faults
    assert fault.reason == f"Line {MEND}: its owner is not copied from the line."
    assert fault.partial == LineFacts(kind=Kind.ACTION, due="by Friday")


def test_an_unknown_kind_is_told() -> None:
    text = facts().replace('"question"', '"rant"')
    assert reasons(text, FACTS) == [f"Line {WHO}: rant is not a kind of line."]


def test_a_question_may_have_an_answer_and_a_line_may_speak_of_another_group() -> None:
    lines = [{"line": n, "kind": "question" if n == WHO else "statement"} for n in FACTS.lines]
    details = [{"line": WHO, "answer": BOARD, "group": ""}, {"line": ASK, "answer": 0, "group": "Water"}]
    values = CHECKER.check(FACTS, json.dumps({"lines": lines, "details": details})).values
    assert values[WHO].answer == BOARD - 1
    assert values[ASK].group == "Water"


def test_no_line_answers_itself_and_no_line_speaks_of_its_own_group() -> None:
    lines = [{"line": n, "kind": "question"} for n in FACTS.lines]
    details = [{"line": WHO, "answer": WHO, "group": "Water"}]
    checked = CHECKER.check(FACTS, json.dumps({"lines": lines, "details": details}))
    assert [fault.reason for fault in checked.faults] == [f"Line {WHO}: line {WHO} cannot be its answer."]
    assert checked.faults[0].partial == LineFacts(kind=Kind.QUESTION)


def test_names_of_a_merged_list_that_no_concern_takes_up_stay() -> None:
    text = json.dumps({"concerns": [{"name": "Money is short", "from": [1, 3]}, {"name": "Ghosts", "from": [9]}]})
    checked = CHECKER.check(MERGE, text)
    assert checked.drafts == (draft("Money is short", 1, 2), draft("Dogs"))
    assert [fault.reason for fault in checked.faults] == [
        "Number 9 of a merged list does not exist.",
        "Number 2 is in no concern of the new list.",
    ]


def test_concerns_are_named_with_lines_that_were_sent() -> None:
    items = [{"name": "Who **pays**", "lines": [WHO, "512", BOARD, WHO]}, {"name": "who pays", "lines": [ASK]}]
    (codebook,) = WRITER.codebook(EVENT.lines, (), ())
    checked = CHECKER.check(codebook, json.dumps({"concerns": [*items, {"name": "", "lines": [ASK]}, {}]}))
    assert checked.drafts == (draft("Who pays", WHO - 1, BOARD - 1, ASK - 1),)
    assert [fault.reason for fault in checked.faults] == ["Line 512 does not exist."]


def summary(*sentences: object) -> str:
    return json.dumps({"summaries": [{"concern": "c1", "sentences": list(sentences)}]})


def test_a_sentence_cites_lines_of_its_concern() -> None:
    checked = CHECKER.check(SUMMARY, summary({"text": f"The board pays (lines {WHO}, {BOARD}).", "lines": [BOARD]}))
    assert checked.values == {"c1": (ReadSentence(text="The board pays.", lines=(BOARD - 1,)),)}


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    (
        ({"text": "Nobody pays.", "lines": []}, "a sentence cites no line."),
        ({"text": "Nobody pays."}, "a sentence cites no line."),
        ({"text": "The pump breaks.", "lines": [WHO, MEND]}, f"line {MEND} is cited and is not among its lines."),
        ({"text": "They cite 9999.", "lines": [9999]}, "line 9999 is cited and is not among its lines."),
        ({"text": "", "lines": [WHO]}, "a sentence has no words."),
        (
            {"text": "One asks “who will pay us”.", "lines": [WHO]},
            "“who will pay us” is quoted and is not in the lines cited.",
        ),
        ("Nobody pays.", "a sentence has no words."),
    ),
)
def test_a_sentence_without_a_line_of_its_concern_is_dropped(sentence: object, complaint: str) -> None:
    good = {"text": "Who pays is open.", "lines": [WHO]}
    (fault,) = CHECKER.check(SUMMARY, summary(sentence, good)).faults
    assert fault.reason == f"Concern c1: {complaint}"
    assert [kept.text for kept in fault.partial] == ["Who pays is open."]


def test_a_summary_may_repeat_words_of_the_lines_that_it_cites() -> None:
    checked = CHECKER.check(SUMMARY, summary({"text": 'Water asks "who pays for the pump".', "lines": [WHO]}))
    assert not checked.faults


@pytest.mark.parametrize(
    ("written", "read"),
    (
        ("**Who pays**", "Who pays"),
        ("Who <script>alert(1)</script> pays", "Who alert(1) pays"),
        ("[Who pays](javascript:alert)", "Who pays"),
        ("Who pays https://evil.example/x?y", "Who pays"),
        ("Who\u202e pays\x00\x1b\u200b\n\tnow", "Who pays now"),
        ("{{ 7 * 7 }} pays", "7 7 pays"),
        ("[[Category:X]] ''pays''", "Category:X pays"),
        ("- Who pays:", "Who pays"),
        ("\ud83d Who", "Who"),
        ("…", ""),
        (None, ""),
        (["Who"], ""),
    ),
)
def test_words_of_a_model_become_plain_text(written: object, read: str) -> None:
    assert plain(written, LONGEST_NAME) == read


def test_a_name_is_cut_to_length_between_words() -> None:
    name = plain("word " * 100, LONGEST_NAME)
    assert len(name) <= LONGEST_NAME
    assert name.endswith("word…")


def test_a_sentence_of_a_million_spaces_is_read_like_any_other() -> None:
    text = json.dumps({"summaries": [{"concern": "c1", "sentences": [{"text": " " * 1_000_000, "lines": [2]}]}]})
    assert reasons(text, SUMMARY) == ["Concern c1: a sentence has no words."]


@given(st.text(), st.integers(5, 100))
def test_plain_text_has_one_line_of_visible_characters(text: str, longest: int) -> None:
    result = plain(text, longest)
    assert len(result) <= longest
    assert all(char.isprintable() for char in result)
    assert not set("<>[]{}`|\\").intersection(result)


def test_words_are_found_across_spaces_and_line_ends() -> None:
    assert find_words("ana  AND ben", "so Ana and\nBen will") == "Ana and\nBen"
    assert find_words("", "Ana") is None
    assert find_words(7, "Ana") is None
    assert find_words("a.c", "abc") is None


def test_the_kinds_of_prompts_are_told_apart() -> None:
    assert (CODING.task, FACTS.task, MERGE.task, SUMMARY.task) == (Task.CODING, Task.FACTS, Task.MERGE, Task.SUMMARY)
    assert number_of(EVENT, "the board pays") == BOARD


PARAGRAPH = WRITER.paragraph(
    [{"name": "Who pays", "groups": 2, "sentences": [{"text": "Groups ask.", "numbers": [WHO, BOARD]}]}], 2, ()
)
GOOD: dict[Task, object] = {
    Task.CODEBOOK: {"concerns": [{"name": "Who pays", "lines": [1, 2]}]},
    Task.MERGE: {"concerns": [{"name": "Money", "from": [1, 3]}, {"name": "Dogs", "from": [2]}]},
    Task.CODING: {"lines": [{"line": number, "concerns": ["c1"]} for number in CODING.lines]},
    Task.FACTS: {
        "lines": [{"line": 1, "kind": "action"}, {"line": 2, "kind": "question"}, {"line": 4, "kind": "statement"}],
        "details": [
            {"line": 1, "owner": "Ana", "due": "Friday"},
            {"line": 2, "answer": 3},
            {"line": 4, "group": "Soil"},
        ],
    },
    Task.SUMMARY: {"summaries": [{"concern": "c1", "sentences": [{"text": "The board pays.", "lines": [2, 3]}]}]},
    Task.PARAGRAPH: {"sentences": [{"text": "Groups ask who pays.", "lines": [2, 3]}]},
}
REQUESTS = (next(WRITER.codebook(EVENT.lines, (), ())), MERGE, CODING, FACTS, SUMMARY, PARAGRAPH)


@given(st.sampled_from(REQUESTS).flatmap(lambda asked: st.tuples(st.just(asked), damaged(GOOD[asked.task]))))
def test_whatever_a_model_answers_only_lines_and_concerns_that_exist_are_used(case: tuple[Request, object]) -> None:
    request, content = case
    checked = CHECKER.check(request, as_json(content).decode())
    places = range(len(EVENT.segments))
    said = [*checked.sentences]
    for place, value in checked.values.items():
        assert place in {*request.lines, *request.codes}
        if isinstance(value, LineFacts):
            text = EVENT.segments[int(str(place)) - 1].text
            assert all(words in text for words in (value.owner, value.due) if words)
            assert value.answer is None or value.answer in places
        else:
            said += [one for one in value if isinstance(one, ReadSentence)]
            assert {code for code in value if isinstance(code, str)} <= CHECKER.codes
    for sentence in said:
        assert sentence.lines
        assert set(sentence.lines) <= set(places)
        assert_plain(sentence.text)
    for draft_concern in checked.drafts:
        assert set(draft_concern.lines) <= set(places)
        assert_plain(draft_concern.name)
    for fault in checked.faults:
        assert_plain(fault.reason)


BODY = {
    "choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1},
    "error": {"message": "busy", "code": 429, "type": "x", "param": None},
}


@given(
    damaged(BODY).map(as_json) | st.binary(),
    st.sampled_from([200, 400, 401, 404, 413, 429, 500]),
    st.dictionaries(st.sampled_from(["Retry-After", "Date"]), st.text() | st.sampled_from(["9", "Thu, 1 Jan 1970"])),
)
def test_whatever_a_chat_server_sends_is_an_answer_or_a_clause(
    body: bytes, status: int, headers: dict[str, str]
) -> None:
    outcome = outcome_of(Response(status=status, headers=headers, body=body))
    if isinstance(outcome, Refusal):
        assert_plain(outcome.clause())
        assert all(seconds >= 0 for seconds in outcome.delays)
    elif outcome is not None:
        assert outcome.text.encode().decode() == outcome.text
