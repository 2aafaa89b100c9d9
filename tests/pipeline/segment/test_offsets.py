"""Whatever a pad holds: every segment knows its place, and nothing that was written is lost."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import LineStructure, Pad, PadId
from fetch.etherpad_export import MAX_HEADING, MAX_LEVEL
from pipeline.segment import Segmentation, segment
from pipeline.segment_records import Kind, Line, LineRole, Segment
from pipeline.text import is_invisible
from tests.support.builders import pad
from tests.support.hostile import ANY_TEXT

MARKS = re.compile(r"(?:[-*+•‣◦▪▫●○■□·–—−⁃∙➢➤❖»→>=\\#.()☐☑☒\d\s]|\[[ xX>/<~✓✔-]?\]|\(?[a-zA-Z]\)|\(?[ivx]{2,4}\))*")
"""What may stand in front of a line's first segment: bullets, numbers, boxes, quote and heading marks."""

PIECES = (
    *(
        "\n",
        "\n",
        "\n",
        "\n\n",
        "\t* ",
        "\t\t* ",
        "* ",
        "*",
        "- ",
        "– ",
        "• ",
        "1. ",
        "1.2. ",
        "a) ",
        "(ii) ",
        "[ ] ",
        "[x] ",
    ),
    *(
        "> ",
        "-> ",
        "# ",
        "## ",
        "#",
        "== ",
        " ==",
        "---",
        "===",
        "```",
        "<!-- ",
        " -->",
        "|",
        "| ",
        " |",
        "|---|",
        "\t",
        "    ",
    ),
    *(
        "**",
        "__",
        "Q: ",
        "A: ",
        ": ",
        ". ",
        "? ",
        "! ",
        "… ",
        "... ",
        "。",
        " (",
        ") ",
        "“",
        "” ",
        "e.g. ",
        "Dr. ",
        "3.5 ",
    ),
    *("https://pads.example.org/p/x?y=1 ", "ana@example.org ", "@ana ", "Attendees", "Ana Ruiz, Bo Lind", "Next steps"),
    *(
        "we need more money",
        "Who decides",
        "The roof leaks",
        "the roof leaks",
        "Nobody came. It rained",
        "¿Qué falta",
        "NA",
    ),
    *(
        "\r",
        "\x85",
        "\u2028",
        "\x0b",
        "\x0c",
        "\ufeff",
        "\u200b",
        "\u00a0",
        "😀",
        "🏳️‍🌈",
        "e\u0301",
        "ß",
        "\ud800",
        "\0",
        "🎉",
    ),
)
PAD_TEXT = st.one_of(
    ANY_TEXT, st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40).map("".join)
)
PADS = st.lists(PAD_TEXT, min_size=1, max_size=4).map(
    lambda texts: [pad(f"Group {number % 3} {number}", text) for number, text in enumerate(texts)]
)


def of_pad(reading: Segmentation, pad_id: PadId) -> tuple[list[Line], list[Segment]]:
    lines = [line for line in reading.lines if line.pad_id == pad_id]
    return lines, [item for item in reading.segments if item.pad_id == pad_id]


def lost(text: str, line: Line, segments: list[Segment]) -> tuple[str, str]:
    """What is written on a line and in no segment: in front of the first segment, and behind."""
    covered = {at for item in segments for at in range(max(item.start, line.start), min(item.end, line.end))}
    first = min(covered, default=line.end)
    front = "".join(" " if is_invisible(char) else char for char in text[line.start : first])
    return front, "".join(text[at] for at in range(first, line.end) if at not in covered and not is_invisible(text[at]))


@given(PADS)
def test_a_segment_is_exactly_what_stands_at_its_place(pads: list[Pad]) -> None:
    texts = {written.pad_id: written.text for written in pads}
    for item in segment(pads, ()).segments:
        assert texts[item.pad_id][item.start : item.end] == item.text
        assert item.text
        assert not is_invisible(item.text[0])
        assert not is_invisible(item.text[-1])


@given(PADS)
def test_lines_are_the_pieces_between_newlines_and_nothing_else_ends_a_line(pads: list[Pad]) -> None:
    reading = segment(pads, ())
    for written in pads:
        lines, _ = of_pad(reading, written.pad_id)
        assert [written.text[line.start : line.end] for line in lines] == written.text.split("\n")
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@given(PADS)
def test_segments_follow_one_another_without_overlap(pads: list[Pad]) -> None:
    reading = segment(pads, ())
    for written in pads:
        _, segments = of_pad(reading, written.pad_id)
        assert all(before.end <= after.start for before, after in pairwise(segments))
    order = {written.pad_id: at for at, written in enumerate(pads)}
    places = [(order[item.pad_id], item.start) for item in reading.segments]
    assert places == sorted(places)


@given(PADS)
def test_all_that_is_written_on_a_content_line_is_in_a_segment_but_its_marks(pads: list[Pad]) -> None:
    reading = segment(pads, ())
    for written in pads:
        lines, segments = of_pad(reading, written.pad_id)
        for line in lines:
            if line.role not in {LineRole.HEADING, LineRole.PROMPT}:
                front, behind = lost(written.text, line, segments)
                assert MARKS.fullmatch(front.replace("|", "")), (line, front)
                assert not behind.strip("|"), (line, behind)


