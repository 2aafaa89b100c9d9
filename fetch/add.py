"""Pads that a user names are added to an event: links in event.toml, exported files in the corpus as well.

links or a page (wiki, HTML, Markdown, plain text) ──► collect_links ──► add_links ──► event.toml
names with *, at each fetch ──► add_matching_pads ──► event.toml
exported files ──► add_files ──► pads/, manifest.json, event.toml
"""

import datetime as dt
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from pathlib import Path

from fetch.corpus_records import Event, PadId, PadRef, Result, failed
from fetch.errors import PadFailure, UserMistake
from fetch.event_file import EVENT_FILE, add_pads, is_address, parse_event, read_or_begin, write_event
from fetch.files import MAX_TEXT, decode_file, describe_os_error, read_bytes, read_plain
from fetch.formats import FORMS, TolerantParser, form_of, read_file, read_pad
from fetch.http import OK, Client, Credentials, Limits, Transport
from fetch.locations import normalize_name, pad_ids, place_in, place_of
from fetch.rate_limit import RateLimits
from fetch.sources import Api
from fetch.store import KeepOptions, Store, file_of, open_store

URL = re.compile(r"https?://[^\s<>\"'\[\](){}|]+")
TRAILING = ".,;:!?*_"
"""Characters that end a sentence or emphasis rather than a link."""

MARKUP = re.compile(r"<[^<>]*>|'{2,}|[*#|=\[\]{}_`\t]+")
INNER_LINK = re.compile(r"\[\[[^\[\]|]*\|([^\[\]|]*)\]\]")
"""A wiki's link to a page of its own, with the words that it shows."""

GENERIC = frozenset({"etherpad", "here", "link", "notes", "pad"})
"""Words of links that name no group; seen on wiki pages of 2015 to 2019, in tables and lists of sessions."""

MAX_GROUP = 80
"""Characters of a group's name; longer text is a sentence around a link, and the pad's name serves better."""

Link = tuple[str, str]
"""A link's address and the words that name it, which may be empty."""


def collect_links(urls: Sequence[str], page: str | None) -> tuple[PadRef, ...]:
    """Return the pads at `urls` and those that `page` links to, each once; raises UserMistake if there are none.

    `page` is a file or an address of the web.
    """
    refs = {ref.url: ref for ref in pads_at(urls)}
    if page is not None:
        try:
            linked = find_pads(decode_file(_read_page(page)).text)
        except PadFailure as failure:
            raise UserMistake(f"{page}: {str(failure).rstrip('.')}.") from failure
        if not linked:
            raise UserMistake(f"{page}: links to no pad; their addresses would have /p/ in them.")
        refs |= {ref.url: ref for ref in linked if ref.url not in refs}
    if not refs:
        raise UserMistake("Name the event's pads: links to them, or --links with a page that has them.")
    return tuple(refs.values())


def _read_page(page: str) -> bytes:
    if not page.startswith(("http://", "https://")):
        return read_bytes(Path(page), MAX_TEXT)
    transport = Transport(Credentials(), Limits(), time.time)
    response = Client(transport, RateLimits(None, time.time), time.sleep, lambda _: None).get(page, MAX_TEXT)
    if response.status != OK:
        raise PadFailure(f"its server could not give it (HTTP {response.status})")
    return response.body


def find_pads(text: str) -> tuple[PadRef, ...]:
    """Return the pads that a page links to, each once, in its order; the group is what the link is called there.

    Wiki markup (`[https://… Name]`), Markdown, HTML and plain text (`Name: https://…`) are read. Only links with
    `/p/`, as Etherpad has them, count as pads: a page has other links as well.
    """
    links: Iterable[Link] = _links_in_text(text)
    if re.search(r"<a\s[^<>]*href", text, re.IGNORECASE):
        reader = _LinkReader()
        reader.parse(text)
        links = reader.links
    return _refs((url, words) for url, words in links if "/p/" in url)


