"""The picture of the front concerns: which groups raised each, and with how many quotes.

    ConcernViews ──► concern_picture ──► ConcernPicture: a row for each concern, and a column for each group, or a bar

This is geometry alone: templates/html/concern_picture.html prints it as SVG. Nothing here can measure text, so its
width is estimated, rather too wide than too narrow.
"""

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.report.report_records import ConcernView, GroupCount, GroupMark
from pipeline.translation import Translation

WIDTH = 320
"""Of the picture, in its own units: pixels on the narrowest phone, so that all text is readable there."""

LEAST_ROWS = 2
MOST_ROWS = 8
"""As many concerns as are taken in at a look; the others are in the table."""

MOST_COLUMNS = 20
"""With more groups, marks and initials have no room beside each other, and bars stand for how many groups there are."""

LEFT = 32
"""Where labels and marks begin, after the number of groups."""

LABEL_SIZE = 13
INITIALS_SIZE = 11
LINE = 16
MARKS = 18
"""The height of a line of a label, and of the marks below it."""

RADII = (0, 3, 4.6, 6.4)
"""Of marks, by `GroupCount.weight`: each has about twice the area of the one before."""

_COLUMN = 30
_MOST_LINES = 2

_EM = {
    **dict.fromkeys("iljtfrI.,:;'!|()[]- ’‘“”", 0.38),
    **dict.fromkeys("acegksvxyz", 0.52),
    **dict.fromkeys("mwMW@%&—…", 1.0),
}
_UPPER, _LOWER, _OTHER_SCRIPT, _WIDE, _SPELLED_OUT = 0.76, 0.58, 0.76, 1.25, 6.0
"""Widths of characters in em, those of the widest fonts that style.css names (Georgia, and bold DejaVu Sans).

An invisible character is spelled out when it is printed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureColumn:
    """A group, whose marks are around `x`: a box for its initials begins at `left`, `top`; `wrote` as in GroupCount."""

    group: GroupMark
    x: float
    left: float
    top: int
    width: int
    wrote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPlace:
    """A mark for a group that raised a concern, around `x` in its row."""

    group: GroupMark
    x: float
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLine:
    """A line of a label, and whether it runs against the direction of the report: then it ends where others begin."""

    text: str
    y: int
    against: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """A concern: what its link is called, its label in lines, and around the height `y` a mark per group, or a bar.

    The number of groups stands on `number_y`. `blanks` are where groups that wrote did not raise the concern; `bar` is
    where a bar begins and its width.
    """

    concern: ConcernView
    name: str
    top: int
    height: int
    number_y: int
    y: int
    label: tuple[LabelLine, ...]
    places: tuple[GroupPlace, ...]
    blanks: tuple[float, ...]
    bar: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernPicture:
    """Which groups raised the front concerns; without `columns` there are too many groups to tell apart.

    `wrote` is how many groups wrote anything; the columns of the others are last, a little apart. Labels begin at
    `start`, numbers are centred at `number_x`, full bars are at `track` (x and width). `guides` are lines down from
    initials that are not right above their marks. `more` concerns are left out.
    """

    height: int
    start: int
    number_x: int
    track: tuple[int, int]
    wrote: int
    columns: tuple[PictureColumn, ...]
    guides: tuple[float, ...]
    rows: tuple[PictureRow, ...]
    more: int


def concern_picture(concerns: Sequence[ConcernView], translation: Translation) -> ConcernPicture | None:
    """Return the picture of front `concerns`, the strongest first; None for fewer than two, which need none."""
    if len(concerns) < LEAST_ROWS:
        return None
    shown = sorted(concerns, key=lambda concern: -concern.raised)[:MOST_ROWS]
    counts = sorted(shown[0].counts, key=lambda own: not own.wrote)
    wrote = sum(own.wrote for own in counts)
    columns = tuple(_columns(counts, wrote, _flip(translation))) if len(counts) <= MOST_COLUMNS else ()
    rows: list[PictureRow] = []
    first_top = max((column.top + LINE + 1 for column in columns), default=0)
    for concern in shown:
        top = rows[-1].top + rows[-1].height if rows else first_top
        rows.append(_row(concern, top, columns, wrote, translation))
    mirrored = translation.direction == "rtl"
    return ConcernPicture(
        height=rows[-1].top + rows[-1].height,
        start=WIDTH - LEFT if mirrored else LEFT,
        number_x=WIDTH - LEFT // 2 + 2 if mirrored else LEFT // 2 - 2,
        track=(0 if mirrored else LEFT, WIDTH - LEFT),
        wrote=wrote,
        columns=columns,
        guides=tuple(column.x for column in columns) if first_top > 2 * LINE else (),
        rows=tuple(rows),
        more=len(concerns) - len(shown),
    )


def _flip(translation: Translation) -> Callable[[float], float]:
    """Return what turns a place from the left into one from the right, in languages that are written so."""
    return (lambda x: x) if translation.direction == "ltr" else (lambda x: WIDTH - x)


def _columns(counts: Sequence[GroupCount], wrote: int, flip: Callable[[float], float]) -> Iterator[PictureColumn]:
    """Yield the columns, those of groups that wrote nothing half a column apart from the others.

    Initials that are too wide to stand side by side take turns in two or three lines.
    """
    width = math.ceil(max(text_width(own.group.initials) for own in counts) * INITIALS_SIZE) + 4
    steps = len(counts) - (1 if wrote == len(counts) else 0.5)
    pitch = min(_COLUMN, (WIDTH - LEFT - width) / steps)
    lines = math.ceil(width / pitch)
    for place, own in enumerate(counts):
        x = flip(LEFT + width / 2 + pitch * (place if own.wrote else place + 0.5))
        yield PictureColumn(
            group=own.group,
            x=round(x, 1),
            left=round(x - width / 2, 1),
            top=(place % lines) * LINE,
            width=width,
            wrote=own.wrote,
        )


def _row(
    concern: ConcernView, top: int, columns: Sequence[PictureColumn], wrote: int, translation: Translation
) -> PictureRow:
    flip, counts = _flip(translation), {own.group: own for own in concern.counts}
    lines = wrap(concern.label, (WIDTH - LEFT) / LABEL_SIZE)
    against = _direction(concern.label) not in {None, translation.direction}
    y = top + len(lines) * LINE + MARKS // 2 + 1
    length = (WIDTH - LEFT) * concern.raised / max(wrote, 1)
    raised = [column for column in columns if counts[column.group].count]
    return PictureRow(
        concern=concern,
        name=_row_name(concern, translation, names_groups=bool(columns)),
        top=top,
        height=len(lines) * LINE + MARKS + 2,
        number_y=top + (len(lines) * LINE + MARKS) // 2 + 8,
        y=y,
        label=tuple(LabelLine(text=line, y=top + 13 + at * LINE, against=against) for at, line in enumerate(lines)),
        places=tuple(
            GroupPlace(group=column.group, x=column.x, radius=RADII[counts[column.group].weight]) for column in raised
        ),
        blanks=tuple(column.x for column in columns if column.wrote and column not in raised),
        bar=None if columns else (round(min(flip(LEFT), flip(LEFT + length)), 1), round(length, 1)),
    )


def _row_name(concern: ConcernView, translation: Translation, *, names_groups: bool) -> str:
    """Return a concern's label with how many groups raised it, and with how many quotes each, if they are few."""
    if not names_groups:
        return f"{concern.label} – {concern.strength}"
    groups = [f"{own.group.name} {translation.number(own.count)}" for own in concern.counts if own.count]
    return f"{concern.label} – {concern.strength}: {translation.join(groups)}"


