"""Find the template that the pads of an event share: its prompts, and boilerplate that no group wrote itself.

lines -> mask       numbers, dates and addresses, in which copies of one line differ
      -> cluster    copies with small edits count as one line
      -> recurring  lines in at least 3 groups' pads, or in half of them if there are fewer than 6 (at least 2)
      -> adjacency  recurring lines that are next to each other in several pads
      -> role       prompt, boilerplate, or neither
      -> filled in  lines that are mostly a sentence of the template around a name are boilerplate
      -> named      lines that event.toml names are prompts wherever they are

Groups agree in words too: "more money" in three pads is a concern, not a template. So a statement must also be in most
pads, or keep its place beside other lines of the template.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, pairwise
from math import ceil
from statistics import median

from rapidfuzz import fuzz

from pipeline.segment.lines import LineType, ParsedLine, ParsedPad
from pipeline.segment_records import LineRole
from pipeline.text import is_question, mask_variables, normalize, strip_emphasis

Place = tuple[int, int]
"""Indices of a pad and of a line in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`roles[pad][line]` is prompt or boilerplate; `wording` maps the normal form of a line to its prompt's text."""

    roles: tuple[dict[int, LineRole], ...]
    wording: dict[str, str]


def find_template(pads: Sequence[ParsedPad], named: Sequence[str]) -> Template:
    """Return the template that the pads share; `named` prompts belong to it wherever they are."""
    recurring = _RecurringLines(pads)
    roles: tuple[dict[int, LineRole], ...] = tuple({} for _ in pads)
    wording: dict[str, str] = {}
    for key, places in recurring.places.items():
        if role := recurring.role(key):
            wording |= recurring.wording(key) if role is LineRole.PROMPT else {}
            for pad, line in places:
                roles[pad][line] = role
    for pad, line in _find_filled_in(pads):
        if not recurring.key_at((pad, line)):
            roles[pad].setdefault(line, LineRole.BOILERPLATE)
    prompts = _match_named(recurring.texts.values(), named)
    wording |= prompts
    for (pad, line), text in recurring.texts.items():
        form = normalize(text)
        if form not in wording and (prompt := _extended_prompt(pads[pad].lines[line], text, wording)):
            prompts[form] = prompt
        if form in prompts:
            roles[pad][line] = LineRole.PROMPT
    return Template(roles=roles, wording=wording | prompts)


def required_groups(groups: int) -> int:
    """Return in how many groups' pads a line of the template must be, given the number of groups."""
    return _FIXED if groups >= _MANY else max(_FEW, ceil(groups / 2))


_LIKENESS = 90.0  # percent; a typing error or two in a line of ten words
_END_WORDS = 3  # words at either end, one of which a small edit leaves alone
_MAX_CANDIDATES = 8  # lines with the same end that a line is compared with, so that the time is linear
_COMPARABLE = range(4, 61)  # words; shorter lines are too easily alike, longer ones take too long


def cluster_near_copies(texts: Iterable[str]) -> dict[str, str]:
    """Map each text to the one that it is a copy of, itself if none; earlier texts lead, so begin with the commonest.

    Copies have a similarity of 90 % (Indel ratio; docs/experiments/fuzzy-matching.md), and begin or end in the same
    three words.
    """
    leaders: dict[str, str] = {}
    by_end: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for text in dict.fromkeys(texts):
        leaders[text] = text
        words = text.split()
        if len(words) not in _COMPARABLE:
            continue
        ends = (("", *words[:_END_WORDS]), (*words[-_END_WORDS:], ""))
        candidates = dict.fromkeys(leader for end in ends for leader in by_end[end])
        original = next((leader for leader in candidates if _is_near_copy(text, leader)), None)
        if original is not None:
            leaders[text] = original
            continue
        for end in ends:
            if len(by_end[end]) < _MAX_CANDIDATES:
                by_end[end].append(text)
    return leaders


def _is_near_copy(text: str, other: str) -> bool:
    return fuzz.ratio(text, other, score_cutoff=_LIKENESS) >= _LIKENESS


