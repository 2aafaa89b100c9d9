"""An event begins, or grows: pads known by their links, or found by their names, are written into event.toml.

The pads that a user names: by links, or by a page, on disk or on the web, that links to them.

Exported files become pads of an event: copied into corpus/<event>/pads/, in the manifest and in event.toml.
"""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from fetch import files as disk
from fetch.corpus_records import Event, PadId, PadRef, Publish, Result, failed
from fetch.errors import PadFailure, UserMistake
from fetch.event_file import EVENT_FILE, event_text, parse_event, with_pads, write_event
from fetch.files import decode
from fetch.formats import FORMS, bytes_of, form_of, read
from fetch.http import OK, Client, Credentials, Transport
from fetch.http_errors import Limits
from fetch.links import on_one_server, pads_at, pads_in
from fetch.locations import id_of_file, normal, pad_ids, place_of
from fetch.sources import Api
from fetch.store import Origin, Store, file_of, judge, opened


def begin(folder: Path, refs: Sequence[PadRef], now: dt.datetime) -> tuple[PadRef, ...]:
    """Write the pads (with links) that event.toml does not name yet into it; gives those back.

    It is made where there is none. Raises FetchError.
    """
    server, named = on_one_server(refs)
    text = event_text(folder, now, server)
    event = parse_event(text, folder / EVENT_FILE)
    fresh = tuple(_new(event, refs if event.server != server else named))
    write_event(folder, with_pads(text, folder / EVENT_FILE, fresh))
    return fresh


def grow(folder: Path, event: Event, api: Api) -> Event:
    """The event with the pads that its patterns find on its server, event.toml having them, too; raises FetchError."""
    known = {place.name for ref in event.pads if (place := place_of(event, ref)) and place.server == event.server}
    fresh = []
    for pattern in event.patterns:
        start = pattern.partition("*")[0]
        for name in map(normal, api.pads_like(pattern)):
            if name not in known:
                known.add(name)
                fresh.append(PadRef(group=name.removeprefix(start).strip("-_. ") or name, pad=name))
    if not fresh:
        return event
    path = folder / EVENT_FILE
    text = with_pads(path.read_text(encoding="utf-8-sig"), path, fresh)
    write_event(folder, text)
    return parse_event(text, path)


def _new(event: Event, refs: Sequence[PadRef]) -> list[PadRef]:
    places = {place.page for ref in event.pads if (place := place_of(event, ref))}
    return [
        ref
        for ref in refs
        if (place := place_of(event, ref)) and place.page not in places and place.name not in event.patterns
    ]


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


@dataclass(slots=True, kw_only=True)
class _Adding:
    """One run of `add`: whose ids are taken by which source, and the [[pad]] entries to come."""

    store: Store
    publish: Publish
    now: str
    taken: dict[str, str]
    named: frozenset[str]
    refs: list[PadRef] = field(default_factory=list)


def add(folder: Path, paths: Sequence[Path], now: dt.datetime) -> Iterator[Result]:
    """Copy files, and folders' files that end like notes, into the event in `folder`; a result per file, as it is done.

    The event.toml is made where there is none (title: the folder's name, date: that of `now`), and gets a [[pad]] per
    file that it does not name, with the file's stem for its group. Raises FetchError where the event as a whole
    cannot be read or written.
    """
    text = event_text(folder, now)
    event = parse_event(text, folder / EVENT_FILE)
    with opened(folder) as store:
        run = _Adding(
            store=store,
            publish=event.publish,
            now=now.isoformat(timespec="seconds"),
            taken=_taken(event),
            named=frozenset(ref.file for ref in event.pads if ref.file),
        )
        for path in paths:
            for file in _files(path):
                yield file if isinstance(file, Result) else _add_file(run, file)
        if run.refs or not (folder / EVENT_FILE).exists():
            write_event(folder, with_pads(text, folder / EVENT_FILE, run.refs))


def _taken(event: Event) -> dict[str, str]:
    """The place that each pad's id belongs to, ids without their case: groups that differ by it mislead a reader."""
    places = ((ref.file or ref.url or f"{event.server}/p/{ref.pad}") for ref in event.pads)
    return {pad_id.casefold(): place for pad_id, place in zip(pad_ids(event), places, strict=True)}


def _files(path: Path) -> Iterator[Path | Result]:
    """The files that a path means; a folder means those in it that end like notes, in the order of their names."""
    if not path.is_dir():
        yield path
        return
    try:
        inside = sorted(one for one in path.iterdir() if not one.name.startswith("."))
    except OSError as error:
        yield failed(str(path), f"this folder cannot be read: {disk.reason(error)}")
        return
    if not inside:
        yield failed(str(path), "this folder is empty")
    for one in inside:
        if one.is_dir():
            yield failed(str(one), "it is a folder inside a folder and was left out; name it as well")
        elif form_of(one) is None:
            yield failed(str(one), f"it was left out, for it ends in none of {', '.join(FORMS)}")
        else:
            yield one


def _add_file(run: _Adding, path: Path) -> Result:
    """Copy one file in, as UTF-8."""
    try:
        file, pad_id = _place(run, path)
        got = read(bytes_of(path), str(form_of(path)))
        origin = Origin(pad_id=pad_id, source=f"file:{path.name}", now=run.now)
        verdict = judge(origin, run.store.entries.get(pad_id), got, run.publish)
        outcome = run.store.keep(verdict, got)
    except PadFailure as failure:
        return failed(str(path), str(failure))
    except OSError as error:
        return failed(str(path), f"it cannot be kept: {disk.reason(error)}")
    if file not in run.named:
        run.refs.append(PadRef(group=path.stem, file=file))
    remarks = got.remarks if verdict.why is None else (f"{verdict.why}; nothing of it is kept",)
    return Result(name=str(path), outcome=outcome, remarks=remarks)


def _place(run: _Adding, path: Path) -> tuple[str, PadId]:
    """The file in pads/ that a file becomes, and its pad's id; raises PadFailure where another pad has that name."""
    form = form_of(path)
    if form is None:
        raise PadFailure(f"it ends in none of {', '.join(FORMS)}; export the notes as plain text")
    file = file_of(PadId(path.stem), form)
    pad_id = id_of_file(PurePosixPath(file))
    other = run.taken.setdefault(pad_id.casefold(), file)
    if other != file:
        raise PadFailure(f"the event has a pad of that name already ({other}); rename the file")
    return file, pad_id
