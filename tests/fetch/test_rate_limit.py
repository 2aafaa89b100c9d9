"""A server's limit of exports is kept to, whoever used it up: an earlier fetch, another event's, or a stranger's."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fetch.corpus_records import Outcome
from fetch.pull import seconds_until_accepted
from fetch.rate_limit import (
    DEFAULT_WINDOW,
    MAX_DELAY,
    RATE_LIMITS_FILE,
    RateLimits,
    delay_after_answer,
    delay_after_refusal,
)
from tests.support.fake_server import FakeServer, RateLimit, Reaction, answer, export, in_turn, silence
from tests.support.fetching import Camp
from tests.support.pad_writer import written

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"
NOON_SECONDS = 1795435200
SKEW = 1000
"""Seconds by which the server's clock is ahead of ours."""


def pads(count: int) -> list[str]:
    return [f"pad{number}" for number in range(count)]


@pytest.fixture
def limited(server: FakeServer, camp: Camp) -> FakeServer:
    """An Etherpad 2 with its default limit and 25 pads, all of which the event names."""
    server.clock = lambda: camp.time + SKEW
    server.limit = RateLimit(server.clock)
    for name in pads(25):
        server.pad(name, export(written(f"{name}\n"), name))
        server.pad(name, answer(f"{name}\n"), "txt")
    camp.event(server.base, *pads(25))
    return server


def limit_of(server: FakeServer) -> RateLimit:
    assert server.limit is not None
    return server.limit


TOO_MANY = answer("Too many requests", "text/html", 429, attached=False, headers={"Retry-After": "90"})


@pytest.mark.parametrize("refusal", (TOO_MANY, silence), ids=("1.8 refuses", "since 1.9.4 silent"))
@pytest.mark.parametrize("count", (25, 20), ids=("half a limit is left", "nothing is left"))
def test_a_fetch_right_after_another_is_as_complete(
    limited: FakeServer, camp: Camp, count: int, refusal: Reaction
) -> None:
    limit_of(limited).refusal = refusal
    camp.event(limited.base, *pads(count))
    assert list(camp.outcomes().values()) == [Outcome.NEW] * count
    camp.time += 5
    assert list(camp.outcomes().values()) == [Outcome.UNCHANGED] * count
    assert limit_of(limited).beyond == 0
    assert sum(camp.waits) <= 4 * DEFAULT_WINDOW


def test_a_fetch_goes_on_after_one_that_was_interrupted_when_nothing_was_left(limited: FakeServer, camp: Camp) -> None:
    fetching = camp.fetching()
    first = [next(fetching) for _ in range(10)]
    fetching.close()
    assert [result.outcome for _, result in first] == [Outcome.NEW] * 10
    assert set(camp.outcomes().values()) == {Outcome.NEW, Outcome.UNCHANGED}
    assert limit_of(limited).beyond == 0


@pytest.mark.parametrize("before", (0, 4))
def test_one_window_is_waited_out_after_silence_and_the_pad_is_asked_for_again(
    limited: FakeServer, camp: Camp, before: int
) -> None:
    """Somebody else at our address used up the limit before the fetch, or after four pads of it."""
    fetching = camp.fetching()
    results = dict(next(fetching) for _ in range(before))
    limit_of(limited).use(10)
    camp.time += 30
    results |= dict(fetching)
    assert [str(result) for result in results.values()] == [
        f"new: {name} ({limited.base}/p/{name})" for name in pads(25)
    ]
    assert limit_of(limited).beyond == 1
    assert camp.waits[0] == DEFAULT_WINDOW
    assert camp.progress[0] == (
        f"{limited.base} does not answer, perhaps because it was asked too often; it is asked again in 90 s"
    )
    assert not [path for path in limited.paths() if path.endswith("txt")]


def test_the_limit_is_kept_to_when_others_use_half_of_it_all_the_time(limited: FakeServer, camp: Camp) -> None:
    outcomes = []
    for _, result in camp.fetching():
        outcomes.append(result.outcome)
        limit_of(limited).use()
    assert outcomes == [Outcome.NEW] * 25


