"""Exported files become pads of an event: copied into corpus/<event>/pads/, in the manifest and in event.toml."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from fetch import disk
from fetch.errors import PadFailure
from fetch.eventedit import event_text, with_pads, write_event
from fetch.eventfile import EVENT_FILE, parse_event
from fetch.identity import id_of_file, pad_ids
from fetch.judge import Origin, file_of, judge
from fetch.outcome import Result, failed
from fetch.reading import FORMS, bytes_of, form_of, read
from fetch.records import Event, PadId, PadRef, Publish
from fetch.store import Store, opened


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