@given(PADS)
def test_headings_prompts_and_empty_lines_have_no_segment_and_other_lines_have(pads: list[Pad]) -> None:
    reading = segment(pads, ())
    without = {LineRole.HEADING, LineRole.PROMPT, LineRole.EMPTY}
    for written in pads:
        lines, segments = of_pad(reading, written.pad_id)
        for line in lines:
            covering = [item for item in segments if item.start < line.end and item.end > line.start]
            assert bool(covering) == (line.role not in without), line


@given(PADS)
def test_ids_name_the_pad_the_line_and_the_place_on_it_and_parents_come_first(pads: list[Pad]) -> None:
    seen: set[str] = set()
    count: dict[tuple[str, int], int] = {}
    for item in segment(pads, ()).segments:
        number = count.setdefault((item.pad_id, item.line), 0)
        count[item.pad_id, item.line] += 1
        assert item.id == f"{item.pad_id}:{item.line}:{number}"
        assert item.parent is None or item.parent in seen
        seen.add(item.id)


@given(PADS)
def test_kind_other_is_what_is_set_aside_and_fields_of_a_form(pads: list[Pad]) -> None:
    for item in segment(pads, ()).segments:
        assert item.role in {LineRole.CONTENT, LineRole.BOILERPLATE, LineRole.DUPLICATE}
        assert item.kind is Kind.OTHER or item.role is LineRole.CONTENT
        if item.role is LineRole.CONTENT and item.kind is Kind.OTHER:
            assert item.prompt
            assert item.text.casefold().startswith(item.prompt.casefold())


@given(PADS, st.lists(st.sampled_from(["Who decides?", "Next steps", "", "  ", "we need more money"]), max_size=3))
def test_the_same_pads_give_the_same_reading(pads: list[Pad], prompts: list[str]) -> None:
    assert segment(pads, prompts) == segment(pads, prompts)


@st.composite
def structured(draw: st.DrawFn, text: str) -> Pad:
    """A pad with any structure that describes its lines, as a corpus from elsewhere may have it."""

    def known(line: str) -> LineStructure:
        prefix = draw(st.integers(0, len(line)))
        ends = draw(st.lists(st.integers(prefix, len(line)), max_size=4))
        return LineStructure(
            prefix=prefix,
            level=draw(st.integers(0, MAX_LEVEL)),
            bullet=draw(st.booleans()),
            ordered=draw(st.booleans()),
            heading=draw(st.integers(0, MAX_HEADING)),
            struck=tuple((start, end) for start, end in pairwise(ends) if start < end),
        )

    return replace(pad("Roof", text), structure=tuple(map(known, text.split("\n"))))


@given(st.lists(PAD_TEXT.flatmap(structured), min_size=1, max_size=2))
def test_whatever_structure_a_pad_comes_with_its_lines_are_all_there_and_its_segments_know_their_places(
    pads: list[Pad],
) -> None:
    pads = [replace(one, pad_id=PadId(str(number))) for number, one in enumerate(pads)]
    reading = segment(pads, ())
    for written in pads:
        lines, segments = of_pad(reading, written.pad_id)
        assert [written.text[line.start : line.end] for line in lines] == written.text.split("\n")
        assert all(written.text[item.start : item.end] == item.text for item in segments)
        assert all(before.end <= after.start for before, after in pairwise(segments))
        starts = {line.start for line in lines if line.role is LineRole.EMPTY}
        assert not [item for item in segments if item.start in starts]


@pytest.mark.parametrize("text", ("", " ", "\n", "\t\n \n", "\ufeff", "\r\n\r\n", "- \n* \n1. \n[ ]\n#\n> "))
def test_a_pad_without_a_word_has_empty_lines_and_no_segments(text: str) -> None:
    reading = segment([pad("Nobody", text)], ())
    assert {line.role for line in reading.lines} == {LineRole.EMPTY}
    assert reading.segments == ()


def test_no_pads_give_an_empty_reading() -> None:
    assert segment([], ()) == Segmentation(lines=(), segments=())


def test_a_pad_of_a_single_line_is_one_statement() -> None:
    reading = segment([pad("Roof", "more money")], ())
    assert [item.text for item in reading.segments] == ["more money"]
    assert reading.segments[0].role is LineRole.CONTENT


@pytest.mark.parametrize(
    "piece", ("a", ". ", "(", "(a. ", "[ ", "* ", "| ", "**", "a\t", "a@a.", "`", "。", "😀. ", "<!--", "|-")
)
def test_a_line_of_100_000_characters_is_read_like_any_other(piece: str) -> None:
    text = piece * (100_000 // len(piece)) + "x"
    reading = segment([pad("Long", text)], ())
    assert len(reading.lines) == 1
    assert all(text[item.start : item.end] == item.text for item in reading.segments)


@pytest.mark.parametrize("cell", ("", " ", "\xa0", "\u200b", "\0"))
def test_a_row_of_empty_cells_is_an_empty_line(cell: str) -> None:
    reading = segment([pad("Roof", f"| what | who |\n|---|---|\n|{cell}|{cell}|")], ())
    assert reading.lines[2].role is LineRole.EMPTY
    assert not [item for item in reading.segments if item.line == 3]


@pytest.mark.parametrize("marks", ("*-", "*•", "*1."))
def test_a_line_of_two_marks_below_a_label_is_an_empty_line(marks: str) -> None:
    lines = segment([pad("Roof", f"To do:\n{marks}\n- gutter")], ()).lines
    assert [line.role for line in lines[1:]] == [LineRole.EMPTY, LineRole.CONTENT]
