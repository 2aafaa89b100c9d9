"""What a running Etherpad does, and what becomes of it here.

It is 1.8.14, or with `make etherpad BASE=DIR` the one in that folder.
"""

import datetime as dt
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from fetch.add import add_files
from fetch.corpus import read_corpus, read_manifest
from fetch.corpus_records import Outcome, PadId
from fetch.http import Limits, Response, Transport
from fetch.locations import Place
from pipeline.segment import segment
from pipeline.segment_records import LineRole
from tests.support import etherpad_answers as table
from tests.support.etherpad_answers import KEY, READ_ONLY, ROWS, Row, ask, row_of
from tests.support.etherpad_server import BASE, BY_KEY, Etherpad, Unavailable, running
from tests.support.fetching import PATIENT, Camp
from tests.support.pad_writer import PadWriter, written

pytestmark = pytest.mark.etherpad

LIMIT, WINDOW = 10, 2
"""Exports per seconds that the strict server allows."""

LIST_PADS = "POST /api/1.2.7/listAllPads"

ODD_NAMES = ("..", "CON", "a\\b", "%41", "pad.txt", "emoji😀", "Simple", "simple", "😀" * 25, "nul\x01", "~1", "ä", "*")
# 25: 1.8.14 allows 50 characters, and counts those beyond U+FFFF twice.

LISTS = (
    "*Heading\n\t* one\n\t\t* two\n\t* three\n\t1. first\n\t2. second\n\t\t2.1. below\n\t3. third\n* literal\n\n\ttab\n"
)
SIGNS = "BOM \ufeff, zero\u200bwidth, \u202ebidi, private \ue000, nel \x85 ls \u2028 vt \x0b ff \x0c 😀 é e\u0301\n"


def nested() -> PadWriter:
    """Lists as people make them: levels skipped, kinds changed, numbers begun again."""
    pad = PadWriter()
    for kind in ("number3", "number1", "number2", "bullet1", "number2", "number1", "indent2", "number1", "", "number1"):
        pad.line("a.one", f"at {kind}", (), (("list", kind),) if kind else ())
    return pad


def struck() -> PadWriter:
    pad = written("\t* keep this, not that\n*Title\n")
    pad.mark("a.two", 12, 20, "strikethrough", "true")
    return pad


ODD_PADS = {
    "lists": written(LISTS),
    "signs": written(SIGNS),
    "nested": nested(),
    "struck": struck(),
    "halves": written("half \ud83d of a pair\nand \udc00 the other\n"),
    "empty": written("\n"),
    "zero": written("a\0b and c\n\t* \0\n"),
    "spaces": written(
        "two  spaces, nb\xa0space \xa0 and at the end   \n   before\n\xa0\n  \n\t* \n\t* two  in\xa0it \n"
    ),
    "tabs": written("a\ttab\t\there\n\tbefore\n\t\t* item\twith one\t\n"),
    "lines": written("nel \x85 vt \x0b ff \x0c ls \u2028 ps \u2029 cr \r in a line\n\t* \x85 \x0c\u2028 in an item\n"),
    "controls": written("\x01 \x1b[31m \x7f \x80 \x9f \ufffd \ufffe \uffff \U0010ffff &amp; &#133; <b>\n"),
}

GROUP, _, _ = table.GROUP_PAD.partition("$")
"""Its pads have no public export: without a session, only the API gives them."""

PADS = {
    **table.PADS,
    **ODD_PADS,
    **{f"{GROUP}${name}": pad for name, pad in ODD_PADS.items()},
    "withdrawn": written("__NOPUBLISH__\n"),
    **{f"camp-{number}": written(f"number {number}\n") for number in range(3)},
    **{name: written(f"pad {index}\n") for index, name in enumerate(ODD_NAMES)},
}
RECORDS = {
    **table.RECORDS,
    f"group:{GROUP}": {"pads": {f"{GROUP}${name}": 1 for name in ODD_PADS}, "mappings": {}},
}
LIMITED = [f"limited-{number}" for number in range(25)]
STRICT = {**table.PADS, **{name: written(f"{name}\n") for name in LIMITED}}


