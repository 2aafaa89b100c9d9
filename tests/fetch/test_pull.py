"""A fetch keeps what changed, leaves what did not, and never shows a secret."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.corpus import read_corpus, read_manifest
from fetch.corpus_records import FetchedPad, Outcome, PadId, PadState, PublishPolicy
from fetch.errors import FetchError, UserMistake
from fetch.files import without_surrogates
from fetch.pull import dry_run
from fetch.store import KeepOptions, open_store
from tests.support.fake_server import ETHERPAD, TXT, FakeServer, answer, export, in_turn, running
from tests.support.fetching import NOW, Camp
from tests.support.pad_writer import PadWriter, written

PAD = written("*Heading\n\t* item\n")
EDITED = written("*Heading\n\t* item\n\t* more\n")
REVISION = len(PAD.revisions) - 1
GONE = answer("Cannot GET", "text/html", 404, attached=False)


def test_a_new_pad_is_kept_with_its_structure_and_where_it_came_from(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD, "a"))
    camp.event(server.base, "a")
    assert camp.outcomes() == {"a": Outcome.NEW}
    assert camp.kept() == ["a.json", "a.txt"]
    pad = read_corpus(camp.folder).pads[0]
    assert (pad.text, pad.source, pad.revision) == ("*Heading\n\t* item\n", f"{server.base}/p/a", REVISION)
    assert pad.structure is not None
    assert [(line.heading, line.bullet) for line in pad.structure.lines] == [(2, False), (0, True), (0, False)]
    entry = read_manifest(camp.folder)[PadId("a")]
    assert (entry.fetched_at, entry.etag, entry.form) == (NOW, 'W/"1"', "etherpad")


def test_an_unchanged_pad_costs_one_request_without_a_body_and_writes_nothing(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    before = camp.marks()
    server.requests.clear()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert [request.headers.get("If-None-Match") for request in server.requests] == ['W/"1"']
    assert camp.marks() == before


def test_an_etag_that_changed_is_no_evidence_of_a_change(server: FakeServer, camp: Camp) -> None:
    server.pad("a", in_turn(export(PAD), export(PAD, etag='W/"an author wrote in another pad"')))
    camp.event(server.base, "a")
    camp.fetch()
    before = camp.marks()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert camp.marks() == before


def test_an_etag_is_not_sent_for_a_pad_whose_file_is_not_as_it_was_kept(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    (camp.folder / "pads/a.txt").unlink()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert camp.text("a.txt") == "*Heading\n\t* item\n"


@pytest.mark.parametrize("later", (EDITED, written("*Heading\n")))
def test_a_revision_that_differs_is_a_change_even_if_it_went_down(
    server: FakeServer, camp: Camp, later: PadWriter
) -> None:
    server.pad("a", in_turn(export(PAD), export(later, etag='W/"2"')))
    camp.event(server.base, "a")
    camp.fetch()
    assert camp.outcomes() == {"a": Outcome.CHANGED}
    assert read_corpus(camp.folder).pads[0].revision == len(later.revisions) - 1
    assert camp.text("a.txt") == later.text.replace("\n*", "\n\t* ")


def test_words_struck_out_are_a_change_though_the_text_is_the_same(server: FakeServer, camp: Camp) -> None:
    struck = written("*Heading\n\t* item\n")
    struck.mark("a.one", 10, 12, "strikethrough", "true")
    server.pad("a", in_turn(export(PAD), export(struck, etag='W/"2"')))
    camp.event(server.base, "a")
    camp.fetch()
    assert camp.outcomes() == {"a": Outcome.CHANGED}
    structure = read_corpus(camp.folder).pads[0].structure
    assert structure is not None
    assert structure.lines[1].struck == ((3, 5),)


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


def test_a_file_that_is_in_the_way_is_not_overwritten(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    (camp.folder / "pads").mkdir()
    (camp.folder / "pads/a.txt").write_text("somebody's\n", encoding="utf-8")
    assert camp.outcomes() == {"a": Outcome.FAILED}
    assert camp.text("a.txt") == "somebody's\n"


def test_a_pad_that_is_gone_keeps_its_copy_and_says_so_until_it_is_back(server: FakeServer, camp: Camp) -> None:
    server.pad("a", in_turn(export(PAD), GONE, GONE, export(PAD)))
    server.pad("a", GONE, "txt")
    camp.event(server.base, "a")
    camp.fetch()
    assert camp.outcomes() == {"a": Outcome.GONE}
    assert read_corpus(camp.folder).pads[0].text == "*Heading\n\t* item\n"
    assert read_manifest(camp.folder)[PadId("a")].state is PadState.GONE
    before = camp.marks()
    assert camp.outcomes() == {"a": Outcome.GONE}
    assert camp.marks() == before
    assert camp.outcomes() == {"a": Outcome.CHANGED}
    assert read_manifest(camp.folder)[PadId("a")].state is PadState.HELD


def test_a_pad_that_never_was_fails(server: FakeServer, camp: Camp) -> None:
    camp.event(server.base, "nothing")
    assert camp.outcomes() == {"nothing": Outcome.FAILED}


def test_plain_text_that_has_not_changed_is_not_sent_again(server: FakeServer, camp: Camp) -> None:
    text = answer("text\n", TXT, headers={"ETag": 'W/"t"'})
    server.pad("a", answer("oops", "text/html", 500, attached=False))
    server.pad("a", in_turn(text, answer(status=304, attached=False)), "txt")
    camp.event(server.base, "a")
    camp.fetch()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert server.requests[-1].headers["If-None-Match"] == 'W/"t"'
    assert "If-None-Match" not in server.requests[-2].headers


def test_a_full_export_that_fails_for_once_does_not_cost_the_structure(server: FakeServer, camp: Camp) -> None:
    server.pad("a", in_turn(export(PAD), answer("oops", "text/html", 500, attached=False)))
    server.pad("a", answer("*Heading\n\t* item\n"), "txt")
    camp.event(server.base, "a")
    camp.fetch()
    before = camp.marks()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert camp.marks() == before


def test_an_export_that_is_not_etherpad_s_gives_way_to_plain_text(server: FakeServer, camp: Camp) -> None:
    server.pad("a", answer('{"half": ', ETHERPAD))
    server.pad("a", answer("text\n"), "txt")
    camp.event(server.base, "a")
    assert "it is not an export as Etherpad writes it" in str(camp.fetch()["a"])
    assert camp.text("a.txt") == "text\n"


def test_authors_can_withhold_a_pad_and_what_was_kept_of_it_goes(server: FakeServer, camp: Camp) -> None:
    withdrawn = written("*Heading\n\t* item\n__NOPUBLISH__\n")
    server.pad("a", in_turn(export(PAD), export(withdrawn, etag='W/"2"'), export(withdrawn, etag='W/"2"'), export(PAD)))
    camp.event(server.base, "a")
    camp.fetch(history=True)
    assert camp.kept() == ["a.etherpad", "a.json", "a.txt"]
    assert camp.outcomes() == {"a": Outcome.WITHHELD}
    assert camp.kept() == []
    assert "item" not in (camp.folder / "manifest.json").read_text(encoding="utf-8")
    corpus = read_corpus(camp.folder)
    assert (corpus.pads, corpus.problems) == ((), ())
    assert tuple(problem.sentence for problem in corpus.withheld) == (
        "pad a (a) is withheld because its authors asked for it.",
    )
    before = camp.marks()
    assert camp.outcomes() == {"a": Outcome.WITHHELD}
    assert camp.marks() == before
    assert camp.outcomes() == {"a": Outcome.NEW}


def test_an_event_can_keep_only_what_its_authors_publish(server: FakeServer, camp: Camp) -> None:
    server.pad("yes", export(written("__PUBLISH__\nhello\n")))
    server.pad("no", export(written("hello\n")))
    server.pad("both", export(written("__PUBLISH__ __NOPUBLISH__\n")))
    camp.event(server.base, "yes", "no", "both", more='publish = "opt-in"')
    assert camp.outcomes() == {"yes": Outcome.NEW, "no": Outcome.WITHHELD, "both": Outcome.WITHHELD}
    assert camp.kept() == ["yes.json", "yes.txt"]


def test_history_is_kept_only_when_it_is_asked_for(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD, "a"))
    camp.event(server.base, "a")
    camp.fetch()
    assert camp.kept() == ["a.json", "a.txt"]
    assert camp.fetch(history=True)["a"].outcome is Outcome.CHANGED
    assert json.loads((camp.folder / "pads/a.etherpad").read_bytes()) == json.loads(PAD.export("a"))
    assert camp.fetch(history=True)["a"].outcome is Outcome.UNCHANGED


def test_the_history_of_a_read_only_pad_is_not_kept_since_it_tells_the_writable_name(
    server: FakeServer, camp: Camp
) -> None:
    server.pad("r.0123", export(PAD, "secretly-writable"))
    camp.event(server.base, "r.0123")
    result = camp.fetch(history=True)["r.0123"]
    assert result.outcome is Outcome.NEW
    assert "its history is not kept" in str(result)
    assert [path.rpartition(".")[2] for path in camp.kept()] == ["json", "txt"]
    assert not [file for file in camp.folder.rglob("*") if file.is_file() and b"secretly" in file.read_bytes()]


def test_a_hedgedoc_note_is_downloaded(server: FakeServer, camp: Camp) -> None:
    note = answer("# Title\n\n- item\n", "text/markdown; charset=UTF-8", headers={"ETag": '"h"'})
    server.reactions["/note-1/download"] = in_turn(note, answer(status=304, attached=False))
    camp.event("https://pads.invalid", links={"HedgeDoc": f"{server.base}/note-1?both#anchor"})
    assert camp.outcomes() == {"HedgeDoc": Outcome.NEW}
    assert camp.text("note-1.md") == "# Title\n\n- item\n"
    assert camp.outcomes() == {"HedgeDoc": Outcome.UNCHANGED}


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


SECRETS = {
    "PADHARVEST_APIKEY": "k3y-s3cret",
    "PADHARVEST_SESSION": "s.c00kie-s3cret",
    "PADHARVEST_USER": "us3r",
    "PADHARVEST_PASSWORD": "p4ss-s3cret",
}


def test_secrets_go_to_the_event_s_server_only_and_are_written_nowhere(
    server: FakeServer, camp: Camp, tmp_path: Path
) -> None:
    with running() as other:
        server.pad("a", answer("no", "text/html", 403, attached=False))
        server.pad("a", answer("no", "text/html", 403, attached=False), "txt")
        server.pad("b", export(PAD))
        other.pad("c", export(PAD))
        camp.event(server.base, "a", "b", links={"c": f"{other.base}/p/c"})
        results = camp.fetch(SECRETS)
        ours = [(request.path, request.headers, request.body) for request in server.requests]
        theirs = [(request.path, request.headers, request.body) for request in other.requests]
    assert "s.c00kie-s3cret" in str(ours)
    assert "Basic" in str(ours)
    assert b"k3y-s3cret" in b"".join(request.body for request in server.requests)
    assert not [path for path, _, _ in ours if "s3cret" in path]
    assert "s3cret" not in str(theirs)
    assert "Authorization" not in str(theirs)
    written_down = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    shown = " ".join([*map(repr, results.values()), *map(str, results.values()), *camp.progress])
    for secret in SECRETS.values():
        assert secret.encode() not in written_down
        assert secret not in shown


def test_a_login_from_netrc_is_used(
    server: FakeServer, camp: Camp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ana password pw\n", encoding="utf-8")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    assert server.requests[0].headers["Authorization"] == "Basic YW5hOnB3"


def test_cookies_that_a_server_sets_are_not_sent_back(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD, headers={"Set-Cookie": "express_sid=x; Path=/"}))
    server.pad("b", export(PAD))
    camp.event(server.base, "a", "b")
    camp.fetch()
    assert [request.headers.get("Cookie") for request in server.requests] == [None, None]


ODD = ("..", "CON", "a\\b", "%41", "pad.txt", "emoji😀", "Simple", "simple", "😀" * 50, "a/b", "?x#y", "ä", "a\u0308")


def test_odd_names_land_in_pads_under_names_of_their_own_and_come_back(server: FakeServer, camp: Camp) -> None:
    camp.event(server.base, *ODD)
    camp.fetch()
    for path in server.paths():
        if path.endswith("/etherpad"):
            server.reactions[path] = export(written(f"pad at {path}\n"))
    assert set(camp.outcomes().values()) == {Outcome.NEW}
    corpus = read_corpus(camp.folder)
    assert [pad.pad_id for pad in corpus.pads] == list(ODD)
    assert len({pad.text for pad in corpus.pads}) == len(ODD)
    assert len({name.casefold() for name in camp.kept()}) == 2 * len(ODD)
    assert "/p/%2E%2E/export/etherpad" in server.paths()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
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


def test_names_are_asked_for_as_the_server_would_redirect_to(server: FakeServer, camp: Camp) -> None:
    server.pad("two_words_a_b", export(PAD))
    camp.event(server.base, links={"x": f"{server.base}/p/two%20%20words%20a::b"})
    assert camp.outcomes() == {"x": Outcome.NEW}
    assert server.paths() == ["/p/two_words_a_b/export/etherpad"]


def test_pads_of_one_name_on_two_servers_are_two_pads(server: FakeServer, camp: Camp) -> None:
    server.pad("notes", export(PAD))
    server.reactions["/sub/p/notes/export/etherpad"] = export(EDITED)
    camp.event(server.base, "notes", links={"other": f"{server.base}/sub/p/notes"})
    assert set(camp.outcomes().values()) == {Outcome.NEW}
    assert [pad.revision for pad in read_corpus(camp.folder).pads] == [REVISION, len(EDITED.revisions) - 1]


def test_a_pattern_finds_pads_with_a_key_and_names_them_in_event_toml(server: FakeServer, camp: Camp) -> None:
    names = '{"code":0,"message":"ok","data":{"padIDs":["camp-b","other","camp-a","camp-B x"]}}'
    server.reactions["/api/1.2.7/listAllPads"] = answer(names, "application/json", attached=False)
    server.pad("camp-a", export(PAD))
    server.pad("camp-b", export(PAD))
    camp.event(server.base, "camp-a", more="[[pad]]\npad = 'camp-*'")
    without = camp.fetch()
    assert "put the server's key into PADHARVEST_APIKEY" in str(without["camp-*"])
    assert without["camp-a"].outcome is Outcome.NEW
    found = camp.fetch({"PADHARVEST_APIKEY": "key"})
    assert found["b"].outcome is Outcome.NEW
    corpus = read_corpus(camp.folder)
    assert [(ref.group, ref.pad) for ref in corpus.event.pads] == [
        ("camp-a", "camp-a"),
        ("B_x", "camp-B_x"),
        ("b", "camp-b"),
    ]
    before = (camp.folder / "event.toml").read_bytes()
    camp.fetch({"PADHARVEST_APIKEY": "key"})
    assert (camp.folder / "event.toml").read_bytes() == before


def test_a_wrong_key_is_told_and_public_pads_are_fetched_without_it(server: FakeServer, camp: Camp) -> None:
    wrong = answer('{"code":4,"message":"no or wrong API Key","data":null}', "application/json", attached=False)
    server.reactions["/api/1.2.7/listAllPads"] = wrong
    server.pad("a", export(PAD))
    camp.event(server.base, "a", more="[[pad]]\npad = 'camp-*'")
    results = camp.fetch({"PADHARVEST_APIKEY": "key"})
    assert "does not accept the key" in str(results["camp-*"])
    assert results["a"].outcome is Outcome.NEW


def test_a_rehearsal_asks_nothing_and_writes_nothing(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    camp.event(server.base, "a", "b", links={"odd": "https://pads.invalid/"})
    server.requests.clear()
    before = camp.marks()
    assert [str(step) for step in dry_run(camp.folder)] == [
        f"a ({server.base}/p/a): ask for changes since revision {REVISION}",
        f"b ({server.base}/p/b): ask for all of it",
        "failed: odd (https://pads.invalid/): the link names no pad; open the pad and copy the address from there",
    ]
    assert (server.requests, camp.marks()) == ([], before)


def test_files_of_an_event_are_left_as_they_are(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a", more="[[pad]]\ngroup = 'F'\nfile = 'pads/f.txt'")
    assert camp.outcomes() == {"a": Outcome.NEW}


def test_where_no_etherpad_runs_on_this_machine_one_sentence_says_what_to_do(camp: Camp) -> None:
    camp.event("http://127.0.0.1:9", "one", "two")
    with pytest.raises(FetchError) as told:
        camp.fetch()
    assert str(told.value) == (
        "No Etherpad answers at http://127.0.0.1:9, where one (http://127.0.0.1:9/p/one) would be: start one with "
        '`make etherpad`, or begin an event of your own: make event EVENT=spring PADS="https://…/p/name"'
    )


def test_an_event_that_is_not_there_is_the_user_s_mistake(camp: Camp) -> None:
    with pytest.raises(UserMistake, match="does not exist"):
        camp.fetch()
    assert not camp.folder.exists()


def test_memory_does_not_grow_with_the_number_of_pads(server: FakeServer, camp: Camp) -> None:
    def peak(names: list[str]) -> int:
        """The most memory that a fetch of these pads takes, in bytes."""
        camp.event(server.base, *names)
        tracemalloc.start()
        camp.fetch()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    big = written("word " * 100_000 + "\n")
    names = [f"pad-{number}" for number in range(24)]
    for name in names:
        server.pad(name, export(big))
    peak(names[:1])
    few, many = peak(names[1:4]), peak(names[4:])
    assert many < few + 500_000
