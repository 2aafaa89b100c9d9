"""Where a pad came with its editor's structure, headings and lists are exact and struck-out text is not quoted."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import LineStructure, Pad
from pipeline.ledger import account
from pipeline.segment import Segmentation, segment
from pipeline.segment_records import Checkbox, LineRole
from tests.support.builders import pad

PLAIN = LineStructure()
BULLET = LineStructure(prefix=3, level=1, bullet=True)
DEEPER = LineStructure(prefix=4, level=2, bullet=True)


def structured(*lines: tuple[str, LineStructure]) -> Pad:
    """A pad of these lines, with what the editor knew of each."""
    text = "\n".join(line for line, _ in lines)
    return replace(pad("Water", text), structure=tuple(known for _, known in lines))


def read(*lines: tuple[str, LineStructure]) -> Segmentation:
    return segment([structured(*lines)], ())


def roles(reading: Segmentation) -> list[str]:
    return [line.role.value for line in reading.lines]


def texts(reading: Segmentation) -> list[str]:
    return [item.text for item in reading.segments]


def struck(line: str, words: str, known: LineStructure = PLAIN) -> tuple[str, LineStructure]:
    """The line with `words` of it struck out."""
    at = line.index(words)
    return line, replace(known, struck=((at, at + len(words)),))


def test_headings_nest_as_the_editor_ranked_them() -> None:
    reading = read(
        ("*The pump and why we never could agree on whose job it is.", LineStructure(prefix=1, heading=1)),
        ("*In winter", LineStructure(prefix=1, heading=2)),
        ("it freezes every year", PLAIN),
        ("*Money", LineStructure(prefix=1, heading=1)),
        ("nobody has any left", PLAIN),
    )
    assert [item.headings for item in reading.segments] == [
        ("The pump and why we never could agree on whose job it is.", "In winter"),
        ("Money",),
    ]


def test_three_headings_in_a_row_are_headings() -> None:
    top = LineStructure(prefix=1, heading=1)
    assert roles(read(("*Tools", top), ("*Seeds", top), ("*Soil", top))) == ["heading"] * 3


def test_no_heading_is_guessed_where_the_editor_marked_some() -> None:
    lines = (("Shared tools", PLAIN), ("\t* a rake is missing", replace(BULLET, prefix=3)))
    assert roles(read(*lines)) == ["heading", "content"]
    assert roles(read(("*Shed", LineStructure(prefix=1, heading=2)), *lines)) == ["heading", "content", "content"]


def test_a_literal_star_in_a_line_that_is_no_list_is_text() -> None:
    reading = read(("* not a bullet, only a star", PLAIN), ("\t* a bullet", BULLET))
    assert texts(reading) == ["* not a bullet, only a star", "a bullet"]
    assert [line.level for line in reading.lines] == [0, 1]


def test_a_star_stuck_to_the_text_is_no_heading_unless_the_editor_says_so() -> None:
    assert roles(read(("*Money", PLAIN), ("\t* we have none", BULLET)))[0] == "content"


def test_a_mark_typed_into_a_list_item_is_part_of_what_was_written() -> None:
    assert texts(read(("\t* # 5 is broken", BULLET), ("\t* 1. April is too late", BULLET))) == [
        "# 5 is broken",
        "1. April is too late",
    ]


def test_levels_and_parents_are_the_editors() -> None:
    reading = read(
        ("\t1. the tap", LineStructure(prefix=4, level=1, ordered=True)),
        ("\t\t1.1. it leaks", LineStructure(prefix=7, level=2, ordered=True)),
        ("\t\t* all day", DEEPER),
    )
    first = reading.segments[0].id
    assert [(item.text, item.level, item.parent) for item in reading.segments] == [
        ("the tap", 1, None),
        ("it leaks", 2, first),
        ("all day", 2, first),
    ]


def test_an_open_check_box_in_a_list_item_is_still_a_step() -> None:
    [item] = read(("\t* [ ] call the council", BULLET)).segments
    assert (item.text, item.checkbox) == ("call the council", Checkbox.OPEN)


def test_a_dash_typed_in_a_plain_line_is_still_a_bullet() -> None:
    assert texts(read(("- the gate sticks", PLAIN))) == ["the gate sticks"]


def test_a_line_struck_out_wholly_is_struck_and_has_no_segment() -> None:
    reading = read(
        struck("\t* we close the garden", "we close the garden", BULLET),
        struck("*Old title", "Old title", LineStructure(prefix=1, heading=1)),
        struck("nobody came.", "nobody came"),
        ("\t* we keep it open", BULLET),
    )
    assert roles(reading) == ["struck", "struck", "struck", "content"]
    assert [(item.text, item.headings) for item in reading.segments] == [("we keep it open", ())]


def test_a_struck_line_within_code_or_a_comment_stays_struck() -> None:
    reading = read(("```", PLAIN), struck("print('old')", "print('old')"), ("print('new')", PLAIN), ("```", PLAIN))
    assert roles(reading)[1] == "struck"
    assert not any("old" in text for text in texts(reading))


def test_a_sentence_is_cut_around_its_struck_words() -> None:
    reading = read(struck("We meet on Monday no Tuesday. Bring tea.", "Monday no"))
    assert texts(reading) == ["We meet on", "Tuesday.", "Bring tea."]
    assert roles(reading) == ["content"]


def test_a_piece_without_a_word_is_dropped() -> None:
    assert texts(read(struck("Bring tea. Never mind!", "Never mind"))) == ["Bring tea."]


def test_a_heading_is_named_without_its_struck_words() -> None:
    reading = read(struck("*Water and fire", "and fire", LineStructure(prefix=1, heading=1)), ("we need a hose", PLAIN))
    assert reading.segments[0].headings == ("Water",)


def test_boilerplate_is_cut_around_struck_words_too() -> None:
    reading = read(struck("Attendees: Ana, Bo, Cy", "Bo, "), ("the tap is shut", PLAIN))
    assert roles(reading)[0] == "boilerplate"
    assert not any("Bo" in text for text in texts(reading))


def test_struck_white_makes_no_line_struck() -> None:
    assert roles(read(struck("   ", "  "), struck("the tap ", " "))) == ["empty", "content"]


def test_a_line_of_signs_with_struck_white_is_struck_for_no_word_is_left() -> None:
    assert (
        roles(read(struck("* - ?", " ?", LineStructure(prefix=2, level=1, bullet=True)), ("pump", PLAIN)))[0]
        == "struck"
    )
    white = LineStructure(prefix=2, level=1, bullet=True, struck=((3, 4),))
    assert roles(read(("* - ?", white), ("pump", PLAIN)))[0] == "struck"


def test_a_damaged_structure_does_no_harm() -> None:
    wild = LineStructure(prefix=99, level=1, bullet=True, struck=((-5, 2), (3, 999)))
    assert roles(read(("\t* tap", wild), ("pump", LineStructure(struck=((2, 99),))))) == ["empty", "content"]


LINES = st.tuples(
    st.sampled_from(("", "\t", "\t\t* ", "* ", "# ", "- ", "| a | ", "```", "<!-- ", "*", "Who: ")),
    st.text("ab.? ,\tß…|é-", max_size=30),
    st.sampled_from(
        (
            PLAIN,
            LineStructure(level=1, bullet=True),
            LineStructure(heading=2),
            LineStructure(level=3, ordered=True),
            LineStructure(level=1),
        )
    ),
    st.lists(st.integers(0, 30), max_size=6, unique=True).map(sorted),
)


@given(st.lists(LINES, min_size=1, max_size=8))
def test_nothing_struck_is_in_a_segment_and_no_word_of_a_content_line_is_lost(
    drawn: list[tuple[str, str, LineStructure, list[int]]],
) -> None:
    drawn_pad = structured(
        *(
            (
                mark + text,
                replace(
                    known,
                    prefix=0 if known == PLAIN else len(mark),
                    struck=tuple(zip(marks[::2], marks[1::2], strict=False)),
                ),
            )
            for mark, text, known, marks in drawn
        )
    )
    reading = segment([drawn_pad], ())
    account(reading.lines, reading.segments, ())
    quoted = {at for item in reading.segments for at in range(item.start, item.end)}
    assert all(drawn_pad.text[item.start : item.end] == item.text for item in reading.segments)
    gone = _struck_places(drawn_pad, reading)
    assert not quoted & gone
    for line, (mark, *_) in zip(reading.lines, drawn, strict=True):
        if line.role is LineRole.CONTENT:
            places = set(range(line.start + len(mark), line.end)) - gone
            assert not [at for at in sorted(places - quoted) if drawn_pad.text[at].isalnum()]


def _struck_places(written: Pad, reading: Segmentation) -> set[int]:
    assert written.structure
    return {
        at
        for line, known in zip(reading.lines, written.structure, strict=True)
        for start, end in known.struck
        for at in range(line.start + start, min(line.start + end, line.end))
    }


def test_without_structure_the_same_text_reads_as_before() -> None:
    bare = segment([pad("Water", "*Money\n\t* we have none\n* typed")], ())
    assert roles(bare) == ["heading", "content", "content"]
