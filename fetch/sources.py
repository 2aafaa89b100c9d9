"""Etherpad's HTTP API, for those who have its key; the key travels in a POST's body and nowhere else.

A pad's text from wherever it is: Etherpad's exports, its API where exports are closed, or HedgeDoc's download.
"""

import json
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final

from fetch.changesets import Malformed
from fetch.corpus_records import FetchedPad, ManifestEntry, PadId
from fetch.errors import PadFailure
from fetch.etherpad_export import iso, read_export
from fetch.files import MAX_EXPORT, MAX_TEXT
from fetch.formats import read_html
from fetch.http import ETHERPAD, MARKDOWN, NOT_MODIFIED, OK, TEXT, Answer, Circle, Client, Locked, Refusal, body_of
from fetch.http_errors import NoConnection
from fetch.locations import Place

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


def get(client: Client, api: Api | None, place: Place, held: ManifestEntry | None) -> FetchedPad | None:
    """The pad at `place`, None where it is still as in `held`; raises PadFailure.

    `held` is the entry of a pad whose files are all there as they were kept. One request is enough for a pad of a
    healthy Etherpad: its full export, on the condition that it is not the one we have read. Its ETag alone never
    tells that a pad has changed (Etherpad changes it when an author writes elsewhere): then the revision does.
    """
    if not place.etherpad:
        return _download(client, place, held)
    try:
        return _etherpad(client, api, place, held)
    except Circle:
        lower = replace(place, name=place.name.lower())
        if lower == place:
            raise
        return _etherpad(client, api, lower, held)


def _etherpad(client: Client, api: Api | None, place: Place, held: ManifestEntry | None) -> FetchedPad | None:
    """An Etherpad's pad; raises Circle where the server keeps names in lower case (its redirect leads nowhere)."""
    if api is not None and held is not None and _same_revision(api, place, held):
        return None
    try:
        return _full(client, place, held)
    except (NoConnection, Circle):
        raise
    except PadFailure as failure:
        return _text(client, api, place, held, failure)


def _full(client: Client, place: Place, held: ManifestEntry | None) -> FetchedPad | None:
    etag = _etag(held, "etherpad")
    answer = client.get(place.export("etherpad"), MAX_EXPORT, etag)
    if _not_modified(answer, etag):
        return None
    data = body_of(answer, ETHERPAD)
    try:
        export = read_export(data)
    except Malformed as error:
        raise Refusal(f"its full export is not as Etherpad writes it ({error}).") from error
    return FetchedPad(
        text=export.text,
        form="etherpad",
        etag=answer.headers.get("ETag"),
        revision=export.revision,
        edited_at=export.edited_at,
        structure=export.structure,
        raw=data,
    )


def _text(
    client: Client, api: Api | None, place: Place, held: ManifestEntry | None, why: PadFailure
) -> FetchedPad | None:
    """The plain text, as the full export could not be had; without one either, the API's, where we have its key."""
    remarks = (f"plain text only, for of the full export: {why}",)
    try:
        etag = _etag(held, "txt")
        answer = client.get(place.export("txt"), MAX_TEXT, etag)
        if _not_modified(answer, etag):
            return None
        text = body_of(answer, TEXT).decode("utf-8", "replace").replace("\0", "\ufffd")
    except Locked:
        if api is None:
            raise
        return _by_key(api, place)
    return FetchedPad(text=text, form="txt", etag=answer.headers.get("ETag"), remarks=remarks)


def _by_key(api: Api, place: Place) -> FetchedPad:
    revision, edited_at = api.revision(place.name)
    text, structure = read_html(api.html(place.name))
    remarks = ("read through the API, as it has no public export",)
    return FetchedPad(
        text=text, form="api", revision=revision, edited_at=edited_at, structure=structure, remarks=remarks
    )


def _download(client: Client, place: Place, held: ManifestEntry | None) -> FetchedPad | None:
    etag = _etag(held, "markdown")
    answer = client.get(place.download, MAX_TEXT, etag)
    if _not_modified(answer, etag):
        return None
    text = body_of(answer, MARKDOWN).decode("utf-8", "replace").replace("\0", "\ufffd")
    return FetchedPad(text=text, form="markdown", etag=answer.headers.get("ETag"))


def _same_revision(api: Api, place: Place, held: ManifestEntry) -> bool:
    """Whether the API says that nothing was edited, which spends nothing of the exports' rate limit."""
    try:
        return held.revision is not None and api.revision(place.name) == (held.revision, held.edited_at)
    except NoConnection:
        raise
    except PadFailure:
        return False


def _not_modified(answer: Answer, etag: str | None) -> bool:
    """Whether an answer says "as you have it"; it means nothing where we did not say what we have."""
    return answer.status == NOT_MODIFIED and etag is not None


def _etag(held: ManifestEntry | None, form: str) -> str | None:
    return held.etag if held is not None and held.form == form else None
