"""The table of what each version of Etherpad answers (tests/cases/fetch/etherpads): read, played and asked for.

`play` lets the server of the tests answer as the table says, `ask` tells what a server, played or real, does answer.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, unquote

import requests
from requests.adapters import HTTPAdapter

from tests.support.fake_server import ETHERPAD, TXT, FakeServer, RateLimit, Reaction, answer, export, redirect, silence
from tests.support.pad_writer import PadWriter, written

_FILE = Path(__file__).parents[1] / "cases" / "fetch" / "etherpads" / "answers.txt"

PLAYED = ("1.4.1", "1.8.14", "1.9.7", "2.0.3", "2.5.3", "3.3.1")
"""The versions that the server of the tests plays."""

KEY = "only-for-tests"
LOGIN = ("u1", "pw1")
READ_ONLY = "r.0123456789abcdef"
GROUP_PAD = "g.0123456789abcdef$notes"

PAGE = "<!DOCTYPE html><title>Error</title>"
OK = 200

FOR_ALL = frozenset({"behind a login", "stopped, a proxy in front"})
"""Situations in which every request is answered alike."""

BEYOND = frozenset({"beyond the limit", "beyond it, nginx in front", "beyond it, Apache in front"})
"""Situations in which the limit of exports is used up."""

LIMIT_HEADERS = "the last within the limit"
WITH_KEY = "with the key"
AS_INSTALLED = "with the key, SSO as installed"
LOWER_CASE = "where names are in lower case"
AS_JSON = "with the key, as JSON"
WRONG_KEY = "with a wrong key"

ENOUGH = 30
"""Exports that are more than the limit allows, even if a window ends meanwhile."""

WITH_LOGIN = frozenset({LIMIT_HEADERS, LOWER_CASE}) | BEYOND
ON_STRICT = frozenset({"behind a login", AS_INSTALLED}) | WITH_LOGIN
"""Situations of a server as it is installed, but with a login and names in lower case."""


def lost() -> PadWriter:
    """A pad one of whose revisions the database has lost."""
    pad = written("one\ntwo\n")
    pad.revisions[1] = None
    return pad


PADS: Final[Mapping[str, PadWriter]] = {
    "notes": written("one\ntwo\n"),
    "lost": lost(),
    "two_words": written("two words\n"),
    "secret": written("shown to readers\n"),
    GROUP_PAD: written("among us\n"),
}
RECORDS: Final[Mapping[str, object]] = {f"readonly2pad:{READ_ONLY}": "secret", "pad2readonly:secret": READ_ONLY}


@dataclass(frozen=True)
class Row:
    """A request in a situation, with what is answered and what comes of a fetch, by the version that began to do so."""

    request: str
    situation: str
    answers: Mapping[str, str] = field(hash=False)
    fetches: Mapping[str, str] = field(hash=False)

    @property
    def method(self) -> str:
        return self.request.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.request.partition(" ")[2]

    @property
    def name(self) -> str:
        """The name of the pad that is asked for; for other requests, of one that is there."""
        return unquote(self.path.split("/")[2]) if self.path.startswith("/p/") else "notes"

    @property
    def needs_proxy(self) -> bool:
        return "in front" in self.situation

    def answer(self, version: str) -> str | None:
        """What a version answers; None if the table does not say."""
        return _of(self.answers, version)

    def fetch(self, version: str) -> str:
        found = _of(self.fetches, version)
        assert found is not None, (self, version)
        return found

    def __str__(self) -> str:
        return f"{self.request} {self.situation}".strip()


def _of(by_version: Mapping[str, str], version: str) -> str | None:
    earlier = [since for since in by_version if _numbers(since) <= _numbers(version)]
    return by_version[max(earlier, key=_numbers)] if earlier else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split("."))


def _by_version(cell: str) -> dict[str, str]:
    if not cell[0].isdigit():
        return {"0": cell}
    parts = (part.partition(": ") for part in cell.split("; "))
    return {since: text for since, _, text in parts}


def _rows() -> tuple[Row, ...]:
    _, *lines = _FILE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line]
    return tuple(
        Row(request, situation, _by_version(answers), _by_version(fetches))
        for request, situation, answers, fetches in cells
    )


ROWS: Final = _rows()


def play(server: FakeServer, version: str, situation: str, advance: Callable[[float], None]) -> None:
    """Let a server answer as that version does, in a situation of the table; `advance` moves the server's clock."""
    reactions = {(row.path, row.situation): _reaction(row, text, advance) for row, text in answers_of(version)}
    mine = next(reaction for (_, known), reaction in reactions.items() if known == situation)

    def react(request: BaseHTTPRequestHandler) -> None:
        here = _situation(request, server.requests[-1].body, situation)
        reaction = mine if situation in FOR_ALL else reactions.get((request.path, here)) or reactions[request.path, ""]
        reaction(request)

    for row, text in answers_of(version):
        if text.startswith("302 "):  # relative, and so Etherpad redirects in circles
            reactions[f"{row.path.rpartition('/')[0]}/{text[4:]}", row.situation] = redirect(text[4:])
    for name, pad in PADS.items():
        reactions.setdefault((f"/p/{quote(name)}/export/etherpad", ""), export(pad, name))
        reactions.setdefault((f"/p/{quote(name)}/export/txt", ""), answer(pad.text))
    server.reactions = {path: react for path, _ in reactions}
    server.limit = RateLimit(server.clock, refusal=mine if situation in BEYOND else silence)
    for row, text in answers_of(version):
        if row.situation == LIMIT_HEADERS:
            server.limit.names = tuple(text.split())


