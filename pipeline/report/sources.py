"""Where quotes stand: from a segment to a `Quote` with its group, its line's anchor and its link to the server."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fetch.records import Pad, PadId
from pipeline.records import Account, Analysis, PadInfo, Segment
from pipeline.report.marks import group_marks, line_anchor
from pipeline.report.quote import GroupMark, Quote

REPORT_LANGUAGE = "en"
TEMPLATE_ONLY = frozenset({Account.PROMPT, Account.HEADING, Account.BOILERPLATE, Account.EMPTY})
"""A pad that holds no other lines has nothing of its group's own."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_ADDRESS = r"(?:[A-Za-z0-9:/.%-]|[_~](?![_~]))+"
"""Doubled underscores and tildes are magic words and signatures to a wiki, so no address holds them as they are."""
_DOTS = frozenset({".", ".."})
"""Browsers take these steps up before they ask, so such a pad cannot be linked to."""
_UNDETERMINED = frozenset({"und", "zxx", "mul", "mis"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A pad as quotes name it: its number in the report from 1, its group, its link, and its text."""

    number: int
    info: PadInfo
    group: GroupMark
    url: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All pads of an analysis by id, and the groups in event order."""

    groups: tuple[GroupMark, ...]
    by_pad: Mapping[PadId, Source]
    several: frozenset[str]
    """Groups that wrote more than one pad: their quotes name the pad."""
    wrote: frozenset[str]
    """Groups that wrote more than the template: only these could have raised a concern."""

    def quote(self, segment: Segment) -> Quote:
        """`segment` as it is printed, with where it stands."""
        source = self.by_pad[segment.pad_id]
        pad = f" of {segment.pad_id}" if segment.group in self.several else ""
        return Quote(
            text=segment.text,
            language=language_tag(segment.language),
            at=place(source, segment.start, segment.end),
            group=source.group,
            line=segment.line,
            where=f"line {segment.line}{pad}",
            anchor=line_anchor(segment.pad_id, segment.line),
            url=source.url,
        )


def sources(analysis: Analysis, pads: Sequence[Pad], server: str | None) -> Sources:
    """The sources of an analysis; its pads must be among `pads`. `server` is the event's Etherpad."""
    names = [info.group for info in analysis.pads]
    marks = {mark.name: mark for mark in group_marks(list(dict.fromkeys(names)))}
    texts = {pad.pad_id: pad.text for pad in pads}
    return Sources(
        groups=tuple(marks.values()),
        by_pad={
            info.pad_id: Source(
                number=number,
                info=info,
                group=marks[info.group],
                url=timeslider(info, server),
                text=texts[info.pad_id],
            )
            for number, info in enumerate(analysis.pads, start=1)
        },
        several=frozenset(name for name in marks if names.count(name) > 1),
        wrote=frozenset(
            info.group for info in analysis.pads if not set(analysis.ledger.lines[info.pad_id]) <= TEMPLATE_ONLY
        ),
    )


def place(source: Source, start: int, end: int) -> str:
    """What a quote is proofread by: the pad's number and the characters, `2:120-180`."""
    return f"{source.number}:{start}-{end}"


def language_tag(language: str) -> str | None:
    """A BCP 47 tag for text that is not in the report's language; none where the language is not known."""
    if language in _UNDETERMINED or language == REPORT_LANGUAGE or not _LANGUAGE.match(language):
        return None
    return language


def timeslider(pad: PadInfo, server: str | None) -> str | None:
    """The link to the quoted revision of a pad: `<server>/p/<pad>/timeslider#<rev>`; none where it is not known.

    A pad that came from a URL is on that URL's server. Only http and https are linked to, and no URL that bears a
    user's name or password.
    """
    before, slash_p, _ = pad.source.rpartition("/p/")
    base = before if slash_p and pad.source.startswith(("http://", "https://")) else server
    if pad.revision is None or base is None or not _is_plain(base) or pad.pad_id in _DOTS:
        return None
    name = quote(pad.pad_id, safe="", errors="replace").replace("~", "%7E").replace("__", "%5F%5F")
    return f"{base.rstrip('/')}/p/{name}/timeslider#{pad.revision}"


def _is_plain(url: str) -> bool:
    """Whether `url` is an http(s) address and nothing that could act as more than one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and re.fullmatch(_ADDRESS, url) is not None
    )