def _direction(text: str) -> str | None:
    """Return in which direction `text` runs: that of its first letter (Unicode Bidirectional Algorithm, rule P2)."""
    strong = {"L": "ltr", "R": "rtl", "AL": "rtl"}
    return next((strong[kind] for kind in map(unicodedata.bidirectional, text) if kind in strong), None)


def wrap(text: str, room: float, most: int = _MOST_LINES) -> list[str]:
    """Cut `text` into at most so many lines that are `room` em wide; what has no room is left out after an ellipsis."""
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest:
        is_cut = len(lines) == most - 1 and text_width(rest) > room
        fits = _fitting(rest, room - _EM["…"] if is_cut else room)
        space = fits if fits == len(rest) else rest.rfind(" ", 0, fits + 1)
        end = space if space > fits // 2 else fits
        if is_cut:
            return [*lines, rest[:end].rstrip() + "…"]
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines


def _fitting(text: str, room: float) -> int:
    """Return how many characters of `text` have room in a line, at least one."""
    used = 0.0
    for at, character in enumerate(text):
        used += _em(character)
        if used > room:
            return max(at, 1)
    return len(text)


def text_width(text: str) -> float:
    """Estimate the width of `text` in em."""
    return sum(map(_em, text))


def _em(character: str) -> float:
    category = unicodedata.category(character)
    if character in _EM:
        return _EM[character]
    if category in {"Mn", "Me"} or character in "\u200c\u200d":
        return 0
    if category.startswith("C") or character == "⟦":
        return _SPELLED_OUT
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return _WIDE
    if character > "\u024f":
        return _OTHER_SCRIPT
    return _LOWER if category in {"Ll", "Nd"} else _UPPER
