"""The lines that are sent: what is in them and what never is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.numbered_lines import MAX_LINE, PersonNames, numbered_lines, one_line
from pipeline.segment import segment
from pipeline.segment_records import LineRole
from pipeline.tag import tag
from tests.support.builders import corpus
from tests.support.readings import event_lines

NAMES = {
    "Ana's table": "# With Ana García\n* Ana García will mend the pump\n  * Ben asks Ana\n* Ben wrote to the board\n",
    "Soil": "* compost for Ana\n",
}


def test_persons_have_a_stand_in_wherever_they_are_named() -> None:
    event = event_lines(NAMES, hide_names=True)
    sent = "\n".join(f"{line.group} {line.headings} {line.context} {line.text}" for line in event.lines)
    assert "Ana" not in sent
    assert "Ben" not in sent
    assert "Person 1" in sent


def test_the_stand_in_of_a_person_is_the_same_everywhere() -> None:
    event = event_lines(NAMES, hide_names=True)
    texts = [line.text for line in event.lines]
    ana = texts[0].removesuffix(" will mend the pump")
    assert texts[1].endswith(f"asks {ana}")
    assert texts[-1] == f"compost for {ana}"


def test_names_come_back_as_the_line_has_them_or_in_full() -> None:
    event = event_lines(NAMES, hide_names=True)
    people = event.people
    assert people is not None
    ana = event.lines[0].text.removesuffix(" will mend the pump")
    assert people.restore(f"{ana} mends", event.segments[event.lines[-1].number - 1]) == "Ana mends"
    assert people.restore(f"{ana} mends") == "Ana García mends"
    assert people.restore("Person 99 mends") == "Person 99 mends"


def test_a_stand_in_is_a_word_that_nobody_numbered() -> None:
    event = event_lines({"Water": "* Person 3 and Ana García mend it\n* Ana García pays\n"}, hide_names=True)
    assert event.lines[0].text.startswith("Person 3 and Participant ")


def test_without_names_to_hide_nothing_changes() -> None:
    tagged = tag(segment(corpus({"Soil": "* compost bins are full\n"}).pads, ()).segments, None)
    people = PersonNames(tagged.entities, tagged.segments)
    assert people.hide_everywhere("compost bins") == people.restore("compost bins") == "compost bins"


@pytest.mark.parametrize("role", sorted(set(LineRole) - {LineRole.CONTENT}))
def test_only_content_is_sent(role: LineRole) -> None:
    first, *others = segment(corpus({"Soil": "* compost bins are full\n* worms\n"}).pads, ()).segments
    lines = numbered_lines((replace(first, role=role), *others), None)
    assert [line.text for line in lines] == ["worms"]
    assert lines[0].number == 2


def test_check_boxes_are_sent_with_their_lines() -> None:
    pads = corpus({"Soil": "- [x] wrote to Ana\n- [ ] call Ben\n- neither\n"}).pads
    segments = segment(pads, ()).segments
    lines = numbered_lines(segments, None)
    assert [line.text for line in lines] == ["[x] wrote to Ana", "[ ] call Ben", "neither"]


@given(st.text(), st.integers(2, 50))
def test_a_line_is_sent_on_one_line_of_a_given_length(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert len(line) <= longest
    assert len(line.splitlines()) <= 1


def test_a_pasted_page_is_cut() -> None:
    event = event_lines({"Water": f"* {'pump ' * 1000}\n"})
    assert len(event.lines[0].text) == MAX_LINE
