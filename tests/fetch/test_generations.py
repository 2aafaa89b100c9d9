"""Each version of Etherpad that the table of tests/cases/fetch/etherpads describes is played, and fetched from."""

import pytest

from fetch.corpus_records import Result
from fetch.rate_limit import DEFAULT_WINDOW
from tests.support.etherpad_answers import (
    AS_JSON,
    BEYOND,
    KEY,
    LIMIT_HEADERS,
    PLAYED,
    WRONG_KEY,
    Row,
    answers_of,
    ask,
    play,
)
from tests.support.fake_server import FakeServer, Received
from tests.support.fetching import HASTY, PATIENT, Camp

CASES = [(version, row, text) for version in PLAYED for row, text in answers_of(version)]


def begin(server: FakeServer, camp: Camp, version: str, row: Row) -> None:
    """Play the version, with a clock that only the fetch's waits and slow answers move."""

    def advance(seconds: float) -> None:
        camp.time += seconds

    server.clock = lambda: camp.time
    play(server, version, row.situation, advance)


@pytest.mark.parametrize(
    ("version", "row", "text"),
    {(row, text): (version, row, text) for version, row, text in CASES if not row.needs_proxy}.values(),
    ids=str,
)
def test_the_server_of_the_tests_answers_as_the_table_says(
    server: FakeServer, camp: Camp, version: str, row: Row, text: str
) -> None:
    begin(server, camp, version, row)
    assert ask(row, server.base, server.base, HASTY.read if text == "silence" else PATIENT.read) == text


@pytest.mark.parametrize(("version", "row"), [(version, row) for version, row, _ in CASES], ids=str)
def test_a_fetch_ends_as_the_table_says(server: FakeServer, camp: Camp, version: str, row: Row) -> None:
    begin(server, camp, version, row)
    result = fetched(server, camp, row)
    outcome, _, words = row.fetch(version).partition(": ")
    asked = [is_made(row, request) for request in server.requests]
    assert any(asked) == (outcome != "not asked")
    if outcome == "not asked":
        return
    assert result.outcome == outcome.removesuffix(" after a window")
    assert words in str(result)
    assert bool(result.remarks) == bool(words)
    assert bool(camp.waits) == outcome.endswith(" after a window")
    assert sum(camp.waits) <= DEFAULT_WINDOW


def fetched(server: FakeServer, camp: Camp, row: Row) -> Result:
    """Fetch so that the request of the row is made in its situation; return the last result."""
    assert server.limit is not None
    if row.method == "POST":
        camp.event(server.base, more="[[pad]]\npad = 'no*'")
    else:
        camp.event(server.base, *(["lost"] if row.situation == LIMIT_HEADERS else []), row.name)
    server.limit.use(server.limit.size - 1 if row.situation == LIMIT_HEADERS else 0)
    server.limit.use(server.limit.size if row.situation in BEYOND else 0)
    key = {"PADHARVEST_APIKEY": "wrong" if row.situation == WRONG_KEY else KEY} if row.method == "POST" else {}
    if row.situation == "asked again":
        camp.fetch(key)
    *_, result = camp.fetch(key).values()
    return result


def is_made(row: Row, request: Received) -> bool:
    as_json = request.headers.get("Content-Type") == "application/json"
    return request.path == row.path and as_json == (row.situation == AS_JSON)
