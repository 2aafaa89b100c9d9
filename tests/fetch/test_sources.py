"""A pad is read from whatever its server gives: the full export, plain text, the API or a download."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch import sources
from fetch.add import add_files
from fetch.corpus import read_corpus, read_manifest
from fetch.corpus_records import Outcome, PadId, TextRemark, TextRemarkKind
from fetch.errors import PadFailure
from fetch.formats import read_html
from fetch.http import Client, Response, _redirect_target, content_of
from fetch.locations import Place
from fetch.rate_limit import delay_after_answer, delay_after_refusal
from fetch.sources import Api, _fetch_with_key, _text_pad
from tests.support.damaged import WRITABLE, as_json, assert_plain, assert_sound, damaged
from tests.support.fake_server import ETHERPAD, TXT, FakeServer, Reaction, answer, export, in_turn, redirect
from tests.support.fetching import Camp
from tests.support.pad_writer import START, written

PAD = written("*Heading\n\t* item\n")
KEY = {"PADHARVEST_APIKEY": "k3y"}


def test_an_etag_that_changed_is_no_evidence_of_a_change(server: FakeServer, camp: Camp) -> None:
    server.pad("a", in_turn(export(PAD), export(PAD, etag='W/"an author wrote in another pad"')))
    camp.event(server.base, "a")
    camp.fetch()
    before = camp.marks()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert camp.marks() == before


def test_plain_text_that_has_not_changed_is_not_sent_again(server: FakeServer, camp: Camp) -> None:
    text = answer("text\n", TXT, headers={"ETag": 'W/"t"'})
    server.pad("a", answer("oops", "text/html", 500, attached=False))
    server.pad("a", in_turn(text, answer(status=304, attached=False)), "txt")
    camp.event(server.base, "a")
    camp.fetch()
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert server.requests[-1].headers["If-None-Match"] == 'W/"t"'
    assert "If-None-Match" not in server.requests[-2].headers


def test_an_etag_that_no_header_can_hold_is_not_sent(server: FakeServer, camp: Camp) -> None:
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    manifest = camp.folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('W/\\"1\\"', "1\\nX-Evil: 1"), encoding="utf-8")
    assert "X-Evil" in manifest.read_text(encoding="utf-8")
    assert camp.outcomes() == {"a": Outcome.UNCHANGED}
    assert "If-None-Match" not in server.requests[-1].headers


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


def test_a_hedgedoc_note_is_downloaded(server: FakeServer, camp: Camp) -> None:
    note = answer("# Title\n\n- item\n", "text/markdown; charset=UTF-8", headers={"ETag": '"h"'})
    server.reactions["/note-1/download"] = in_turn(note, answer(status=304, attached=False))
    camp.event("https://pads.invalid", links={"HedgeDoc": f"{server.base}/note-1?both#anchor"})
    assert camp.outcomes() == {"HedgeDoc": Outcome.NEW}
    assert camp.text("note-1.md") == "# Title\n\n- item\n"
    assert camp.outcomes() == {"HedgeDoc": Outcome.UNCHANGED}


@pytest.mark.parametrize(
    ("sent", "kept"),
    (
        (b"\xef\xbb\xbfbom\n", "\ufeffbom\n"),
        ("a\x85b\u2028c\r\n".encode(), "a\x85b\u2028c\r\n"),
        (b"", ""),
    ),
)
def test_odd_characters_of_a_plain_text_are_kept(server: FakeServer, camp: Camp, sent: bytes, kept: str) -> None:
    server.pad("odd", answer(sent), "txt")
    camp.event(server.base, "odd")
    camp.fetch()
    assert camp.text("odd.txt") == kept


@pytest.mark.parametrize(
    ("sent", "kept", "remark"),
    (
        (answer(b"a\0b\n"), "a\0b\n", "NUL characters in it are kept (1 of them)"),
        (answer(b"\xed\xa0\xbd\n"), "\ufffd\n", "halves of characters (lone surrogates) became \ufffd (1 of them)"),
        (
            answer(b"caf\xe9\n", "text/plain"),
            "café\n",
            "it is not UTF-8 and was read as cp1252: check whether its accents are right",
        ),
        (answer(b"caf\xe9\n", 'text/plain; charset="ISO-8859-2"'), "café\n", "its server sent it in iso8859-2"),
        (answer(b"\xc3\xa9 \xc3\xa8 \xff\n"), "é è \ufffd\n", "bytes that are not UTF-8 became \ufffd (1 of them)"),
    ),
)
def test_what_a_plain_text_loses_or_leaves_uncertain_is_printed_and_recorded(
    server: FakeServer, camp: Camp, sent: Reaction, kept: str, remark: str
) -> None:
    server.pad("odd", sent, "txt")
    camp.event(server.base, "odd")
    assert remark in camp.fetch()["odd"].remarks
    assert camp.text("odd.txt") == kept
    assert remark in read_manifest(camp.folder)[PadId("odd")].remarks
    assert read_corpus(camp.folder).pads[0].text == kept


def test_binary_data_is_no_pad(server: FakeServer, camp: Camp) -> None:
    server.pad("odd", answer(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "txt")
    camp.event(server.base, "odd")
    assert "it holds binary data" in str(camp.fetch()["odd"])


@pytest.mark.parametrize("text", ("a\0b and c\n", "one\n\0\0\nthree\n", "café\0\n"))
def test_the_same_text_with_a_nul_comes_from_a_server_and_from_a_file(
    server: FakeServer, camp: Camp, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "added.txt"
    file.write_text(text, encoding="utf-8")
    server.pad("full", export(written(text)))
    server.pad("plain", answer(text), "txt")
    camp.event(server.base, "full", "plain")
    camp.fetch()
    (added,) = add_files(camp.folder, [file], dt.datetime(2026, 5, 4, tzinfo=dt.UTC))
    pads = read_corpus(camp.folder).pads
    assert [pad.text for pad in pads] == [text] * 3
    assert {pad.sha256 for pad in pads} == {pads[0].sha256}
    assert [pad.text_remarks[-1] for pad in pads] == [TextRemark(kind=TextRemarkKind.NUL, count=text.count("\0"))] * 3
    assert "NUL characters in it are kept" in str(added)


def test_names_that_a_server_keeps_in_lower_case_are_asked_for_in_lower_case(server: FakeServer, camp: Camp) -> None:
    for form in ("etherpad", "txt"):
        server.pad("Camp-A", redirect("camp-a"), form)
        server.reactions["/p/Camp-A/export/camp-a"] = redirect("camp-a")
    server.pad("camp-a", export(PAD))
    camp.event(server.base, "Camp-A")
    assert camp.fetch()["Camp-A"].outcome is Outcome.NEW
    assert camp.text(PurePosixPath(read_manifest(camp.folder)[PadId("Camp-A")].file).name) == "*Heading\n\t* item\n"


def api(server: FakeServer, function: str, **data: object) -> None:
    """Let the server's API answer a call with `data`."""
    body = json.dumps({"code": 0, "message": "ok", "data": data})
    server.reactions[f"/api/1.2.7/{function}"] = answer(body, "application/json", attached=False)


