"""Where a pad is on the web: which software serves it, and the addresses to ask."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fetch.errors import PadFailure
from fetch.identity import name_in
from fetch.records import Event, PadRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A pad's server (with the path that Etherpad or HedgeDoc is under) and its name there."""

    server: str
    name: str
    etherpad: bool

    @property
    def page(self) -> str:
        """The pad as people open it."""
        return f"{self.server}/p/{_quoted(self.name)}" if self.etherpad else f"{self.server}/{_quoted(self.name)}"

    def export(self, form: str) -> str:
        """Etherpad's export of the pad, `form` being etherpad, txt or html."""
        return f"{self.page}/export/{form}"

    @property
    def download(self) -> str:
        """HedgeDoc's Markdown of the note."""
        return f"{self.page}/download"


def place_of(event: Event, ref: PadRef) -> Place | None:
    """Where a [[pad]] is, None for a file."""
    if ref.pad is not None and event.server is not None:
        return Place(server=event.server, name=name_in(f"{event.server}/p/{quote(ref.pad, safe='')}"), etherpad=True)
    return place_in(ref.url) if ref.url is not None else None


def place_in(url: str) -> Place:
    """Where a link leads: an Etherpad where it has `/p/`, else HedgeDoc or CodiMD; raises PadFailure."""
    parts = urlsplit(url)
    before, etherpad, _ = parts.path.partition("/p/")
    if not etherpad:
        before = before.rstrip("/").rpartition("/")[0]
    name = name_in(url)
    if not parts.netloc or name == parts.netloc:
        raise PadFailure("the link names no pad; open the pad and copy the address from there.")
    return Place(server=f"{parts.scheme}://{parts.netloc}{before}", name=name, etherpad=bool(etherpad))


def _quoted(name: str) -> str:
    """A name for a path; dots alone would be taken for a step up, by every program on the way."""
    return name.replace(".", "%2E") if set(name) == {"."} else quote(name, safe="")
