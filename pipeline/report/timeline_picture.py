"""The picture of the timeline: when what lies ahead comes, on an axis of days, weeks, months or years.

    TimelineEntries ──► timeline_picture ──► TimelinePicture: an axis, and a mark for each entry in lanes, or counts

This is geometry alone: templates/html/timeline_picture.html prints it as SVG. Places along the axis are in percent, so
that it grows with the page and its text does not.
"""

import datetime as dt
import math
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from pipeline.report.report_records import TimelineEntry
from pipeline.translation import Translation

TIMELINE_WIDTH = 640
"""Pixels that the picture has at least; with more, marks stand further apart."""

LANE = 18
MARK = 24
"""The height of a row of marks, and the width of the mark of a day."""

LEAST_ENTRIES = 3
MOST_LANES = 15
"""With more entries at a time than that, they are counted."""

COUNT_HEIGHT = 100
"""Of the longest bar."""

_LABELS = 34
_EDGE = 2.5  # percent: half a mark has room before the first day and after the last
_LEAST_KEPT = 0.8
_MONTH = 30
_LONGEST_MONTH = 31

_STEPS = (
    (1, 0, 12, "MMMd"),
    (7, 0, 12, "MMMd"),
    (0, 1, 15, "MMM"),
    (0, 3, 18, "MMM"),
    (0, 12, 18, "y"),
    (0, 60, 18, "y"),
    (0, 120, 18, "y"),
    (0, 1200, 101, "y"),
)
"""Steps of an axis in days or else in months, how many have room for their labels, and those as CLDR names formats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The start of a day, week, month or longer, at `x` percent; `label` and, where it changes, `year` name it."""

    x: float
    label: str
    year: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMark:
    """The entry with a `number` in the list, from 1: from `x` on, `width` percent; its text is around `middle`."""

    number: int
    entry: TimelineEntry
    is_day: bool
    x: float
    width: float
    middle: float
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCount:
    """How many entries end in a step of the axis, the first of which has this `number`, as a bar of this height."""

    number: int
    count: int
    period: str
    x: float
    width: float
    middle: float
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEntries:
    """Entries beyond an end of the axis: the `number` in the list of the first, how many, and the farthest date."""

    number: int
    count: int
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePicture:
    """The entries on an axis at the height `axis`: a mark for each, or `counts` if there are too many at a time.

    `base` is where the axis begins and ends in percent: beyond its ticks, if there are entries beyond them.
    """

    height: int
    axis: int
    base: tuple[float, float]
    ticks: tuple[Tick, ...]
    marks: tuple[DateMark, ...]
    counts: tuple[DateCount, ...]
    earlier: FarEntries | None
    later: FarEntries | None


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis of steps that begin at `starts`, the last of which is its end; days are ordinals, as in `datetime`."""

    starts: Sequence[int]
    skeleton: str
    mirrored: bool

    def at(self, first: int, end: int) -> tuple[float, float]:
        """Return where a range of days begins and how wide it is, in percent of the picture; `end` is not in it."""
        scale = (100 - 2 * _EDGE) / (self.starts[-1] - self.starts[0])
        x = 100 - _EDGE - (end - self.starts[0]) * scale if self.mirrored else _EDGE + (first - self.starts[0]) * scale
        return round(x, 2), round((end - first) * scale, 2)


_Numbered = tuple[int, TimelineEntry]


def timeline_picture(entries: Sequence[TimelineEntry], translation: Translation) -> TimelinePicture | None:
    """Return the picture of a timeline's `entries`, which are in its order; None for fewer than three."""
    if len(entries) < LEAST_ENTRIES:
        return None
    numbered = list(enumerate(entries, start=1))
    not_later = _without_far(numbered, len(entries), lambda entry: (entry.first.toordinal(), entry.last.toordinal()))
    near = _without_far(not_later, len(entries), lambda entry: (-entry.last.toordinal(), -entry.first.toordinal()))
    axis = _axis([entry for _, entry in near], translation)
    marks, lanes = _marks(near, axis)
    counts = tuple(_counts(near, axis, translation)) if lanes > MOST_LANES else ()
    depth = COUNT_HEIGHT + LANE if counts else lanes * LANE
    earlier = _far([one for one in not_later if one not in near], farthest=0)
    later = _far([one for one in numbered if one not in not_later], farthest=-1)
    before, after = (later, earlier) if axis.mirrored else (earlier, later)
    return TimelinePicture(
        height=depth + _LABELS,
        axis=depth,
        base=(0 if before else _EDGE, 100 if after else 100 - _EDGE),
        ticks=tuple(_ticks(axis, translation)),
        marks=() if counts else marks,
        counts=counts,
        earlier=earlier,
        later=later,
    )


