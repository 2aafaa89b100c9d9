"""From many short texts to the few that stand for them: copies with small edits are told from mere neighbours.

From the recurring lines of each pad, in order, to those that keep their place among the others.

From all pads' rows to the template's sentences that each group filled in: the same words around another name.

From lines and known prompts to the lines that ask the same in a few more or other letters.

From all pads' rows to the lines of their shared template: prompts, and what else recurs but nobody said.

A line counts where it stands in at least 3 groups' pads, or in half of them where there are fewer than 6 (never fewer
than 2). Groups agree in words too: "more money" in three pads is a concern, not a template. So a statement must also
stand in most pads, or keep its place beside other lines of the template.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto
from itertools import pairwise
from math import ceil
from statistics import median

from pipeline.analysis_records import LineRole
from pipeline.segment.lines import Row, Shape, Sheet
from pipeline.text import frame, is_question, normalize, strip_emphasis

LIKENESS = 0.9  # difflib's ratio; a typing error or two in a line of ten words
_ENDS = 3  # words at either end, one of which a small edit leaves alone
_BUCKET = 8  # leaders compared at most, which keeps the whole linear
_SHORT, _LONG = 4, 60  # words; shorter lines are too easily alike, longer ones too dear to compare


def alike(one: str, other: str) -> bool:
    """Whether two normal forms are the same but for small edits."""
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    if 2 * shorter < LIKENESS * (shorter + longer) or not _share_words(one, other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= LIKENESS and matcher.ratio() >= LIKENESS


def leaders(texts: Iterable[str]) -> dict[str, str]:
    """For each text the one it is a copy of, maybe itself; earlier texts lead, so give the commonest first."""
    led: dict[str, str] = {}
    buckets: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for text in texts:
        if text in led:
            continue
        parts = text.split()
        led[text] = text
        if not _SHORT <= len(parts) <= _LONG:
            continue
        ends = (("", *parts[:_ENDS]), (*parts[-_ENDS:], ""))
        seen = dict.fromkeys(leader for end in ends for leader in buckets[end])
        found = next((leader for leader in seen if alike(text, leader)), None)
        if found is not None:
            led[text] = found
            continue
        for end in ends:
            if len(buckets[end]) < _BUCKET:
                buckets[end].append(text)
    return led


def _share_words(one: str, other: str) -> bool:
    """A cheap test first: all words but one in four are the same."""
    parts, others = one.split(), set(other.split())
    return sum(part in others for part in parts) >= len(parts) - max(1, len(parts) // 4)


class Look(Enum):
    """What a recurring line looks like, its place apart."""

    HEADING = auto()
    QUESTION = auto()
    FIELD = auto()  # a label with a number or nothing behind it
    LABEL = auto()  # a few words and a colon
    LEAD = auto()  # a sentence and a colon
    LINE = auto()  # a few words by themselves
    STATEMENT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Lines that stand next to the same recurring line in several groups' pads.

    `touching`: directly above or below it. `anchored`: statements in a run of such statements that a heading or the
    like belongs to. `following`: next to it when the lines that do not recur are left out.
    """

    touching: frozenset[str]
    anchored: frozenset[str]
    following: frozenset[str]


def find_in_order(sequences: Sequence[tuple[str, Sequence[str]]], need: int, looks: Mapping[str, Look]) -> Order:
    """The order of lines, from (group, lines from top to bottom, "" for one that does not recur) per pad."""
    beside = _pairs([(group, lines) for group, lines in sequences], need)
    after = _pairs([(group, list(dict.fromkeys(filter(None, lines)))) for group, lines in sequences], need)
    return Order(
        touching=frozenset(line for pair in beside for line in pair),
        anchored=_anchored(beside, looks),
        following=frozenset(line for pair in after for line in pair),
    )


def _pairs(sequences: Sequence[tuple[str, Sequence[str]]], need: int) -> list[tuple[str, str]]:
    """The pairs of lines, one after the other, found in at least `need` groups."""
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for group, lines in sequences:
        for one, other in pairwise(lines):
            if one and other and one != other:
                groups[one, other].add(group)
    return [pair for pair, found in groups.items() if len(found) >= need]


