"""From rows to the same rows with list levels: 1 for the outermost bullets, 0 for prose."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.segment.rows import TAB, Row, Shape

_SLACK = 1  # columns by which bullets of one level may be out of line


def nest(rows: Sequence[Row]) -> list[Row]:
    """Give each row its level: by tabs where Etherpad wrote the list, by indentation where people did.

    A line without a mark that is indented under a bullet hangs under it and has the level that its column gives it.
    """
    items = [row for row in rows if row.shape is Shape.ITEM]
    exported = bool(items) and all(row.tabs for row in items)
    out: list[Row] = []
    stack: list[int] = []
    for row in rows:
        if row.shape is Shape.ITEM:
            column = row.indent + 2 * (row.depth - 1)
            level = row.indent // TAB if exported else _enter(stack, column)
            if exported:
                stack[:] = [TAB * (n + 1) for n in range(level)]
        elif row.shape is Shape.TEXT and stack and row.indent > stack[0] + _SLACK:
            level = 1 + sum(column + _SLACK < row.indent for column in stack)
        else:
            level = 0
            if row.shape is not Shape.BLANK:
                stack.clear()
        out.append(replace(row, level=level))
    return out


def _enter(stack: list[int], column: int) -> int:
    """The level of a column among the open ones; deeper ones are closed, a new one is opened."""
    while stack and column < stack[-1]:
        stack.pop()
    if not stack or column > stack[-1] + _SLACK:
        stack.append(column)
    return len(stack)
