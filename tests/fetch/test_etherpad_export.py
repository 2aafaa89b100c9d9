"""Etherpad's full export becomes the text of its plain export, and what that loses."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.changesets import Malformed
from fetch.corpus_records import LineStructure
from fetch.etherpad_export import read_export
from tests.support.pad_writer import START, Attributes, PadWriter, joined, utf16, written

LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12)
UNITS = st.text(st.sampled_from("ab \n\té😀\ud83d\u2028\x85"), max_size=6)


def lines_of(pad: PadWriter) -> dict[str, LineStructure]:
    export = read_export(pad.export())
    return dict(zip(export.text.split("\n"), export.structure.lines, strict=True))


def at(revision: int) -> str:
    moment = time.gmtime((START + 60_000 * revision) / 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", moment)


def test_lists_and_headings_are_known_exactly() -> None:
    text = "*Leaked heading\n\t* bullet\n\t\t* deeper 😀\n\t1. first\n\t2. second\n* written by hand\n\n"
    lines = lines_of(written(text))
    assert {line: (one.prefix, one.level, one.bullet, one.ordered, one.heading) for line, one in lines.items()} == {
        "*Leaked heading": (1, 0, False, False, 2),
        "\t* bullet": (3, 1, True, False, 0),
        "\t\t* deeper 😀": (4, 2, True, False, 0),
        "\t1. first": (4, 1, False, True, 0),
        "\t2. second": (4, 1, False, True, 0),
        "* written by hand": (0, 0, False, False, 0),
        "": (0, 0, False, False, 0),
    }


def test_struck_out_words_are_spans_of_code_points_of_their_line() -> None:
    pad = written("\t* 😀 keep this, not that, nor that\nplain\n")
    start = pad.text.index("not") + 1  # the emoji before it counts two units
    pad.mark("a.two", start, start + 4, "strikethrough", "true")
    pad.mark("a.two", start + 4, start + 8, "strikethrough", "true")
    line, structure = next(iter(lines_of(pad).items()))
    assert [line[one:end] for one, end in structure.struck] == ["not that"]


def test_authors_are_numbers_that_say_nothing_about_who_they_are() -> None:
    pad = PadWriter()
    pad.line("a.secretname", "long line by one")
    pad.line("a.other", "x")
    pad.edit("a.other", 0, 0, "yo ")
    assert [one.author for one in read_export(pad.export()).structure.lines] == [1, 2, None]


def test_a_line_bears_the_time_of_its_last_edit() -> None:
    pad = PadWriter()
    pad.line("a.one", "first")
    pad.line("a.one", "second")
    pad.line("a.one", "third")
    pad.edit("a.two", len("first\nsec"), 0, "!")
    lines = lines_of(pad)
    assert [lines[line].edited_at for line in ("first", "sec!ond", "third")] == [at(0), at(5), at(4)]
    assert read_export(pad.export()).edited_at == at(5)


def test_what_was_never_edited_is_told_by_its_first_revision() -> None:
    pad = PadWriter()
    pad.edit("", 0, 0, "Welcome to our pads!\n")
    assert not read_export(pad.export()).structure.edited
    pad.line("a.one", "hello")
    assert read_export(pad.export()).structure.edited


def test_nothing_of_names_chat_and_old_text_is_passed_on() -> None:
    pad = written("now\n")
    pad.edit("a.one", 0, 3, "NOW")
    records = json.loads(pad.export())
    records["pad:pad:chat:0"] = {"text": "chatter", "userId": "a.one", "time": START}
    records["globalAuthor:a.one"]["name"] = "Ana\u0000"
    shown = repr(read_export(json.dumps(records).encode()))
    assert not [secret for secret in ("chatter", "Ana", "a.one", "'now") if secret in shown]


def test_line_ends_of_other_scripts_stay_inside_their_line() -> None:
    export = read_export(written("a\x85b\u2028c\x0bd\x0ce\rf\n").export())
    assert export.text == "a\x85b\u2028c\x0bd\x0ce\rf\n"
    assert len(export.structure.lines) == 2


def test_a_nul_becomes_a_replacement_character() -> None:
    assert read_export(written("a\0b\n").export()).text == "a\ufffdb\n"


def test_lone_surrogates_become_replacement_characters_and_pairs_in_two_runs_are_joined() -> None:
    pad = PadWriter()
    high, low = utf16("😀")
    pad.edit("a.one", 0, 0, f"{high}x")
    pad.edit("a.one", 2, 0, high)
    pad.edit("a.two", 3, 0, low)
    assert read_export(pad.export()).text == "\ufffdx😀\n"


@pytest.mark.parametrize("missing", (0, 3))
def test_a_lost_revision_leaves_older_edits_without_a_time(missing: int) -> None:
    pad = written("one\ntwo\nthree\n")
    records = json.loads(pad.export())
    records[f"pad:pad:revs:{missing}"] = None
    lines = read_export(json.dumps(records).encode()).structure.lines
    assert [line.edited_at for line in lines] == [None] * 4


def test_after_a_lost_revision_times_are_known_from_the_next_whole_one_on() -> None:
    pad = PadWriter()
    for number in range(60):
        pad.line("a.one", f"line {number}")
    late = len(pad.revisions) - 1
    assert late > 100
    records = json.loads(pad.export())
    del records["pad:pad:revs:7"]
    export = read_export(json.dumps(records).encode())
    dated = [number for number, line in enumerate(export.structure.lines) if line.edited_at]
    assert dated == list(range(51, 60))
    assert export.structure.lines[59].edited_at == at(late)


def broken(change: dict[str, object]) -> bytes:
    records = json.loads(written("text\n").export())
    records["pad:pad"] |= change
    return json.dumps(records).encode()


@pytest.mark.parametrize(
    "data",
    (
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>",
        b'{"pad:a": 3}',
        b'{"pad:a": {}, "pad:b": {}}',
        b"[" * 100_000,
        b'{"pad:a": {"head": 1e999}}',
        broken({"head": -1}),
        broken({"head": "3"}),
        broken({"atext": {"text": "x\n", "attribs": "|1+2"}, "pool": {"numToAttrib": {"0": []}}}),
        broken({"atext": {"text": "x\n", "attribs": "|1+3"}}),
        broken({"atext": {"text": "x\n", "attribs": "|1+1"}}),
        broken({"atext": {"text": "x\n", "attribs": "-2"}}),
        broken({"atext": {"text": "x\n", "attribs": "hello"}}),
        broken({"atext": {"text": "x\n", "attribs": "*0|1+2"}, "pool": {"numToAttrib": {"0": ["list", "bullet9999"]}}}),
    ),
)
def test_what_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_export(data)


def test_a_head_that_promises_too_much_costs_no_time() -> None:
    export = read_export(broken({"head": 10**15}))
    assert export.revision == 10**15
    assert [line.edited_at for line in export.structure.lines] == [None, None]


EDITS = st.lists(
    st.tuples(st.sampled_from(["a.one", "a.two", ""]), st.integers(0, 99), st.integers(0, 9), UNITS), max_size=12
)


def play(edits: list[tuple[str, int, int, str]]) -> tuple[PadWriter, list[tuple[str, set[int]]]]:
    """A pad with these edits, and its lines with the revisions that may be the last to have touched each.

    Told from the texts alone: an edit leaves the lines before and behind it, and touches a line that it puts anything
    but newlines into, or takes anything from; a line that it only moves or cuts off may count as touched or not.
    """
    pad = PadWriter()
    pad.edit("", 0, 0, "")
    lines: list[tuple[str, set[int]]] = [("\n", {-1, 0})]
    for author, place, wanted, text in edits:
        start = min(place, len(pad.units) - 1)
        removed = min(wanted, len(pad.units) - 1 - start)
        number = len(pad.revisions)
        before = joined([unit for unit, _ in pad.units[:start]]).count("\n")
        behind = joined([unit for unit, _ in pad.units[start + removed :]]).count("\n") - 1
        pad.edit(author, start, removed, text)
        now = pad.text.split("\n")[:-1]
        middle = lines[before : len(lines) - behind]
        maybe = {number}.union(*(revisions for _, revisions in middle))
        fresh = [(line, maybe) for line in now[before : len(now) - behind]]
        if text and "\n" not in text and not removed:
            fresh = [(fresh[0][0], {number})]
        lines = [*lines[:before], *fresh, *(lines[len(lines) - behind :] if behind else [])]
    return pad, lines


@given(EDITS)
@settings(max_examples=300)
def test_any_edits_give_the_text_and_leave_other_lines_times_alone(edits: list[tuple[str, int, int, str]]) -> None:
    pad, lines = play(edits)
    export = read_export(pad.export())
    assert export.text.encode() == pad.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    for (_, allowed), line in zip(lines, export.structure.lines, strict=False):
        assert line.edited_at in {at(number) if number >= 0 else None for number in allowed}


@given(st.lists(st.tuples(LINE, st.sampled_from([(), (("list", "bullet2"),), (("list", "number1"),)])), min_size=1))
def test_any_lines_round_trip_with_their_structure_in_step(lines: list[tuple[str, Attributes]]) -> None:
    pad = PadWriter()
    pad.edit("", 0, 0, "")
    for text, marker in lines:
        pad.line("a.one", text or "-", (), marker)
    export = read_export(pad.export())
    assert len(export.structure.lines) == export.text.count("\n") + 1
    for line, structure, (text, marker) in zip(export.text.split("\n"), export.structure.lines, lines, strict=False):
        assert line[structure.prefix :] == (text or "-").replace("\0", "\ufffd")
        assert bool(structure.level) == bool(marker)


def test_a_pad_of_3000_lines_is_read_whole() -> None:
    pad = PadWriter()
    pad.edit("a.one", 0, 0, "line\n" * 3000)
    for number in range(200):
        pad.edit("a.two", 5 * number, 0, "x")
    export = read_export(pad.export())
    assert [line.author for line in export.structure.lines[:3000]] == [1] * 3000
    assert len({line.edited_at for line in export.structure.lines[:3000]}) > 100
