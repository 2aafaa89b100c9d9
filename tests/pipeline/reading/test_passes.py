"""What is asked when, and what answers add."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from fetch.corpus_records import PadId
from pipeline.reading.passes import EventLines, Passes
from pipeline.reading.prompts import MOST_CODES, PromptWriter, Request
from pipeline.reading.reading_placement import new_reading, with_codebook
from pipeline.reading.reading_records import Code, CodeId, DraftConcern, LineFacts, Reading, ReadLine, Task
from pipeline.segment_records import Kind
from tests.support.readings import LARGE, GoodReader, answer, event_lines, lines_in, number_of, passes

EVENT = event_lines()


def start(asked: Passes) -> Reading:
    return new_reading(asked.event.segments)


def respond(asked: Passes, reading: Reading, reply: Callable[[Request], str]) -> Reading:
    for request in asked.requests(reading):
        reading = asked.record(reading, request, asked.checker(reading).check(request, reply(request)))
    return reading


def read_all(asked: Passes, reading: Reading | None = None) -> tuple[Reading, list[list[Task]]]:
    """Return a reading by a good reader, and the tasks of each round."""
    reader, reading, rounds = GoodReader(), reading or start(asked), []
    while requests := asked.requests(reading):
        rounds.append(list(dict.fromkeys(request.task for request in requests)))
        reading = respond(asked, reading, lambda request: reader.ask(request.prompt).text)
    return reading, rounds


def codes_of(reading: Reading, text: str) -> list[str]:
    codes = reading.lines[number_of(EVENT, text) - 1].codes or ()
    return [code.name for code in reading.codebook if code.id in codes]


def test_concerns_are_named_then_lines_coded_then_summed_up_while_facts_are_asked_at_once() -> None:
    reading, rounds = read_all(passes(EVENT))
    assert rounds == [[Task.CODEBOOK, Task.FACTS], [Task.CODING], [Task.SUMMARY], [Task.PARAGRAPH]]
    assert codes_of(reading, "who pays for the pump") == ["Nobody knows who pays", "The pump breaks"]
    assert codes_of(reading, "dogs in the beds") == []
    assert [sentence.text for sentence in reading.paragraph] == ["Money was on most minds."]


@pytest.mark.parametrize(
    ("first", "second", "raised", "confirmed"),
    (
        (("c1",), ("c1", "c2"), ("c1",), ("c1",)),
        ((), ("c2",), ("c2",), ()),
        (("c1",), ("c2",), ("c1",), ()),
        (("c1", "c2", "c3"), (), ("c1", "c2"), ()),
        (("c1",), None, ("c1",), ()),
    ),
)
def test_a_line_raises_what_the_first_look_says_or_else_the_second_and_both_confirm(
    first: tuple[CodeId, ...],
    second: tuple[CodeId, ...] | None,
    raised: tuple[CodeId, ...],
    confirmed: tuple[CodeId, ...],
) -> None:
    line = ReadLine(pad=PadId("soil"), line=1, sha="0", first=first, codes=second)
    assert (line.raised, line.confirmed) == (raised, confirmed)


def test_summaries_are_of_concerns_that_several_groups_raised() -> None:
    reading, _ = read_all(passes(EVENT))
    names = {code.id: code.name for code in reading.codebook}
    assert [names[summary.code] for summary in reading.summaries] == ["Nobody knows who pays", "A rota is missing"]


def long_event() -> EventLines:
    """Return an event that needs several prompts of a small context."""
    words = "tap gate bin key shed hose seed fork path cat lock bench tray rake lamp barn"
    notes = [f"* who pays for the {first} and the {second}\n" for first in words.split() for second in words.split()]
    return event_lines({f"Group {number}": "".join(notes[number::4]) for number in range(4)})


def test_lists_of_several_prompts_are_merged_into_one() -> None:
    reading, rounds = read_all(passes(long_event(), context=3000))
    assert rounds[1] == [Task.MERGE]
    assert [code.name for code in reading.codebook] == list(GoodReader().words.values())
    assert not reading.drafts


@pytest.mark.parametrize(
    ("wanted", "tasks"),
    (
        (("codebook", "coding"), {Task.CODEBOOK, Task.CODING}),
        (("facts",), {Task.FACTS}),
        (("codebook", "coding", "summary"), {Task.CODEBOOK, Task.CODING, Task.SUMMARY, Task.PARAGRAPH}),
        ((), set()),
    ),
)
def test_each_pass_is_optional(wanted: tuple[str, ...], tasks: set[Task]) -> None:
    _, rounds = read_all(passes(EVENT, wanted=wanted))
    assert {task for tasks in rounds for task in tasks} == tasks


def test_when_all_is_read_nothing_is_asked() -> None:
    asked = passes(EVENT)
    reading, _ = read_all(asked)
    assert asked.requests(reading) == []


def test_only_lines_without_an_answer_are_asked_about_again_with_the_reason() -> None:
    asked, reader = passes(EVENT, wanted=("codebook", "coding")), GoodReader()
    reading = respond(asked, start(asked), lambda request: reader.ask(request.prompt).text)
    missing = number_of(EVENT, "dogs in the beds")
    reading = respond(asked, reading, lambda r: reader.ask(r.prompt).text.replace(f'"line": {missing},', '"line": 0,'))
    (again,) = asked.requests(reading)
    assert again.lines == (missing,)
    assert f"- Line {missing} is missing." in again.prompt.text


def test_what_does_not_fit_twice_is_left_out_and_the_rest_is_kept() -> None:
    asked, reader = passes(EVENT, wanted=("codebook", "coding")), GoodReader()
    missing = number_of(EVENT, "dogs in the beds")

    def without_line(request: Request) -> str:
        return reader.ask(request.prompt).text.replace(f'"line": {missing},', '"line": 0,')

    reading = start(asked)
    while asked.requests(reading):
        reading = respond(
            asked, reading, lambda r: reader.ask(r.prompt).text.replace(f'"line": {missing},', '"line": 0,')
        )
    assert reading.lines[missing - 1].codes is None
    assert [(one.line, one.tries) for one in reading.unanswered] == [(missing - 1, 2)]
    assert codes_of(reading, "who pays for a new gate") == ["Nobody knows who pays"]


def test_an_owner_that_is_wrong_twice_leaves_the_kind() -> None:
    event = event_lines({"Water": "* Ana mends the pump by Friday\n", "Soil": "* compost\n"})
    asked = passes(event, wanted=("facts",))
    wrong = {"line": 1, "owner": "Eve", "due": "by Friday", "answer": 0, "group": ""}

    def reply(request: Request) -> str:
        lines = [{"line": n, "kind": "action" if n == 1 else "statement"} for n in lines_in(request.prompt)]
        return answer({"lines": lines, "details": [wrong]}).text

    reading = start(asked)
    for _ in range(2):
        reading = respond(asked, reading, reply)
    assert reading.lines[0].facts == LineFacts(kind=Kind.ACTION, due="by Friday")
    assert asked.requests(reading) == []


def test_a_model_that_only_refuses_ends_in_an_empty_reading() -> None:
    asked, reading, rounds = passes(EVENT), start(passes(EVENT)), 0
    while asked.requests(reading):
        reading = respond(asked, reading, lambda _: "I cannot help with that.")
        rounds += 1
    assert rounds == 2
    assert not reading.codebook
    assert all(line.codes is None and line.facts is None for line in reading.lines)
    assert {one.tries for one in reading.unanswered} == {2}


def test_a_merge_that_fails_twice_keeps_all_names() -> None:
    asked = passes(EVENT, wanted=("codebook",))
    reading = replace(
        start(asked),
        lines=tuple(replace(line, listed=True) for line in start(asked).lines),
        drafts=(
            (DraftConcern(name="Who pays", lines=(0,)), DraftConcern(name="Dogs")),
            (DraftConcern(name="who pays", lines=(2,)), DraftConcern(name="Cats")),
        ),
    )
    for _ in range(2):
        reading = respond(asked, reading, lambda _: "no")
    assert [code.name for code in reading.codebook] == ["Who pays", "Dogs", "Cats"]
    assert [line.first for line in reading.lines[:3]] == [("c1",), (), ("c1",)]


def test_lines_that_come_later_are_asked_about_alone_and_add_to_the_codebook() -> None:
    asked = passes(EVENT)
    reading, _ = read_all(asked)
    late = number_of(EVENT, "the pump breaks every spring")
    lines = [
        replace(line, listed=False, codes=None, facts=None) if number == late else line
        for number, line in enumerate(reading.lines, start=1)
    ]
    codebook, facts = asked.requests(replace(reading, lines=tuple(lines)))
    assert codebook.lines == facts.lines == (late,)
    names = ("The pump breaks", "Spring is a bad time")
    reply = answer({"concerns": [{"name": name, "lines": [late]} for name in names]}).text
    reading = replace(reading, lines=tuple(lines))
    reading = asked.record(reading, codebook, asked.checker(reading).check(codebook, reply))
    assert [code.name for code in reading.codebook][-1] == "Spring is a bad time"
    assert len(reading.codebook) == 4


def test_concerns_keep_their_ids_when_the_codebook_grows() -> None:
    asked = passes(EVENT)
    reading, _ = read_all(asked)
    assert [code.id for code in reading.codebook] == ["c1", "c2", "c3"]
    assert reading.codebook[0] == Code(id=CodeId("c1"), name="Nobody knows who pays")


def test_the_paragraph_is_written_again_when_the_main_concerns_change() -> None:
    asked = passes(EVENT)
    reading, _ = read_all(asked)
    renamed = replace(reading.codebook[0], name="Money")
    (request,) = asked.requests(replace(reading, codebook=(renamed, *reading.codebook[1:])))
    assert request.task is Task.PARAGRAPH


def test_names_that_come_back_in_answers_are_not_sent_with_the_next_prompts() -> None:
    pads = {"Water": "* Ana García pays for the pump\n", "Soil": "* Ana García pays for seeds\n* compost\n"}
    event = event_lines(pads, hide_names=True)
    assert event.people is not None
    asked = Passes(event, PromptWriter(context_tokens=LARGE, hide=event.people.hide_everywhere))
    reader, reading = GoodReader(words={"pays": "Person 1 pays for everything"}), start(asked)
    while requests := asked.requests(reading):
        for request in requests:
            checked = asked.checker(reading).check(request, reader.ask(request.prompt).text)
            reading = asked.record(reading, request, checked)
    assert [code.name for code in reading.codebook] == ["Ana García pays for everything"]
    assert reading.paragraph
    assert not any("García" in prompt.text for prompt in reader.asked)


def test_tokens_are_told_before_anything_is_sent() -> None:
    asked = passes(EVENT)
    assert asked.tokens_to_send(start(asked)) > 3 * sum(len(line.text) for line in EVENT.lines) / 4
    assert asked.tokens_to_send(read_all(asked)[0]) == 0


def begun(names: Sequence[str], event: EventLines = EVENT) -> Reading:
    """Return a reading that begins with concerns of another event."""
    return with_codebook(new_reading(event.segments), names, "day1")


def test_a_reading_that_begins_with_concerns_of_another_event_looks_for_their_lines_twice() -> None:
    reading, rounds = read_all(passes(EVENT), begun(["A rota is missing", "The path is steep"]))
    assert rounds[0] == [Task.CODEBOOK, Task.FACTS]
    assert [code.name for code in reading.codebook] == [
        "A rota is missing",
        "The path is steep",
        "Nobody knows who pays",
        "The pump breaks",
    ]
    rota = reading.lines[number_of(EVENT, "a rota for opening the gate") - 1]
    assert rota.confirmed == (reading.codebook[0].id,)
    assert not any(reading.codebook[1].id in line.raised for line in reading.lines)


def test_the_model_is_told_the_concerns_to_begin_with_and_that_there_may_be_others() -> None:
    [request, *_] = passes(EVENT).requests(begun(["A rota is missing"]))
    assert "Begin with the known concerns" in request.prompt.text
    assert "## Known concerns\n- A rota is missing\n" in request.prompt.text


def test_lists_of_several_prompts_are_merged_but_for_the_concerns_to_begin_with() -> None:
    event = long_event()
    asked, reading = passes(event, context=3000), begun(["Nobody knows who pays"], event)
    while asked.requests(reading)[0].task is not Task.MERGE:
        reading = respond(asked, reading, lambda request: GoodReader().ask(request.prompt).text)
    named = {draft.name for drafts in reading.drafts for draft in drafts}
    assert named == {"A rota is missing", "The pump breaks"}
    assert all(line.first == ("c1",) for line in reading.lines)


def test_concerns_to_begin_with_that_no_line_raises_take_no_room_from_others() -> None:
    reading, _ = read_all(passes(EVENT), begun([f"Elsewhere {number}" for number in range(MOST_CODES)]))
    assert [code.name for code in reading.codebook[MOST_CODES:]] == list(GoodReader().words.values())
