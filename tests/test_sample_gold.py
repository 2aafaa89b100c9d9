"""The hand-made list of what the sample contains fits the pads to the character, and is as large as planned."""

import datetime as dt
import re
from collections import Counter
from itertools import combinations

import pytest

from tests.support.sample_gold import Gold, Quote, line_span, lines_of, load, mentions, pad_texts, quote_spans, span

FIRST_DAY = dt.date(2026, 5, 16)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LIST_MARK = re.compile(r"^\t*(?:\* |[\d.]+ )?(?:\[.\] )?")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return pad_texts()


@pytest.fixture(scope="module")
def gold() -> Gold:
    return load()


def words_of(text: str) -> set[str]:
    """Words of four letters or more: enough to tell repeating from rephrasing."""
    return {word for word in re.findall(r"[^\W\d_]{4,}", text.lower()) if word not in {"that", "with", "what", "have"}}


# Where things stand


def misplaced(texts: dict[str, str], pad: str, line: int, words: str) -> str | None:
    """What is wrong with saying that `words` stand on line `line`, and where they are; None if nothing is."""
    if pad not in texts:
        return f"{words!r}: there is no pad {pad}"
    here = lines_of(texts[pad])[line - 1] if line <= len(lines_of(texts[pad])) else ""
    if here.count(words) == 1:
        return None
    elsewhere = [number for number, other in enumerate(lines_of(texts[pad]), 1) if words in other]
    return f"{words!r} stands {here.count(words)} times on line {line} of {pad}; it is on {elsewhere or 'no line'}"


def placed(gold: Gold) -> list[tuple[str, int, str]]:
    quotes = [(quote.pad, quote.line, quote.begins) for concern in gold.concerns for quote in concern.quotes]
    remarks = [(entry.pad, entry.line, entry.text) for entry in (*gold.questions, *gold.decisions)]
    steps = [(step.pad, step.line, step.text) for step in gold.next_steps]
    aside = [(entry.pad, entry.line, entry.text) for entry in gold.set_aside]
    dates = [(date.pad, date.line, date.text) for date in gold.dates]
    return [*quotes, *remarks, *steps, *aside, *dates]


def test_every_listed_text_stands_once_on_the_line_that_it_names(texts: dict[str, str], gold: Gold) -> None:
    assert [problem for place in placed(gold) if (problem := misplaced(texts, *place))] == []


def test_a_line_that_moved_is_reported_with_its_new_number() -> None:
    moved = misplaced({"a": "one\ntwo\n"}, "a", 1, "two")
    assert moved == "'two' stands 0 times on line 1 of a; it is on [2]"


def test_nothing_is_listed_twice(gold: Gold) -> None:
    quotes = tuple(quote for concern in gold.concerns for quote in concern.quotes)
    lists = (quotes, gold.questions, gold.decisions, gold.next_steps, gold.set_aside, gold.dates, gold.languages)
    for entries in lists:
        assert [entry for entry, times in Counter(entries).items() if times > 1] == []
    assert len({(aside.pad, aside.line) for aside in gold.set_aside}) == len(gold.set_aside)


def test_nothing_set_aside_is_in_a_concern_or_a_question_or_a_next_step(gold: Gold) -> None:
    aside = {(entry.pad, entry.line) for entry in gold.set_aside}
    quoted = {(quote.pad, quote.line) for concern in gold.concerns for quote in concern.quotes}
    remarks = {(remark.pad, remark.line) for remark in (*gold.questions, *gold.decisions)}
    assert not aside & (quoted | remarks | {(step.pad, step.line) for step in gold.next_steps})


def test_next_steps_are_in_no_concern(gold: Gold) -> None:
    steps = {(step.pad, step.line) for step in gold.next_steps}
    assert not steps & {(quote.pad, quote.line) for concern in gold.concerns for quote in concern.quotes}


def test_a_quote_begins_its_line_or_a_sentence_and_ends_with_the_line_or_the_next_quote(
    texts: dict[str, str], gold: Gold
) -> None:
    for quote, (start, end) in quote_spans(gold, texts).items():
        line_start, line_end = line_span(texts[quote.pad], quote.line)
        before = texts[quote.pad][line_start:start]
        assert LIST_MARK.sub("", before) == "" or re.search(r"[.?!:]\s$", before), quote
        assert texts[quote.pad][start:end].startswith(quote.begins)
        assert line_start < end <= line_end


def test_spans_count_code_points_after_emoji() -> None:
    text = "😀 first\n\t* 👵🏽 second\n"
    start, end = span(text, 2, "second")
    assert text[start:end] == "second"
    with pytest.raises(ValueError, match="not found"):
        span(text, 1, "second")


# Concerns


