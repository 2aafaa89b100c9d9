"""From all pads' rows to the lines of their shared template: prompts, and what else recurs but nobody said.

A line counts where it stands in at least 3 groups' pads, or in half of them where there are fewer than 6 (never fewer
than 2). Groups agree in words too: "more money" in three pads is a concern, not a template. So a statement must also
stand in most pads, or keep its place beside other lines of the template.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from pipeline.records import LineRole
from pipeline.segment import order, prompts
from pipeline.segment.frames import framed
from pipeline.segment.near import leaders
from pipeline.segment.order import Look
from pipeline.segment.rows import Row, Shape, Sheet
from pipeline.segment.words import frame, is_question, normal, plain

_ELIGIBLE = frozenset({Shape.HEADING, Shape.ITEM, Shape.TEXT})
_MANY, _ENOUGH, _SMALL = 6, 3, 2
_LABEL_WORDS, _LINE_WORDS = 6, 8
_LONG = 8  # words; shorter statements are written twice without being copied
_MOST = 0.6  # share of the groups in which even a short statement is the template's
_TOP, _GOES_ON = 12, 3  # written lines; how many times its height a pad is long

_FIELD = re.compile(r"[^:]{1,60}:\s?[\W\d]*[\d?][\W\d]*")
_HANDLE = re.compile(r"@\S+")

Place = tuple[int, int]
"""Which sheet, and which of its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`roles[sheet][row]` is prompt or boilerplate; `wording` gives a prompt's text for the normal form of a line."""

    roles: tuple[dict[int, LineRole], ...]
    wording: dict[str, str]


def find(sheets: Sequence[Sheet], named: Sequence[str]) -> Template:
    """The template that the pads share; `named` prompts belong to it wherever they stand."""
    tally = _Tally(sheets)
    roles: tuple[dict[int, LineRole], ...] = tuple({} for _ in sheets)
    wording: dict[str, str] = {}
    for leader, places in tally.places.items():
        if role := tally.role(leader):
            wording |= tally.wording(leader) if role is LineRole.PROMPT else {}
            for sheet, row in places:
                roles[sheet][row] = role
    for place in framed(sheets):
        if not tally.recurs(place):
            roles[place[0]].setdefault(place[1], LineRole.BOILERPLATE)
    asked = prompts.named(tally.texts.values(), named)
    wording |= asked
    for (sheet, row), text in tally.texts.items():
        form = normal(text)
        if form not in wording and (prompt := prompts.extended(sheets[sheet].rows[row], text, wording)):
            asked[form] = prompt
        if form in asked:
            roles[sheet][row] = LineRole.PROMPT
    return Template(roles=roles, wording=wording | asked)


def needed(groups: int) -> int:
    """In how many groups' pads a line must stand to be the template's."""
    return _ENOUGH if groups >= _MANY else max(_SMALL, ceil(groups / 2))


