"""A pad's text from wherever it is: Etherpad's exports, its API where exports are closed, or HedgeDoc's download."""

from dataclasses import replace

from fetch.api import Api
from fetch.client import Circle, Client
from fetch.disk import MAX_EXPORT, MAX_TEXT
from fetch.errors import PadFailure
from fetch.etherpad import read_export
from fetch.etherpad.changeset import Malformed
from fetch.faults import NoConnection
from fetch.html import read_html
from fetch.judge import Got
from fetch.place import Place
from fetch.records import ManifestEntry
from fetch.success import ETHERPAD, MARKDOWN, NOT_MODIFIED, TEXT, Locked, Refusal, body_of
from fetch.transport import Answer


def get(client: Client, api: Api | None, place: Place, held: ManifestEntry | None) -> Got | None:
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


def _etherpad(client: Client, api: Api | None, place: Place, held: ManifestEntry | None) -> Got | None:
    """An Etherpad's pad; raises Circle where the server keeps names in lower case (its redirect leads nowhere)."""
    if api is not None and held is not None and _same_revision(api, place, held):
        return None
    try:
        return _full(client, place, held)
    except (NoConnection, Circle):
        raise
    except PadFailure as failure:
        return _text(client, api, place, held, failure)


def _full(client: Client, place: Place, held: ManifestEntry | None) -> Got | None:
    etag = _etag(held, "etherpad")
    answer = client.get(place.export("etherpad"), MAX_EXPORT, etag)
    if _not_modified(answer, etag):
        return None
    data = body_of(answer, ETHERPAD)
    try:
        export = read_export(data)
    except Malformed as error:
        raise Refusal(f"its full export is not as Etherpad writes it ({error}).") from error
    return Got(
        text=export.text,
        form="etherpad",
        etag=answer.headers.get("ETag"),
        revision=export.revision,
        edited_at=export.edited_at,
        structure=export.structure,
        raw=data,
    )


def _text(client: Client, api: Api | None, place: Place, held: ManifestEntry | None, why: PadFailure) -> Got | None:
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
    return Got(text=text, form="txt", etag=answer.headers.get("ETag"), remarks=remarks)


def _by_key(api: Api, place: Place) -> Got:
    revision, edited_at = api.revision(place.name)
    text, structure = read_html(api.html(place.name))
    remarks = ("read through the API, as it has no public export",)
    return Got(text=text, form="api", revision=revision, edited_at=edited_at, structure=structure, remarks=remarks)


def _download(client: Client, place: Place, held: ManifestEntry | None) -> Got | None:
    etag = _etag(held, "markdown")
    answer = client.get(place.download, MAX_TEXT, etag)
    if _not_modified(answer, etag):
        return None
    text = body_of(answer, MARKDOWN).decode("utf-8", "replace").replace("\0", "\ufffd")
    return Got(text=text, form="markdown", etag=answer.headers.get("ETag"))


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
