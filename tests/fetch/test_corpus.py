"""A corpus folder is read as it is; a pad that cannot be read is a sentence, and the others are there."""

import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from fetch.corpus import append_to_journal, list_status, read_corpus, read_manifest, serialize_structure, write_manifest
from fetch.corpus_records import LineStructure, ManifestEntry, PadId, PadState
from fetch.errors import UserMistake
from fetch.etherpad_export import read_export
from fetch.event_file import read_event
from fetch.pull import dry_run
from pipeline.segment import segment
from tests.support.damaged import WRITABLE, as_json, as_toml, assert_plain, assert_sound, damaged
from tests.support.pad_writer import written


def event(folder: Path, *pads: str, server: str = "https://pads.example.org") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    entries = "".join(f"\n[[pad]]\n{pad}\n" for pad in pads)
    (folder / "event.toml").write_text(f'title = "Camp"\nserver = "{server}"\n{entries}', encoding="utf-8")
    (folder / "pads").mkdir(exist_ok=True)
    return folder


def entry(pad_id: str, data: bytes, file: str, revision: int | None = None) -> ManifestEntry:
    return ManifestEntry(
        pad_id=PadId(pad_id),
        file=file,
        source=f"https://pads.example.org/p/{pad_id}",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        fetched_at="2026-05-04T12:00:00+00:00",
        revision=revision,
    )


def keep(folder: Path, *kept: tuple[ManifestEntry, bytes]) -> None:
    for kept_entry, data in kept:
        (folder / kept_entry.file).write_bytes(data)
    write_manifest(folder, {kept_entry.pad_id: kept_entry for kept_entry, _ in kept})