@pytest.fixture(scope="session")
def etherpad() -> Iterator[Etherpad]:
    """A server that answers as often as it is asked, and takes the API's key."""
    yield from _server(PADS, BY_KEY)


@pytest.fixture(scope="session")
def strict() -> Iterator[Etherpad]:
    """A server as it is installed, but behind a login, with names in lower case and a limit that lasts seconds only."""
    user, password = table.LOGIN
    users = {user: {"password": password, "is_admin": False}}
    limit = {"windowMs": WINDOW * 1000, "max": LIMIT}
    settings = {
        "requireAuthentication": True,
        "users": users,
        "lowerCasePadIds": True,
        "importExportRateLimiting": limit,
    }
    yield from _server(STRICT, settings)


def _server(pads: dict[str, PadWriter], settings: Mapping[str, object]) -> Iterator[Etherpad]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running(pads, records=RECORDS, settings=settings))
        except Unavailable as reason:
            if BASE in os.environ:
                raise
            pytest.skip(str(reason))
        yield server


@pytest.fixture(scope="session")
def keyed(etherpad: Etherpad) -> Etherpad:
    """The server whose API takes its key."""
    if row_of(LIST_PADS, table.WITH_KEY).answer(etherpad.version) != "200 code 0":
        pytest.skip(f"the API of Etherpad {etherpad.version} takes no key at all, only tokens (single sign-on)")
    return etherpad


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Response]:
    """Every answer that a fetch gets."""
    seen: list[Response] = []
    send = Transport.send

    def record(self: Transport, request: requests.Request, max_bytes: int) -> Response:
        seen.append(send(self, request, max_bytes))
        return seen[-1]

    monkeypatch.setattr(Transport, "send", record)
    return seen


@pytest.mark.parametrize("name", ODD_PADS)
def test_our_text_is_the_server_s_own_plain_text_export(etherpad: Etherpad, camp: Camp, name: str) -> None:
    camp.event(etherpad.base, name)
    assert camp.fetch(limits=PATIENT)[name].outcome is Outcome.NEW
    assert camp.text(f"{name}.txt") == etherpad.text(name)


@pytest.mark.parametrize("name", ODD_PADS)
def test_the_text_through_the_api_alone_is_the_server_s_own_too_and_keeps_its_lists(
    keyed: Etherpad, camp: Camp, name: str
) -> None:
    camp.event(keyed.base, name, links={"ours": f"{keyed.base}/p/{GROUP}${name}"})
    result = camp.fetch({"PADHARVEST_APIKEY": KEY}, limits=PATIENT)["ours"]
    assert "read through the API" in str(result)
    assert "plain text only" not in str(result)
    by_export, by_api = read_corpus(camp.folder).pads
    assert by_api.text == by_export.text == keyed.text(name)
    assert by_api.text_remarks == by_export.text_remarks
    assert by_export.structure
    assert by_api.structure
    known = [replace(line, prefix=line.prefix - (line.heading > 0), heading=0) for line in by_export.structure]
    assert list(by_api.structure) == known  # 1.8.14 has no headings in its HTML


@pytest.mark.parametrize(
    ("name", "remark"),
    (
        ("zero", "NUL characters in it are kept (2 of them)"),
        ("halves", "halves of characters (lone surrogates) became \ufffd (2 of them)"),
    ),
)
def test_what_a_text_loses_or_has_that_no_editor_shows_is_printed_and_recorded(
    etherpad: Etherpad, camp: Camp, name: str, remark: str
) -> None:
    camp.event(etherpad.base, name)
    assert remark in camp.fetch(limits=PATIENT)[name].remarks
    assert remark in read_manifest(camp.folder)[PadId(name)].remarks


@pytest.mark.parametrize("name", ODD_PADS)
def test_an_export_that_is_added_as_a_file_has_the_text_that_is_fetched(
    etherpad: Etherpad, camp: Camp, tmp_path: Path, name: str
) -> None:
    files = [tmp_path / "added.txt", tmp_path / "whole.etherpad"]
    for file, form in zip(files, ("txt", "etherpad"), strict=True):
        file.write_bytes(requests.get(f"{etherpad.base}/p/{name}/export/{form}", timeout=9).content)
    camp.event(etherpad.base, name)
    camp.fetch(limits=PATIENT)
    results = list(add_files(camp.folder, files, dt.datetime(2026, 5, 4, tzinfo=dt.UTC)))
    assert {result.outcome for result in results} == {Outcome.NEW}
    assert len({pad.sha256 for pad in read_corpus(camp.folder).pads}) == 1


