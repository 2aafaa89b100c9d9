"""The corpus as it is written: nothing is lost when a fetch fails or is killed, and no edit by hand is overwritten."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.corpus import read_corpus, read_manifest, write_manifest
from fetch.corpus_records import FetchedPad, Outcome, PadId, PublishPolicy
from fetch.errors import FetchError
from fetch.files import without_surrogates
from fetch.pull import PullOptions, pull
from fetch.store import KeepOptions, decide_update, open_store
from tests.support.fake_server import FakeServer, export, in_turn
from tests.support.fetching import NOW, Camp
from tests.support.pad_writer import written

PAD = written("*Heading\n\t* item\n")
EDITED = written("*Heading\n\t* item\n\t* more\n")

OLD, NEW, NEWEST = (f"*Heading\n\t* {word}\n" for word in ("old", "new", "newest"))


def states(folder: Path) -> dict[str, str]:
    """The text of each pad that the corpus has."""
    return {pad.pad_id: pad.text for pad in read_corpus(folder).pads}


def test_killed_at_every_touch_of_the_disk(server: FakeServer, tmp_path: Path, root: Path) -> None:
    before = Camp(tmp_path / "before")
    for name in ("changes", "stays", "withdrawn"):
        server.pad(name, export(written(OLD)))
    before.event(server.base, "changes", "stays", "withdrawn")
    before.fetch()
    before.event(server.base, "changes", "stays", "withdrawn", "appears")
    server.pad("changes", export(written(NEW), etag='W/"2"'))
    server.pad("appears", export(written(NEW)))
    server.pad("withdrawn", export(written(f"{OLD}__NOPUBLISH__\n"), etag='W/"2"'))

    command = [sys.executable, "-m", "tests.support.killed_fetches", str(tmp_path)]
    subprocess.run(command, check=True, cwd=root, timeout=300)  # noqa: S603 - our own script

    server.pad("changes", export(written(NEWEST), etag='W/"3"'))
    server.pad("appears", export(written(NEWEST), etag='W/"3"'))
    deaths = sorted((path for path in tmp_path.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    assert len(deaths) > 25
    for death in deaths:
        left = states(death)
        assert left["stays"] == OLD
        assert left["changes"] in {OLD, NEW}
        assert left.get("appears", NEW) == NEW
        assert left.get("withdrawn", OLD) == OLD
        for pad in read_corpus(death).pads:
            assert pad.structure is None or len(pad.structure) == pad.text.count("\n") + 1
        camp = Camp(death)
        results = {result.outcome for result in camp.fetch().values()}
        assert Outcome.FAILED not in results
        assert states(death) == {"changes": NEWEST, "stays": OLD, "appears": NEWEST}
        corpus = read_corpus(death)
        assert all(pad.structure is not None for pad in corpus.pads)
        assert tuple(problem.sentence for problem in corpus.withheld) == (
            "pad withdrawn (withdrawn) is withheld because its authors asked for it.",
        )
        assert camp.kept() == ["appears.json", "appears.txt", "changes.json", "changes.txt", "stays.json", "stays.txt"]
        assert not list(death.rglob(".part-*"))


def test_pads_are_asked_for_one_at_a_time_and_each_is_kept_before_the_next(server: FakeServer, camp: Camp) -> None:
    names = ("a", "b", "c")
    for name in names:
        server.pad(name, export(PAD))
    camp.event(server.base, *names)
    for done, result in enumerate(pull(camp.folder, PullOptions(now=NOW, environment={})), 1):
        assert result.outcome is Outcome.NEW
        assert server.paths() == [f"/p/{name}/export/etherpad" for name in names[:done]]
        assert camp.kept() == [f"{name}.{form}" for name in names[:done] for form in ("json", "txt")]


def test_a_pad_edited_by_hand_stays_until_the_server_has_something_new(server: FakeServer, camp: Camp) -> None:
    server.pad("a", in_turn(export(PAD), export(PAD), export(EDITED, etag='W/"2"')))
    camp.event(server.base, "a")
    camp.fetch()
    (camp.folder / "pads/a.txt").write_text("corrected\n", encoding="utf-8")
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    pad = read_corpus(camp.folder).pads[0]
    assert (pad.text, pad.structure) == ("corrected\n", None)
    result = camp.fetch()["a"]
    assert result.outcome is Outcome.FAILED
    assert "was edited here by hand" in str(result)
    assert camp.text("a.txt") == "corrected\n"


def test_structure_that_was_deleted_is_fetched_again(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    (camp.folder / "pads/a.json").unlink()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert read_corpus(camp.folder).pads[0].structure is not None


def test_a_file_that_is_in_the_way_is_not_overwritten(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    (camp.folder / "pads").mkdir()
    (camp.folder / "pads/a.txt").write_text("somebody's\n", encoding="utf-8")
    assert camp.outcomes() == {"a": Outcome.FAILED}
    assert camp.text("a.txt") == "somebody's\n"


def test_two_fetches_at_once_the_second_says_so(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    with open_store(camp.folder), pytest.raises(FetchError, match="another fetch is running"):
        camp.fetch()
    assert camp.outcomes() == {"a": Outcome.NEW}


def test_a_full_disk_ends_the_fetch_plainly_and_nothing_old_is_lost(
    server: FakeServer, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pad("a", in_turn(export(PAD), export(EDITED, etag='W/"2"')))
    server.pad("b", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    camp.event(server.base, "a", "b")
    before = camp.marks()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("fetch.files.os.fsync", full)
        with pytest.raises(FetchError, match="cannot be kept: the disk is full; free some space"):
            camp.fetch()
    assert camp.marks() == before
    assert camp.outcomes() == {"a": Outcome.CHANGED, "b": Outcome.NEW}


def test_of_many_pads_the_manifest_is_not_written_for_each(
    server: FakeServer, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fetch.store.REWRITTEN_AFTER", 10)
    for name in "abcd":
        server.pad(name, export(PAD))
    camp.event(server.base, *"abcd")
    fetching = camp.fetching()
    assert [next(fetching)[0] for _ in range(3)] == ["a", "b", "c"]
    manifest = (camp.folder / "manifest.json").read_bytes()
    assert manifest.count(b"pad_id") == 1
    fetching.close()  # as if it was killed
    with (camp.folder / "manifest.jsonl").open("ab") as journal:
        journal.write(b'{"pad_id":')
    assert list(read_manifest(camp.folder)) == ["a", "b", "c"]
    unchanged = dict.fromkeys("abc", Outcome.UNCHANGED)
    assert camp.outcomes() == {"d": Outcome.NEW, **unchanged}
    assert (camp.folder / "manifest.json").read_bytes().count(b"pad_id") == 4
    assert not (camp.folder / "manifest.jsonl").exists()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50), min_size=1, max_size=4))
@settings(max_examples=25)
def test_any_names_come_back_as_the_same_pads(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:

    folder = tmp_path_factory.mktemp("corpus")
    ids = {PadId(without_surrogates(name)) for name in names}
    with open_store(folder) as store:
        for pad_id in sorted(ids):
            pad = FetchedPad(text=f"of {pad_id}", form="txt")
            store.keep("", pad_id, "", pad, KeepOptions(publish=PublishPolicy.OPT_OUT, now=NOW))
    entries = read_manifest(folder)
    assert set(entries) == ids
    for pad_id in ids:
        assert (folder / entries[pad_id].file).read_bytes().decode() == f"of {pad_id}"
    assert len(list((folder / "pads").iterdir())) == len(ids)


def test_a_file_that_an_earlier_version_named_keeps_its_name(server: FakeServer, camp: Camp) -> None:
    server.pad("Simple", in_turn(export(PAD), export(EDITED, etag='W/"2"')))
    camp.event(server.base, "Simple")
    camp.fetch()
    entry = read_manifest(camp.folder)[PadId("Simple")]
    old = replace(entry, file="pads/Simple~1.txt", structure="pads/Simple~1.json")
    (camp.folder / entry.file).rename(camp.folder / old.file)
    (camp.folder / str(entry.structure)).rename(camp.folder / str(old.structure))
    write_manifest(camp.folder, {old.pad_id: old})
    assert camp.outcomes() == {"Simple": Outcome.CHANGED}
    assert camp.kept() == ["Simple~1.json", "Simple~1.txt"]
    assert read_corpus(camp.folder).pads[0].text == EDITED.text.replace("\n*", "\n\t* ")


def pad_of(text: str, revision: int | None = None) -> FetchedPad:
    return FetchedPad(text=text, form="txt", revision=revision)


OPTIONS = KeepOptions(publish=PublishPolicy.OPT_OUT, now=NOW)


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    (
        (None, pad_of("a"), Outcome.NEW),
        (pad_of("a", 3), pad_of("a", 3), Outcome.UNCHANGED),
        (pad_of("a", 3), pad_of("a"), Outcome.UNCHANGED),
        (pad_of("a", 3), pad_of("a", 2), Outcome.CHANGED),
        (pad_of("a"), pad_of("b"), Outcome.CHANGED),
        (pad_of("a"), pad_of("a __NOPUBLISH__"), Outcome.WITHHELD),
        (pad_of("a __NOPUBLISH__"), pad_of("a"), Outcome.NEW),
    ),
)
def test_what_to_do_with_a_pad_follows_from_the_entry_of_the_manifest(
    old: FetchedPad | None, new: FetchedPad, outcome: Outcome
) -> None:
    entry = decide_update(PadId("a"), "", old, None, OPTIONS).entry if old else None
    assert decide_update(PadId("a"), "", new, entry, OPTIONS).outcome is outcome
