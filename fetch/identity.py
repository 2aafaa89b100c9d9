"""Which pad a [[pad]] of event.toml means: its id, from a name, a link or a file."""

import re
from collections import Counter
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from fetch.padname import pad_id_of
from fetch.records import Event, PadId, PadRef


def pad_ids(event: Event) -> tuple[PadId, ...]:
    """One id per [[pad]], in their order.

    Usually the pad's name on its server, or the stem of its file. Where two servers have a pad of the same name,
    those named by a link are called `name@server`.
    """
    names = [_name(ref) for ref in event.pads]
    often = Counter(names)
    return tuple(
        PadId(f"{name}@{urlsplit(ref.url).netloc}") if ref.url and often[name] > 1 else PadId(name)
        for name, ref in zip(names, event.pads, strict=True)
    )


def id_of_file(path: PurePosixPath) -> PadId:
    """The id of a pad that is known as a file: its stem, or what `fetch` made that stem from."""
    return pad_id_of(path.stem) or PadId(path.stem)


def normal(name: str) -> str:
    """A pad's name as Etherpad's server would redirect to: white space and colons become `_` (all versions)."""
    return re.sub(r":+", "_", re.sub(r"\s+", "_", name))


def name_in(url: str) -> str:
    """The pad's name in a link: what follows `/p/` (Etherpad), else the last part of the path (HedgeDoc)."""
    path = urlsplit(url).path
    _, etherpad, rest = path.partition("/p/")
    parts = [part for part in (rest if etherpad else path).split("/") if part]
    if not parts:
        return urlsplit(url).netloc
    return normal(unquote(parts[0] if etherpad else parts[-1]))


def _name(ref: PadRef) -> str:
    if ref.file is not None:
        return id_of_file(PurePosixPath(ref.file))
    return name_in(ref.url) if ref.url is not None else normal(ref.pad or "")
