"""The sample event's tasks, questions, decisions and people are found as its author meant them (tests/gold/sample)."""

from collections.abc import Iterable, Sequence

import pytest

from fetch.corpus import read_corpus
from pipeline.segment import segment
from pipeline.segment_records import Kind, Label, Segment
from pipeline.tag import Tagged, tag
from tests.support.sample_gold import EVENT, Gold, NextStep, Remark, load

ALL_BUT = {"question": 5, "decision": 0, "action": 1}
"""How many of each the tagger misses: questions without a mark or a question's words, a step whose box is ticked."""

TOO_MANY = {"question": 22, "decision": 4, "action": 3}
"""How many it makes up: questions that the author calls slogans or asides, remarks under a heading of next steps."""


@pytest.fixture(scope="module")
def corpus_texts() -> dict[str, str]:
    return {pad.pad_id: pad.text for pad in read_corpus(EVENT).pads}


@pytest.fixture(scope="module")
def tagged() -> Tagged:
    corpus = read_corpus(EVENT)
    return tag(segment(corpus.pads, corpus.event.prompts).segments, corpus.event.date)


@pytest.fixture(scope="module")
def gold() -> Gold:
    return load()


def on(remark: Remark | NextStep, tagged: Tagged, texts: dict[str, str]) -> list[Segment]:
    """The segments that hold words of a remark."""
    text = texts[remark.pad]
    start = text.index(remark.text, sum(len(line) + 1 for line in text.split("\n")[: remark.line - 1]))
    end = start + len(remark.text)
    return [one for one in tagged.segments if one.pad_id == remark.pad and one.start < end and start < one.end]


@pytest.mark.parametrize("kind", ("question", "decision", "action"))
def test_what_a_line_does_is_told(kind: str, tagged: Tagged, gold: Gold, corpus_texts: dict[str, str]) -> None:
    remarks: dict[str, Sequence[Remark | NextStep]]
    remarks = {"question": gold.questions, "decision": gold.decisions, "action": gold.next_steps}
    places = [on(remark, tagged, corpus_texts) for remark in remarks[kind]]
    missed = sum(all(one.kind != kind for one in place) for place in places)
    meant = {one.id for place in places for one in place}
    made_up = [one for one in tagged.segments if one.kind == kind and one.id not in meant]
    assert missed <= ALL_BUT[kind]
    assert len(made_up) <= TOO_MANY[kind]


def test_most_owners_and_deadlines_are_word_for_word(tagged: Tagged, gold: Gold, corpus_texts: dict[str, str]) -> None:
    found = [on(step, tagged, corpus_texts) for step in gold.next_steps]

    def right(got: Iterable[str | None], wanted: str | None) -> bool:
        return next((words for words in got if words), None) == wanted

    pairs = list(zip(found, gold.next_steps, strict=True))
    assert sum(right((one.owner for one in place), step.owner) for place, step in pairs) >= 0.9 * len(pairs)
    assert sum(right((one.due for one in place), step.due) for place, step in pairs) >= 0.9 * len(pairs)


def test_a_certain_deadline_has_its_day(tagged: Tagged, gold: Gold, corpus_texts: dict[str, str]) -> None:
    certain = [step for step in gold.next_steps if step.due_date]
    days = [{one.due_date for one in on(step, tagged, corpus_texts)} for step in certain]
    assert sum(step.due_date in day for step, day in zip(certain, days, strict=True)) >= len(certain) - 1


def test_people_are_people_and_each_is_one_entity(tagged: Tagged, gold: Gold) -> None:
    texts = {one.id: one.text for one in tagged.segments}
    meant = {variant: entity.variants[0] for entity in gold.entities for variant in entity.variants}
    labels = {variant: entity.label for entity in gold.entities for variant in entity.variants}
    for entity in tagged.entities:
        forms = {texts[mention.segment_id][mention.start : mention.end] for mention in entity.mentions}
        assert len({meant[form] for form in forms if form in meant}) <= 1, entity.name
    people = [entity for entity in tagged.entities if entity.label is Label.PERSON]
    wrong = [entity.name for entity in people if labels.get(entity.name, "PERSON") != "PERSON"]
    assert wrong == ["@borrowhouse"], "an account's handle looks like a person's"
    assert len(people) >= 30


def test_what_was_set_aside_mentions_nobody(tagged: Tagged) -> None:
    other = {one.id for one in tagged.segments if one.role != "content"}
    assert all(one.kind is Kind.OTHER for one in tagged.segments if one.id in other)
    assert not other & {mention.segment_id for entity in tagged.entities for mention in entity.mentions}
