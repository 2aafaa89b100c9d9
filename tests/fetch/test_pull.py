"""A fetch keeps what changed, leaves what did not, and never shows a secret."""

import json
import tracemalloc
from base64 import b64encode
from pathlib import Path

import pytest

from fetch.corpus import read_corpus, read_manifest
from fetch.corpus_records import FetchedPad, Outcome, PadId, PadState
from fetch.errors import LOG, UserMistake, run_command
from fetch.pull import dry_run
from tests.support.fake_server import ETHERPAD, FakeServer, answer, export, in_turn, redirect, running
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
    assert [(line.heading, line.bullet) for line in pad.structure] == [(2, False), (0, True), (0, False)]
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
    assert structure[1].struck == ((3, 5),)


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


def test_the_history_of_a_read_only_pad_is_not_kept_since_it_contains_the_writable_name(
    server: FakeServer, camp: Camp
) -> None:
    server.pad("r.0123", export(PAD, "secretly-writable"))
    camp.event(server.base, "r.0123")
    result = camp.fetch(history=True)["r.0123"]
    assert result.outcome is Outcome.NEW
    assert "its history is not kept" in str(result)
    assert [path.rpartition(".")[2] for path in camp.kept()] == ["json", "txt"]
    assert not [file for file in camp.folder.rglob("*") if file.is_file() and b"secretly" in file.read_bytes()]


def test_who_wrote_what_and_when_is_not_kept_nor_chat_nor_old_text(server: FakeServer, camp: Camp) -> None:
    pad = written("deleted-words\nkept words\n")
    pad.edit("a.secret-author", 0, len("deleted-words"), "new words")
    records = json.loads(pad.export("a"))
    records["pad:a:chat:0"] = {"text": "chat-words", "userId": "a.secret-author", "time": 1}
    records["globalAuthor:a.secret-author"] |= {"name": "Ana-Author", "colorId": "#c0ffee"}
    server.pad("a", answer(json.dumps(records), ETHERPAD))
    camp.event(server.base, "a")
    camp.fetch()
    files = b"".join(path.read_bytes() for path in camp.folder.rglob("*") if path.is_file())
    assert b"kept words" in files
    for secret in (b"deleted-words", b"secret-author", b"Ana-Author", b"c0ffee", b"chat-words"):
        assert secret not in files
    structure = json.loads((camp.folder / "pads/a.json").read_bytes())
    assert set().union(*structure["lines"]) <= {"prefix", "level", "bullet", "ordered", "heading", "struck"}


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