def test_a_key_spares_the_export_of_a_pad_that_has_not_changed(server: FakeServer, camp: Camp) -> None:
    revision = len(PAD.revisions) - 1
    server.pad("a", export(PAD))
    camp.event(server.base, "a")
    camp.fetch()
    api(server, "getRevisionsCount", revisions=revision)
    api(server, "getLastEdited", lastEdited=START + 60_000 * revision)
    server.requests.clear()
    assert camp.fetch(KEY)["a"].outcome is Outcome.UNCHANGED
    assert server.paths() == ["/api/1.2.7/getRevisionsCount", "/api/1.2.7/getLastEdited"]


def test_a_pad_without_public_export_is_read_through_the_api(server: FakeServer, camp: Camp) -> None:
    for form in ("etherpad", "txt"):
        server.pad("g.x$a", answer("no", "text/html", 403, attached=False), form)
        server.reactions[f"/p/g.x%24a/export/{form}"] = answer("no", "text/html", 403, attached=False)
    api(server, "getRevisionsCount", revisions=3)
    api(server, "getLastEdited", lastEdited=START)
    text = "\t* among  us\x85\n\t* \n\t\t1.1. not\xa0 this, that\n"
    api(server, "getText", text=text)
    html = '<ul class="bullet"><li>among&nbsp; us&#133;<li><ol><li>not\xa0&nbsp;<s>this,</s> that'
    api(server, "getHTML", html=html)
    camp.event(server.base, "g.x$a")
    result = camp.fetch(KEY)["g.x$a"]
    assert (result.outcome, result.remarks) == (Outcome.NEW, ("read through the API, as it has no public export",))
    pad = read_corpus(camp.folder).pads[0]
    assert (pad.text, pad.revision) == (text, 3)
    assert pad.structure is not None
    assert [(line.prefix, line.level, line.bullet) for line in pad.structure] == [
        (3, 1, True),
        (3, 1, True),
        (7, 2, False),
        (0, 0, False),
    ]
    ((start, end),) = pad.structure[2].struck
    assert text.split("\n")[2][start:end] == "this,"