def pads_at(urls: Sequence[str]) -> tuple[PadRef, ...]:
    """Return the pads at addresses that the user named; raises UserMistake for one that leads to no pad."""
    return _refs(((url, "") for url in urls), strict=True)


def most_common_server(refs: Sequence[PadRef]) -> tuple[str | None, tuple[PadRef, ...]]:
    """Return the Etherpad that most of the pads are on, and the pads with their names there instead of their links."""
    places = [place_in(ref.url or "") for ref in refs]
    servers = Counter(place.server for place in places if place.etherpad)
    server = servers.most_common(1)[0][0] if servers else None
    by_name = tuple(
        PadRef(group="" if "*" in place.name else ref.group, pad=place.name)
        if place.etherpad and place.server == server
        else ref
        for ref, place in zip(refs, places, strict=True)
    )
    return server, by_name


def _refs(links: Iterable[Link], *, strict: bool = False) -> tuple[PadRef, ...]:
    refs: dict[str, PadRef] = {}
    for url, words in links:
        try:
            place = place_in(url)
        except (PadFailure, ValueError) as error:
            if strict:
                raise UserMistake(f"{url}: is not a link to a pad, like https://pads.example.org/p/name.") from error
            continue
        if not (strict or is_address(place.page)):
            continue
        plain = MARKUP.sub(" ", INNER_LINK.sub(r"\1", unescape(words)))
        group = " ".join(plain.split()).strip(" :-–—→<>()")
        usable = 0 < len(group) <= MAX_GROUP and not URL.search(group)
        refs.setdefault(place.page, PadRef(group=group if usable else place.name, url=place.page))
    return tuple(refs.values())


def _links_in_text(text: str) -> Iterator[Link]:
    for line in text.split("\n"):
        end = 0
        for match in URL.finditer(line):
            before, after = line[end : match.start()], line[match.end() :]
            end = match.end()
            yield match[0].rstrip(TRAILING), _words_of_link(before, after)


def _words_of_link(before: str, after: str) -> str:
    """Return what a link in a line is called: inside its brackets (wiki), in those before it (Markdown), or before it.

    In a row of a wiki table, the first cell that is not empty names the row.
    """
    words = after.partition("]")[0] if before.endswith("[") and "]" in after else ""
    if before.endswith("]("):
        words = before[:-2].rpartition("[")[2]
    if words.strip() and words.strip().casefold() not in GENERIC:
        return words
    cells = (cell.strip(" |[") for cell in before.split("||"))
    return next((cell for cell in cells if cell), "")