def row_of(request: str, situation: str = "") -> Row:
    return next(row for row in ROWS if (row.request, row.situation) == (request, situation))


def answers_of(version: str) -> list[tuple[Row, str]]:
    """The rows that say something of a version, with what they say."""
    return [(row, text) for row in ROWS if (text := row.answer(version)) is not None]


def _situation(request: BaseHTTPRequestHandler, body: bytes, played: str) -> str:
    """The situation of a request, as far as the request itself shows it."""
    if not request.path.startswith("/api/"):
        return "asked again" if request.headers["If-None-Match"] else played if played == LOWER_CASE else ""
    if request.headers["Content-Type"] == "application/json":
        return AS_JSON
    if parse_qs(body.decode())["apikey"] != [KEY]:
        return WRONG_KEY
    return AS_INSTALLED if played == AS_INSTALLED else WITH_KEY


def _reaction(row: Row, text: str, advance: Callable[[float], None]) -> Reaction:
    """The reaction that a cell of the table means."""
    what, _, seconds = text.removesuffix(" s").partition(" after ")
    word, *more = what.split()
    if word == "silence":
        return silence
    if word == "export":
        return _export(row.name, row.path, more)
    if word.startswith("X-"):  # the headers are the limit's own
        return silence
    if int(word) in {301, 302}:
        return redirect(*more)
    if "code" in more:
        code = int(more[-1])
        content = {"code": code, "message": "", "data": None if code else {"padIDs": ["notes"]}}
        return answer(json.dumps(content), "application/json", int(word), attached=False)
    headers = {"Retry-After": "90"} if "Retry-After" in more else {}
    kind = "application/health+json" if "health+json" in more else "text/html"
    plain = answer("" if word == "304" else PAGE, kind, int(word), attached=False, headers=headers)

    def late(request: BaseHTTPRequestHandler) -> None:
        advance(float(seconds or 0))
        plain(request)

    return late


def _export(name: str, path: str, more: Sequence[str]) -> Reaction:
    """An attachment of the type that was asked for; `more` is `of NAME` or `of N revisions`, if it is another."""
    if not path.endswith("/etherpad"):
        return answer(PADS[name].text, TXT)
    if more[-1:] == ["revisions"]:
        return answer(json.dumps({f"pad:{name}": {"head": int(more[1]) - 1}}), ETHERPAD)
    pad = PADS["secret" if name == READ_ONLY else name]
    return export(pad, more[-1] if more else name)


def ask(row: Row, opened: str, strict: str, seconds: float) -> str:
    """Make the request of a row to a server, and return what it answers in the words of the table.

    `opened` is the address of one that takes the API's key and has no limit of exports, `strict` that of one as it is
    installed, but behind a login and with names in lower case. No answer within `seconds` is silence.
    """
    with requests.Session() as session:
        session.mount("http://", _OtherAddress(2 + ROWS.index(row)))
        send = partial(session.request, timeout=seconds, allow_redirects=False)
        try:
            return _answer(_ask(row, send, opened, strict), row)
        except requests.ReadTimeout:
            return "silence"


class _OtherAddress(HTTPAdapter):
    """Asks from another address of this machine, which has a limit of exports of its own."""

    def __init__(self, number: int) -> None:
        self._number = number
        super().__init__()

    def init_poolmanager(self, *arguments: object, **named: object) -> None:
        source = (f"127.0.0.{self._number}", 0)
        super().init_poolmanager(*arguments, source_address=source, **named)  # type: ignore[arg-type]


def _ask(row: Row, send: Callable[..., requests.Response], opened: str, strict: str) -> requests.Response:
    """Make the request of a row, after others that its situation needs."""
    url = (strict if row.situation in ON_STRICT else opened) + row.path
    how: dict[str, object] = {}
    if row.situation in WITH_LOGIN:
        how = {"auth": LOGIN}
    if row.situation in BEYOND:
        for _ in range(ENOUGH):
            if send(row.method, url, **how).status_code != OK:
                break
    if row.situation == "asked again":
        how = {"headers": {"If-None-Match": send(row.method, url).headers["ETag"]}}
    if row.method == "POST":
        key = {"apikey": "wrong" if row.situation == WRONG_KEY else KEY}
        how = {"json" if row.situation == AS_JSON else "data": key}
    return send(row.method, url, **how)


def _answer(response: requests.Response, row: Row) -> str:
    """An answer in the words of the table."""
    if row.situation == LIMIT_HEADERS:
        return " ".join(sorted(name for name in response.headers if "ratelimit" in name.lower()))
    if response.status_code == OK and "Content-Disposition" in response.headers:
        return f"export{_of_what(response, row)}"
    words = [str(response.status_code)]
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind == "application/json":
        words.append(f"code {response.json()['code']}")
    elif response.status_code == OK:
        words.append(kind.partition("/")[2])
    words += ["Retry-After"] if "Retry-After" in response.headers else []
    words += [response.headers["Location"]] if "Location" in response.headers else []
    return " ".join(words)


def _of_what(response: requests.Response, row: Row) -> str:
    """What a full export is of, if that is not simply the pad that was asked for."""
    if not row.path.endswith("/etherpad"):
        return ""
    key, pad = next((key, pad) for key, pad in response.json().items() if key.count(":") == 1 and key[:4] == "pad:")
    if row.path.count("/") > len(("", "p", "export", "etherpad")):
        return f" of {pad['head'] + 1} revisions"
    return "" if key == f"pad:{row.name}" else f" of {key[4:]}"
