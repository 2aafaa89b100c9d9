"""A reading on pads that have been edited since."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.analysis_records import Concern, Origin
from pipeline.reading.passes import EventLines
from pipeline.reading.reading_placement import model_concerns, new_reading, place_reading, without_edited
from pipeline.reading.reading_records import Reading
from pipeline.segment import segment
from pipeline.segment_records import Segment, SegmentId
from tests.support.builders import corpus
from tests.support.curation_bench import GARDENS, concern
from tests.support.readings import GoodReader, event_lines, passes

EVENT = event_lines()


def read(event: EventLines = EVENT) -> Reading:
    asked, reader, reading = passes(event), GoodReader(), new_reading(event.segments)
    while requests := asked.requests(reading):
        for request in requests:
            checked = asked.checker(reading).check(request, reader.ask(request.prompt).text)
            reading = asked.record(reading, request, checked)
    return reading


READING = read()


def segments_of(pads: Mapping[str, str]) -> Sequence[Segment]:
    return segment(corpus(pads).pads, ()).segments


def edited(group: str, old: str, new: str) -> Sequence[Segment]:
    assert old in GARDENS[group]
    return segments_of({**GARDENS, group: GARDENS[group].replace(old, new)})


def quotes(reading: Reading, segments: Sequence[Segment]) -> dict[str, list[str]]:
    placed = place_reading(reading, segments)
    text_of = {one.id: one.text for one in segments}
    names = {code.id: code.name for code in placed.reading.codebook}
    return {names[code]: [text_of[quote] for quote in found] for code, found in placed.quotes().items()}


ALL = quotes(READING, EVENT.segments)


def test_on_the_same_pads_it_is_as_it_was() -> None:
    placed = place_reading(READING, EVENT.segments)
    assert placed.reading == READING
    assert not placed.edited
    assert not placed.unread()


def test_it_survives_lines_before_it_and_another_order_of_pads() -> None:
    moved = segments_of({group: f"* something new here\n\n{text}" for group, text in reversed(list(GARDENS.items()))})
    found = quotes(READING, moved)
    assert {name: sorted(texts) for name, texts in found.items()} == {name: sorted(t) for name, t in ALL.items()}
    assert len(place_reading(READING, moved).unread()) == len(GARDENS)


def test_an_edited_line_keeps_its_concern_until_it_is_read_again() -> None:
    segments = edited("Water", "who pays for the pump", "who on earth is paying for the pump?")
    placed = place_reading(READING, segments)
    (changed,) = placed.edited
    assert next(one.text for one in segments if one.id == changed) == "who on earth is paying for the pump?"
    assert "who on earth is paying for the pump?" in quotes(READING, segments)["Nobody knows who pays"]
    again = without_edited(placed)
    assert sum(line.codes is None for line in again.lines) == 1


def test_a_line_that_is_gone_takes_its_sentences_with_it() -> None:
    segments = edited("Kids", "* who pays for a new gate\n", "")
    placed = place_reading(READING, segments)
    (summary,) = (one for one in placed.reading.summaries if placed.reading.codebook[0].id == one.code)
    assert summary.sentences == ()
    assert len(summary.of) == 2


def test_a_line_that_is_there_twice_is_not_placed_twice() -> None:
    twice = {"Water": "* who pays\n* who pays\n", "Soil": "* who pays\n"}
    reading = read(event_lines(twice))
    placed = place_reading(reading, segments_of({**twice, "Water": "* who pays\n"}))
    assert len(placed.reading.lines) == 2


def test_redacted_words_are_removed_from_what_the_model_wrote() -> None:
    placed = place_reading(READING, EVENT.segments, mask=lambda text: text.replace("Money", "[redacted]"))
    assert [one.text for one in placed.reading.paragraph] == ["[redacted] was on most minds."]


def describe(groups: Sequence[Sequence[SegmentId]]) -> list[Concern]:
    by_id = {one.id: one for one in EVENT.segments}
    return [concern(f"working title {n}", [by_id[quote] for quote in group]) for n, group in enumerate(groups)]


def test_concerns_are_called_what_the_model_called_them_and_most_groups_come_first() -> None:
    concerns = model_concerns(place_reading(READING, EVENT.segments), describe)
    assert [(one.label, len(one.groups), one.origin) for one in concerns] == [
        ("Nobody knows who pays", 3, Origin.MODEL),
        ("A rota is missing", 2, Origin.MODEL),
        ("The pump breaks", 1, Origin.MODEL),
    ]
    assert [sentence.text for sentence in concerns[0].summary] == ["Groups say so."]


def test_a_concern_keeps_its_id_when_its_quotes_change() -> None:
    before = model_concerns(place_reading(READING, EVENT.segments), describe)
    placed = place_reading(READING, EVENT.segments)
    dogs = next(one.id for one in EVENT.segments if one.text == "dogs in the beds")
    after = model_concerns(replace(placed, similar={READING.codebook[0].id: [dogs]}), describe)
    assert before[0].id == after[0].id
    assert dogs in after[0].segment_ids


def test_what_is_known_of_a_reading_counts_lines() -> None:
    known = replace(READING, model="small-model", date=dt.date(2026, 5, 16))
    segments = segments_of({**GARDENS, "Water": f"{GARDENS['Water']}* a late line\n"})
    info = place_reading(known, segments).info()
    assert info is not None
    assert (info.model, info.read, info.unread, info.placed_ids) == ("small-model", len(EVENT.lines), 1, ())
    assert place_reading(new_reading(segments), segments).info() is None


@given(st.lists(st.sampled_from(["who pays", "the pump", "a rota", "dogs", "yes"]), max_size=12), st.data())
def test_any_edit_leaves_a_sound_reading(lines: list[str], data: st.DataObject) -> None:
    reading = read(
        event_lines({"Water": "".join(f"* {line}\n" for line in lines) or "* dogs\n", "Soil": "* who pays\n"})
    )
    kept = data.draw(st.lists(st.sampled_from([*lines, "new"]), max_size=12))
    segments = segments_of({"Water": "".join(f"* {line}\n" for line in kept), "Soil": "* who pays\n"})
    placed = place_reading(reading, segments)
    assert len(placed.reading.lines) == len(segments)
    cited = [n for one in placed.reading.summaries for s in one.sentences for n in s.lines]
    assert all(index < len(segments) for index in cited)
    assert {code for line in placed.reading.lines for code in line.codes or ()} <= {c.id for c in reading.codebook}