class LineForm(Enum):
    """What a recurring line looks like, wherever it is."""

    HEADING = auto()
    QUESTION = auto()
    FIELD = auto()  # a label with a number or nothing behind it
    LABEL = auto()  # a few words and a colon
    LEAD = auto()  # a sentence and a colon
    PHRASE = auto()  # a few words by themselves
    STATEMENT = auto()


_FIELD = re.compile(r"[^:]{1,60}:\s?[\W\d]*[\d?][\W\d]*")
_LABEL_WORDS, _PHRASE_WORDS = 6, 8


def _form(line: ParsedLine) -> LineForm:
    count, text = len(line.text.split()), line.text.strip("*_ ")
    if line.rank:
        return LineForm.HEADING
    if _FIELD.fullmatch(text):
        return LineForm.FIELD
    if is_question(line.text):
        return LineForm.QUESTION
    if text.endswith((":", "：")):
        return LineForm.LABEL if count <= _LABEL_WORDS else LineForm.LEAD
    is_plain = line.type is LineType.TEXT and not line.level and not text.startswith("(")
    is_phrase = is_plain and count <= _PHRASE_WORDS and not text.endswith((".", "!"))
    return LineForm.PHRASE if is_phrase else LineForm.STATEMENT


_ELIGIBLE = frozenset({LineType.HEADING, LineType.LIST_ITEM, LineType.TEXT})
_HANDLE = re.compile(r"@\S+")
_MANY, _FIXED, _FEW = 6, 3, 2  # groups
_LONG = 8  # words; shorter statements are written twice without being copied
_MOST = 0.6  # share of the groups in which even a short statement is the template's
_TOP, _CONTINUES = 12, 3  # written lines, and how many times as long as down to there the pad is