def test_structure_comes_with_the_text(etherpad: Etherpad, camp: Camp) -> None:
    camp.event(etherpad.base, "struck")
    camp.fetch(limits=PATIENT)
    pad = read_corpus(camp.folder).pads[0]
    assert pad.structure is not None
    item, title = pad.structure[:2]
    assert [(item.level, item.bullet), title.heading] == [(1, True), 2]
    assert [pad.text.split("\n")[0][start:end] for start, end in item.struck] == ["not that"]


def test_odd_names_are_fetched_and_come_back(etherpad: Etherpad, camp: Camp) -> None:
    *names, star = ODD_NAMES  # with a * it would be a pattern, so it is named by its link
    camp.event(etherpad.base, *names, links={star: f"{etherpad.base}/p/%2A"})
    results = camp.fetch(limits=PATIENT)
    assert {name: result.outcome for name, result in results.items()} == dict.fromkeys(ODD_NAMES, Outcome.NEW)
    assert [pad.pad_id for pad in read_corpus(camp.folder).pads] == list(ODD_NAMES)
    assert [pad.text for pad in read_corpus(camp.folder).pads] == [f"pad {n}\n" for n in range(len(ODD_NAMES))]


def test_a_second_fetch_asks_once_per_pad_gets_no_body_and_writes_nothing(
    etherpad: Etherpad, camp: Camp, answers: list[Response]
) -> None:
    camp.event(etherpad.base, "camp-0", "camp-1", "camp-2")
    camp.fetch(limits=PATIENT)
    before = camp.marks()
    answers.clear()
    assert {result.outcome for result in camp.fetch(limits=PATIENT).values()} == {Outcome.UNCHANGED}
    assert [(answer.status, answer.body) for answer in answers] == [(304, b"")] * 3
    assert camp.marks() == before


def test_chatter_changes_the_export_but_not_the_pad(keyed: Etherpad, camp: Camp, answers: list[Response]) -> None:
    camp.event(keyed.base, "camp-0")
    camp.fetch(limits=PATIENT)
    author = keyed.api("createAuthor")["authorID"]
    keyed.api("appendChatMessage", padID="camp-0", text="hello", authorID=author, time="1")
    assert camp.fetch(limits=PATIENT)["camp-0"].outcome is Outcome.UNCHANGED
    assert answers[-1].status == 200
    assert b"hello" not in b"".join(path.read_bytes() for path in camp.folder.rglob("*") if path.is_file())


def test_an_edit_is_a_change_and_a_deleted_pad_keeps_its_copy(keyed: Etherpad, camp: Camp) -> None:
    keyed.api("createPad", padID="shortlived", text="first\n")
    camp.event(keyed.base, "shortlived")
    camp.fetch(limits=PATIENT)
    keyed.api("setText", padID="shortlived", text="second\n")
    assert camp.fetch(limits=PATIENT)["shortlived"].outcome is Outcome.CHANGED
    assert camp.text("shortlived.txt") == keyed.text("shortlived")
    keyed.api("deletePad", padID="shortlived")
    assert camp.fetch(limits=PATIENT)["shortlived"].outcome is Outcome.GONE
    assert camp.text("shortlived.txt").startswith("second")
    keyed.api("createPad", padID="shortlived", text="third\n")
    assert camp.fetch(limits=PATIENT)["shortlived"].outcome is Outcome.CHANGED


def test_asking_for_a_pad_does_not_make_it(keyed: Etherpad, camp: Camp) -> None:
    camp.event(keyed.base, "never-made")
    assert "has no pad of that name" in str(camp.fetch(limits=PATIENT)["never-made"])
    assert "never-made" not in keyed.api("listAllPads")["padIDs"]


