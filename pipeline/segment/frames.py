"""From all pads' rows to the template's sentences that each group filled in: the same words around another name."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from pipeline.segment.rows import Shape, Sheet
from pipeline.segment.words import frame

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
