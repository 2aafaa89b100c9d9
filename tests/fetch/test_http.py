"""Requests: whatever a server does, its pads fail in plain words, within limits, and the others are fetched."""

import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fetch.corpus_records import Outcome
from fetch.files import MAX_EXPORT, MAX_TEXT
from fetch.http import MAX_UNANSWERED, Limits
from fetch.rate_limit import MAX_DELAY
from tests.support.fake_server import ETHERPAD, TXT, FakeServer, Reaction, answer, export, in_turn, raw, redirect
from tests.support.fetching import Camp
from tests.support.pad_writer import written

FINE = written("fine\n")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment\r\n"


def never() -> None:
    """Longer than any limit of these tests; the server's threads end with it."""
    threading.Event().wait(3)


def drip(piece: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """A little every now and then, so that no pause is ever too long."""

    def react(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(HEAD + b"Content-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(30):
            request.wfile.write(piece)
            threading.Event().wait(0.1)
        request.close_connection = True

    return react


def drip_of_headers(request: BaseHTTPRequestHandler) -> None:
    for number in range(30):
        request.wfile.write(f"{'HTTP/1.1 200 OK' if not number else f'X-{number}: 1'}\r\n".encode())
        threading.Event().wait(0.1)
    request.close_connection = True


def reset(request: BaseHTTPRequestHandler) -> None:
    """End the connection with RST instead of FIN."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()
    request.close_connection = True


def huge(size: int, kind: str, head: bytes = b"") -> Reaction:
    """A body of that many bytes; it never is in memory at once."""

    def react(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(HEAD + f"Content-Type: {kind}\r\nContent-Length: {size}\r\n\r\n".encode() + head)
        for _ in range(size // 100_000):
            request.wfile.write(b"x" * 100_000)

    return react


def bomb(size: int) -> Reaction:
    packed = gzip.compress(b"x" * size)
    return answer(packed, ETHERPAD, headers={"Content-Encoding": "gzip"})


class Quiet(ThreadingHTTPServer):
    """Says nothing about handshakes that fail, as they should."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing."""


@contextmanager
def quiet_server() -> Iterator[Quiet]:
    with Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


PAGE = "<html><title>Sign in</title></html>"

CASES = {
    "a missing pad": (answer(PAGE, "text/html", 404, attached=False), "its server has no pad of that name"),
    "a pad behind a login": (answer(PAGE, "text/html", 401, attached=False), "its server asks for a login"),
    "a forbidden pad": (answer("403 - Can't touch this", "text/html", 403, attached=False), "a group's pad needs"),
    "redirects in a circle": (redirect("?again"), "redirects in circles"),
    "an endless redirect": (in_turn(*(redirect(f"?{number}") for number in range(99))), "redirects in circles"),
    "a redirect to another host": (redirect("http://elsewhere.invalid/p/x"), "redirects to http://elsewhere.invalid"),
    "a redirect to no port": (
        redirect("http://127.0.0.1:99999/p/x"),
        "its address, or that of a redirect, is not valid",
    ),
    "a redirect to no address": (redirect("http://["), "its address, or that of a redirect, is not valid"),
    "a redirect away from TLS": (redirect("ftp://127.0.0.1/x"), 'redirects to an address that begins with "ftp:"'),
    "a redirect to a file": (redirect("file:///etc/passwd"), 'redirects to an address that begins with "file:"'),
    "a redirect to a program": (redirect("javascript:alert(1)"), 'that begins with "javascript:"; check its link'),
    "as you have it, though we have nothing": (answer(status=304, attached=False), "could not give it (HTTP 304)"),
    "a fault of its own": (answer("oops", "text/plain", 500, attached=False), "could not give it (HTTP 500)"),
    "a gateway that waited in vain": (
        answer(PAGE, "text/html", 504, attached=False),
        "was silent to the gateway in front of it (HTTP 504)",
    ),
    "a proxy's page": (answer(PAGE, "text/html", 502, attached=False), "could not give it (HTTP 502)"),
    "a login page": (answer(PAGE, "text/html", attached=False), "sent text/html instead of the pad"),
    "a login page as a download": (answer(PAGE, "text/html"), "sent text/html instead of the pad"),
    "an export that is not enabled": (
        answer("This export is not enabled at this Etherpad instance.", "text/html", attached=False),
        "sent text/html instead of the pad",
    ),
    "text that is no attachment": (answer("hello", TXT, attached=False), "sent text/plain instead of the pad"),
    "no type at all": (raw(HEAD + b"Content-Length: 2\r\n\r\nhi"), "sent something instead of the pad"),
    "a body cut short": (
        raw(HEAD + b"Content-Type: application/octet-stream\r\nContent-Length: 99\r\n\r\n{"),
        "broke off in the middle",
    ),
    "chunks cut short": (
        raw(HEAD + b"Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        "broke off in the middle",
    ),
    "broken gzip": (answer(b"not gzip", ETHERPAD, headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9\r\n"), "broke off in the middle"),
    "a reset": (reset, "broke off in the middle"),
    "nothing": (raw(), "broke off in the middle"),
    "silence": (raw(then=never), "was silent for 0.3 s"),
    "silence after the headers": (
        raw(HEAD + b"Content-Type: application/octet-stream\r\nContent-Length: 9\r\n\r\n", then=never),
        "fell silent for 0.3 s",
    ),
    "a slow drip": (drip(b" "), "had not finished its answer after 0.6 s"),
    "a slow drip of headers": (drip_of_headers, "had not finished its answer after 0.6 s"),
    "a gzip bomb": (bomb(MAX_EXPORT + 1_000_000), "instead of the pad"),
    "too many headers": (
        raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n"),
        "broke off in the middle",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_answer_is_one_sentence_and_the_next_pad_is_fetched(server: FakeServer, camp: Camp, case: str) -> None:
    reaction, sentence = CASES[case]
    server.pad("bad", reaction)
    server.pad("bad", reaction, "txt")
    server.pad("fine", export(FINE))
    camp.event(server.base, "bad", "fine")
    results = camp.fetch()
    assert results["bad"].outcome is Outcome.FAILED
    assert sentence in str(results["bad"])
    assert "\n" not in str(results["bad"])
    assert results["fine"].outcome is Outcome.NEW
    assert camp.kept() == ["fine.json", "fine.txt"]


LOCKED = {"a pad behind a login", "a forbidden pad"}


@pytest.mark.parametrize("case", [case for case in CASES if "redirect" not in case and case not in LOCKED])
def test_plain_text_stands_in_for_a_full_export_that_fails(server: FakeServer, camp: Camp, case: str) -> None:
    server.pad("half", CASES[case][0])
    server.pad("half", answer("\t* text only\n"), "txt")
    camp.event(server.base, "half")
    result = camp.fetch()["half"]
    assert result.outcome is Outcome.NEW
    assert result.remarks[0].startswith("plain text only")
    assert camp.kept() == ["half.txt"]
    assert camp.text("half.txt") == "\t* text only\n"
    assert "plain text only" in (camp.folder / "manifest.json").read_text(encoding="utf-8")


def test_a_body_of_100_mb_is_not_read_to_its_end(server: FakeServer, camp: Camp) -> None:
    server.pad("big", huge(100_000_000, ETHERPAD))
    server.pad("big", huge(100_000_000, TXT), "txt")
    camp.event(server.base, "big")
    result = camp.fetch(limits=Limits(connect=2, read=5, total=20))["big"]
    assert result.outcome is Outcome.FAILED
    assert f"larger than {MAX_TEXT // 1_000_000} MB" in str(result)


def test_a_gzip_bomb_is_not_unpacked_to_its_end(server: FakeServer, camp: Camp) -> None:
    server.pad("bomb", answer(gzip.compress(bytes(200_000_000)), TXT, headers={"Content-Encoding": "gzip"}), "txt")
    camp.event(server.base, "bomb")
    tracemalloc.start()
    result = camp.fetch(limits=Limits(connect=2, read=5, total=20))["bomb"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert f"larger than {MAX_TEXT // 1_000_000} MB" in str(result)
    assert peak < 5 * MAX_TEXT


def test_an_unpacked_export_of_the_usual_kind_is_read(server: FakeServer, camp: Camp) -> None:
    server.pad("packed", answer(gzip.compress(FINE.export("packed")), ETHERPAD, headers={"Content-Encoding": "gzip"}))
    camp.event(server.base, "packed")
    assert camp.fetch()["packed"].outcome is Outcome.NEW
    assert camp.text("packed.txt") == "fine\n"


def test_a_server_that_never_answers_is_not_asked_for_ever(server: FakeServer, camp: Camp) -> None:
    names = [f"pad{number}" for number in range(9)]
    for name in names:
        server.pad(name, raw(then=never))
        server.pad(name, raw(then=never), "txt")
    camp.event(server.base, *names)
    results = camp.fetch()
    assert {result.outcome for result in results.values()} == {Outcome.FAILED}
    assert len(server.requests) == 4  # the first one is sent again in the next window
    assert "three times in a row; it was not asked again" in str(results["pad8"])


def test_a_server_that_falls_silent_does_not_keep_others_from_being_asked(server: FakeServer, camp: Camp) -> None:
    server.pad("fine", export(FINE))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        dead = f"http://127.0.0.1:{mute.getsockname()[1]}/p/x"
        camp.event(server.base, links={"dead": dead, "dead too": dead + "2", "fine": f"{server.base}/p/fine"})
        results = camp.fetch()
    assert [result.outcome for result in results.values()] == [Outcome.FAILED, Outcome.FAILED, Outcome.NEW]


def port_without_a_server() -> int:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return int(closed.getsockname()[1])


def test_a_server_on_this_machine_that_is_down_does_not_keep_others_from_being_asked(
    server: FakeServer, camp: Camp
) -> None:
    server.pad("fine", export(FINE))
    down = f"http://localhost:{port_without_a_server()}"
    links = {**{f"down{number}": f"{down}/p/{number}" for number in range(5)}, "fine": f"{server.base}/p/fine"}
    camp.event(down, "x", links=links, more='[[pad]]\npad = "camp-*"')
    results = camp.fetch({"PADHARVEST_APIKEY": "k3y"})
    assert results.pop("fine").outcome is Outcome.NEW
    assert len(results) == 7
    assert not [result for result in results.values() if "nothing answers at its server's address" not in str(result)]


def test_a_proxy_that_is_down_is_named(server: FakeServer, camp: Camp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://localhost:{port_without_a_server()}")
    monkeypatch.setenv("no_proxy", "")
    camp.event(server.base, "fine")
    assert str(camp.fetch()["fine"]) == (
        f"failed: fine ({server.base}/p/fine): its server cannot be asked, since the proxy in HTTP_PROXY or "
        "HTTPS_PROXY fails; check its address"
    )


def test_a_server_that_does_not_exist_is_reported(camp: Camp) -> None:
    camp.event("http://pads.invalid", "x")
    assert "there is no server of that name" in str(camp.fetch()["x"])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_that_proves_nothing_is_refused(camp: Camp, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    subprocess.run([*command, *subject], check=True, capture_output=True)  # noqa: S603 - fixed words
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with quiet_server() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        camp.event("https://pads.invalid", links={"x": f"https://127.0.0.1:{server.server_address[1]}/p/x"})
        result = camp.fetch()["x"]
    assert "its TLS certificate is not valid" in str(result)


def test_a_429_is_waited_out_for_as_long_as_it_says(server: FakeServer, camp: Camp) -> None:
    refusal = answer("Too many requests", "text/html", 429, attached=False, headers={"Retry-After": "7"})
    server.pad("busy", in_turn(refusal, refusal, export(FINE)))
    camp.event(server.base, "busy")
    assert camp.fetch()["busy"].outcome is Outcome.NEW
    assert [round(wait) for wait in camp.waits] == [7, 7]
    assert camp.progress == [f"{server.base} accepts the next request in 7 s"] * 2


def test_a_429_for_ever_is_given_up(server: FakeServer, camp: Camp) -> None:
    refusal = answer("Too many requests", "text/html", 429, attached=False, headers={"Retry-After": "1"})
    server.pad("busy", refusal)
    server.pad("busy", refusal, "txt")
    camp.event(server.base, "busy")
    assert "ask too often" in str(camp.fetch()["busy"])
    assert len(server.requests) == 8


def test_a_server_that_wants_to_be_left_alone_for_hours_is_left_alone(server: FakeServer, camp: Camp) -> None:
    refusal = answer("Too many requests", "text/html", 429, attached=False, headers={"Retry-After": "7200"})
    for name in ("one", "two"):
        server.pad(name, refusal)
    camp.event(server.base, "one", "two")
    results = camp.fetch()
    assert "asks for a pause of 120 minutes" in str(results["one"])
    assert camp.waits == []
    assert len(server.requests) == 1


def test_no_request_is_sent_once_nothing_remains_of_the_limit(server: FakeServer, camp: Camp) -> None:
    soon = {"X-RateLimit-Reset": str(int(time.time()) + 30)}
    server.pad("one", export(FINE, headers={"X-RateLimit-Remaining": "1", **soon}))
    server.pad("two", export(FINE, headers={"X-RateLimit-Remaining": "0", **soon}))
    server.pad("three", export(FINE))
    camp.event(server.base, "one", "two", "three")
    camp.fetch()
    assert len(camp.waits) == 1
    assert 25 < camp.waits[0] <= 30


def test_the_limits_are_those_of_the_guide(root: Path) -> None:
    guide = (root / "docs" / "fetch.md").read_text(encoding="utf-8")
    limits = Limits()
    assert f"| text of a pad | {MAX_TEXT // 1_000_000} MB |" in guide
    assert f"| full export | {MAX_EXPORT // 1_000_000} MB," in guide
    assert f"| {limits.connect:.0f} s, {limits.read:.0f} s, {limits.total:.0f} s |" in guide
    assert f"before a server is left alone (the first is sent twice) | {MAX_UNANSWERED} |" in guide
    assert f"| longest wait that a server may ask for | {MAX_DELAY / 60:.0f} minutes |" in guide