def test_what_a_new_pad_begins_with_is_fetched_and_is_nobody_s_statement(keyed: Etherpad, camp: Camp) -> None:
    keyed.api("createPad", padID="untouched")
    camp.event(keyed.base, "untouched")
    camp.fetch(limits=PATIENT)
    pad = read_corpus(camp.folder).pads[0]
    assert (pad.text, pad.revision) == (keyed.text("untouched"), 0)
    assert {line.role for line in segment([pad], ()).lines} == {LineRole.BOILERPLATE, LineRole.EMPTY}


def test_a_lost_revision_does_not_cost_the_text(etherpad: Etherpad, camp: Camp) -> None:
    """Its full export fails on 1.8, and the plain text stands in."""
    _, _, words = row_of("GET /p/lost/export/etherpad").fetch(etherpad.version).partition(": ")
    camp.event(etherpad.base, "lost")
    result = camp.fetch(limits=PATIENT)["lost"]
    assert result.outcome is Outcome.NEW
    assert words in str(result)
    assert bool(result.remarks) == bool(words)
    assert camp.text("lost.txt") == "one\ntwo\n"


def test_a_read_only_link_is_enough_and_the_writable_name_is_not_kept(etherpad: Etherpad, camp: Camp) -> None:
    camp.event(etherpad.base, READ_ONLY)
    assert camp.fetch(limits=PATIENT, history=True)[READ_ONLY].outcome is Outcome.NEW
    assert read_corpus(camp.folder).pads[0].text == "shown to readers\n"
    assert not [path for path in camp.folder.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]
    camp.event(etherpad.base, "r.ffffffffffffffff")
    assert "does not show it to us" in str(next(iter(camp.fetch(limits=PATIENT).values())))


def test_a_group_s_pad_needs_its_cookie_or_the_key(keyed: Etherpad, camp: Camp) -> None:
    group = keyed.api("createGroup")["groupID"]
    name = keyed.api("createGroupPad", groupID=group, padName="ours", text="among us\n* x\n")["padID"]
    author = keyed.api("createAuthor")["authorID"]
    until = str(int(time.time()) + 3600)
    session = keyed.api("createSession", groupID=group, authorID=author, validUntil=until)["sessionID"]
    camp.event(keyed.base, name)
    assert "PADHARVEST_SESSION" in str(camp.fetch(limits=PATIENT)[name])
    with_key = camp.fetch({"PADHARVEST_APIKEY": KEY}, limits=PATIENT)[name]
    assert with_key.outcome is Outcome.NEW
    assert "read through the API" in str(with_key)
    by_key = read_corpus(camp.folder).pads[0]
    with_cookie = camp.fetch({"PADHARVEST_SESSION": session}, limits=PATIENT)[name]
    by_cookie = read_corpus(camp.folder).pads[0]
    assert with_cookie.outcome is Outcome.UNCHANGED
    assert (by_key.text, by_key.revision) == (by_cookie.text, by_cookie.revision)
    assert by_key.text == "among us\n* x\n\n"


def test_a_key_spares_the_exports_of_pads_that_have_not_changed(
    keyed: Etherpad, camp: Camp, answers: list[Response]
) -> None:
    camp.event(keyed.base, "lists", "signs")
    camp.fetch({"PADHARVEST_APIKEY": KEY}, limits=PATIENT)
    answers.clear()
    results = camp.fetch({"PADHARVEST_APIKEY": KEY}, limits=PATIENT)
    assert {result.outcome for result in results.values()} == {Outcome.UNCHANGED}
    assert [answer.headers.get("X-RateLimit-Remaining") for answer in answers] == [None] * 4


def test_a_pattern_finds_the_pads_of_an_event(keyed: Etherpad, camp: Camp) -> None:
    camp.event(keyed.base, more="[[pad]]\npad = 'camp-*'")
    results = camp.fetch({"PADHARVEST_APIKEY": KEY}, limits=PATIENT)
    assert {name: result.outcome for name, result in results.items()} == dict.fromkeys("012", Outcome.NEW)
    assert [ref.pad for ref in read_corpus(camp.folder).event.pads] == ["camp-0", "camp-1", "camp-2"]


