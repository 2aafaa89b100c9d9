"""Links to pads in a wiki page, a text or a list of addresses become [[pad]] entries. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from html.parser import HTMLParser

from fetch.corpus_records import PadRef
from fetch.errors import PadFailure
from fetch.locations import Place, place_in

URL = re.compile(r"https?://[^\s<>\"'\[\](){}|]+")
TRAILING = ".,;:!?*_"
"""What ends a sentence, or emphasis, rather than a link."""

MARKUP = re.compile(r"<[^<>]*>|'{2,}|[*#|=\[\]{}_`\t]+")
INNER_LINK = re.compile(r"\[\[[^\[\]|]*\|([^\[\]|]*)\]\]")
"""A wiki's link to a page of its own, with the words it shows."""

GENERIC = frozenset({"etherpad", "here", "link", "notes", "pad"})
"""Words of links that name no group; seen on wiki pages of 2015 to 2019, in tables and lists of sessions."""

LONGEST = 80
"""Characters of a group's name; what is longer is a sentence around a link, and the pad's name serves better."""

Link = tuple[str, str]
"""A link's address and the words that stand for it, empty where there are none."""


def pads_in(text: str) -> tuple[PadRef, ...]:
    """The pads that a page links to, each once, in its order; the group is what the link is called there.

    Wiki markup (`[https://… Name]`), Markdown, HTML and plain text (`Name: https://…`) are read. Only links with
    `/p/`, Etherpad's mark, are taken for pads: a page has other links as well.
    """
    links = _in_html(text) if re.search(r"<a\s[^<>]*href", text, re.IGNORECASE) else _in_text(text)
    return _refs((url, words) for url, words in links if "/p/" in url)


def pads_at(urls: Sequence[str]) -> tuple[PadRef, ...]:
    """The pads at addresses that the user named; raises PadFailure for one that is no pad's."""
    for url in urls:
        try:
            place_in(url)
        except (PadFailure, ValueError) as error:
            raise PadFailure(
                f"{url}: this is no link to a pad; it would be like https://pads.example.org/p/name."
            ) from error
    return _refs((url, "") for url in urls)


def on_one_server(refs: Sequence[PadRef]) -> tuple[str | None, tuple[PadRef, ...]]:
    """The Etherpad that most of the pads are on, and the pads with their names there instead of their links."""
    places = [place_in(ref.url or "") for ref in refs]
    servers = Counter(place.server for place in places if place.etherpad)
    if not servers:
        return None, tuple(refs)
    server = max(servers, key=lambda one: servers[one])
    return server, tuple(_named(ref, place, server) for ref, place in zip(refs, places, strict=True))


def _named(ref: PadRef, place: Place, server: str) -> PadRef:
    if not place.etherpad or place.server != server:
        return ref
    return PadRef(group="" if "*" in place.name else ref.group, pad=place.name)


def _refs(links: Iterable[Link]) -> tuple[PadRef, ...]:
    found: dict[str, PadRef] = {}
    for url, words in links:
        try:
            place = place_in(url)
        except (PadFailure, ValueError):
            continue
        plain = MARKUP.sub(" ", INNER_LINK.sub(r"\1", unescape(words)))
        group = " ".join(plain.split()).strip(" :-–—→<>()")
        usable = 0 < len(group) <= LONGEST and not URL.search(group)
        found.setdefault(place.page, PadRef(group=group if usable else place.name, url=place.page))
    return tuple(found.values())


def _in_text(text: str) -> Iterator[Link]:
    for line in text.split("\n"):
        end = 0
        for found in URL.finditer(line):
            before, after = line[end : found.start()], line[found.end() :]
            end = found.end()
            yield found[0].rstrip(TRAILING), _words(before, after)


def _words(before: str, after: str) -> str:
    """What a link in a line is called: inside its brackets (wiki), in those before it (Markdown), or before it.

    In a wiki table's row, the first cell that says something names the row.
    """
    named = after.partition("]")[0] if before.endswith("[") and "]" in after else ""
    if before.endswith("]("):
        named = before[:-2].rpartition("[")[2]
    if named.strip() and named.strip().casefold() not in GENERIC:
        return named
    cells = (cell.strip(" |[") for cell in before.split("||"))
    return next((cell for cell in cells if cell), "")


def _in_html(text: str) -> list[Link]:
    reader = _Anchors()
    reader.feed(text)
    reader.close()
    return reader.links


class _Anchors(HTMLParser):
    """The addresses and words of a page's `<a href>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
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
            self.links[-1] = url, (words + data)[: 2 * LONGEST]