class _LinkReader(TolerantParser):
    """Collects the addresses and words of a page's `<a href>`."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._inside = True
            self.links.append((dict(attrs).get("href") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._inside:
            url, words = self.links[-1]
            self.links[-1] = url, (words + data)[: 2 * MAX_GROUP]


def add_links(folder: Path, refs: Sequence[PadRef]) -> tuple[PadRef, ...]:
    """Write the pads at links into event.toml, which is begun if there is none; return those that were not in it.

    Raises UserMistake and FetchError.
    """
    server, by_name = most_common_server(refs)
    text = read_or_begin(folder, server)
    event = parse_event(text, folder / EVENT_FILE)
    pages = {place.page for ref in event.pads if (place := place_of(event, ref))}
    new = tuple(
        ref
        for ref in (refs if event.server != server else by_name)
        if (place := place_of(event, ref)) and place.page not in pages and place.name not in event.patterns
    )
    write_event(folder, add_pads(text, folder / EVENT_FILE, new))
    return new


def add_matching_pads(folder: Path, event: Event, api: Api) -> Event:
    """Write the pads that the event's patterns match on its server into event.toml, and return the event with them.

    Raises PadFailure if the server does not list its pads, and FetchError if event.toml cannot be extended.
    """
    known = {place.name for ref in event.pads if (place := place_of(event, ref)) and place.server == event.server}
    new = []
    for pattern in event.patterns:
        start = pattern.partition("*")[0]
        for name in map(normalize_name, api.find_pads(pattern)):
            if name not in known:
                known.add(name)
                new.append(PadRef(group=name.removeprefix(start).strip("-_. ") or name, pad=name))
    if not new:
        return event
    path = folder / EVENT_FILE
    text = add_pads(read_plain(path, inside=folder).decode("utf-8-sig"), path, new)
    write_event(folder, text)
    return parse_event(text, path)


def add_files(folder: Path, paths: Sequence[Path], now: dt.datetime) -> Iterator[Result]:
    """Copy exported files, and those in folders, into the event in `folder`; yield a result for each when it is done.

    event.toml is begun if there is none (title: the folder's name; no date, as files do not tell the event's), and gets
    a [[pad]] for each file that it does not name, with the file's stem as the group. `now` is the time of the copy.
    Raises UserMistake and FetchError.
    """
    text = read_or_begin(folder)
    event = parse_event(text, folder / EVENT_FILE)
    options = KeepOptions(publish=event.publish, now=now.isoformat(timespec="seconds"))
    with open_store(folder) as store:
        taken = _taken_ids(event, store)
        refs: dict[str, PadRef] = {}
        for path in paths:
            try:
                files = _files_in(path)
            except PadFailure as failure:
                yield failed(str(path), str(failure))
                continue
            for file in files:
                yield _add_file(store, file, options, taken, refs)
        named = {ref.file for ref in event.pads}
        new = [ref for file, ref in refs.items() if file not in named]
        if new or not (folder / EVENT_FILE).exists():
            write_event(folder, add_pads(text, folder / EVENT_FILE, new))


def _taken_ids(event: Event, store: Store) -> dict[str, str]:
    """Return what each pad id of the event stands for; ids without case, as groups that differ by it mislead."""
    places = ((ref.file or ref.url or f"{event.server}/p/{ref.pad}") for ref in event.pads)
    ids = pad_ids(event, store.entries)
    return {pad_id.casefold(): place for pad_id, place in zip(ids, places, strict=True)}


def _files_in(path: Path) -> tuple[Path, ...]:
    """Return the files that a path stands for, in a folder all that are not hidden; raises PadFailure with a clause."""
    if not path.is_dir():
        return (path,)
    try:
        files = sorted(file for file in path.iterdir() if not file.name.startswith("."))
    except OSError as error:
        raise PadFailure(f"this folder cannot be read: {describe_os_error(error)}") from error
    if not files:
        raise PadFailure("this folder is empty")
    return tuple(files)


def _form_to_add(path: Path) -> str:
    """Return the form of a file that can be added; raises PadFailure, with a clause."""
    if path.is_dir():
        raise PadFailure("it is a folder inside a folder and was left out; name it as well")
    try:
        path.name.encode()
    except UnicodeEncodeError as error:
        raise PadFailure("its name is not UTF-8; rename the file") from error
    form = form_of(path)
    if form is None:
        raise PadFailure(f"it ends in none of {', '.join(FORMS)}; export the notes as plain text")
    return form


def _add_file(store: Store, path: Path, options: KeepOptions, taken: dict[str, str], refs: dict[str, PadRef]) -> Result:
    """Copy one file; its id is added to `taken`, and its [[pad]] to `refs`."""
    try:
        form = _form_to_add(path)
    except PadFailure as failure:
        return failed(str(path), str(failure))
    pad_id = PadId(path.stem)
    file = file_of(pad_id, form, store.entries.get(pad_id))
    other = taken.setdefault(pad_id.casefold(), file)
    if other != file:
        return failed(str(path), f"the event has a pad of that name already ({other}); rename the file")
    try:
        result = store.keep(str(path), pad_id, f"file:{path.name}", read_pad(read_file(path), form), options)
    except PadFailure as failure:
        return failed(str(path), str(failure))
    except OSError as error:
        return failed(str(path), f"it cannot be kept: {describe_os_error(error)}")
    refs[file] = PadRef(group=path.stem, file=file)
    return result