def test_history_is_the_server_s_own_export(etherpad: Etherpad, camp: Camp) -> None:
    camp.event(etherpad.base, "signs")
    camp.fetch(limits=PATIENT, history=True)
    asked = requests.get(f"{Place(server=etherpad.base, name='signs', etherpad=True).page}/export/etherpad", timeout=9)
    assert json.loads((camp.folder / "pads/signs.etherpad").read_bytes()) == asked.json()


def test_withdrawn_pads_are_not_kept(etherpad: Etherpad, camp: Camp) -> None:
    camp.event(etherpad.base, "withdrawn")
    assert camp.fetch(limits=PATIENT)["withdrawn"].outcome is Outcome.WITHHELD
    assert camp.kept() == []


LOGIN = dict(zip(("PADHARVEST_USER", "PADHARVEST_PASSWORD"), table.LOGIN, strict=True))


def test_25_pads_against_a_limit_of_10_finish_without_a_refusal(
    strict: Etherpad, camp: Camp, answers: list[Response]
) -> None:
    camp.event(strict.base, *LIMITED)
    camp.sleep = time.sleep
    results = camp.fetch(LOGIN, limits=PATIENT)
    assert {result.outcome for result in results.values()} == {Outcome.NEW}
    assert [answer.status for answer in answers] == [200] * 25
    assert 1 <= len(camp.waits) <= 3  # two windows must pass, and a busy machine may begin one more or one less
    assert max(camp.waits) <= WINDOW + 1


def test_a_server_behind_a_login_says_so_without_one(strict: Etherpad, camp: Camp) -> None:
    camp.event(strict.base, "limited-1")
    camp.sleep = time.sleep
    assert "its server asks for a login" in str(camp.fetch(limits=PATIENT)["limited-1"])


def test_a_name_that_the_server_keeps_in_lower_case_is_found(strict: Etherpad, camp: Camp) -> None:
    camp.event(strict.base, "NOTES")
    camp.sleep = time.sleep
    outcome, _, words = row_of("GET /p/NOTES/export/etherpad", table.LOWER_CASE).fetch(strict.version).partition(": ")
    result = camp.fetch(LOGIN, limits=PATIENT)["NOTES"]
    assert result.outcome == outcome
    assert words in str(result)


def test_a_limit_that_somebody_else_has_used_up_is_waited_out(strict: Etherpad, camp: Camp) -> None:
    with suppress(requests.ReadTimeout):
        for _ in range(LIMIT):
            requests.get(f"{strict.base}/p/limited-1/export/txt", auth=table.LOGIN, timeout=WINDOW)
    camp.event(strict.base, "limited-1", "limited-2")
    camp.sleep = lambda seconds: time.sleep(min(seconds, WINDOW + 1))  # after silence, the fetch expects a longer one
    results = camp.fetch(LOGIN, limits=Limits(connect=5, read=WINDOW, total=60))
    assert {name: str(result) for name, result in results.items()} == {
        name: f"new: {name} ({strict.base}/p/{name})" for name in ("limited-1", "limited-2")
    }


def test_a_server_as_it_is_installed_takes_a_key_or_says_that_it_does_not(strict: Etherpad, camp: Camp) -> None:
    """Etherpad after 2.0 takes no keys as it is installed."""
    camp.event(strict.base, more="[[pad]]\npad = 'note*'")
    camp.sleep = time.sleep
    *_, result = camp.fetch({**LOGIN, "PADHARVEST_APIKEY": KEY}, limits=PATIENT).values()
    outcome, _, words = row_of(LIST_PADS, table.AS_INSTALLED).fetch(strict.version).partition(": ")
    assert result.outcome == outcome
    assert words in str(result)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.needs_proxy], ids=str)
def test_it_answers_as_the_table_says(etherpad: Etherpad, strict: Etherpad, row: Row) -> None:
    expected = row.answer(etherpad.version)
    if expected is None:
        pytest.skip(f"the table says nothing of Etherpad {etherpad.version}")
    seconds = WINDOW if expected == "silence" else PATIENT.read
    assert ask(row, etherpad.base, strict.base, seconds) == expected