class _RecurringLines:
    """The lines of all pads, clustered by near copies (`key` is a cluster's commonest line), and their roles.

    In several groups' pads, `adjacent` lines are directly above or below the same recurring line, and `following` ones
    if lines that do not recur are left out. `anchored` are statements in a run of adjacent statements that is next to a
    heading, a question or the like.
    """

    def __init__(self, pads: Sequence[ParsedPad]) -> None:
        self.pads = pads
        self.groups = len({parsed.pad.group for parsed in pads})
        self.required = required_groups(self.groups)
        self.texts = {
            (p, n): strip_emphasis(line.kept_text)
            for p, parsed in enumerate(pads)
            for n, line in enumerate(parsed.lines)
            if line.type in _ELIGIBLE and n not in parsed.housekeeping
        }
        masked = {place: key for place, text in self.texts.items() if (key := _key(text)).strip("0 ")}
        spread = Counter(key for key, _ in dict.fromkeys((key, self._group(place)) for place, key in masked.items()))
        leaders = cluster_near_copies(key for key, _ in spread.most_common())
        self.keys = {place: leaders[key] for place, key in masked.items()}
        self.places: defaultdict[str, list[Place]] = defaultdict(list)
        for place, key in self.keys.items():
            self.places[key].append(place)
        self.spread = {key: len(set(map(self._group, places))) for key, places in self.places.items()}
        self.forms = {
            key: Counter(_form(pads[p].lines[n]) for p, n in places).most_common(1)[0][0]
            for key, places in self.places.items()
        }
        self.titles = {(p, _title(parsed)) for p, parsed in enumerate(pads)}
        self.written = [[n for n, line in enumerate(parsed.lines) if line.text] for parsed in pads]
        self.heights = {(p, n): height for p, lines in enumerate(self.written) for height, n in enumerate(lines)}
        sequences = [(pads[p].pad.group, [self.key_at((p, n)) for n in lines]) for p, lines in enumerate(self.written)]
        recurring = [(group, list(dict.fromkeys(filter(None, keys)))) for group, keys in sequences]
        adjacent = _pairs(sequences, self.required)
        self.adjacent = frozenset(chain.from_iterable(adjacent))
        self.following = frozenset(chain.from_iterable(_pairs(recurring, self.required)))
        self.anchored = _anchored(adjacent, self.forms)

    def _group(self, place: Place) -> str:
        return self.pads[place[0]].pad.group

    def key_at(self, place: Place) -> str:
        """Return the key of the line at a place if it recurs in enough groups, else ""."""
        key = self.keys.get(place, "")
        return key if key and self.spread[key] >= self.required else ""

    def wording(self, key: str) -> dict[str, str]:
        """Return a prompt as most pads word it, by each of its normal forms; "Goal 1" and "Goal 2" are two prompts."""
        texts = [self.texts[place] for place in self.places[key]]
        best: dict[tuple[str, ...], str] = {}
        for text, _ in Counter(texts).most_common():
            best.setdefault(_numbers(text), text)
        return {normalize(text): best[_numbers(text)] for text in texts}

    def role(self, key: str) -> LineRole | None:
        """Return the role of a recurring line; None if it is in too few groups, or is the title of each pad."""
        places, form = self.places[key], self.forms[key]
        if self.spread[key] < self.required or self.titles.issuperset(places):
            return None
        if form is LineForm.STATEMENT:
            return LineRole.BOILERPLATE if self._is_templates(key) else None
        if form is LineForm.FIELD:
            return LineRole.BOILERPLATE
        if form in {LineForm.QUESTION, LineForm.PHRASE} and key not in self.following:
            is_common = self._is_in_most(key, _FIXED if form is LineForm.QUESTION else _MANY)
            return LineRole.PROMPT if is_common else None
        if form is LineForm.LEAD:
            # Under a heading it says how to answer: "Please list up to three things that surprised you:"
            is_instruction = 2 * sum(map(self._is_under_heading, places)) > len(places)
            return LineRole.BOILERPLATE if is_instruction else LineRole.PROMPT
        return LineRole.PROMPT

    def _is_under_heading(self, place: Place) -> bool:
        above = reversed(self.pads[place[0]].lines[: place[1]])
        return next((line.rank > 0 for line in above if line.type is not LineType.BLANK), False)

    def _is_templates(self, key: str) -> bool:
        """Return whether a recurring statement is the template's rather than a thought of several groups."""
        if len(key.split()) < _LONG:
            return key in self.anchored or self._is_in_most(key, _MANY)
        is_placed = key in self.adjacent or self._is_on_top(key)
        return is_placed or 2 * self.spread[key] >= self.groups > _FEW

    def _is_in_most(self, key: str, least: int) -> bool:
        """Return whether a line is in most pads, of at least so many groups."""
        return self.groups >= least and self.spread[key] > _MOST * self.groups

    def _is_on_top(self, key: str) -> bool:
        """Return whether a line is among the first of its pads, and these continue for long."""
        heights = [self.heights[place] for place in self.places[key]]
        lengths = [len(self.written[pad]) for pad, _ in self.places[key]]
        are_long = all(_CONTINUES * (height + 1) <= length for height, length in zip(heights, lengths, strict=True))
        return are_long and median(heights) < _TOP


def _key(text: str) -> str:
    """Return what copies of a line share; "" for a speaker's handle, which is no template however often it is there."""
    return "" if _HANDLE.fullmatch(text) else mask_variables(text).removesuffix(" 0")


def _title(parsed: ParsedPad) -> int:
    """Return the index of a pad's own title, a first heading above the others or directly over one; -1 if none."""
    written = [n for n, line in enumerate(parsed.lines) if line.text and line.type in _ELIGIBLE]
    ranks = [parsed.lines[n].rank for n in written]
    if not written or not ranks[0] or is_question(parsed.lines[written[0]].text):
        return -1
    is_above = ranks[0] < min(filter(None, ranks[1:]), default=0)
    is_directly_over = len(written) > 1 and (ranks[1] or written[1] in parsed.housekeeping)
    return written[0] if is_above or is_directly_over else -1