def _anchored(beside: Sequence[tuple[str, str]], looks: Mapping[str, Look]) -> frozenset[str]:
    """The statements that touch another, in a run that something else than a statement touches."""
    near: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in beside:
        near[one].append(other)
        near[other].append(one)
    paired = {line for line in near if _states(line, looks) and any(_states(other, looks) for other in near[line])}
    reached = [line for line in paired if any(not _states(other, looks) for other in near[line])]
    anchored = set(reached)
    while reached:
        for other in near[reached.pop()]:
            if other in paired and other not in anchored:
                anchored.add(other)
                reached.append(other)
    return frozenset(anchored)


def _states(line: str, looks: Mapping[str, Look]) -> bool:
    return looks[line] is Look.STATEMENT


_RUN = 8  # words in a row that several groups share; so many are no coincidence
_SHARE = 0.6  # of the line; the rest is what they filled in
_LEAST, _THIRD = 3, 3  # groups that must share them, and their part of all


def framed(sheets: Sequence[Sheet]) -> Iterator[tuple[int, int]]:
    """The places of the lines that are mostly a frame found in the pads of a third of the groups, and of 3 at least."""
    need = max(_LEAST, ceil(len({sheet.pad.group for sheet in sheets}) / _THIRD))
    lines = [
        (s, r, runs)
        for s, sheet in enumerate(sheets)
        for r, row in enumerate(sheet.rows)
        if row.shape in {Shape.ITEM, Shape.TEXT} and (runs := _runs(row.text))
    ]
    groups = Counter(run for run, _ in {(run, sheets[s].pad.group) for s, _, runs in lines for run in runs})
    for s, r, runs in lines:
        shared = [at for at, run in enumerate(runs) if groups[run] >= need]
        covered = {word for at in shared for word in range(at, at + _RUN)}
        if len(covered) >= _SHARE * (len(runs) + _RUN - 1):
            yield s, r


def _runs(text: str) -> list[int]:
    """The hashes of every eight words in a row: only whether two are the same is ever asked of them."""
    parts = frame(text).split()
    return [hash(tuple(parts[at : at + _RUN])) for at in range(len(parts) - _RUN + 1)]


_NUMBER = re.compile(r"\d+")
_ASIDE = re.compile(r"[(\[][^()\[\]]{1,80}[)\]]$")
_PREFIX = 3  # words; a heading that begins like a shorter prompt may be another


def match_named_prompts(texts: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    """The normal forms of the lines that event.toml's prompts name, small edits allowed, with its wording."""
    known = {normalize(strip_emphasis(name)): name.strip() for name in names if normalize(name)}
    found = dict(known)
    for text in dict.fromkeys(map(normalize, texts)):
        for key, name in known.items():
            if alike(key, text) and digits(key) == digits(text):
                found.setdefault(text, name)
    return found


def match_extended_prompt(row: Row, text: str, wording: Mapping[str, str]) -> str | None:
    """The prompt that a line is but for a bracket behind it, or that a heading begins with ("What now? / Was nun?")."""
    bare = _ASIDE.sub("", text.rstrip())
    if bare != text and normalize(bare) in wording:
        return wording[normalize(bare)]
    parts = normalize(text).split() if row.rank else []
    starts = (" ".join(parts[:count]) for count in range(len(parts) - 1, _PREFIX - 1, -1))
    return next((wording[start] for start in starts if start in wording), None)


def digits(text: str) -> tuple[str, ...]:
    """The numbers in a text: "Goal 1" and "Goal 2" are two prompts."""
    return tuple(_NUMBER.findall(text))


_ELIGIBLE = frozenset({Shape.HEADING, Shape.ITEM, Shape.TEXT})
_MANY, _ENOUGH, _SMALL = 6, 3, 2
_LABEL_WORDS, _LINE_WORDS = 6, 8
_LONG_recurring = 8  # words; shorter statements are written twice without being copied
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


def find_template(sheets: Sequence[Sheet], named: Sequence[str]) -> Template:
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
    asked = match_named_prompts(tally.texts.values(), named)
    wording |= asked
    for (sheet, row), text in tally.texts.items():
        form = normalize(text)
        if form not in wording and (prompt := match_extended_prompt(sheets[sheet].rows[row], text, wording)):
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
            (s, r): strip_emphasis(row.said)
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
        self.order = find_in_order(self._sequences(), self.need, self.looks)

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
            best.setdefault(digits(text), text)
        return {normalize(text): best[digits(text)] for text in texts}

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
        if len(leader.split()) < _LONG_recurring:
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
