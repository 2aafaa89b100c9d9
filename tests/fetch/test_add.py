"""Links in pages and exported files become pads; a file that cannot be added gets a sentence, and the others are added.

tests/cases/fetch/links has pages with links.
"""

import datetime as dt
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from fetch.add import find_pads, most_common_server, pads_at
from fetch.cli import app
from fetch.corpus import read_corpus, read_manifest
from fetch.corpus_records import PadId, PadRef
from fetch.errors import UserMistake
from fetch.event_file import add_pads, parse_event, read_or_begin
from fetch.locations import new_file
from tests.support.damaged import HTML_PIECES, damaged_text
from tests.support.pad_writer import written

B = new_file(PadId("B"), "txt")
ENDINGS = ".txt, .md, .html, .htm, .etherpad"
CASES = sorted((Path(__file__).parents[1] / "cases" / "fetch" / "links").glob("*.txt"))
NOW = "2026-05-04T12:00:00+00:00"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with two exports."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "b.txt").write_text("bee\n", encoding="utf-8")
    (folder / "Community Health.md").write_text("* health\n", encoding="utf-8")
    return folder


@pytest.fixture
def camp(tmp_path: Path) -> Path:
    return tmp_path / "corpus" / "camp"


def add(camp: Path, *paths: Path) -> Result:
    arguments = ["add", camp.name, *map(str, paths), "--corpus", str(camp.parent), "--now", NOW]
    return CliRunner().invoke(app, arguments)


def test_a_folder_of_exports_becomes_an_event(notes: Path, camp: Path) -> None:
    done = add(camp, notes)
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        f"new: {notes}/Community Health.md\nnew: {notes}/b.txt\n"
        "camp: 2 new, 0 changed, 0 unchanged, 0 withheld, 0 gone (copy kept), 0 failed\n"
    )
    corpus = read_corpus(camp)
    assert corpus.event.title == "camp"
    assert [(pad.pad_id, pad.group, pad.text) for pad in corpus.pads] == [
        ("Community Health", "Community Health", "* health\n"),
        ("b", "b", "bee\n"),
    ]
    entry = read_manifest(camp)[PadId("b")]
    assert (entry.file, entry.source, entry.size, entry.fetched_at) == ("pads/b.txt", "file:b.txt", 4, NOW)


def test_the_date_of_an_event_is_left_to_its_user(notes: Path, camp: Path) -> None:
    add(camp, notes)
    assert read_corpus(camp).event.date is None
    begun = (camp / "event.toml").read_text(encoding="utf-8")
    [hint] = [line for line in begun.split("\n") if line.startswith("# date = ")]
    (camp / "event.toml").write_text(begun.replace(hint, hint.removeprefix("# ")), encoding="utf-8")
    assert read_corpus(camp).event.date == dt.date(2026, 5, 16)


def test_adding_the_same_files_again_writes_nothing(notes: Path, camp: Path) -> None:
    add(camp, notes)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in camp.rglob("*") if path.name != ".lock"}
    done = add(camp, notes)
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in camp.rglob("*") if path.name != ".lock"}
    assert done.stdout.endswith("camp: 0 new, 0 changed, 2 unchanged, 0 withheld, 0 gone (copy kept), 0 failed\n")
    assert before == after


def test_a_changed_file_replaces_the_old_one(notes: Path, camp: Path) -> None:
    add(camp, notes)
    (notes / "b.txt").write_text("wasp\n", encoding="utf-8")
    assert "1 changed, 1 unchanged" in add(camp, notes).stdout
    assert [pad.text for pad in read_corpus(camp).pads] == ["* health\n", "wasp\n"]
    assert read_corpus(camp).notes == ()


