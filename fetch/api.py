"""Etherpad's HTTP API, for those who have its key; the key travels in a POST's body and nowhere else."""

import json
from fnmatch import fnmatchcase
from typing import Final

from fetch.client import Client
from fetch.errors import PadFailure
from fetch.etherpad.export import iso
from fetch.records import PadId
from fetch.success import OK

VERSION = "1.2.7"
"""The newest version of the API that 1.8 to 3.3 all answer to, and the first with every call below."""

MAX_ANSWER = 10_000_000
BAD_KEY = 4


class Api:
    """The calls we make of one server's API; each raises PadFailure."""

    def __init__(self, client: Client, server: str, key: str) -> None:
        self.server: Final = server
        self._client: Final = client
        self._base: Final = f"{server}/api/{VERSION}/"
        self._key: Final = key

    def __repr__(self) -> str:
        return f"Api({self.server})"

    def pads_like(self, pattern: str) -> tuple[PadId, ...]:
        """The names of the server's pads that fit a pattern with `*`, sorted."""
        names = self._call("listAllPads").get("padIDs")
        found = [str(name) for name in names] if isinstance(names, list) else []
        return tuple(PadId(name) for name in sorted(found) if fnmatchcase(name, pattern))

    def revision(self, name: str) -> tuple[int, str | None]:
        """A pad's revision and when it was made, in ISO 8601."""
        revision = self._call("getRevisionsCount", name).get("revisions")
        edited = self._call("getLastEdited", name).get("lastEdited")
        if not isinstance(revision, int):
            raise PadFailure("its server's API does not tell its revision.")
        return revision, iso(edited) if isinstance(edited, int | float) else None

    def html(self, name: str) -> str:
        """A pad's text as HTML, which the API gives for pads that have no public export, too."""
        html = self._call("getHTML", name).get("html")
        if not isinstance(html, str):
            raise PadFailure("its server's API does not give its text.")
        return html

    def _call(self, function: str, name: str | None = None) -> dict[str, object]:
        form = {"apikey": self._key, **({"padID": name} if name is not None else {})}
        answer = self._client.post(self._base + function, form, MAX_ANSWER)
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or answer.status not in {OK, 401}:
            raise PadFailure(f"its server's API did not answer (HTTP {answer.status}).")
        if said.get("code") == BAD_KEY or answer.status != OK:
            raise PadFailure("its server's API does not take the key in PADHARVEST_APIKEY.")
        if said.get("code") != 0:
            raise PadFailure("its server's API does not know it.")
        data = said.get("data")
        return data if isinstance(data, dict) else {}
