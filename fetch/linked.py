"""The pads that a user names: by links, or by a page, on disk or on the web, that links to them."""

import time
from collections.abc import Sequence
from pathlib import Path

from fetch import disk
from fetch.client import Client
from fetch.credentials import Credentials
from fetch.decode import decode
from fetch.errors import PadFailure, UserMistake
from fetch.faults import Limits
from fetch.links import pads_at, pads_in
from fetch.records import PadRef
from fetch.success import OK
from fetch.transport import Transport


def linked_pads(urls: Sequence[str], page: str | None) -> tuple[PadRef, ...]:
    """The pads behind `urls` and those that `page` links to, each once; raises UserMistake where there are none."""
    try:
        named = pads_at(urls)
        linked = pads_in(_text(page)) if page is not None else ()
    except PadFailure as failure:
        raise UserMistake(f"{failure}") from failure
    if page is not None and not linked:
        raise UserMistake(f"{page}: links to no pad; their addresses would have /p/ in them.")
    known = {ref.url for ref in named}
    refs = (*named, *(ref for ref in linked if ref.url not in known))
    if not refs:
        raise UserMistake("Name the event's pads: links to them, or --links with a page that has them.")
    return refs


def _text(page: str) -> str:
    """The page's text; raises PadFailure with a sentence."""
    try:
        return decode(_bytes(page)).text
    except PadFailure as failure:
        raise PadFailure(f"{page}: {str(failure).rstrip('.')}.") from failure


def _bytes(page: str) -> bytes:
    if not page.startswith(("http://", "https://")):
        return disk.read_bytes(Path(page), disk.MAX_TEXT)
    client = Client(Transport(Credentials(), Limits()), time.sleep, lambda _: None)
    answer = client.get(page, disk.MAX_TEXT)
    if answer.status != OK:
        raise PadFailure(f"its server could not give it (HTTP {answer.status})")
    return answer.body
