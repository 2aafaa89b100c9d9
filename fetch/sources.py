"""A pad from its server: Etherpad's full export or plain text, its HTTP API, or HedgeDoc's download.

fetch_pad ──► full export ──(fails)──► plain text ──(fails)──┐
         │         └──(forbidden)──► the API, with the server's key
         └──► HedgeDoc's download
"""

import json
import re
from contextlib import suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final, Literal

from fetch.corpus_records import (
    FetchedPad,
    ManifestEntry,
    PadId,
    TextRemark,
    TextRemarkKind,
    remarks_on_characters,
)
from fetch.errors import PadFailure
from fetch.etherpad_export import iso_time, read_export
from fetch.files import MAX_EXPORT, MAX_TEXT, count_lone_surrogates, decode, without_surrogates
from fetch.formats import structure_from_html
from fetch.http import NOT_MODIFIED, OK, Client, Gone, Locked, NoConnection, RedirectLoop, Response, content_of
from fetch.locations import Place

TEXT = ("text/plain",)
ETHERPAD = ("application/octet-stream", "application/json")
MARKDOWN = ("text/markdown", "text/x-markdown", "text/plain")

API_VERSION = "1.2.7"
"""The newest version of the API that Etherpad 1.8 to 3.3 all answer to, and the first with every call below."""

MAX_LIST = 200_000_000
"""Bytes of the list of all pads, which Etherpad gives in one piece: some five million names."""

WRONG_KEY = 4

REFUSED_KEY = (
    "its server's API does not accept the key in PADHARVEST_APIKEY; since Etherpad 2.1, it takes keys only with "
    '"authenticationMethod": "apikey" in its settings.'
)

CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
"""Of a Content-Type (RFC 9110, 8.3.2)."""

ETAG = re.compile(r'(W/)?"[!#-~\x80-\xff]*"')
"""RFC 9110, 8.8.3; the manifest, where it is kept, may have been edited or come from elsewhere."""