def _pairs(sequences: Sequence[tuple[str, Sequence[str]]], required: int) -> list[tuple[str, str]]:
    """Return the pairs of consecutive lines that are found in at least `required` groups."""
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for group, keys in sequences:
        for key, following in pairwise(keys):
            if key and following and key != following:
                groups[key, following].add(group)
    return [pair for pair, found in groups.items() if len(found) >= required]


def _anchored(adjacent: Sequence[tuple[str, str]], forms: Mapping[str, LineForm]) -> frozenset[str]:
    """Return the statements next to another, in a run that is next to a line of another form."""
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    for key, below in adjacent:
        neighbours[key].add(below)
        neighbours[below].add(key)
    statements = {key for key in neighbours if forms[key] is LineForm.STATEMENT}
    runs = {key for key in statements if neighbours[key] & statements}
    anchored = {key for key in runs if neighbours[key] - statements}
    reached = list(anchored)
    while reached:
        found = neighbours[reached.pop()] & runs - anchored
        anchored |= found
        reached += found
    return frozenset(anchored)


_SHINGLE = 8  # words in a row that several groups share; so many are no coincidence
_COVERED = 0.6  # share of the line that shingles cover; the rest is what a group filled in
_PART = 3  # of the groups, a third must share a shingle


def _find_filled_in(pads: Sequence[ParsedPad]) -> Iterator[Place]:
    """Yield the places of lines that are mostly shingles found in a third of the groups' pads, and in at least 3."""
    required = max(_FIXED, ceil(len({parsed.pad.group for parsed in pads}) / _PART))
    lines = [
        (p, n, shingles)
        for p, parsed in enumerate(pads)
        for n, line in enumerate(parsed.lines)
        if line.type in {LineType.LIST_ITEM, LineType.TEXT} and (shingles := _shingles(line.text))
    ]
    groups = Counter(
        shingle for shingle, _ in {(shingle, pads[p].pad.group) for p, _, shingles in lines for shingle in shingles}
    )
    for p, n, shingles in lines:
        shared = (at for at, shingle in enumerate(shingles) if groups[shingle] >= required)
        covered = {word for at in shared for word in range(at, at + _SHINGLE)}
        if len(covered) >= _COVERED * (len(shingles) + _SHINGLE - 1):
            yield p, n


def _shingles(text: str) -> list[int]:
    """Return hashes of every eight words in a row (Broder 1997, "On the resemblance and containment of documents")."""
    words = mask_variables(text).split()
    return [hash(tuple(words[at : at + _SHINGLE])) for at in range(len(words) - _SHINGLE + 1)]


_ASIDE = re.compile(r"[(\[][^()\[\]]{1,80}[)\]]$")
_PREFIX_WORDS = 3  # a heading that begins like a shorter prompt may be another


def _match_named(texts: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    """Map the normal forms of lines that event.toml names, small edits allowed, to its wording."""
    known = {normalize(strip_emphasis(name)): name.strip() for name in names if normalize(name)}
    found = dict(known)
    for text in dict.fromkeys(map(normalize, texts)):
        for form, name in known.items():
            if _is_near_copy(form, text) and _numbers(form) == _numbers(text):
                found.setdefault(text, name)
    return found


def _extended_prompt(line: ParsedLine, text: str, wording: Mapping[str, str]) -> str | None:
    """Return the prompt that a line is except for a bracket behind it, or that a heading begins with.

    A heading in two languages ("What now? / Was nun?") is such a heading.
    """
    without_aside = normalize(_ASIDE.sub("", text.rstrip()))
    if without_aside in wording:
        return wording[without_aside]
    words = normalize(text).split() if line.rank else []
    starts = (" ".join(words[:count]) for count in range(len(words) - 1, _PREFIX_WORDS - 1, -1))
    return next((wording[start] for start in starts if start in wording), None)


def _numbers(text: str) -> tuple[str, ...]:
    """Return the numbers in a text: "Goal 1" and "Goal 2" are two prompts."""
    return tuple(re.findall(r"\d+", text))
