"""From rows read from the text alone to rows as the pad's editor knew them: lists, headings, struck-out text.

Where an editor was used, a list item or heading is what it says; nobody has to guess it. People type dashes, `#` and
check boxes in plain lines all the same, and those are still read; but a `*` in a plain line is not what a text export
leaves of a list or heading, so it was written as text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fetch.records import LineStructure, Pad
from pipeline.segment.rows import BOX, Row, Shape
from pipeline.segment.words import is_white, trim

_ASIDE = frozenset({Shape.COMMENT, Shape.CODE})


def correct(pad: Pad, rows: Sequence[Row]) -> list[Row]:
    """The same rows in the shape, and with the level and rank, that the pad's structure gives; without it, as read.

    To be asked again after anything that guesses. A line of which no letter or digit is left outside what was struck
    out becomes a blank one that is `gone`.
    """
    if pad.structure is None:
        return list(rows)
    return [_row(pad, row, line) for row, line in zip(rows, pad.structure.lines, strict=True)]


def has_headings(pad: Pad) -> bool:
    """Whether the pad's editor marked headings, so that none need be guessed."""
    return pad.structure is not None and any(line.heading for line in pad.structure.lines)


def cut(text: str, span: tuple[int, int], struck: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a span of `text` around its struck-out parts; pieces without a letter or digit are dropped.

    A span that nothing was struck out of is given back as it is.
    """
    inside = [(start, end) for start, end in struck if start < span[1] and end > span[0]]
    if not inside:
        yield span
        return
    begins = [span[0], *(end for _, end in inside)]
    ends = [*(start for start, _ in inside), span[1]]
    for begin, end in zip(begins, ends, strict=True):
        left, right = trim(text, begin, max(begin, end))
        if any(char.isalnum() for char in text[left:right]):
            yield left, right


def _row(pad: Pad, row: Row, line: LineStructure) -> Row:
    placed = replace(_placed(pad, row, line), struck=tuple(_spans(row, line)))
    gone = _is_gone(pad.text, placed)
    if placed.text and not gone:
        return placed
    return replace(placed, shape=Shape.BLANK, text="", stop=placed.body, rank=0, level=0, task="", gone=gone)


def _placed(pad: Pad, row: Row, line: LineStructure) -> Row:
    """The row in its shape; comments and code are what they are whatever stands in front of their lines."""
    if row.shape in _ASIDE or row.gone:
        return row
    if line.heading:
        return replace(_bare(pad, row, line.prefix), shape=Shape.HEADING, rank=min(line.heading, 6))
    if line.bullet or line.ordered:
        item = replace(_bare(pad, row, line.prefix), shape=Shape.ITEM, level=max(line.level, 1), marked=True)
        box = BOX.match(item.text)
        body, stop = trim(pad.text, item.body + (box.end() if box else 0), item.stop)
        return replace(item, task=box[0] if box else "", body=body, stop=stop, text=pad.text[body:stop])
    if line.level:
        return replace(_bare(pad, row, line.prefix), shape=Shape.TEXT, level=line.level)
    start = trim(pad.text, row.start, row.end)[0]
    if row.marked and pad.text.startswith("*", start):
        return replace(_bare(pad, row, 0), shape=Shape.TEXT)
    return row


def _bare(pad: Pad, row: Row, prefix: int) -> Row:
    """The row without the guesses: its text is all behind `prefix`."""
    body, stop = trim(pad.text, min(row.start + max(prefix, 0), row.end), row.end)
    return replace(
        row, body=body, stop=stop, text=pad.text[body:stop], rank=0, depth=1, task="", marked=False, leaked=False
    )


def _spans(row: Row, line: LineStructure) -> Iterator[tuple[int, int]]:
    """The struck-out spans as places in the pad, kept within the line."""
    for start, end in line.struck:
        span = max(row.start, row.start + start), min(row.end, row.start + end)
        if span[0] < span[1]:
            yield span


def _is_gone(text: str, row: Row) -> bool:
    """Whether what was written on a line is struck out, but for a comma or the like."""
    if row.gone:
        return True
    within = [(max(start, row.body), min(end, row.stop)) for start, end in row.struck]
    written = any(not is_white(char) for start, end in within for char in text[start:end])
    return written and not any(True for _ in cut(text, (row.body, row.stop), row.struck))
