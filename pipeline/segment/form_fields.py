"""Find the form at the head of an event's pads: fields `Label: value` that say what a session was for.

"Target group: everybody", "Aim of the session: …", "Ablauf: …" stand in pad after pad, so that their labels would be
the widest concern of all. Nothing here depends on the language: a form is fields that recur, next to each other, each
once in a pad, above notes that go on for at least as long.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median
from typing import TypeVar

from pipeline.segment.lines import LineType, ParsedPad
from pipeline.text import data_lines, normalize, strip_emphasis

Key = TypeVar("Key", bound=Hashable)

_FIELD = re.compile(r"\W{0,4}(?P<label>[^\W\d_][^:|\n]{1,50}?)[*_\s]{0,4}:(?!//)[*_\s]{0,8}(?P<value>\S.*)?", re.DOTALL)
_LABEL_WORDS = 6
_NEAR = 4
"""Written lines from one field to the next; an answer may go on below its label."""

_HEAD = 16
"""Written lines of a pad's head; further down, fields are what the session said."""

_UPPER, _PART = 0.5, 3
"""Share of a pad down to a field, from which the notes below do not outweigh the form: they do in one pad of three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A line `Label: value`: its index, its place among the written lines, the normal form of its label, the label."""

    at: int
    height: int
    form: str
    label: str
    is_filled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`lines[pad]` are the indices of the filled fields; `wording` maps the normal form of a label to the label."""

    lines: tuple[frozenset[int], ...]
    wording: Mapping[str, str]


def find_form(pads: Sequence[ParsedPad], required: int) -> Form:
    """Return the form that the pads share; its fields are in at least `required` groups' pads."""
    fields = [_once(_fields(parsed)) for parsed in pads]
    groups = [parsed.pad.group for parsed in pads]
    recurring = _in_groups(
        ((field.form, group) for group, own in zip(groups, fields, strict=True) for field in own), required
    )
    shared = [[field for field in own if field.form in recurring] for own in fields]
    pairs = _in_groups(
        (
            ((one.form, two.form), group)
            for group, own in zip(groups, shared, strict=True)
            for one, two in pairwise(own)
            if two.height - one.height <= _NEAR
        ),
        required,
    )
    forms = {form for pair in pairs for form in pair} & _at_head(pads, shared)
    wording: dict[str, str] = {}
    for field in (field for own in shared for field in own if field.form in forms):
        wording.setdefault(field.form, field.label)
    lines = tuple(frozenset(field.at for field in own if field.form in forms and field.is_filled) for own in shared)
    return Form(lines=lines, wording=wording)


def _fields(parsed: ParsedPad) -> Iterator[Field]:
    """Yield the fields of a pad in order, without housekeeping and without speakers ("Ana: …")."""
    height = 0
    for at, line in enumerate(parsed.lines):
        if not line.text:
            continue
        height += 1
        if line.type not in {LineType.LIST_ITEM, LineType.TEXT, LineType.HEADING} or at in parsed.housekeeping:
            continue
        match = _FIELD.match(line.kept_text)
        if match is None or len(match["label"].split()) > _LABEL_WORDS or match["label"].split()[0] in _given_names():
            continue
        label = strip_emphasis(match["label"])
        yield Field(at=at, height=height, form=normalize(label), label=label, is_filled=bool(match["value"]))


def _once(fields: Iterator[Field]) -> list[Field]:
    """Return the fields whose label a pad has only once: what comes again is a speaker or a kind of remark."""
    by_form: defaultdict[str, list[Field]] = defaultdict(list)
    for field in fields:
        by_form[field.form].append(field)
    return sorted((own[0] for own in by_form.values() if len(own) == 1), key=lambda field: field.height)


def _in_groups(found: Iterable[tuple[Key, str]], required: int) -> frozenset[Key]:
    """Return the keys that are found in at least `required` groups."""
    groups: defaultdict[Key, set[str]] = defaultdict(set)
    for key, group in found:
        groups[key].add(group)
    return frozenset(key for key, own in groups.items() if len(own) >= required)


def _at_head(pads: Sequence[ParsedPad], fields: Sequence[Sequence[Field]]) -> frozenset[str]:
    """Return the labels that stand in the head of most of their pads, in a third of them above notes as long."""
    heights: defaultdict[str, list[int]] = defaultdict(list)
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for parsed, own in zip(pads, fields, strict=True):
        written = sum(bool(line.text) for line in parsed.lines)
        bottom = below = written + _NEAR + 1
        for field in reversed(own):
            bottom = bottom if below - field.height <= _NEAR else field.height  # of the fields near each other
            below = field.height
            heights[field.form].append(field.height)
            shares[field.form].append(bottom / written)
    above = {form: sorted(of_pads)[(len(of_pads) - 1) // _PART] <= _UPPER for form, of_pads in shares.items()}
    return frozenset(form for form in heights if above[form] and median(heights[form]) <= _HEAD)


@cache
def _given_names() -> frozenset[str]:
    return frozenset(line.removesuffix(" ?") for line in data_lines("first_names.txt"))
