"""A line as the models read it, and back."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Label
from pipeline.tag.neural.normal import normal
from pipeline.tag.spans import Name
from pipeline.tag.wording import FILLER, unmarked
from tests.hostile import ANY_TEXT


def test_marks_and_addresses_leave_one_space() -> None:
    line = unmarked("- **Ana** will   ask https://example.org/a/b the _Borrowhouse_ people")
    assert normal(line).text == "- Ana will ask the Borrowhouse people"


def test_a_name_finds_its_place_in_the_line() -> None:
    line = unmarked("see [the  Tool   Library](https://example.org) by May")
    read = normal(line)
    start = read.text.index("Tool Library")
    placed = read.placed(Name(start, start + len("Tool Library"), Label.ORG))
    assert line[placed.start : placed.end] == "Tool   Library"


@given(ANY_TEXT, st.data())
def test_every_chunk_stands_where_it_stood(line: str, data: st.DataObject) -> None:
    read = normal(line)
    chunks = read.text.split(" ") if read.text else []
    assert chunks == line.replace(FILLER, " ").split()
    if chunks:
        chunk = data.draw(st.sampled_from(range(len(chunks))))
        start = read.starts[chunk]
        placed = read.placed(Name(start, start + len(chunks[chunk]), Label.ORG))
        assert line[placed.start : placed.end] == chunks[chunk]