def test_a_full_export_that_is_never_answered_gives_way_to_plain_text_in_the_next_window(
    limited: FakeServer, camp: Camp
) -> None:
    limited.pad("pad0", silence)
    camp.event(limited.base, *pads(2))
    results = camp.fetch()
    assert results["pad0"].remarks == (
        "plain text only, without what the editor knows of its lines",
        "the full export failed: its server was silent for 0.3 s; fetch again later.",
    )
    assert results["pad1"].outcome is Outcome.NEW
    assert limited.paths() == [
        "/p/pad0/export/etherpad",
        "/p/pad0/export/etherpad",
        "/p/pad0/export/txt",
        "/p/pad1/export/etherpad",
    ]
    assert camp.waits == [DEFAULT_WINDOW, DEFAULT_WINDOW]


def test_a_gateway_that_waited_in_vain_is_silence(limited: FakeServer, camp: Camp) -> None:
    gateway = answer("Gateway Time-out", "text/html", 504, attached=False)
    limited.pad("pad0", in_turn(gateway, export(written("pad0\n"))))
    camp.event(limited.base, "pad0")
    assert camp.outcomes() == {"pad0": Outcome.NEW}
    assert camp.waits == [DEFAULT_WINDOW]


@pytest.mark.parametrize("status", (401, 403))
def test_a_pad_that_is_locked_costs_one_request(limited: FakeServer, camp: Camp, status: int) -> None:
    limited.pad("pad0", answer("no", "text/html", status, attached=False))
    camp.event(limited.base, "pad0")
    assert camp.outcomes() == {"pad0": Outcome.FAILED}
    assert limited.paths() == ["/p/pad0/export/etherpad"]


def test_fetches_of_two_events_share_a_server_s_limit(limited: FakeServer, camp: Camp) -> None:
    other = Camp(camp.folder.with_name("other"))
    camp.event(limited.base, *pads(10))
    other.event(limited.base, *pads(10))
    camp.fetch()
    other.time = camp.time
    other.sleep = lambda seconds: setattr(camp, "time", camp.time + seconds)
    assert set(other.outcomes().values()) == {Outcome.NEW}
    assert other.waits == [90]
    assert limit_of(limited).beyond == 0


def test_the_file_names_servers_and_times_and_nothing_else(limited: FakeServer, camp: Camp) -> None:
    camp.event(f"{limited.base}/", *pads(10))
    camp.fetch({"PADHARVEST_USER": "us3r", "PADHARVEST_PASSWORD": "p4ss", "PADHARVEST_SESSION": "s.1"})
    content = json.loads((camp.folder.parent / RATE_LIMITS_FILE).read_bytes())
    assert content == {"schema": 1, "not_before": {limited.base: camp.time + 90}}


