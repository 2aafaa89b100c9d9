"""Where quotes come from: groups by initials and tone, pads by number and link, lines and concerns by anchor.

    Analysis, pads, Translation ──► Sources ──► Quote: the text of a segment with its group, line, anchor and link

What the facilitator hid is located here too (`hidden_spans`), so that it is printed nowhere.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote

from fetch.corpus_records import Pad, PadId, permanent_names
from fetch.files import file_stem
from pipeline.analysis_records import TEMPLATE_ONLY, Analysis, Concern, PadInfo
from pipeline.report.report_records import GroupMark, Quote
from pipeline.segment_records import LineRole, Segment, SegmentId
from pipeline.serialization import GROUPS_FOLDER
from pipeline.translation import Translation

Spans = Sequence[tuple[int, int]]

REPORT_PAGE = "report.html"
MOST_SEGMENTS = 5_000
"""An event with more has its lines on the pages of its groups, and report.html is an index (docs/adr/0035).

A browser reads a page of so many segments, some 4 MB, in a task of less than 200 ms.
"""

LONG = 2_000
"""Of an event with more segments, what is off screen is not drawn; others are drawn quickly as they are."""

TONES = 12
"""The pairs of colours in style.css; the initials tell groups apart, colour only helps."""

_REMEMBERED = 4096
"""So many anchors are made once only: that of a pad is part of those of its lines."""

_WORD = re.compile(r"[^\W\d_]+")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_LAST_DIGITS = re.compile(r"\d{2}(?!\d)")
_LINK_WORDS = frozenset({"and", "of", "the", "for", "in", "on", "a", "group", "team"})
_UNSAFE = re.compile(rb"[^A-Za-z0-9-]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_ADDRESS = re.compile(r"(?i:https?)://(?=[^:/])(?:[A-Za-z0-9:/.%-]|[_~](?![_~]))+")
"""A web address without a user or a password.

Doubled underscores and tildes are magic words and signatures to a wiki, so no address holds them as they are.
"""
_DOTS = frozenset({".", ".."})
"""Browsers resolve these as steps in a path, so a pad of that name cannot be linked to."""
_UNDETERMINED = frozenset({"und", "zxx", "mul", "mis"})


def hidden_spans(analysis: Analysis) -> Mapping[PadId, Spans]:
    """Return the ranges of characters that are hidden in each pad, in reading order."""
    hidden: defaultdict[PadId, list[tuple[int, int]]] = defaultdict(list)
    for segment in analysis.segments:
        if segment.role is LineRole.HIDDEN:
            hidden[segment.pad_id].append((segment.start, segment.end))
    return hidden


def line_ranges(text: str, hidden: Spans) -> Iterator[list[tuple[int, int, bool]]]:
    """Yield each line of a pad's text cut into ranges that are shown and ranges that are hidden (True)."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        yield list(_cut(start, end, hidden))
        start = end + 1


def _cut(start: int, end: int, hidden: Spans) -> Iterator[tuple[int, int, bool]]:
    done = start
    for span_start, span_end in hidden:
        first, last = max(span_start, done), min(span_end, end)
        if first >= last:
            continue
        if done < first:
            yield done, first, False
        yield first, last, True
        done = last
    if done < end or start == end:
        yield done, end, False


def group_marks(names: Sequence[str], permanent: Mapping[str, str] = MappingProxyType({})) -> tuple[GroupMark, ...]:
    """Return a mark for each group, given the names of all groups in event order; `permanent` are those of links."""
    taken: set[str] = set()
    marks = []
    for number, name in enumerate(names, start=1):
        initials = next(letters for letters in _candidates(name, number) if letters.casefold() not in taken)
        taken.add(initials.casefold())
        marks.append(
            GroupMark(
                name=name,
                number=number,
                initials=initials,
                tone=(number - 1) % TONES,
                anchor=anchor("group", permanent.get(name, name)),
                page=page_path(permanent.get(name, name)),
            )
        )
    return tuple(marks)


def page_path(group: str) -> str:
    """Return where the page of a group is among the outputs, without its ending: `groups/water`.

    `group` is the permanent name of the group; no two groups share the path.
    """
    return f"{GROUPS_FOLDER}/{file_stem(group, default='group')}"


def line_anchor(pad_id: PadId, line: int) -> str:
    """Return the id of a pad's line in report.html; no two lines share one, whatever their pads are called."""
    return f"{anchor('pad', pad_id)}-l{line}"


@lru_cache(_REMEMBERED)
def anchor(kind: str, name: str) -> str:
    """Return the id in report.html of a thing of some `kind`; a byte that ids or links cannot hold is `_2F`."""
    name_bytes = name.encode("utf-8", "surrogatepass")
    return f"{kind}-" + _UNSAFE.sub(lambda match: b"_%02X" % ord(match[0]), name_bytes).decode()


