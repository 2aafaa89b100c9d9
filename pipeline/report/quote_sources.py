"""What the facilitator hid: where it stands in the pads, so that it is printed nowhere.

What things are told apart by: groups by initials and tone, lines and concerns by anchors.

Where quotes stand: from a segment to a `Quote` with its group, its line's anchor and its link to the server.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fetch.corpus_records import Pad, PadId
from pipeline.analysis_records import Account, Analysis, LineRole, PadInfo, Segment
from pipeline.report.report_records import GroupMark, Quote

Spans = Sequence[tuple[int, int]]


def hidden_spans(analysis: Analysis) -> Mapping[PadId, Spans]:
    """Where hidden quotes stand in each pad, in reading order; a pad without any has none."""
    found: defaultdict[PadId, list[tuple[int, int]]] = defaultdict(list)
    for segment in analysis.segments:
        if segment.role is LineRole.HIDDEN:
            found[segment.pad_id].append((segment.start, segment.end))
    return found


def parts(start: int, end: int, hidden: Spans) -> Iterator[tuple[int, int, bool]]:
    """`start` to `end` of a pad's text cut into what is shown and what is hidden (True), in order, none of it empty."""
    done = start
    for first, last in hidden:
        first, last = max(first, done), min(last, end)  # noqa: PLW2901 - the part of the span that is left
        if first >= last:
            continue
        if done < first:
            yield done, first, False
        yield first, last, True
        done = last
    if done < end:
        yield done, end, False


TONES = 12
"""As many pairs of colours as style.css has; the initials tell groups apart, colour only helps."""

_WORD = re.compile(r"[^\W\d_]+")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_LAST_DIGITS = re.compile(r"\d{2}(?!\d)")
_LINK_WORDS = frozenset({"and", "of", "the", "for", "in", "on", "a", "group", "team"})
_UNSAFE = re.compile(rb"[^A-Za-z0-9-]")


def group_marks(names: Sequence[str]) -> tuple[GroupMark, ...]:
    """A mark for each group, given all their names in event order."""
    taken: set[str] = set()
    marks = []
    for number, name in enumerate(names, start=1):
        initials = next(found for found in _candidates(name, number) if found.casefold() not in taken)
        taken.add(initials.casefold())
        marks.append(
            GroupMark(
                name=name, number=number, initials=initials, tone=(number - 1) % TONES, anchor=_anchor("group", name)
            )
        )
    return tuple(marks)


def line_anchor(pad_id: PadId, line: int) -> str:
    """The id of a pad's line in report.html; no two lines share one, whatever their pads are called."""
    return f"{_anchor('pad', pad_id)}-l{line}"


def concern_anchor(concern_id: str) -> str:
    """The id of a concern's card in report.html."""
    return _anchor("concern", concern_id)


def name_list_anchor(label: str) -> str:
    """The id of a list of names in report.html."""
    return _anchor("names", label)


def _anchor(kind: str, name: str) -> str:
    """`kind` and `name` in letters that ids, links and selectors leave alone; a byte of another is `_2F`."""
    return (
        f"{kind}-" + _UNSAFE.sub(lambda match: b"_%02X" % ord(match[0]), name.encode("utf-8", "surrogatepass")).decode()
    )


def _candidates(name: str, number: int) -> Iterator[str]:
    """Two letters that remind of `name`, the best first; its number if all are taken."""
    words = [word for word in _WORD.findall(name) if word.casefold() not in _LINK_WORDS] or _WORD.findall(name)
    for digits in _SHORT_NUMBER.findall(name) if words else ():
        yield words[0][0].upper() + digits
    for other in words[1:]:
        yield words[0][0].upper() + other[0].upper()
    for word in words:
        for letter in word[1:]:
            yield word[0].upper() + letter.lower()
    for digits in _LAST_DIGITS.findall(name) if words else ():
        yield words[0][0].upper() + digits
    yield str(number)


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