def _without_far(
    numbered: Sequence[_Numbered], entries: int, days: Callable[[TimelineEntry], tuple[int, int]]
) -> list[_Numbered]:
    """Return entries without the few at the end that make the axis more than twice as long; `days` are of an entry."""
    kept = sorted(numbered, key=lambda one: days(one[1])[1])
    least = max(LEAST_ENTRIES, min(entries - 1, math.ceil(_LEAST_KEPT * entries)))
    while True:
        firsts = accumulate((days(entry)[0] for _, entry in kept), min)
        spans = [max(days(entry)[1] - first, _MONTH) for (_, entry), first in zip(kept, firsts, strict=True)]
        worth_a_break = [number for number in range(least, len(kept)) if 2 * spans[number - 1] <= spans[-1]]
        if not worth_a_break:
            return sorted(kept, key=lambda one: one[0])
        kept = kept[: worth_a_break[-1]]


def _far(numbered: Sequence[_Numbered], *, farthest: int) -> FarEntries | None:
    if not numbered:
        return None
    return FarEntries(number=numbered[0][0], count=len(numbered), date=numbered[farthest][1].date)


def _axis(entries: Sequence[TimelineEntry], translation: Translation) -> _Axis:
    """Return the axis with the shortest steps of which all have room for their labels."""
    first, last = min(entry.first for entry in entries), max(entry.last for entry in entries)
    length = (last - first).days
    of_few_steps = (
        (list(_starts(first, last, days, months)), most, skeleton)
        for days, months, most, skeleton in _STEPS
        if length <= most * max(days, months * _LONGEST_MONTH)
    )
    starts, skeleton = next((starts, skeleton) for starts, most, skeleton in of_few_steps if len(starts) - 1 <= most)
    return _Axis(starts, skeleton, mirrored=translation.direction == "rtl")


def _starts(first: dt.date, last: dt.date, days: int, months: int) -> Iterator[int]:
    """Yield where steps of so many days or else months begin, from the one that `first` is in to the one after."""
    if days:
        start = first.toordinal() - (first.weekday() if days > 1 else 0)
        yield from range(start, last.toordinal() + days + 1, days)
        return
    month = (first.year * 12 + first.month - 1) // months * months
    while (start := _first_of_month(month)) <= last.toordinal():
        yield start
        month += months
    yield start


def _first_of_month(month: int) -> int:
    """Return the day that a month begins on, counted from January of the year 0; calendars end with the year 9999."""
    year, place = divmod(month, 12)
    if year > dt.MAXYEAR:
        return dt.date.max.toordinal() + 1
    return dt.date(max(year, dt.MINYEAR), place + 1, 1).toordinal()


def _ticks(axis: _Axis, translation: Translation) -> Iterator[Tick]:
    year = 0
    for start, end in pairwise(axis.starts):
        date = dt.date.fromordinal(start)
        x, width = axis.at(start, end)
        changed = date.year != year and axis.skeleton != "y"
        yield Tick(
            x=round(x + width, 2) if axis.mirrored else x,
            label=translation.short_date(date, axis.skeleton),
            year=translation.short_date(date, "y") if changed else "",
        )
        year = date.year
    x, width = axis.at(axis.starts[0], axis.starts[-1])
    yield Tick(x=x if axis.mirrored else round(x + width, 2), label="", year="")


def _marks(numbered: Sequence[_Numbered], axis: _Axis) -> tuple[tuple[DateMark, ...], int]:
    """Return a mark for each entry, and how many lanes they need: in a lane, none touches another."""
    half = 50 * MARK / TIMELINE_WIDTH
    places = {number: axis.at(entry.first.toordinal(), entry.last.toordinal() + 1) for number, entry in numbered}
    extents = {
        number: (min(x, x + width / 2 - half), max(x + width, x + width / 2 + half))
        for number, (x, width) in places.items()
    }
    ends: list[float] = []
    lanes = {}
    for number, (begin, end) in sorted(extents.items(), key=lambda one: one[1]):
        lanes[number] = next((lane for lane, taken in enumerate(ends) if taken <= begin), len(ends))
        ends[lanes[number] : lanes[number] + 1] = [end]
    marks = (
        DateMark(
            number=number,
            entry=entry,
            is_day=entry.first == entry.last,
            x=places[number][0],
            width=places[number][1],
            middle=round(places[number][0] + places[number][1] / 2, 2),
            y=(len(ends) - 1 - lanes[number]) * LANE,
        )
        for number, entry in numbered
    )
    return tuple(marks), len(ends)


def _counts(numbered: Sequence[_Numbered], axis: _Axis, translation: Translation) -> Iterator[DateCount]:
    ends_in = [bisect(axis.starts, entry.last.toordinal()) for _, entry in numbered]
    counts = Counter(ends_in)
    for step, count in sorted(counts.items()):
        first, end = axis.starts[step - 1], axis.starts[step]
        x, width = axis.at(first, end)
        yield DateCount(
            number=numbered[ends_in.index(step)][0],
            count=count,
            period=translation.period(dt.date.fromordinal(first), dt.date.fromordinal(end - 1)),
            x=x,
            width=width,
            middle=round(x + width / 2, 2),
            height=max(2, round(COUNT_HEIGHT * count / max(counts.values()))),
        )