def _candidates(name: str, number: int) -> Iterator[str]:
    """Yield two letters that remind of `name`, the best first, and at last its number."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A pad with its number in the report, from 1, and the link to the revision that was read."""

    number: int
    info: PadInfo
    group: GroupMark
    url: str | None
    text: str

    def place(self, start: int, end: int) -> str:
        """Return what a quote of the pad is checked by: the pad's number and the characters, `2:120-180`."""
        return f"{self.number}:{start}-{end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The groups in event order, the pads and the segments of an analysis, as a report in one language names them.

    The lines of an event that `is_large` are on the pages of its groups, not in report.html; if it `is_long`, what is
    off screen is not drawn. `concerns` are those of each segment that is in any. Groups with `several` pads have the
    pad named beside each quote; those in `wrote` wrote more than the template, so only they could have raised a
    concern. `made` are the quotes that were made, with their segments: one is printed in many places.
    """

    groups: tuple[GroupMark, ...]
    by_pad: Mapping[PadId, Source]
    segments: Mapping[SegmentId, Segment]
    concerns: Mapping[SegmentId, Sequence[Concern]]
    several: frozenset[str]
    wrote: frozenset[str]
    is_large: bool
    is_long: bool
    translation: Translation
    made: dict[SegmentId, tuple[Segment, Quote]] = field(default_factory=dict)

    def quote(self, segment: Segment) -> Quote:
        """Return the quote of a segment, made once."""
        made = self.made.get(segment.id)
        if made is None or made[0] is not segment:
            made = self.made[segment.id] = segment, self._quote(segment)
        return made[1]

    def _quote(self, segment: Segment) -> Quote:
        source = self.by_pad[segment.pad_id]
        line = str(segment.line)
        if segment.group in self.several:
            where = self.translation.gettext("line %(line)s of %(pad)s", line=line, pad=segment.pad_id)
        else:
            where = self.translation.gettext("line %(line)s", line=line)
        return Quote(
            text=segment.text,
            language=self.language_tag(segment.language),
            at=source.place(segment.start, segment.end),
            group=source.group,
            line=segment.line,
            where=where,
            page=f"{source.group.page}.html" if self.is_large else REPORT_PAGE,
            anchor=line_anchor(segment.pad_id, segment.line),
            url=source.url,
        )

    def language_tag(self, language: str) -> str | None:
        """Return the BCP 47 tag of text in `language`, or None if it is unknown or the language of the report."""
        return language_tag(language, self.translation.language)


def language_tag(language: str, of_report: str) -> str | None:
    """Return the BCP 47 tag of text in `language`, or None if it is unknown or the language `of_report`."""
    unmarked = language in _UNDETERMINED or language == of_report or not _LANGUAGE.match(language)
    return None if unmarked else language


def find_sources(analysis: Analysis, pads: Sequence[Pad], translation: Translation, server: str | None) -> Sources:
    """Return the sources of an analysis; its pads must be among `pads`. `server` is the event's Etherpad."""
    names = [info.group for info in analysis.pads]
    marks = {mark.name: mark for mark in group_marks(list(dict.fromkeys(names)), permanent_names(analysis.pads))}
    texts = {pad.pad_id: pad.text for pad in pads}
    by_pad = {
        info.pad_id: Source(
            number=number, info=info, group=marks[info.group], url=timeslider(info, server), text=texts[info.pad_id]
        )
        for number, info in enumerate(analysis.pads, start=1)
    }
    concerns: dict[SegmentId, list[Concern]] = {}
    for concern in analysis.concerns:
        for member in concern.segment_ids:
            concerns.setdefault(member, []).append(concern)
    accounts = analysis.ledger.lines
    return Sources(
        groups=tuple(marks.values()),
        by_pad=by_pad,
        segments={segment.id: segment for segment in analysis.segments},
        concerns=concerns,
        several=frozenset(name for name in marks if names.count(name) > 1),
        wrote=frozenset(info.group for info in analysis.pads if not set(accounts[info.pad_id]) <= TEMPLATE_ONLY),
        is_large=len(analysis.segments) > MOST_SEGMENTS,
        is_long=len(analysis.segments) > LONG,
        translation=translation,
    )


def timeslider(pad: PadInfo, server: str | None) -> str | None:
    """Return the link to a pad's revision, `<server>/p/<pad>/timeslider#<rev>`, or None if it has none.

    A pad that came from a URL is on that URL's server. Only http and https are linked to, and no URL that bears a
    user's name or password.
    """
    before, slash_p, _ = pad.source.rpartition("/p/")
    base = before if slash_p and pad.source.startswith(("http://", "https://")) else server
    if pad.revision is None or base is None or not _ADDRESS.fullmatch(base) or pad.pad_id in _DOTS:
        return None
    name = quote(pad.pad_id, safe="", errors="replace").replace("~", "%7E").replace("__", "%5F%5F")
    return f"{base.rstrip('/')}/p/{name}/timeslider#{pad.revision}"
