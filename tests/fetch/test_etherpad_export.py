"""Etherpad's full export becomes the text of its plain export, and what that loses."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.corpus_records import FetchedPad, LineStructure
from fetch.errors import PadFailure
from fetch.etherpad_export import NO_EXPORT, read_export
from tests.support.damaged import as_json, assert_plain, assert_sound, damaged
from tests.support.pad_writer import START, Attributes, PadWriter, utf16, written

LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12)
UNITS = st.text(st.sampled_from("ab \n\té😀\ud83d\u2028\x85"), max_size=6)


def structures(pad: FetchedPad) -> tuple[LineStructure, ...]:
    assert pad.structure is not None
    return pad.structure


def lines_of(pad: PadWriter) -> dict[str, LineStructure]:
    export = read_export(pad.export())
    return dict(zip(export.text.split("\n"), structures(export), strict=True))


def time_of(revision: int) -> str:
    moment = time.gmtime((START + 60_000 * revision) / 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", moment)


def test_lists_and_headings_are_known_exactly() -> None:
    text = "*Leaked heading\n\t* bullet\n\t\t* deeper 😀\n\t1. first\n\t2. second\n* written by hand\n\n"
    lines = lines_of(written(text))
    assert {
        text: (line.prefix, line.level, line.bullet, line.ordered, line.heading) for text, line in lines.items()
    } == {
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
    assert [line[start:end] for start, end in structure.struck] == ["not that"]


def test_names_chat_authors_and_old_text_are_not_read() -> None:
    pad = written("now\n")
    pad.edit("a.one", 0, 3, "NOW")
    records = json.loads(pad.export())
    records["pad:pad:chat:0"] = {"text": "chatter", "userId": "a.one", "time": START}
    records["globalAuthor:a.one"]["name"] = "Ana\u0000"
    shown = repr(replace(read_export(json.dumps(records).encode()), raw=None))
    assert not [secret for secret in ("chatter", "Ana", "a.one", "'now") if secret in shown]


def test_line_ends_of_other_scripts_stay_inside_their_line() -> None:
    export = read_export(written("a\x85b\u2028c\x0bd\x0ce\rf\n").export())
    assert export.text == "a\x85b\u2028c\x0bd\x0ce\rf\n"
    assert len(structures(export)) == 2


def test_a_nul_is_kept_and_counted() -> None:
    export = read_export(written("a\0b\0\n").export())
    assert export.text == "a\0b\0\n"
    assert export.all_remarks() == ("NUL characters in it are kept (2 of them)",)


def test_lone_surrogates_become_replacement_characters_and_pairs_in_two_runs_are_joined() -> None:
    pad = PadWriter()
    high, low = utf16("😀")
    pad.edit("a.one", 0, 0, f"{high}x")
    pad.edit("a.one", 2, 0, high)
    pad.edit("a.two", 3, 0, low)
    export = read_export(pad.export())
    assert export.text == "\ufffdx😀\n"
    assert export.all_remarks() == ("halves of characters (lone surrogates) became \ufffd (1 of them)",)


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
def test_anything_else_is_refused_as_no_export(data: bytes) -> None:
    with pytest.raises(PadFailure) as failure:
        read_export(data)
    assert str(failure.value) == (
        "it is not an export as Etherpad writes it, or it is damaged; export the pad again, or as plain text"
    )


EDITS = st.lists(
    st.tuples(st.sampled_from(["a.one", "a.two", ""]), st.integers(0, 99), st.integers(0, 9), UNITS), max_size=12
)


@given(EDITS)
@settings(max_examples=300)
def test_any_edits_give_the_newest_text(edits: list[tuple[str, int, int, str]]) -> None:
    pad = PadWriter()
    pad.edit("", 0, 0, "")
    for author, place, wanted, text in edits:
        start = min(place, len(pad.units) - 1)
        pad.edit(author, start, min(wanted, len(pad.units) - 1 - start), text)
    export = read_export(pad.export())
    assert export.text.encode() == pad.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    assert export.edited_at == time_of(len(pad.revisions) - 1)


@given(st.lists(st.tuples(LINE, st.sampled_from([(), (("list", "bullet2"),), (("list", "number1"),)])), min_size=1))
def test_any_lines_round_trip_with_their_structure_in_step(lines: list[tuple[str, Attributes]]) -> None:
    pad = PadWriter()
    pad.edit("", 0, 0, "")
    for text, marker in lines:
        pad.line("a.one", text or "-", (), marker)
    export = read_export(pad.export())
    assert len(structures(export)) == export.text.count("\n") + 1
    for line, structure, (text, marker) in zip(export.text.split("\n"), structures(export), lines, strict=False):
        assert line[structure.prefix :] == (text or "-")
        assert bool(structure.level) == bool(marker)


def test_a_pad_of_3000_lines_is_read_whole() -> None:
    pad = PadWriter()
    pad.edit("a.one", 0, 0, "line\n" * 3000)
    for number in range(200):
        pad.edit("a.two", 5 * number, 0, "x")
    assert read_export(pad.export()).text == pad.text


def test_the_time_of_the_newest_revision_is_known_unless_it_is_lost() -> None:
    records = json.loads(written("one\ntwo\n").export())
    head = records["pad:pad"]["head"]
    assert read_export(json.dumps(records).encode()).edited_at == time_of(head)
    records[f"pad:pad:revs:{head}"] = None
    export = read_export(json.dumps(records).encode())
    assert (export.revision, export.edited_at) == (head, None)


STRUCK = written("*Heading\n\t* 😀 one, not two\n\t\t1. three\nplain\n")
STRUCK.mark("a.two", 14, 18, "strikethrough", "true")


@given(damaged(json.loads(STRUCK.export())).map(as_json))
def test_whatever_is_changed_in_an_export_it_is_a_sound_pad_or_refused(data: bytes) -> None:
    try:
        export = read_export(data)
    except PadFailure as failure:
        assert_plain(failure, NO_EXPORT)
        return
    assert export.text.encode().decode() == export.text
    assert_sound(export)