def test_an_error_inside_the_program_is_logged_without_secrets(
    server: FakeServer, camp: Camp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(data: bytes, etag: str | None) -> FetchedPad:
        raise RuntimeError(f"{len(data)} bytes, {etag}")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fetch.sources.read_export", fail)
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    with pytest.raises(SystemExit, match="70"):
        run_command(lambda: camp.fetch(SECRETS).clear())
    shown = (tmp_path / LOG).read_text(encoding="utf-8") + "".join(capsys.readouterr())
    assert "RuntimeError" in shown
    assert not [secret for secret in SECRETS.values() if secret in shown]


def test_a_redirect_to_another_server_is_not_followed(server: FakeServer, camp: Camp) -> None:
    with running() as other:
        for form in ("etherpad", "txt"):
            server.pad("a", redirect(f"{other.base}/p/a/export/{form}"), form)
        camp.event(server.base, "a")
        assert "which is not followed" in str(camp.fetch(SECRETS)["a"])
        assert other.requests == []


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


def test_a_login_is_sent_in_utf_8_whatever_its_script(
    server: FakeServer, camp: Camp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    assert camp.fetch({"PADHARVEST_USER": "имя", "PADHARVEST_PASSWORD": "пароль"})["a"].outcome is Outcome.NEW
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login имя password пароль\n", encoding="utf-8")
    (tmp_path / "netrc").chmod(0o600)
    assert camp.fetch()["a"].outcome is Outcome.UNCHANGED
    login = b64encode("имя:пароль".encode()).decode()
    assert [request.headers["Authorization"] for request in server.requests] == [f"Basic {login}"] * 2


def test_a_netrc_that_is_not_utf_8_is_named(
    server: FakeServer, camp: Camp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_bytes(b"machine 127.0.0.1 login ana password caf\xe9\n")
    camp.event(server.base, "a")
    assert "~/.netrc, where its login may be, is not UTF-8; save it as UTF-8" in str(camp.fetch()["a"])


@pytest.mark.parametrize("session", ("s.a\nb", "s.a\r\nX-Evil: 1", "s.a b", "s.a; other=1", "s.ключ"))
def test_a_session_that_no_cookie_can_hold_fails_its_server_s_pads_only(
    server: FakeServer, camp: Camp, session: str
) -> None:
    with running() as other:
        other.pad("c", export(PAD))
        camp.event(server.base, "a", links={"c": f"{other.base}/p/c"})
        results = camp.fetch({"PADHARVEST_SESSION": session})
    assert str(results["a"]) == (
        f"failed: a ({server.base}/p/a): the session in PADHARVEST_SESSION contains a line break, a space or another "
        "character that no session has; set it again"
    )
    assert results["c"].outcome is Outcome.NEW
    assert server.requests == []


def test_a_line_break_after_a_session_is_left_out(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch({"PADHARVEST_SESSION": "s.one,s.two\n"})
    assert server.requests[0].headers["Cookie"] == "sessionID=s.one,s.two"


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


def test_a_wrong_key_is_reported_and_public_pads_are_fetched_without_it(server: FakeServer, camp: Camp) -> None:
    wrong = answer('{"code":4,"message":"no or wrong API Key","data":null}', "application/json", attached=False)
    server.reactions["/api/1.2.7/listAllPads"] = wrong
    server.pad("a", export(PAD))
    camp.event(server.base, "a", more="[[pad]]\npad = 'camp-*'")
    results = camp.fetch({"PADHARVEST_APIKEY": "key"})
    assert "does not accept the key" in str(results["camp-*"])
    assert results["a"].outcome is Outcome.NEW


def test_the_list_of_pads_is_asked_for_once_and_may_be_longer_than_a_pad(
    server: FakeServer, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fetch.sources.MAX_TEXT", 500)
    names = [f"camp-{number}" for number in range(100)]
    listed = json.dumps({"code": 0, "message": "ok", "data": {"padIDs": names}})
    server.reactions["/api/1.2.7/listAllPads"] = answer(listed, "application/json", attached=False)
    camp.event(server.base, more="[[pad]]\npad = 'camp-*1'\n[[pad]]\npad = 'camp-*2'")
    assert len(camp.fetch({"PADHARVEST_APIKEY": "key"})) == 20
    assert [request.path for request in server.requests].count("/api/1.2.7/listAllPads") == 1


def test_pads_that_are_not_kept_yet_are_asked_for_first(server: FakeServer, camp: Camp) -> None:
    for name in "abcd":
        server.pad(name, export(PAD))
    camp.event(server.base, "b", "d")
    camp.fetch()
    camp.event(server.base, "a", "b", "c", "d")
    assert list(camp.outcomes()) == ["a", "c", "b", "d"]


def test_a_rehearsal_asks_nothing_and_writes_nothing(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    camp.event(server.base, "a", "b", links={"odd": "https://pads.invalid/"})
    server.requests.clear()
    before = camp.marks()
    assert [str(step) for step in dry_run(camp.folder)] == [
        f"b ({server.base}/p/b): ask for all of it",
        "failed: odd (https://pads.invalid/): the link names no pad; open the pad and copy the address from there",
        f"a ({server.base}/p/a): ask for changes since revision {REVISION}",
    ]
    assert (server.requests, camp.marks()) == ([], before)


def test_files_of_an_event_are_left_as_they_are(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a", more="[[pad]]\ngroup = 'F'\nfile = 'pads/f.txt'")
    assert camp.outcomes() == {"a": Outcome.NEW}


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