@pytest.mark.parametrize(
    ("html", "remark"),
    (
        ("something else", "the API's HTML has other lines"),
        (None, "the API did not give its HTML: its server's API does not give its text"),
    ),
)
def test_the_api_s_text_is_kept_without_the_html_that_does_not_fit_it(
    server: FakeServer, camp: Camp, html: str | None, remark: str
) -> None:
    server.pad("a", answer("no", "text/html", 403, attached=False))
    api(server, "getRevisionsCount", revisions=3)
    api(server, "getLastEdited", lastEdited=START)
    api(server, "getText", text="half \ud83d\n")
    api(server, "getHTML", html=html)
    camp.event(server.base, "a")
    assert remark in str(camp.fetch(KEY)["a"])
    assert camp.text("a.txt") == "half \ufffd\n"
    kinds = [remark.kind for remark in read_corpus(camp.folder).pads[0].text_remarks]
    assert kinds == [TextRemarkKind.PLAIN_TEXT, TextRemarkKind.LONE_SURROGATE]


def test_the_api_stands_in_for_exports_that_fail(server: FakeServer, camp: Camp) -> None:
    for form in ("etherpad", "txt"):
        server.pad("a", answer("oops", "text/html", 500, attached=False), form)
    api(server, "getRevisionsCount", revisions=3)
    api(server, "getLastEdited", lastEdited=START)
    api(server, "getText", text="text\n")
    api(server, "getHTML", html="text<br>")
    camp.event(server.base, "a")
    assert "could not give it (HTTP 500)" in str(camp.fetch()["a"])
    assert "read through the API, as the full export failed" in str(camp.fetch(KEY)["a"])
    assert camp.text("a.txt") == "text\n"


class AnswersSo(Client):
    """A client whose every POST is answered with `response`."""

    def __init__(self, response: Response) -> None:
        self.response = response

    def post(self, url: str, form: Mapping[str, str], max_bytes: int) -> Response:  # noqa: ARG002 - as in Client
        return self.response


DATA = {"revisions": 3, "lastEdited": START, "html": "a<br>b", "text": "a\nb\n", "padIDs": ["a"]}
CALLS: tuple[Callable[[Api], object], ...] = (
    lambda api: api.find_pads("*"),
    lambda api: api.revision("a"),
    lambda api: read_html(api.text("a", "html")),
    lambda api: assert_sound(_fetch_with_key(api, Place(server="", name="a", etherpad=True), "as a test")),
)


@given(damaged({"code": 0, "message": "ok", "data": DATA}), st.sampled_from([200, 401, 500]), st.sampled_from(CALLS))
def test_whatever_the_api_answers_it_is_used_or_refused_with_a_sentence(
    content: object, status: int, call: Callable[[Api], object]
) -> None:
    client = AnswersSo(Response(status=status, headers={}, body=as_json(content)))
    try:
        call(Api(client, "https://pads.example.org", "k3y"))
    except PadFailure as failure:
        assert_plain(failure)


NAMES = ("Content-Type", "Content-Disposition", "Location", "Date", "Retry-After")
LIMITS = ("X-RateLimit-Remaining", "X-RateLimit-Reset")
VALUES = ("attachment", "application/json", "text/plain", "0", "9" * 12)
DATES = ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1200", "1 Jan 0001 00:00 +2359")
CHARSETS = """
utf-8 latin-1 utf-16 utf-32 utf-7 cp1252 koi8-r big5 hex zip rot13 idna undefined unicode_escape mbcs none
"""


@given(st.binary() | WRITABLE.map(str.encode), st.sampled_from(CHARSETS.split()))
def test_whatever_encoding_a_server_names_its_text_can_be_kept_or_is_refused_with_a_clause(
    body: bytes, charset: str
) -> None:
    headers = {"Content-Type": f"text/plain; charset={charset}", "Content-Disposition": "attachment"}
    try:
        pad = _text_pad(Response(status=200, headers=headers, body=body), "txt", sources.TEXT)
    except PadFailure as failure:
        assert_plain(failure)
        return
    assert pad.text.encode().decode() == pad.text
    for remark in pad.all_remarks():
        assert_plain(remark)


PLACES = ("/p/b", "?", "http://[", "//[x]/", "http://\u2100/", "https://pads.example.org:0", "javascript:1", "\\\\x")
HEADERS = st.dictionaries(
    st.sampled_from(NAMES + LIMITS),
    st.sampled_from(VALUES + DATES + PLACES) | st.text(st.characters(max_codepoint=255)),
)


@given(HEADERS, st.sampled_from([200, 304, 404, 429, 503]))
def test_whatever_headers_say_they_give_a_pad_or_a_sentence_and_no_negative_wait(
    headers: dict[str, str], status: int
) -> None:
    response = Response(status=status, headers=headers, body=PAD.export())
    for delay in (delay_after_answer(headers), delay_after_refusal(headers)):
        assert delay >= 0
    try:
        content_of(response, (*sources.ETHERPAD, *sources.TEXT))
        _redirect_target(["https://pads.example.org/p/a"], headers.get("Location", "/p/b"))
    except PadFailure as failure:
        assert_plain(failure)