def test_pads_come_in_the_order_of_event_toml_with_what_the_manifest_knows(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "B"\npad = "b"', 'group = "A"\nurl = "https://pads.example.org/p/a"')
    keep(folder, (entry("a", b"one", "pads/a.txt"), b"one"), (entry("b", b"two", "pads/b.txt", 7), b"two"))
    corpus = read_corpus(folder)
    assert [(pad.pad_id, pad.group, pad.text, pad.revision) for pad in corpus.pads] == [
        ("b", "B", "two", 7),
        ("a", "A", "one", None),
    ]
    assert corpus.pads[0].source == "https://pads.example.org/p/b"
    assert (corpus.problems, corpus.notes) == ((), ())


def test_a_kept_pad_is_read_to_the_character(tmp_path: Path) -> None:
    text = "\ufeffbom\r\n\x85nel\u2028ls\x0b\x0c\r tail\n"
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    keep(folder, (entry("a", text.encode(), "pads/a.txt"), text.encode()))
    assert read_corpus(folder).pads[0].text == text


def test_a_group_may_have_several_pads(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\nfile = "pads/a.txt"', 'group = "A"\nfile = "pads/more.md"')
    (folder / "pads/a.txt").write_text("one", encoding="utf-8")
    (folder / "pads/more.md").write_text("two", encoding="utf-8")
    assert [(pad.group, pad.pad_id) for pad in read_corpus(folder).pads] == [("A", "a"), ("A", "more")]


def test_a_file_without_an_entry_is_read_from_disk(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\nfile = "pads/a.txt"')
    (folder / "pads/a.txt").write_bytes(b"one\r\ntwo")
    corpus = read_corpus(folder)
    assert corpus.pads[0].text == "one\ntwo"
    assert corpus.pads[0].sha256 == hashlib.sha256(b"one\r\ntwo").hexdigest()
    assert corpus.pads[0].source == "file:a.txt"
    assert corpus.problems == ()
    assert corpus.notes == (f"{folder}/pads/a.txt: its Windows line endings were converted.",)


def test_a_pad_that_a_person_edited_is_used_and_mentioned(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    keep(folder, (entry("a", b"old", "pads/a.txt", 3), b"new"))
    corpus = read_corpus(folder)
    assert corpus.pads[0].text == "new"
    assert corpus.pads[0].sha256 == hashlib.sha256(b"new").hexdigest()
    assert "was changed since it was fetched" in corpus.notes[0]
    assert corpus.problems == ()


def test_a_pad_that_cannot_be_read_is_a_sentence_and_the_others_are_read(tmp_path: Path) -> None:
    folder = event(
        tmp_path / "camp",
        'group = "Unfetched"\npad = "later"',
        'group = "Gone"\nfile = "pads/gone.txt"',
        'group = "Binary"\nfile = "pads/picture.txt"',
        'group = "Folder"\nfile = "pads/folder"',
        'group = "Fine"\nfile = "pads/fine.txt"',
    )
    (folder / "pads/picture.txt").write_bytes(b"\x89PNG\0\0")
    (folder / "pads/folder").mkdir()
    (folder / "pads/fine.txt").write_text("here", encoding="utf-8")
    corpus = read_corpus(folder)
    assert [pad.text for pad in corpus.pads] == ["here"]
    assert tuple(problem.sentence for problem in corpus.problems) == (
        "pad later (Unfetched) is not in the corpus yet; run `make fetch EVENT=camp`.",
        f"{folder}/pads/gone.txt: it cannot be read: it does not exist.",
        f"{folder}/pads/picture.txt: it holds binary data, not text; export the notes as plain text (UTF-8).",
        f"{folder}/pads/folder: it is a folder, not a file with text.",
    )


def test_pads_of_the_same_name_are_distinguished_by_their_server(tmp_path: Path) -> None:
    folder = event(
        tmp_path / "camp", 'group = "A"\npad = "notes"', 'group = "B"\nurl = "https://two.example.org/p/notes"'
    )
    first, second = entry("notes", b"1", "pads/notes.txt"), entry("notes@two.example.org", b"2", "pads/n2.txt")
    keep(folder, (first, b"1"), (second, b"2"))
    assert [pad.text for pad in read_corpus(folder).pads] == ["1", "2"]


def test_a_second_pad_of_the_same_id_is_reported_and_not_counted_twice(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\nfile = "pads/a.txt"', 'group = "B"\nfile = "pads/a.md"')
    (folder / "pads/a.txt").write_text("one", encoding="utf-8")
    (folder / "pads/a.md").write_text("two", encoding="utf-8")
    corpus = read_corpus(folder)
    assert [pad.text for pad in corpus.pads] == ["one"]
    assert tuple(problem.sentence for problem in corpus.problems) == (
        "camp: two of its pads are called a; rename one.",
    )


def test_a_kept_pad_that_event_toml_no_longer_names_is_left_out_and_mentioned(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp")
    keep(folder, (entry("a", b"x", "pads/a.txt"), b"x"))
    corpus = read_corpus(folder)
    assert corpus.pads == ()
    assert corpus.notes == (f"{folder}/pads/a.txt: is kept but left out, because event.toml does not name it.",)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    entries = {kept.pad_id: kept for kept in (entry("b", b"", "pads/b.txt", 0), entry("ä😀", b"x", "pads/ä😀.txt"))}
    write_manifest(tmp_path, entries)
    assert read_manifest(tmp_path) == entries
    assert [kept["pad_id"] for kept in json.loads((tmp_path / "manifest.json").read_bytes())["pads"]] == ["b", "ä😀"]


FIRST_MANIFEST = """\
{
  "schema": 1,
  "pads": [
    {
      "pad_id": "Camp_Water",
      "file": "pads/Camp_Water~21.txt",
      "source": "https://pads.example.org/p/Camp_Water",
      "sha256": "f54c9dce2d5662a52982f2f7514aa59f4f3b64e12cedf0f40cf709788503d956",
      "size": 15,
      "fetched_at": "2026-05-04T12:00:00+00:00",
      "revision": 12,
      "edited_at": "2026-05-04T11:00:00.123+00:00",
      "form": "etherpad",
      "etag": "W/\\"1\\"",
      "structure": "pads/Camp_Water~21.json",
      "state": "gone",
      "remarks": ["its encoding was guessed"]
    },
    {
      "pad_id": "soil",
      "file": "",
      "source": "https://pads.example.org/p/soil",
      "sha256": "",
      "size": 0,
      "fetched_at": "2026-05-04T12:00:00+00:00",
      "state": "withheld"
    },
    {
      "pad_id": "Two words",
      "file": "pads/Two words~1.txt",
      "source": "file:Two words.txt",
      "sha256": "3fd30542fe3f61b14bd4a4b2dc0b6fb30fa6f63ebce52dd1778aaa8c4dc02cff",
      "size": 4,
      "fetched_at": "2026-05-04T12:00:00+00:00"
    }
  ]
}
"""


def test_a_manifest_of_the_first_version_is_read_with_the_files_that_it_names(tmp_path: Path) -> None:
    folder = event(
        tmp_path / "camp",
        'group = "Water"\npad = "Camp Water"',
        'group = "Soil"\npad = "soil"',
        'group = "Ours"\nfile = "pads/Two words~1.txt"',
    )
    (folder / "pads").mkdir(exist_ok=True)
    (folder / "pads/Two words~1.txt").write_text("mine", encoding="utf-8")
    (folder / "pads/Camp_Water~21.txt").write_text("*Title\n\t* item\n", encoding="utf-8")
    (folder / "manifest.json").write_text(FIRST_MANIFEST, encoding="utf-8")
    corpus = read_corpus(folder)
    assert [(pad.pad_id, pad.text, pad.revision) for pad in corpus.pads] == [
        ("Camp_Water", "*Title\n\t* item\n", 12),
        ("Two words", "mine", None),
    ]
    assert corpus.notes == ()
    assert [problem.name for problem in corpus.withheld] == ["pad soil"]
    entries = read_manifest(folder)
    write_manifest(folder, entries)
    assert read_manifest(folder) == entries


@pytest.mark.parametrize(
    "damaged",
    (
        b"",
        b'{"schema": 1, "pads": [',
        b'{"schema": 2, "pads": []}',
        b'{"schema": 1, "pads": [{"pad_id": "a"}]}',
        b"\xff\xfe",
        b'{"schema":1,"pads":[{"pad_id":"a","file":"../a","source":"","sha256":"","size":0,"fetched_at":""}]}',
        b'{"schema":1,"pads":[{"pad_id":"a","file":"/etc/passwd","source":"","sha256":"","size":0,"fetched_at":""}]}',
    ),
)
def test_a_damaged_manifest_is_one_sentence(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(damaged)
    with pytest.raises(UserMistake, match=r"manifest\.json: .*move .* away and fetch again\.$"):
        read_manifest(tmp_path)


def test_the_journal_has_what_came_after_the_manifest_and_ends_with_it(tmp_path: Path) -> None:
    old, new, other = entry("a", b"old", "pads/a.txt"), entry("a", b"new", "pads/a.txt"), entry("b", b"b", "pads/b.txt")
    write_manifest(tmp_path, {old.pad_id: old})
    append_to_journal(tmp_path, other)
    append_to_journal(tmp_path, new)
    with (tmp_path / "manifest.jsonl").open("ab") as journal:
        journal.write(b'{"pad_id":"c","fi')  # a process was killed here
    assert read_manifest(tmp_path) == {"a": new, "b": other}
    write_manifest(tmp_path, read_manifest(tmp_path))
    assert not (tmp_path / "manifest.jsonl").exists()
    assert read_manifest(tmp_path) == {"a": new, "b": other}


@pytest.mark.parametrize(
    "line", (b"{}", b"\xff", b'{"pad_id":"a","file":"../a","source":"","sha256":"","size":0,"fetched_at":""}')
)
def test_a_damaged_journal_is_one_sentence(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "manifest.jsonl").write_bytes(line + b"\n")
    with pytest.raises(UserMistake, match=r"manifest\.jsonl?: .*move .* away and fetch again\.$"):
        read_manifest(tmp_path)


def test_a_full_disk_leaves_no_half_line_in_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (entry(name, b"", f"pads/{name}.txt") for name in "abc")
    append_to_journal(tmp_path, first)

    def full(_handle: int) -> None:
        raise OSError(28, "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("fetch.corpus.os.fsync", full)
        with pytest.raises(OSError, match="full"):
            append_to_journal(tmp_path, second)
    append_to_journal(tmp_path, third)
    assert list(read_manifest(tmp_path)) == ["a", "c"]


STRUCTURE = (
    LineStructure(prefix=1, heading=2),
    LineStructure(prefix=3, level=1, bullet=True, struck=((3, 5),)),
    LineStructure(),
)


def test_structure_is_read_as_it_was_written(tmp_path: Path) -> None:
    text = "*Title\n\t* item\n"
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    kept = replace(entry("a", text.encode(), "pads/a.txt"), structure="pads/a.json")
    keep(folder, (kept, text.encode()))
    (folder / "pads/a.json").write_bytes(serialize_structure(STRUCTURE, kept.sha256))
    assert read_corpus(folder).pads[0].structure == STRUCTURE


def test_structure_of_earlier_versions_is_read_without_authors_and_times(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    kept = replace(entry("a", b"*Title\n", "pads/a.txt"), structure="pads/a.json")
    keep(folder, (kept, b"*Title\n"))
    lines = [{"prefix": 1, "heading": 2, "author": 1, "edited_at": "2026-05-04T12:00:00.000+00:00"}, {}]
    old = {"schema": 1, "sha256": kept.sha256, "edited": False, "lines": lines}
    (folder / "pads/a.json").write_text(json.dumps(old), encoding="utf-8")
    structure = (LineStructure(prefix=1, heading=2), LineStructure())
    assert read_corpus(folder).pads[0].structure == structure


@pytest.mark.parametrize(
    "lines",
    (
        ({"prefix": -1}, {}),
        ({"prefix": 5}, {}),
        ({"level": 100}, {}),
        ({"heading": 7}, {}),
        ({"struck": [[0, 10**12]]}, {}),
        ({"struck": [[3, 2]]}, {}),
    ),
)
def test_structure_that_points_outside_of_its_line_is_not_used(tmp_path: Path, lines: tuple[object, ...]) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    kept = replace(entry("a", b"text\n", "pads/a.txt"), structure="pads/a.json")
    keep(folder, (kept, b"text\n"))
    (folder / "pads/a.json").write_bytes(as_json({"schema": 1, "sha256": kept.sha256, "lines": lines}))
    assert read_corpus(folder).pads[0].structure is None


@pytest.mark.parametrize(
    "data", (b"", b"{}", serialize_structure(STRUCTURE, "of another text"), b'{"schema": 1, "lines": []}')
)
def test_structure_of_another_text_is_not_used(tmp_path: Path, data: bytes) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    kept = replace(entry("a", b"text\n", "pads/a.txt"), structure="pads/a.json")
    keep(folder, (kept, b"text\n"))
    (folder / "pads/a.json").write_bytes(data)
    assert read_corpus(folder).pads[0].structure is None
    (folder / "pads/a.json").unlink()
    assert read_corpus(folder).pads[0].structure is None


def test_withheld_pads_are_notes_and_no_problems(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"', 'group = "B"\nfile = "pads/b.txt"')
    write_manifest(folder, {PadId("a"): replace(entry("a", b"", ""), state=PadState.WITHHELD)})
    (folder / "pads/b.txt").write_text("hello __NOPUBLISH__", encoding="utf-8")
    corpus = read_corpus(folder)
    assert (corpus.pads, corpus.problems) == ((), ())
    assert tuple(problem.sentence for problem in corpus.withheld) == (
        "pad a (A) is withheld because its authors asked for it.",
        f"{folder}/pads/b.txt (B) is withheld: its authors wrote __NOPUBLISH__ into it.",
    )


@pytest.mark.parametrize("fetched_at", ("", "yesterday", "2026-05-04T12:00:00"))
def test_a_time_that_is_damaged_in_the_manifest_gives_no_age(tmp_path: Path, fetched_at: str) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    entries = {PadId("a"): replace(entry("a", b"", "pads/a.txt"), fetched_at=fetched_at)}
    (status,) = list_status(read_corpus(folder).event, entries, entries, dt.datetime.now(dt.UTC))
    assert (status.state, status.age) == ("held", "")


def test_an_introduction_is_read_with_the_event(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp")
    assert read_corpus(folder).event.introduction == ""
    (folder / "introduction.md").write_bytes("\ufeffEight groups\r\nmet.".encode())
    assert read_corpus(folder).event.introduction == "Eight groups\nmet."


@pytest.mark.parametrize(
    ("data", "sentence"),
    (
        (b"caf\xe9", "is not UTF-8; save it as UTF-8."),
        (b"x" * 1_000_001, "it has 1 MB, and it may have 1 MB; split it"),
    ),
)
def test_an_introduction_that_cannot_be_read_is_one_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    folder = event(tmp_path / "camp")
    (folder / "introduction.md").write_bytes(data)
    with pytest.raises(UserMistake, match=re.escape(sentence)):
        read_corpus(folder)


def test_a_pattern_is_no_pad(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'pad = "camp-*"')
    corpus = read_corpus(folder)
    assert (corpus.event.patterns, corpus.pads, corpus.problems) == (("camp-*",), (), ())


def parts_of_a_corpus() -> tuple[list[object], str]:
    """The manifest of a corpus and the structure of its pad, as JSON, and the pad's text."""
    pad = written("*Heading\n\t* one, not two\n")
    pad.mark("a.two", 14, 18, "strikethrough", "true")
    export = read_export(pad.export(), 'W/"1"')
    known = replace(entry("a", export.text.encode(), "pads/a.txt", 2), structure="pads/a.json", etag=export.etag)
    manifest = {"schema": 1, "pads": [json.loads(TypeAdapter(ManifestEntry).dump_json(known))]}
    return [manifest, json.loads(serialize_structure(export.structure or (), known.sha256))], export.text


ANY_ADDRESS = st.one_of(
    st.sampled_from(["pads/a.txt", "https://pads.example.org/p/a", "event.toml", "pads", "."]).flatmap(
        lambda address: st.tuples(st.just(address), WRITABLE).map("".join)
    ),
    WRITABLE,
)
PARTS, TEXT = parts_of_a_corpus()


@given(st.lists(st.tuples(st.sampled_from(["pad", "url", "file"]), ANY_ADDRESS, WRITABLE), max_size=3))
def test_whatever_pads_and_groups_are_called_each_is_read_or_a_problem_or_it_is_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, pads: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("corpora") / "camp"
    (folder / "pads").mkdir(parents=True)
    (folder / "pads" / "a.txt").write_bytes(TEXT.encode())
    tables = [{"group": group, key: address} for key, address, group in pads]
    text = as_toml({"title": "Camp", "server": "https://pads.example.org", "pad": tables})
    (folder / "event.toml").write_bytes(text.encode())
    try:
        corpus = read_corpus(folder)
    except UserMistake as mistake:
        assert_plain(mistake, f"{folder / 'event.toml'}: ")
        return
    found = (*corpus.pads, *corpus.problems, *corpus.withheld)
    assert len(found) + len(corpus.event.patterns) == len(pads)
    for step in dry_run(folder):
        str(step)


ADDRESSES = ('pad = "a"', 'url = "https://pads.example.org/p/a"', 'file = "pads/a.txt"')


def test_a_structure_without_a_name_is_none(tmp_path: Path) -> None:
    folder = event(tmp_path / "camp", 'group = "A"\npad = "a"')
    keep(folder, (replace(entry("a", b"text\n", "pads/a.txt"), structure=""), b"text\n"))
    assert read_corpus(folder).pads[0].structure is None


@given(damaged(PARTS), st.sampled_from(ADDRESSES))
def test_whatever_is_changed_in_a_manifest_or_structure_the_pads_are_sound_or_it_is_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, parts: object, address: str
) -> None:
    folder = tmp_path_factory.mktemp("corpora") / "camp"
    event(folder, f'group = "A"\n{address}')
    (folder / "pads" / "a.txt").write_bytes(TEXT.encode())
    manifest, structure = parts if isinstance(parts, list) and len(parts) == 2 else (parts, None)
    (folder / "manifest.json").write_bytes(as_json(manifest))
    (folder / "pads" / "a.json").write_bytes(as_json(structure))
    try:
        corpus = read_corpus(folder)
        entries = read_manifest(folder)
    except UserMistake as mistake:
        assert_plain(mistake, f"{folder / 'manifest.json'}: ")
        return
    assert len(corpus.pads) + len(corpus.problems) + len(corpus.withheld) == 1
    for pad in corpus.pads:
        assert pad.text == TEXT
        assert_sound(pad)
        segment([pad], ())
    for step in dry_run(folder):
        str(step)
    for status in list_status(read_event(folder), entries, (), dt.datetime.now(dt.UTC)):
        "".join(status)
    write_manifest(folder, entries)
    assert read_manifest(folder) == entries