class _Tally:
    """Where each line stands, copies with small edits counted as one, and in how many groups."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets
        self.groups = len({sheet.pad.group for sheet in sheets})
        self.need = needed(self.groups)
        self.texts = {
            (s, r): plain(row.said)
            for s, sheet in enumerate(sheets)
            for r, row in enumerate(sheet.rows)
            if row.shape in _ELIGIBLE and r not in sheet.routine
        }
        self.keys = {place: key for place, text in self.texts.items() if (key := _key(text)).strip("0 ")}
        common = Counter(key for key, _ in {(key, self._group(place)): None for place, key in self.keys.items()})
        self.leader = leaders(key for key, _ in sorted(common.items(), key=lambda item: -item[1]))
        self.places: defaultdict[str, list[Place]] = defaultdict(list)
        for place, key in self.keys.items():
            self.places[self.leader[key]].append(place)
        self.spread = {leader: len({self._group(place) for place in places}) for leader, places in self.places.items()}
        self.titles = {(s, _title(sheet)) for s, sheet in enumerate(sheets)}
        self.looks = {
            leader: Counter(_look(self._row(place)) for place in places).most_common(1)[0][0]
            for leader, places in self.places.items()
        }
        written = [[r for r, row in enumerate(sheet.rows) if row.text] for sheet in sheets]
        self.lengths = [len(rows) for rows in written]
        self.heights = {(s, r): height for s, rows in enumerate(written) for height, r in enumerate(rows)}
        self.order = order.find(self._sequences(), self.need, self.looks)

    def _group(self, place: Place) -> str:
        return self.sheets[place[0]].pad.group

    def _row(self, place: Place) -> Row:
        return self.sheets[place[0]].rows[place[1]]

    def _sequences(self) -> list[tuple[str, list[str]]]:
        """Each pad's group and its written lines in order, "" for those that do not recur enough."""
        return [
            (sheet.pad.group, [self.recurs((s, r)) for r, row in enumerate(sheet.rows) if row.text])
            for s, sheet in enumerate(self.sheets)
        ]

    def recurs(self, place: Place) -> str:
        """The line that stands for the one at a place, if that recurs enough; else ""."""
        leader = self.leader[self.keys[place]] if place in self.keys else ""
        return leader if leader and self.spread[leader] >= self.need else ""

    def wording(self, leader: str) -> dict[str, str]:
        """A prompt as most pads word it, by each of its normal forms; "Goal 1" and "Goal 2" are two prompts."""
        texts = [self.texts[place] for place in self.places[leader]]
        best: dict[tuple[str, ...], str] = {}
        for text, _ in Counter(texts).most_common():
            best.setdefault(prompts.digits(text), text)
        return {normal(text): best[prompts.digits(text)] for text in texts}

    def role(self, leader: str) -> LineRole | None:
        """What a recurring line is; none if it does not recur enough to be the template's, or is the pads' title."""
        places = self.places[leader]
        if self.spread[leader] < self.need or all(place in self.titles for place in places):
            return None
        look = self.looks[leader]
        if look is Look.STATEMENT:
            return LineRole.BOILERPLATE if self._is_kept(leader) else None
        if look is Look.FIELD:
            return LineRole.BOILERPLATE
        if look in {Look.QUESTION, Look.LINE} and leader not in self.order.following:
            everywhere = self._is_everywhere(leader, _ENOUGH if look is Look.QUESTION else _MANY)
            return LineRole.PROMPT if everywhere else None
        if look is Look.LEAD:
            under = sum(self._is_under_heading(place) for place in places)
            return LineRole.BOILERPLATE if 2 * under > len(places) else LineRole.PROMPT
        return LineRole.PROMPT

    def _is_kept(self, leader: str) -> bool:
        """Whether a recurring statement is the template's rather than a thought of several groups."""
        if len(leader.split()) < _LONG:
            return leader in self.order.anchored or self._is_everywhere(leader, _MANY)
        kept = leader in self.order.touching or self._is_on_top(leader)
        return kept or 2 * self.spread[leader] >= self.groups > _SMALL

    def _is_everywhere(self, leader: str, least: int) -> bool:
        """Whether a line stands in most pads, of at least so many groups."""
        return self.groups >= least and self.spread[leader] > _MOST * self.groups

    def _is_on_top(self, leader: str) -> bool:
        """Whether a line stands among the first of its pads, and they go on for long after it."""
        places = self.places[leader]
        return median(self.heights[place] for place in places) < _TOP and all(
            _GOES_ON * (self.heights[place] + 1) <= self.lengths[place[0]] for place in places
        )

    def _is_under_heading(self, place: Place) -> bool:
        rows = self.sheets[place[0]].rows
        above = next((rows[r] for r in range(place[1] - 1, -1, -1) if rows[r].shape is not Shape.BLANK), None)
        return above is not None and above.shape is Shape.HEADING


def _key(text: str) -> str:
    """What copies of a line agree in; a speaker's handle alone is no template, however often they speak."""
    return "" if _HANDLE.fullmatch(text) else frame(text).removesuffix(" 0")


def _look(row: Row) -> Look:
    count, bare = len(row.text.split()), row.text.strip("*_ ")
    if row.rank:
        return Look.HEADING
    if _FIELD.fullmatch(bare):
        return Look.FIELD
    if is_question(row.text):
        return Look.QUESTION
    if bare.endswith((":", "：")):
        return Look.LABEL if count <= _LABEL_WORDS else Look.LEAD
    loose = row.shape is Shape.TEXT and not row.level and not bare.startswith("(")
    return Look.LINE if loose and count <= _LINE_WORDS and not bare.endswith((".", "!")) else Look.STATEMENT


def _title(sheet: Sheet) -> int:
    """The row of a pad's own title, -1 if there is none: a first heading, above the others or right over one."""
    written = [r for r, row in enumerate(sheet.rows) if row.text and row.shape in _ELIGIBLE]
    first, second = (*written[:2], -1, -1)[:2]
    if first < 0 or not sheet.rows[first].rank or is_question(sheet.rows[first].text):
        return -1
    others = [sheet.rows[r].rank for r in written[1:] if sheet.rows[r].rank]
    above = others and sheet.rows[first].rank < min(others)
    return first if above or (second >= 0 and (sheet.rows[second].rank or second in sheet.routine)) else -1
