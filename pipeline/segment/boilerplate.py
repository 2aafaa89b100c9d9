"""Find housekeeping (attendees, place and time, links, Etherpad's welcome text), and assign a role to each line."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from pipeline.segment.lines import LineType, ParsedLine, ParsedPad
from pipeline.segment.sentences import continues, wrap_width
from pipeline.segment_records import LineRole
from pipeline.text import data_lines, is_number, is_question, is_statement, normalize, word_list

_LINK = re.compile(r"\[([^\]]{1,80})\]\s?\(\S*\)?$")
_IMAGE = re.compile(r"!\[[^\]]*\]\(\S*\)")
_INITIAL = re.compile(r"\b\w\.$")
_LABEL_END = re.compile(r":(?!//)|\s[–—-]\s")
_ITEM_END = re.compile(r"[,;/&]|\b(?:and|und|y|e|et|en|i|и)\b")
_EXTRA_WORDS, _LABEL_WORDS, _ITEM_WORDS, _NAME_WORDS, _VALUE_WORDS = 3, 12, 8, 3, 12
_TOP = 8  # written lines; below them a date is somebody's answer


def assign_roles(parsed: ParsedPad, template: Mapping[int, LineRole]) -> list[LineRole]:
    """Return the role of each line; `template` has the roles of those that the pads share. None is a duplicate yet."""
    roles = [_role(at, line, parsed, template) for at, line in enumerate(parsed.lines)]
    width = wrap_width(parsed.lines)
    head: ParsedLine | None = None
    for at, line in enumerate(parsed.lines[:-1]):
        if roles[at] is not LineRole.BOILERPLATE:
            head = None
            continue
        head = line if head is None or line.marked else head
        below = parsed.lines[at + 1]
        is_list = line.text.endswith(",") and below.type is LineType.TEXT and not below.marked
        if roles[at + 1] in {LineRole.CONTENT, LineRole.PROMPT} and (
            (is_list and below.indent > head.indent) or continues(head, line, below, width)
        ):
            roles[at + 1] = LineRole.BOILERPLATE  # its wrapped rest
    return roles


def _role(at: int, line: ParsedLine, parsed: ParsedPad, template: Mapping[int, LineRole]) -> LineRole:
    if line.type is LineType.BLANK:
        return LineRole.STRUCK if line.all_struck else LineRole.EMPTY
    if at in parsed.housekeeping:
        return LineRole.BOILERPLATE
    return template.get(at, LineRole.HEADING if line.type is LineType.HEADING else LineRole.CONTENT)


def find_housekeeping(lines: Sequence[ParsedLine]) -> frozenset[int]:
    """Return the indices of the lines that are boilerplate, whatever is in the other pads."""
    found: set[int] = set()
    attendance: ParsedLine | None = None  # the label of a list of names, while lines are under it
    written = 0
    for at, line in enumerate(lines):
        if line.type in {LineType.RULE, LineType.COMMENT, LineType.TABLE_HEADER}:
            found.add(at)
            continue
        written += bool(line.text) or line.type is LineType.HEADING
        if line.type is LineType.HEADING:
            is_under = attendance and attendance.type is LineType.HEADING and line.rank > attendance.rank
            attendance = line if _opens_names(line.text) else attendance if is_under else None
        elif line.text:
            if attendance and attendance.type is LineType.LIST_ITEM and line.level <= attendance.level:
                attendance = None
            if _is_housekeeping(line.text, is_top=written <= _TOP):
                found.add(at)
                if line.type is LineType.LIST_ITEM and _opens_names(line.text):
                    attendance = line
            elif attendance and _are_names(line.text):
                found.add(at)
    return frozenset(found)


def _is_housekeeping(text: str, *, is_top: bool) -> bool:
    is_welcome = normalize(text[:200]).startswith(_welcomes())
    is_image = _IMAGE.fullmatch(text) is not None
    return is_welcome or is_image or _is_field(text, is_top=is_top) or (is_top and _is_date(text))


def _is_field(text: str, *, is_top: bool) -> bool:
    """Return whether a line is a label of housekeeping with its value; at the top of a pad people joke there."""
    label, value = _field(text)
    if value is None or len(label.split()) > _LABEL_WORDS:
        return False
    if _is_attendance(label, "attendance"):
        return True
    if _is_attendance(label, "names"):
        return not value or _are_names(value)
    if _has_part(label):
        return is_top or not value or _are_names(value, allow_lowercase=True)
    is_brief = len(value.split()) <= _VALUE_WORDS and not is_statement(value) and not is_question(value)
    return label in _labels("meeting") and is_brief


def _opens_names(text: str) -> bool:
    """Return whether a line is a label that names follow."""
    label, value = _field(text)
    takes_part = _has_part(label) and label not in _labels("minutes")
    return not value and (_is_attendance(label, "attendance") or _is_attendance(label, "names") or takes_part)


def _field(text: str) -> tuple[str, str | None]:
    """Return a line's label in normal form, and its value; without a separator the whole line and None."""
    if link := _LINK.match(text):
        return normalize(link[1]), ""
    end = _LABEL_END.search(text)
    if not end:
        return normalize(text), None
    return normalize(text[: end.start()]), text[end.end() :].strip("*_: \t")


def _is_attendance(label: str, table: str) -> bool:
    """Return whether a label is one of a table's, or with a few more words ("Attendees from last week")."""
    parts = label.split()
    return any(" ".join(parts[:n]) in _labels(table) for n in range(max(1, len(parts) - _EXTRA_WORDS), len(parts) + 1))


def _has_part(label: str) -> bool:
    return any(f" {part} " in f" {label} " for part in _labels("part"))


def _are_names(text: str, *, allow_lowercase: bool = False) -> bool:
    """Return whether a text is a list of names: mostly capitals or @handles, and no sentence."""
    if is_statement(text) or is_question(text) or (text.endswith((".", "!", "…")) and not _INITIAL.search(text)):
        return False
    items = [item.split() for item in _ITEM_END.split(text) if item.strip()]
    if any(len(item) > _ITEM_WORDS for item in items):
        return False
    tokens = [token.lstrip("*_(\"'") for item in items for token in item]
    capitalized = sum(1 for token in tokens if token and ("@" in token or not token[0].islower()))
    return 2 * capitalized >= len(tokens) or (allow_lowercase and all(len(item) <= _NAME_WORDS for item in items))


def _is_date(text: str) -> bool:
    """Return whether a line is nothing but a date or a time."""
    parts = normalize(text).split()
    known = word_list("calendar.toml", "names", "clock")
    return any(map(is_number, parts)) and all(part in known or is_number(part) for part in parts)


@cache
def _labels(table: str) -> frozenset[str]:
    return frozenset(map(normalize, word_list("field_labels.toml", table)))


@cache
def _welcomes() -> tuple[str, ...]:
    return tuple(map(normalize, data_lines("default_text.txt")))