def test_concerns_are_as_many_as_planned(gold: Gold) -> None:
    recurring = [concern for concern in gold.concerns if not concern.one_group]
    assert 12 <= len(recurring) <= 15
    assert len(gold.concerns) - len(recurring) >= 4
    assert 150 <= sum(len(concern.quotes) for concern in gold.concerns) <= 270
    assert len({concern.id for concern in gold.concerns}) == len(gold.concerns)


def test_a_recurring_concern_is_raised_in_three_to_six_pads_and_the_others_in_one(gold: Gold) -> None:
    for concern in gold.concerns:
        assert len(concern.pads) in ((1,) if concern.one_group else range(3, 7)), concern.id
        assert len(concern.quotes) >= 3, concern.id


def test_every_group_raises_several_recurring_concerns_and_has_next_steps(gold: Gold) -> None:
    for pad in {quote.pad for concern in gold.concerns for quote in concern.quotes}:
        assert sum(pad in concern.pads for concern in gold.concerns if not concern.one_group) >= 5, pad
        assert sum(step.pad == pad for step in gold.next_steps) >= 4, pad


def test_no_two_groups_say_the_same_thing_in_the_same_words(texts: dict[str, str], gold: Gold) -> None:
    spans = quote_spans(gold, texts)
    said = {quote: words_of(texts[quote.pad][start:end]) for quote, (start, end) in spans.items()}
    echoes: list[tuple[Quote, Quote]] = [
        (one, other)
        for concern in gold.concerns
        for one, other in combinations(concern.quotes, 2)
        if one.pad != other.pad and len(said[one] & said[other]) >= max(3, min(len(said[one]), len(said[other])) / 2)
    ]
    assert echoes == []


def test_every_recurring_concern_has_a_word_that_two_groups_used(texts: dict[str, str], gold: Gold) -> None:
    spans = quote_spans(gold, texts)
    for concern in gold.concerns:
        if concern.one_group:
            continue
        used: Counter[str] = Counter()
        for pad in concern.pads:
            ranges = [spans[quote] for quote in concern.quotes if quote.pad == pad]
            used.update(set[str]().union(*(words_of(texts[pad][start:end]) for start, end in ranges)))
        assert max(used.values()) >= 2, concern.id


# Questions, next steps, decisions, dates, languages


def test_owner_and_due_are_verbatim_words_of_the_next_step(gold: Gold) -> None:
    for step in gold.next_steps:
        assert (step.owner or "") in step.text, step
        assert (step.due or "") in step.text, step
        assert step.due or not step.due_date, step


def test_dates_that_name_a_weekday_fall_on_it(gold: Gold) -> None:
    due = [(step.due or "", step.due_date) for step in gold.next_steps]
    expressions = [*due, *((date.text, date.date) for date in gold.dates)]
    checked = [(text, day) for text, day in expressions if day and any(name in text for name in WEEKDAYS)]
    assert checked
    assert all(WEEKDAYS[day.weekday()] in text for text, day in checked)


def test_next_steps_are_due_on_or_after_the_first_day(gold: Gold) -> None:
    assert all(step.due_date >= FIRST_DAY for step in gold.next_steps if step.due_date)


def test_there_is_a_spanish_and_a_french_stretch(gold: Gold) -> None:
    stretches = Counter((entry.pad, entry.language) for entry in gold.languages)
    assert set(stretches) == {("youth-inclusion", "es"), ("municipalities", "fr")}
    assert min(stretches.values()) >= 5


def test_some_concerns_are_raised_in_another_language_too(gold: Gold) -> None:
    foreign = {(entry.pad, entry.line) for entry in gold.languages}
    raised = {c.id for c in gold.concerns for quote in c.quotes if (quote.pad, quote.line) in foreign}
    assert len(raised) >= 8


# Entities


def test_every_variant_of_a_name_is_mentioned_somewhere(texts: dict[str, str], gold: Gold) -> None:
    seen = {text[mention.start : mention.end] for text in texts.values() for mention in mentions(gold, text)}
    assert [variant for entity in gold.entities for variant in entity.variants if variant not in seen] == []


def test_a_variant_belongs_to_one_entity(gold: Gold) -> None:
    variants = Counter(variant for entity in gold.entities for variant in entity.variants)
    assert [variant for variant, times in variants.items() if times > 1] == []


def test_the_longer_name_wins_where_one_holds_another(gold: Gold) -> None:
    text = "Port Averil Town Council meets in Port Averil, says @leif (Leif Ø.)"
    found = [(text[mention.start : mention.end], mention.entity.label) for mention in mentions(gold, text)]
    assert found == [
        ("Port Averil Town Council", "ORG"),
        ("Port Averil", "PLACE"),
        ("@leif", "PERSON"),
        ("Leif Ø.", "PERSON"),
    ]