class Api:
    """Calls of one server's HTTP API; each raises PadFailure. The key is sent in the body of a POST, never in a URL."""

    def __init__(self, client: Client, server: str, key: str) -> None:
        self.server: Final = server
        self._client: Final = client
        self._base: Final = f"{server}/api/{API_VERSION}/"
        self._key: Final = key
        self._names: list[str] | None = None

    def find_pads(self, pattern: str) -> tuple[PadId, ...]:
        """Return the names of the server's pads that match a pattern with `*`, sorted."""
        if self._names is None:  # asked for once, however many patterns there are
            names = self._call("listAllPads", max_bytes=MAX_LIST).get("padIDs")
            self._names = sorted(map(str, names)) if isinstance(names, list) else []
        return tuple(PadId(name) for name in self._names if fnmatchcase(name, pattern))

    def revision(self, name: str) -> tuple[int, str | None]:
        """Return a pad's revision and its time in ISO 8601."""
        revision = self._call("getRevisionsCount", name).get("revisions")
        edited = self._call("getLastEdited", name).get("lastEdited")
        if not isinstance(revision, int):
            raise PadFailure("its server's API does not give its revision.")
        return revision, iso_time(edited) if isinstance(edited, int | float) else None

    def text(self, name: str, form: Literal["text", "html"] = "text") -> str:
        """Return a pad's plain text, to the character as its export would be, or its HTML; both without an export.

        Lone surrogates are those of the pad.
        """
        text = self._call({"text": "getText", "html": "getHTML"}[form], name).get(form)
        if not isinstance(text, str):
            raise PadFailure("its server's API does not give its text.")
        return text

    def _call(self, function: str, name: str | None = None, max_bytes: int = MAX_TEXT) -> dict[str, object]:
        form = {"apikey": self._key, **({"padID": name} if name is not None else {})}
        response = self._client.post(self._base + function, form, max_bytes)
        try:
            answer = json.loads(response.body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or response.status not in {OK, 401}:
            raise PadFailure(f"its server's API did not answer (HTTP {response.status}).")
        if answer.get("code") == WRONG_KEY or response.status != OK:
            raise PadFailure(REFUSED_KEY)
        if answer.get("code") != 0:
            raise PadFailure("its server's API does not know it.")
        data = answer.get("data")
        return data if isinstance(data, dict) else {}


def fetch_pad(client: Client, api: Api | None, place: Place, held: ManifestEntry | None) -> FetchedPad | None:
    """Return the pad at `place`, or None if it is still as in `held`; raises PadFailure.

    `held` is the entry of a pad whose files are all as they were kept. A healthy Etherpad needs one request: for the
    full export, unless its ETag is that of the export kept. A new ETag is no evidence of a change (Etherpad changes it
    when an author writes in another pad); the revision is.
    """
    if not place.etherpad:
        response = _get(client, f"{place.page}/download", MAX_TEXT, held, "markdown")
        return _text_pad(response, "markdown", MARKDOWN) if response else None
    try:
        return _fetch_from_etherpad(client, api, place, held)
    except RedirectLoop:  # some servers keep names in lower case, and their redirects there lead nowhere
        lower = replace(place, name=place.name.lower())
        if lower == place:
            raise
        return _fetch_from_etherpad(client, api, lower, held)


def _fetch_from_etherpad(
    client: Client, api: Api | None, place: Place, held: ManifestEntry | None
) -> FetchedPad | None:
    if api is not None and held is not None and _has_revision(api, place, held):
        return None
    try:
        response = _get(client, f"{place.page}/export/etherpad", MAX_EXPORT, held, "etherpad")
        return read_export(content_of(response, ETHERPAD), response.headers.get("ETag")) if response else None
    except (NoConnection, RedirectLoop):
        raise
    except Locked:  # the plain text is behind the same lock, and to ask for it would count towards the limit, too
        if api is None:
            raise
        return _fetch_with_key(api, place, "as it has no public export")
    except PadFailure as failure:
        why = f"the full export failed: {failure}"
    try:
        response = _get(client, f"{place.page}/export/txt", MAX_TEXT, held, "txt")
        pad = _text_pad(response, "txt", TEXT) if response else None
    except (NoConnection, RedirectLoop, Gone):
        raise
    except PadFailure:
        if api is not None:
            with suppress(PadFailure):
                return _fetch_with_key(api, place, f"as {why}")
        raise
    return _plain(pad, why) if pad else None


def _plain(pad: FetchedPad, why: str) -> FetchedPad:
    """Return a pad whose structure is not known with a remark on that; `why` is a clause."""
    remark = TextRemark(kind=TextRemarkKind.PLAIN_TEXT)
    return replace(pad, text_remarks=(remark, *pad.text_remarks), remarks=(*pad.remarks, why))


def _has_revision(api: Api, place: Place, held: ManifestEntry) -> bool:
    """Return whether the API says that nothing was edited, which does not count towards the limit of exports."""
    with suppress(PadFailure):
        return held.revision is not None and api.revision(place.name) == (held.revision, held.edited_at)
    return False


def _fetch_with_key(api: Api, place: Place, why: str) -> FetchedPad:
    """Return a pad with its plain text, and with the structure that its HTML has if both are of the same lines."""
    revision, edited_at = api.revision(place.name)
    written = api.text(place.name)
    text = without_surrogates(written)
    pad = FetchedPad(
        text=text,
        form="api",
        revision=revision,
        edited_at=edited_at,
        remarks=(f"read through the API, {why}",),
        text_remarks=remarks_on_characters(text, count_lone_surrogates(written)),
    )
    try:
        structure = structure_from_html(text, api.text(place.name, "html"))
    except PadFailure as failure:
        return _plain(pad, f"the API did not give its HTML: {failure}")
    return replace(pad, structure=structure) if structure else _plain(pad, "the API's HTML has other lines")


def _get(client: Client, url: str, max_bytes: int, held: ManifestEntry | None, form: str) -> Response | None:
    """Return the answer, or None if it says that the pad is as in `held`, which counts only if it was asked that."""
    etag = held.etag if held is not None and held.form == form and ETAG.fullmatch(held.etag or "") else None
    response = client.get(url, max_bytes, etag)
    return None if response.status == NOT_MODIFIED and etag is not None else response


def _text_pad(response: Response, form: str, types: tuple[str, ...]) -> FetchedPad:
    body = content_of(response, types)
    charset = CHARSET.search(response.headers.get("Content-Type", ""))
    decoded = decode(body, charset[1] if charset else None)
    return FetchedPad(
        text=decoded.text,
        form=form,
        etag=response.headers.get("ETag"),
        remarks=decoded.remarks,
        text_remarks=decoded.text_remarks,
    )
