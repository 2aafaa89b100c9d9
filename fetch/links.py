"""Links to pads, in a wiki page, HTML, Markdown or plain text or as a list of addresses, become [[pad]] entries."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from html.parser import HTMLParser

from fetch.corpus_records import PadRef
from fetch.errors import PadFailure, UserMistake
from fetch.locations import place_in

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


def find_pads(text: str) -> tuple[PadRef, ...]:
    """Return the pads that a page links to, each once, in its order; the group is what the link is called there.

    Wiki markup (`[https://… Name]`), Markdown, HTML and plain text (`Name: https://…`) are read. Only links with
    `/p/`, as Etherpad has them, count as pads: a page has other links as well.
    """
    links: Iterable[Link] = _links_in_text(text)
    if re.search(r"<a\s[^<>]*href", text, re.IGNORECASE):
        reader = _LinkReader()
        reader.feed(text)
        reader.close()
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


class _LinkReader(HTMLParser):
    """Collects the addresses and words of a page's `<a href>`."""

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
            self.links[-1] = url, (words + data)[: 2 * MAX_GROUP]