def test_a_kept_pad_that_a_person_edited_is_not_overwritten(notes: Path, camp: Path) -> None:
    add(camp, notes)
    (camp / "pads/b.txt").write_text("bee, corrected\n", encoding="utf-8")
    assert add(camp, notes).stdout.endswith("2 unchanged, 0 withheld, 0 gone (copy kept), 0 failed\n")
    (notes / "b.txt").write_text("wasp\n", encoding="utf-8")
    done = add(camp, notes)
    assert done.exit_code == 1
    assert "was edited here by hand" in done.stderr
    assert (camp / "pads/b.txt").read_text(encoding="utf-8") == "bee, corrected\n"


def test_what_a_person_wrote_in_event_toml_stays(notes: Path, camp: Path) -> None:
    camp.mkdir(parents=True)
    mine = '# mine\ntitle = "Summer Camp"\n\n[[pad]]\ngroup = "Bees"\nfile = "pads/b.txt"\n'
    (camp / "event.toml").write_text(mine, encoding="utf-8")
    add(camp, notes)
    assert (camp / "event.toml").read_text(encoding="utf-8").startswith(mine)
    assert [(pad.group, pad.pad_id) for pad in read_corpus(camp).pads] == [
        ("Bees", "b"),
        ("Community Health", "Community Health"),
    ]


def odd(notes: Path) -> dict[str, str]:
    """Files that cannot be added, and the sentence for each."""
    (notes / "dangling.txt").symlink_to("nowhere")
    (notes / "inner").mkdir()
    (notes / "picture.txt").write_bytes(b"\x89PNG\r\n\0\0")
    (notes / "report.docx").write_bytes(b"PK")
    os.mkfifo(notes / "pipe.txt")
    Path(os.fsdecode(bytes(notes) + b"/caf\xe9.txt")).write_text("coffee\n", encoding="utf-8")
    with (notes / "huge.txt").open("wb") as file:
        file.truncate(20_000_000)
    (notes / "B.txt").write_text("another\n", encoding="utf-8")
    (notes / ".DS_Store").write_bytes(b"\0")
    return {
        "dangling.txt": "this link leads to nothing; name the file itself",
        "inner": "it is a folder inside a folder and was left out; name it as well",
        "picture.txt": "it holds binary data, not text; export the notes as plain text (UTF-8)",
        "report.docx": f"it ends in none of {ENDINGS}; export the notes as plain text",
        "pipe.txt": "it is a device or pipe, not a file with text",
        "caf\ufffd.txt": "its name is not UTF-8; rename the file",
        "huge.txt": "it has 20 MB, and it may have 10 MB; split it or leave it out",
        "b.txt": f"the event has a pad of that name already ({B}); rename the file",
    }


def test_each_odd_file_is_one_sentence_and_the_rest_is_added(notes: Path, camp: Path) -> None:
    sentences = odd(notes)
    done = add(camp, notes)
    assert done.exit_code == 1
    assert sorted(done.stderr.splitlines()) == sorted(
        f"failed: {notes}/{name}: {what}" for name, what in sentences.items()
    )
    assert done.stdout.endswith(
        f"camp: 2 new, 0 changed, 0 unchanged, 0 withheld, 0 gone (copy kept), {len(sentences)} failed\n"
    )
    assert [pad.text for pad in read_corpus(camp).pads] == ["another\n", "* health\n"]


def test_files_named_one_by_one_may_be_missing_or_devices(tmp_path: Path, camp: Path) -> None:
    done = add(camp, tmp_path / "missing.txt", Path("/dev/null"))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"failed: {tmp_path}/missing.txt: it cannot be read: it does not exist",
        f"failed: /dev/null: it ends in none of {ENDINGS}; export the notes as plain text",
    ]


def test_the_same_stem_twice_is_refused(notes: Path, camp: Path) -> None:
    (notes / "b.md").write_text("other", encoding="utf-8")
    done = add(camp, notes)
    assert done.stderr == (
        f"failed: {notes}/b.txt: the event has a pad of that name already (pads/b.md); rename the file\n"
    )