DAMAGED = (
    b"",
    b"{",
    b"[]",
    b"\xff\xfe\0",
    b'{"not_before": 5}',
    b'{"not_before": {"SERVER": "soon"}}',
    b'{"not_before": {"SERVER": NaN}}',
    b'{"not_before": {"SERVER": 1e999}}',
    b'{"not_before": {"SERVER": 9' + b"9" * 400 + b"}}",
    b'{"not_before": {"SERVER": 99999999999}}',
    b"[" * 50_000,
    b"x" * 1_000_000,
)


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_says_nothing_and_is_replaced(camp: Camp, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "limits"
    file.write_bytes(content.replace(b"SERVER", b"http://a:80"))
    limits = RateLimits(file, lambda: camp.time)
    assert limits.seconds_left("http://a:80") == 0
    limits.close("http://a:80", camp.time + 60)
    assert RateLimits(file, lambda: camp.time).seconds_left("http://a:80") == 60


def link_elsewhere(place: Path) -> None:
    place.with_name("elsewhere").write_bytes(b"elsewhere")
    place.symlink_to(place.with_name("elsewhere"))


@pytest.mark.parametrize("make", (Path.mkdir, os.mkfifo, link_elsewhere), ids=("folder", "pipe", "link"))
def test_what_is_no_file_is_done_without(limited: FakeServer, camp: Camp, make: Callable[[Path], None]) -> None:
    make(camp.folder.parent / RATE_LIMITS_FILE)
    assert set(camp.outcomes().values()) == {Outcome.NEW}
    assert limit_of(limited).beyond == 0
    assert [path.read_bytes() for path in camp.folder.parent.glob("elsewhere")] in ([], [b"elsewhere"])


def test_what_several_processes_record_at_once_is_all_kept(camp: Camp, tmp_path: Path) -> None:
    """Threads stand in for processes: each opens the file itself, and a lock belongs to what was opened."""
    servers = [f"http://server{number}:80" for number in range(8)]

    def record(server: str) -> None:
        for seconds in range(1, 21):
            RateLimits(tmp_path / "limits", lambda: camp.time).close(server, camp.time + seconds)

    threads = [threading.Thread(target=record, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    limits = RateLimits(tmp_path / "limits", lambda: camp.time)
    assert [limits.seconds_left(server) for server in servers] == [20] * 8


def test_times_that_have_passed_leave_the_file(camp: Camp, tmp_path: Path) -> None:
    limits = RateLimits(tmp_path / "limits", lambda: camp.time)
    limits.close("http://old:80", camp.time + 10)
    camp.time += 20
    limits.close("http://new:80", camp.time + 10)
    assert b"old" not in (tmp_path / "limits").read_bytes()


def test_a_clock_that_was_set_back_does_not_make_a_fetch_wait_for_hours(camp: Camp, tmp_path: Path) -> None:
    limits = RateLimits(tmp_path / "limits", lambda: camp.time)
    limits.close("http://a:80", camp.time + 60)
    camp.time -= 7200
    assert limits.seconds_left("http://a:80") == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    (
        ({}, 0),
        ({"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": str(NOON_SECONDS + 60), "Date": NOON}, 0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS + 60), "Date": NOON}, 60),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS - 5), "Date": NOON}, 0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS * 1000), "Date": NOON}, DEFAULT_WINDOW),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon", "Date": NOON}, DEFAULT_WINDOW),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS + 60), "Date": "noonish"},
            DEFAULT_WINDOW,
        ),
        ({"X-RateLimit-Remaining": "0"}, DEFAULT_WINDOW),
        ({"X-RateLimit-Remaining": "many"}, 0),
    ),
)
def test_a_pause_lasts_until_the_window_ends(headers: dict[str, str], seconds: float) -> None:
    assert delay_after_answer(headers) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    (
        ({"Retry-After": "90"}, 90),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT", "Date": NOON}, 30),
        ({"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT", "Date": NOON}, 0),
        ({"Retry-After": "later"}, DEFAULT_WINDOW),
        ({"X-RateLimit-Reset": str(NOON_SECONDS + 12), "Date": NOON}, 12),
        ({}, DEFAULT_WINDOW),
        ({"Retry-After": "86400"}, 86400),
    ),
)
def test_a_refusal_says_when_to_come_back(headers: dict[str, str], seconds: float) -> None:
    assert delay_after_refusal(headers) == seconds


def test_a_day_is_longer_than_our_patience() -> None:
    assert delay_after_refusal({"Retry-After": "86400"}) > MAX_DELAY


def test_when_the_servers_of_an_event_accept_the_next_request_is_known_without_asking(
    limited: FakeServer, camp: Camp
) -> None:
    camp.event(limited.base, *pads(10))
    assert seconds_until_accepted(camp.folder, lambda: camp.time) == 0
    camp.fetch()
    asked = len(limited.requests)
    assert 0 < seconds_until_accepted(camp.folder, lambda: camp.time) <= DEFAULT_WINDOW
    camp.time += DEFAULT_WINDOW
    assert seconds_until_accepted(camp.folder, lambda: camp.time) == 0
    assert len(limited.requests) == asked
