"""Where a pad is: its name and addresses on a server, its id in the event, its file in the corpus."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from fetch.corpus_records import Event, ManifestEntry, PadId, PadRef
from fetch.errors import PadFailure
from fetch.files import file_stem

ENDINGS = {"markdown": ".md"}
"""The ending of a kept file, by the form of the pad; .txt for all others."""


def new_file(pad_id: PadId, form: str) -> str:
    """Return where the text of a pad that is not in the manifest is kept, relative to the event's folder."""
    return f"pads/{file_stem(pad_id, default='pad')}{ENDINGS.get(form, '.txt')}"


def pad_ids(event: Event, entries: Mapping[PadId, ManifestEntry]) -> tuple[PadId, ...]:
    """Return one id for each [[pad]], in their order.

    It is the pad's name on its server, `name@server` for pads named by a link where another pad has the same name, or
    for a file the id that the manifest's `entries` know it by, otherwise its stem.
    """
    ids = {file_stem(pad_id, default="pad"): pad_id for pad_id in entries}
    ids |= {PurePosixPath(entry.file).stem: pad_id for pad_id, entry in entries.items() if entry.file}
    withheld = {pad_id for pad_id, entry in entries.items() if not entry.file}
    names = [_name(ref, ids, withheld) for ref in event.pads]
    counts = Counter(names)
    return tuple(
        PadId(f"{name}@{urlsplit(ref.url).netloc}") if ref.url and counts[name] > 1 else PadId(name)
        for name, ref in zip(names, event.pads, strict=True)
    )


def _name(ref: PadRef, ids: Mapping[str, PadId], withheld: Collection[str]) -> str:
    if ref.file is not None:
        stem = PurePosixPath(ref.file).stem
        earlier = unquote(stem.partition("~")[0])  # earlier versions named the file of `Soil` so: Soil~1
        return ids.get(stem, earlier if earlier in withheld else stem)
    return name_in(ref.url) if ref.url is not None else normalize_name(ref.pad or "")


def normalize_name(name: str) -> str:
    """Return a pad's name as every version of Etherpad redirects to it: white space and colons become `_`."""
    return re.sub(r":+", "_", re.sub(r"\s+", "_", name))


def name_in(url: str) -> str:
    """Return the pad's name in a link: what follows `/p/` (Etherpad), else the last part of the path (HedgeDoc)."""
    path = urlsplit(url).path
    _, etherpad, rest = path.partition("/p/")
    parts = [part for part in (rest if etherpad else path).split("/") if part]
    if not parts:
        return urlsplit(url).netloc
    return normalize_name(unquote(parts[0] if etherpad else parts[-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A pad's server, with the path of its Etherpad or HedgeDoc, and the pad's name there."""

    server: str
    name: str
    etherpad: bool

    @property
    def page(self) -> str:
        """The address at which people open the pad."""
        name = self.name.replace(".", "%2E") if set(self.name) == {"."} else quote(self.name, safe="")  # "..": step up
        return f"{self.server}/p/{name}" if self.etherpad else f"{self.server}/{name}"


def place_of(event: Event, ref: PadRef) -> Place | None:
    """Return where a [[pad]] is, None for a file; raises PadFailure if its link leads to no pad."""
    if ref.pad is not None and event.server is not None:
        return Place(server=event.server, name=normalize_name(ref.pad), etherpad=True)
    return place_in(ref.url) if ref.url is not None else None


def place_in(url: str) -> Place:
    """Return where a link leads: to an Etherpad if it has `/p/`, else to a HedgeDoc or CodiMD; raises PadFailure."""
    parts = urlsplit(url)
    before, etherpad, _ = parts.path.partition("/p/")
    if not etherpad:
        before = before.rstrip("/").rpartition("/")[0]
    name = name_in(url)
    if not parts.netloc or name == parts.netloc:
        raise PadFailure("the link names no pad; open the pad and copy the address from there.")
    return Place(server=f"{parts.scheme}://{parts.netloc}{before}", name=name, etherpad=bool(etherpad))
