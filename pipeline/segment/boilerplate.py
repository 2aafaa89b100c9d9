"""From a pad's rows and what the pads share to the role of each line.

From a pad's rows to those that are housekeeping: who was there, where and when, links, Etherpad's own welcome.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from pipeline.analysis_records import LineRole
from pipeline.segment.lines import Row, Shape, Sheet
from pipeline.segment.sentences import goes_on, wrapped_at
from pipeline.text import data_lines, is_question, is_statement, normalize, word_list


def assign(sheet: Sheet, template: Mapping[int, LineRole]) -> list[LineRole]:
    """The role of each row; `template` holds the roles of those that the pads share. Nothing is a duplicate yet."""
    roles: list[LineRole] = []
    for at, row in enumerate(sheet.rows):
        if row.shape is Shape.BLANK:
            roles.append(LineRole.STRUCK if row.gone else LineRole.EMPTY)
        elif at in sheet.routine:
            roles.append(LineRole.BOILERPLATE)
        elif at in template:
            roles.append(template[at])
        else:
            roles.append(LineRole.HEADING if row.shape is Shape.HEADING else LineRole.CONTENT)
    _spill(sheet.rows, roles)
    return roles


def _spill(rows: Sequence[Row], roles: list[LineRole]) -> None:
    """Make boilerplate of the wrapped rest of a boilerplate line."""
    width = wrapped_at(rows)
    head = -1
    for at, row in enumerate(rows):
        if roles[at] is not LineRole.BOILERPLATE:
            head = -1
            continue
        head = at if head < 0 or row.marked else head
        below = at + 1
        loose = {LineRole.CONTENT, LineRole.PROMPT}
        if below < len(rows) and roles[below] in loose and _is_rest(rows[head], row, rows[below], width):
            roles[below] = LineRole.BOILERPLATE


def _is_rest(head: Row, row: Row, below: Row, width: int) -> bool:
    listed = row.text.endswith(",") and below.shape is Shape.TEXT and not below.marked and below.indent > head.indent
    return listed or goes_on(head, row, below, width)


_LINK = re.compile(r"\[([^\]]{1,80})\]\s?\(\S*\)?$")
_IMAGE = re.compile(r"!\[[^\]]*\]\(\S*\)")
_INITIAL = re.compile(r"\b\w\.$")
_SEPARATOR = re.compile(r":(?!//)|\s[–—-]\s")
_ITEM = re.compile(r"[,;/&]|\b(?:and|und|y|e|et|en|i|и)\b")
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?")
_EXTRA, _LABEL_WORDS, _ITEM_WORDS, _NAME_WORDS, _FILLER_WORDS = 3, 12, 8, 3, 12
_TOP = 8  # written lines; below them a date is somebody's answer
_NOT_SAID = frozenset({Shape.RULE, Shape.COMMENT, Shape.HEADER})


def find_boilerplate(rows: Sequence[Row]) -> frozenset[int]:
    """The rows, by index, that are boilerplate whatever the other pads say."""
    found: set[int] = set()
    under: Row | None = None  # the attendance label that the rows stand under
    written = 0
    for at, row in enumerate(rows):
        if row.shape in _NOT_SAID:
            found.add(at)
        elif row.shape is Shape.HEADING:
            within = under is not None and under.shape is Shape.HEADING and row.rank > under.rank
            under = row if _opens_names(row.text) else under if within else None
            written += 1
        elif row.text:
            written += 1
            if under and under.shape is Shape.ITEM and row.level <= under.level:
                under = None
            top = written <= _TOP
            if _is_field(row.text, top=top) or _is_nobodys(row.text) or (top and _is_date(row.text)):
                found.add(at)
                under = row if row.shape is Shape.ITEM and _opens_names(row.text) else under
            elif under and is_names(row.text):
                found.add(at)
    return frozenset(found)


def is_names(text: str, *, loose: bool = False) -> bool:
    """Whether a text is a list of names: mostly capitals or @handles, no sentence; `loose` takes "ana, bo" too."""
    if is_statement(text) or is_question(text) or (text.endswith((".", "!", "…")) and not _INITIAL.search(text)):
        return False
    items = [item.split() for item in _ITEM.split(text) if item.strip()]
    if any(len(item) > _ITEM_WORDS for item in items):
        return False
    tokens = [token.lstrip("*_(\"'") for item in items for token in item]
    named = sum(1 for token in tokens if token and ("@" in token or not token[0].islower()))
    return 2 * named >= len(tokens) or (loose and all(len(item) <= _NAME_WORDS for item in items))


def _field(text: str) -> tuple[str, str | None]:
    """A line's label in normal form, and what fills it in; None where there is no label but the whole line."""
    if link := _LINK.match(text):
        return normalize(link[1]), ""
    found = _SEPARATOR.search(text)
    if not found:
        return normalize(text), None
    return normalize(text[: found.start()]), text[found.end() :].strip("*_: \t")


def _is_field(text: str, *, top: bool) -> bool:
    """Whether a line is a label of housekeeping with what fills it in; at the top of a pad people joke there."""
    label, filler = _field(text)
    if filler is None or len(label.split()) > _LABEL_WORDS:
        return False
    if _is_attendance(label, "attendance"):
        return True
    if _is_attendance(label, "names"):
        return not filler or is_names(filler)
    if _is_part(label):
        return top or not filler or is_names(filler, loose=True)
    if label not in _labels("meeting"):
        return False
    return len(filler.split()) <= _FILLER_WORDS and not is_statement(filler) and not is_question(filler)


def _opens_names(text: str) -> bool:
    label, filler = _field(text)
    listed = _is_attendance(label, "attendance") or _is_attendance(label, "names")
    return not filler and (listed or _is_part(label))


def _is_attendance(label: str, table: str) -> bool:
    """Whether a label is one of a table's, maybe with a few words behind it ("Attendees from last week")."""
    parts = label.split()
    return any(" ".join(parts[:n]) in _labels(table) for n in range(max(1, len(parts) - _EXTRA), len(parts) + 1))


def _is_part(label: str) -> bool:
    return any(f" {part} " in f" {label} " for part in _labels("part"))


@cache
def _labels(table: str) -> tuple[str, ...]:
    return tuple(sorted({normalize(label) for label in word_list("field_labels.toml", table)}))


@cache
def _welcomes() -> tuple[str, ...]:
    return tuple(normalize(line) for line in data_lines("default_text.txt"))


def _is_nobodys(text: str) -> bool:
    """Whether a line is Etherpad's own welcome, or only a picture."""
    return _IMAGE.fullmatch(text) is not None or normalize(text[:200]).startswith(_welcomes())


def _is_date(text: str) -> bool:
    """Whether a line is nothing but a date or a time."""
    parts = normalize(text).split()
    known = word_list("calendar.toml", "names", "clock")
    numbers = [part for part in parts if _NUMBER.fullmatch(part)]
    return bool(numbers) and all(part in known or _NUMBER.fullmatch(part) for part in parts)