def test_a_file_named_like_a_pad_of_the_server_is_refused(notes: Path, camp: Path) -> None:
    camp.mkdir(parents=True)
    (camp / "event.toml").write_text(
        'title = "x"\nserver = "https://pads.example.org"\n[[pad]]\ngroup = "B"\npad = "b"\n', encoding="utf-8"
    )
    done = add(camp, notes / "b.txt")
    assert done.exit_code == 1
    assert "(https://pads.example.org/p/b); rename the file" in done.stderr


def test_what_was_guessed_is_shown_and_recorded(notes: Path, camp: Path) -> None:
    (notes / "b.txt").write_bytes(b"d\xe9j\xe0 vu, tr\xe8s bien\r\n")
    (notes / "nothing.txt").write_bytes(b"")
    done = add(camp, notes / "b.txt", notes / "nothing.txt")
    assert done.exit_code == 0
    assert "read as cp1252" in done.stdout
    assert "Windows line endings" in done.stdout
    assert "nothing.txt: it is empty" in done.stdout
    assert read_manifest(camp)[PadId("nothing")].remarks == ("it is empty",)
    assert [pad.text for pad in read_corpus(camp).pads] == ["déjà vu, très bien\n", ""]


def test_a_folder_that_cannot_be_read_is_reported(notes: Path, camp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> object:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    done = add(camp, notes)
    assert done.exit_code == 1
    assert done.stderr == (
        f"failed: {notes}: this folder cannot be read: you may not read or write it; change its permissions\n"
    )


def test_a_full_disk_is_reported_and_nothing_old_is_lost(
    notes: Path, camp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(camp, notes)
    (notes / "b.txt").write_text("wasp\n", encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fetch.files.os.fsync", full)
    done = add(camp, notes)
    assert done.exit_code == 1
    assert done.stderr == (
        f"failed: {notes}/b.txt: it cannot be kept: the disk is full; free some space and run this again\n"
    )
    assert [pad.text for pad in read_corpus(camp).pads] == ["* health\n", "bee\n"]
    assert read_corpus(camp).notes == ()
    assert list(camp.rglob(".part-*")) == []


def test_a_corpus_that_may_not_be_written_is_one_sentence(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").write_text("in the way", encoding="utf-8")
    done = add(tmp_path / "corpus" / "camp", notes)
    assert done.exit_code == 1
    assert "a part of its path is not a folder" in str(done.exception)


@pytest.mark.parametrize("name", ("../x", ".x", "a b", "a/b"))
def test_a_name_that_leads_elsewhere_is_the_user_s_mistake(notes: Path, camp: Path, name: str) -> None:
    done = CliRunner().invoke(app, ["add", name, str(notes), "--corpus", str(camp.parent)])
    assert "cannot be an event's name" in str(done.exception)
    assert not camp.parent.exists()


def test_nothing_that_is_kept_is_open_to_others_if_the_umask_closes_it(
    notes: Path, camp: Path, umask: Callable[[int], int]
) -> None:
    umask(0o077)
    add(camp, notes)
    kept = {path.relative_to(camp).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in camp.rglob("*")}
    assert kept.keys() >= {"event.toml", "manifest.json", "pads", "pads/b.txt"}
    assert {name: oct(mode) for name, mode in kept.items() if mode & 0o077} == {}


def test_html_and_etherpad_exports_come_with_structure(tmp_path: Path, camp: Path) -> None:
    (tmp_path / "web.html").write_text("<h1>Title</h1><ul><li>item <s>gone</s></li></ul>", encoding="utf-8")
    (tmp_path / "full.etherpad").write_bytes(written("*Title\n\t* item\n").export())
    (tmp_path / "half.etherpad").write_bytes(b'{"half":')
    done = add(camp, tmp_path / "web.html", tmp_path / "full.etherpad", tmp_path / "half.etherpad")
    assert done.exit_code == 1
    assert f"failed: {tmp_path}/half.etherpad: it is not an export as Etherpad writes it" in done.stderr
    html, full = read_corpus(camp).pads
    assert (html.text, full.text) == ("Title\n\t* item gone\n", "*Title\n\t* item\n")
    assert html.structure is not None
    assert full.structure is not None
    assert [line.struck for line in html.structure] == [(), ((8, 12),), ()]
    assert [line.heading for line in full.structure] == [2, 0, 0]
    assert full.revision == 5
    assert sorted(path.name for path in (camp / "pads").iterdir()) == ["full.json", "full.txt", "web.json", "web.txt"]


def test_a_file_whose_authors_do_not_want_it_kept_is_not(notes: Path, camp: Path) -> None:
    (notes / "b.txt").write_text("secret\n__NOPUBLISH__\n", encoding="utf-8")
    done = add(camp, notes)
    assert done.exit_code == 0
    assert f"withheld: {notes}/b.txt: its authors wrote __NOPUBLISH__ into it; nothing of it is kept" in done.stdout
    assert not [path for path in camp.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]
    assert tuple(problem.sentence for problem in read_corpus(camp).withheld) == (
        "pads/b.txt (b) is withheld because its authors asked for it.",
    )


def test_adding_files_uses_no_network(notes: Path, camp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    assert add(camp, notes).exit_code == 0


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_page_s_pads_are_found_with_their_names(case: Path) -> None:
    page, _, expected = case.read_text(encoding="utf-8").partition("=====\n")
    assert [f"{ref.group} -> {ref.url}" for ref in find_pads(page)] == expected.splitlines()


@given(st.text())
def test_any_text_can_follow_a_link(text: str) -> None:
    assert find_pads(f"https://pads.example.org/p/a {text}")[:1] != ()


def test_an_image_of_markdown_behind_a_bracket_keeps_no_page_from_being_read() -> None:
    page = '<![image](x.png)> <a href="https://pads.example.org/p/a">A</a>'
    assert [ref.group for ref in find_pads(page)] == ["A"]


def test_a_link_that_is_no_address_of_the_web_is_no_pad() -> None:
    page = '<a href="https://pads.example.org/p/a">A</a> <a href="codehttps://pads.example.org/p/b">B</a>'
    assert [ref.url for ref in find_pads(page)] == ["https://pads.example.org/p/a"]


@given(
    st.sampled_from(CASES).flatmap(
        lambda case: damaged_text(case.read_text(encoding="utf-8").partition("=====\n")[0], HTML_PIECES)
    )
)
def test_whatever_page_links_to_pads_an_event_can_begin_with_them(page: str) -> None:
    refs = find_pads(page)
    server, by_name = most_common_server(refs)
    path = Path("none/camp/event.toml")
    begun = read_or_begin(path.parent, server)
    for found in (refs, by_name):
        assert parse_event(add_pads(begun, path, list(dict.fromkeys(found))), path).server == server


def test_a_long_line_of_links_is_read_quickly() -> None:
    page = "".join(f"[https://pads.example.org/p/{number} " for number in range(5_000))
    assert len(find_pads(page)) == 5_000


@pytest.mark.parametrize("url", ("https://pads.example.org", "https://pads.example.org/", "https://x.org/p/", "word"))
def test_a_link_to_no_pad_is_the_user_s_mistake(url: str) -> None:
    with pytest.raises(UserMistake, match="link"):
        pads_at([url])


def test_pads_of_the_server_that_has_most_are_called_by_name() -> None:
    refs = pads_at(["https://one.org/p/a", "https://two.org/p/b", "https://two.org/p/c", "https://md.org/note"])
    assert most_common_server(refs) == (
        "https://two.org",
        (
            PadRef(group="a", url="https://one.org/p/a"),
            PadRef(group="b", pad="b"),
            PadRef(group="c", pad="c"),
            PadRef(group="note", url="https://md.org/note"),
        ),
    )
